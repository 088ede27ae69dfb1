"""A library crosses the socket whole, whatever its files are called, and nonsense is refused."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from dpm_tui.catalog.group import Group, Pair
from dpm_tui.catalog.image_file import Facts, ImageFile, Stamp, Status
from dpm_tui.catalog.verdict import Kind
from dpm_tui.file_names import display_name
from dpm_tui.review.library.library import Library
from dpm_tui.review.library.path_index import fold
from dpm_tui.worker.protocol.column_codec import MAX_CONTENT_BYTES, Content
from dpm_tui.worker.protocol.library_codec import pack_library, unpack_library
from dpm_tui.worker.protocol.message_codec import Envelope, ProtocolError, decode, encode
from dpm_tui.worker.protocol.message_stream import LineReader
from dpm_tui.worker.protocol.messages import Done, LibraryData
from tests.tui.samples.library import sample_library

PARTS = st.binary(min_size=1, max_size=12).filter(lambda part: b"/" not in part and b"\0" not in part)
NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=8)
PATHS = st.lists(PARTS | NAMES.map(str.encode), min_size=1, max_size=3).map(b"/".join)


def across(data: LibraryData) -> Library:
    """Return what arrives at the other end."""
    message = decode(encode(data)).message
    assert isinstance(message, LibraryData)
    message.content[:] = data.content
    return unpack_library(message)


def size_of(library: Library, *ids: int) -> int:
    """Return the bytes of files, as they are counted for many at once."""
    return library.columns.files.size_of(library.columns.files.rows_among(ids))


def line_and_content(data: LibraryData) -> bytes:
    """Return what crosses the socket."""
    return encode(data, re=1) + data.content


def library_of(paths: list[bytes]) -> Library:
    """Return one group of files at some paths."""
    files = {
        id_: ImageFile(id_, path, Stamp(id_, id_, id_, 1, id_), facts=Facts("", "", 1, 1))
        for id_, path in enumerate(paths, 1)
    }
    group = Group("a", 1, tuple(files), 0.9, 1)
    return Library(files, [group], {(1, id_): Pair(1, id_, Kind.COPY, 0.9) for id_ in files if id_ > 1})


def test_every_file_group_and_pair_arrives() -> None:
    sample = sample_library()
    library = across(sample.pack())
    assert dict(library.files) == sample.files
    assert list(library.groups) == sample.groups
    assert [library.groups[number] for number in range(len(sample.groups))] == sample.groups
    assert dict(library.pairs) == {(pair.a, pair.b): pair for pair in sample.pairs}
    assert library.group_of(5) == sample.groups[1]
    assert not library.has(99)
    assert library.pair(1, 16) is None
    assert all(size_of(library, id_) == file.stamp.size for id_, file in sample.files.items())
    assert library.newest == max(sample.files)
    assert all(library.file_at(file.path) == file.id for file in sample.files.values())
    assert library.file_at(b"art/nothing.png") == library.file_at(b"nowhere/dragon_final.png") == 0


def test_files_that_fit_no_column_arrive_too() -> None:
    odd = ImageFile(
        7, b"a/" + b"x" * 70_000, Stamp(1 << 70, -1, 2, 3, 4), Status.OK, "why", Facts("none", "JPEG", 1, 1)
    )
    plain = replace(sample_library().files[1], id=8)
    library = across(pack_library({7: odd, 8: plain}, [Group("g", 8, (8, 7), 0.5, 9)], []))
    assert library.files[7] == odd
    assert (size_of(library, 7), size_of(library, 8)) == (odd.stamp.size, plain.stamp.size)
    assert size_of(library, 7, 8) == odd.stamp.size + plain.stamp.size
    assert library.files[8] == plain


def test_pairs_between_groups_stay_behind() -> None:
    sample = sample_library()
    sample.pair(1, 5, Kind.COPY, 0.9)
    assert across(sample.pack()).pair(1, 5) is None


def test_an_empty_library_arrives() -> None:
    library = across(pack_library({}, [], []))
    assert (len(library.files), len(library.groups), len(library.pairs)) == (0, 0, 0)


@pytest.mark.parametrize("part", ["files", "pairs", "starts"])
def test_what_does_not_fit_together_is_refused(part: str) -> None:
    data = sample_library().pack()
    number = {"files": 0, "pairs": 2, "starts": 5}[part]
    start = sum(data.sizes[:number])
    nonsense = Content(data.content)
    nonsense[start : start + data.sizes[number]] = b"\xff" * data.sizes[number]
    with pytest.raises((ValueError, KeyError, TypeError)):
        unpack_library(replace(data, content=nonsense))


@pytest.mark.parametrize("sizes", [(), (-1, 1), (1,) * 8, (0,) * 8])
def test_columns_of_other_sizes_are_refused(sizes: tuple[int, ...]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        unpack_library(replace(sample_library().pack(), sizes=sizes))


async def test_content_that_ends_too_early_is_the_end_of_the_stream() -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(line_and_content(sample_library().pack())[:-1])
    reader.feed_eof()
    assert await LineReader(reader, contents=True).read() is None


async def test_what_follows_content_is_the_next_line() -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(line_and_content(sample_library().pack()) + encode(Done(), re=2))
    reader.feed_eof()
    lines = LineReader(reader, contents=True)
    assert isinstance((await lines.read() or Envelope(Done())).message, LibraryData)
    assert await lines.read() == Envelope(Done(), re=2)


async def test_content_is_taken_only_where_it_is_waited_for() -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(line_and_content(sample_library().pack()))
    with pytest.raises(ProtocolError):
        await LineReader(reader).read()
    with pytest.raises(ProtocolError):
        decode(b'{"type": "LibraryData", "content": %d}' % (MAX_CONTENT_BYTES + 1))


@given(st.lists(PATHS, min_size=2, max_size=6), st.text(max_size=3))
def test_a_word_is_found_where_the_shown_path_has_it(paths: list[bytes], word: str) -> None:
    library = library_of(paths)
    unpacked = across(pack_library(library.files, library.groups, library.pairs.values()))
    assert [file.path for file in unpacked.files.values()] == paths
    found = unpacked.columns.text.holding(word).tolist()
    shown = [fold(display_name(path)) for path in paths]
    assert found == ["\0" not in word and fold(word) in path for path in shown]
