"""State on a shared folder is untrusted: whatever lies in ``_image_temp``, nothing outside is touched."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace

import pytest

from dpm_tui.errors import DpmError
from dpm_tui.recycle.bin import bin_index
from dpm_tui.recycle.bin.bin_index import BinIndex, decode_index, encode_index
from dpm_tui.recycle.bin.move_record import decode_move, encode_move
from dpm_tui.recycle.bin.removal_log import Action, LogEntry, decode_entry, encode_entry
from dpm_tui.review.marks.plan import Plan
from dpm_tui.state.disk.journal import encode_frame
from tests.recycle.library import Library, contents_below
from tests.support.canary import NOBODY, as_root

BATCH = "20250101T000000-0123abcd"
TIME = "2025-01-01T00:00:00Z"
"""Of a line of the log; one without is not read."""
OUTSIDE = (b"../canary/precious.jpg", b"/etc/passwd", b"a/../../canary/precious.jpg", b"a\0b", b"", b"a//b")


def batch_folder(library: Library) -> bytes:
    return library.at(b"_image_temp/recycle_bin/" + BATCH.encode())


def plant(library: Library, path: bytes, content: bytes = b"planted") -> None:
    """Write a file into the bin."""
    library.write(b"_image_temp/recycle_bin/" + path, content)


def plant_index(library: Library, content: bytes) -> None:
    plant(library, BATCH.encode() + b"/index.json", content)


def use_everything(library: Library) -> None:
    """Call everything that reads or changes the bin; only errors meant for users may come out."""
    library.bin.recover()
    for call in (library.bin.entries, library.bin.batches, library.bin.can_undo, library.bin.can_redo):
        call()
    ids = [entry.id for entry in library.bin.entries()]
    library.bin.check_purge(ids)
    with contextlib.suppress(DpmError):
        library.bin.undo()
    with contextlib.suppress(DpmError):
        library.bin.redo()
    library.bin.restore([entry.id for entry in library.bin.entries()], library.at(b"restored"))
    library.bin.purge([entry.id for entry in library.bin.entries()])
    library.bin.recover()
    library.check_canary()


def raw_index(moves: object, **others: object) -> bytes:
    """Return an index with a right checksum over whatever ``moves`` is."""
    text = json.dumps(moves, separators=(",", ":")).encode()
    head = {"schema": bin_index.SCHEMA, "batch": BATCH, "time": "", "redo_of": ""} | others
    return json.dumps(head | {"sha256": hashlib.sha256(text).hexdigest(), "moves": moves}).encode()


@pytest.mark.parametrize("path", OUTSIDE)
@pytest.mark.parametrize("role", ["victim", "keeper"])
def test_paths_in_an_index_are_never_followed(library: Library, path: bytes, role: str) -> None:
    move = library.move(kept=b"kept")
    hostile = replace(move, **{role: replace(getattr(move, role), path=path)})
    plant(library, BATCH.encode() + b"/tree/a/victim.jpg")
    plant_index(library, encode_index(BinIndex(BATCH, "", (hostile,))))
    assert not any(entry.keeper_present for entry in library.bin.entries())
    use_everything(library)


HOSTILE_INDEXES = {
    "empty": b"",
    "not json": b"\xff\xfe{",
    "deep": b"[" * 200_000,
    "deep moves": b'{"moves":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "list": b"[]",
    "long number": b'{"schema": 1' + b"0" * 10_000 + b"}",
    "moves not a list": raw_index({"a": 1}),
    "no moves": raw_index([1, None, "x", {}]),
    "short move": raw_index([[["a", "", [1, 2, 3, 4]], [], "copy", 1, "", ""]]),
    "huge numbers": raw_index([[["a", "", [10**4000] * 5]] * 2 + ["copy", 10**4000, "", ""]]),
    "nan": raw_index([[["a", "", [1] * 5]] * 2 + ["copy", float("nan"), "", ""]]),
    "surrogate": raw_index([[["\ud800", "", [1] * 5]] * 2 + ["copy", 1, "", ""]]),
    "newer": raw_index([], schema="dpm-tui/recycle/2"),
    "other batch": raw_index([], batch="20250101T000000-00000000"),
}


@pytest.mark.parametrize("name", HOSTILE_INDEXES)
def test_an_index_that_cannot_be_trusted_is_as_good_as_none(library: Library, name: str) -> None:
    plant(library, BATCH.encode() + b"/tree/a/b.jpg", b"planted")
    plant_index(library, HOSTILE_INDEXES[name])
    (entry,) = library.bin.entries()
    assert (entry.path, entry.kind, entry.recycled_at) == (b"a/b.jpg", "", "2025-01-01T00:00:00Z")
    library.bin.recover()
    assert len(library.bin.undo().restored) == 1
    assert library.read(b"a/b.jpg") == b"planted"
    use_everything(library)


def test_a_huge_index_is_not_read(library: Library) -> None:
    plant(library, BATCH.encode() + b"/tree/a/b.jpg")
    plant_index(library, b"")
    os.truncate(os.path.join(batch_folder(library), b"index.json"), bin_index.MAX_BYTES + 1)
    assert [entry.kind for entry in library.bin.entries()] == [""]


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink(b"/etc/passwd", path)])
def test_an_index_that_is_no_file(library: Library, make: Callable[[bytes], None]) -> None:
    plant(library, BATCH.encode() + b"/tree/a/b.jpg")
    make(os.path.join(batch_folder(library), b"index.json"))
    assert [entry.kind for entry in library.bin.entries()] == [""]
    use_everything(library)


def test_an_index_survives_its_way_to_the_disk(library: Library) -> None:
    index = BinIndex(BATCH, "2025-01-01T00:00:00Z", library.several(3).moves, "x")
    content = encode_index(index)
    assert decode_index(content, BATCH) == index
    for at in range(0, len(content) - 1, 7):
        damaged = bytearray(content)
        damaged[at] ^= 4
        with contextlib.suppress(ValueError):
            assert decode_index(bytes(damaged), BATCH).moves == index.moves
        with pytest.raises(ValueError, match=r".*"):
            decode_index(content[:at], BATCH)


@pytest.mark.parametrize("name", [b"tree/link.jpg", b"tree/folder/link.jpg", b"tree/folder", b"tree", b""])
def test_links_in_the_bin_are_never_followed(library: Library, name: bytes) -> None:
    place = os.path.join(batch_folder(library), name).rstrip(b"/")
    os.makedirs(os.path.dirname(place))
    precious = os.path.join(library.canary, b"precious.jpg")
    os.symlink(precious if name.endswith(b"jpg") else library.canary, place)
    assert library.bin.entries() == []
    use_everything(library)


def test_a_link_put_in_place_of_a_folder_after_listing(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.bin.apply(Plan((library.move(b"a/precious.jpg"),)))
    (entry,) = library.bin.entries()
    tree = library.at(b"_image_temp/recycle_bin/%s/tree" % entry.batch.encode())
    from dpm_tui.recycle import recycle_bin

    for name, call in (("purge_files", library.bin.purge), ("restore_files", library.bin.restore)):
        real = getattr(recycle_bin, name)

        def swapping(*arguments: object, real: Callable[..., object] = real, **options: object) -> object:
            os.rename(os.path.join(tree, b"a"), os.path.join(tree, b"b"))
            os.symlink(library.canary, os.path.join(tree, b"a"))
            try:
                return real(*arguments, **options)
            finally:
                os.unlink(os.path.join(tree, b"a"))
                os.rename(os.path.join(tree, b"b"), os.path.join(tree, b"a"))

        monkeypatch.setattr(recycle_bin, name, swapping)
        assert [skipped.key for skipped in call([entry.id]).skipped] == ["through_link"]


def test_files_planted_below_image_temp_do_not_come_back(library: Library) -> None:
    plant(library, BATCH.encode() + b"/tree/_image_temp/config.toml")
    plant(library, BATCH.encode() + b"/tree/a/_image_temp/config.toml")
    library.bin.recover()
    result = library.bin.undo()
    assert [skipped.key for skipped in result.skipped] == ["in_state_folder"] * 2
    assert not library.exists(b"_image_temp/config.toml")


def test_folders_that_are_no_batches_are_left_alone(library: Library) -> None:
    for name in (b"notes", b"..x", b"20250101T000000-0123ABCD", b"20250101T000000-0123abcd.bak"):
        plant(library, name + b"/tree/a.jpg")
    before = library.in_bin()
    use_everything(library)
    assert library.in_bin() == before


def test_an_impossible_time(library: Library) -> None:
    plant(library, b"99999999T999999-0123abcd/tree/a.jpg")
    assert [entry.recycled_at for entry in library.bin.entries()] == [""]
    use_everything(library)


def test_a_deep_tree(library: Library) -> None:
    at = os.path.join(batch_folder(library), b"tree")
    os.makedirs(at)
    descriptor = os.open(at, os.O_RDONLY)
    for _ in range(300):
        os.mkdir(b"x" * 100, dir_fd=descriptor)
        following = os.open(b"x" * 100, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = following
    os.close(os.open(b"deep.jpg", os.O_CREAT | os.O_WRONLY, dir_fd=descriptor))
    os.close(descriptor)
    (entry,) = library.bin.entries()
    assert entry.path.endswith(b"/deep.jpg")
    assert library.bin.purge([entry.id]).purged == (entry.path,)
    assert library.bin.entries() == []
    assert not os.path.exists(batch_folder(library))


@pytest.mark.parametrize("path", OUTSIDE)
def test_a_hostile_log_removes_nothing(library: Library, path: bytes) -> None:
    plant(library, BATCH.encode() + b"/tree/a/b.jpg", b"never to be touched")
    precious = b"precious.jpg"
    hostile = [
        LogEntry(Action.RESTORING, BATCH, TIME, b"a/b.jpg", to=path, below=library.canary, part=precious),
        LogEntry(Action.RESTORING, BATCH, TIME, b"a/b.jpg", to=precious, below=library.canary, part=path),
        LogEntry(Action.RESTORING, BATCH, TIME, path, to=precious, below=library.canary),
        LogEntry(Action.RESTORING, BATCH, TIME, b"a/b.jpg", to=precious, below=b"/a\0b", part=precious),
        LogEntry(Action.RESTORING, BATCH, TIME, b"a/b.jpg", to=precious, below=b"../canary", part=precious),
        LogEntry(Action.RESTORED, BATCH, TIME, path, to=path, undo=True),
        LogEntry(Action.PURGED, BATCH, TIME, path),
        LogEntry(Action.UNDONE, "../../canary", TIME),
        LogEntry(Action.APPLIED, "../../canary", TIME),
    ]
    plant(library, b"log.jsonl", b"".join(encode_frame(encode_entry(entry)) for entry in hostile))
    use_everything(library)


def test_a_log_cannot_make_the_bin_drop_the_only_name(library: Library) -> None:
    plant(library, BATCH.encode() + b"/tree/a/b.jpg", b"only one")
    tree = os.path.join(batch_folder(library), b"tree")
    os.symlink(tree, os.path.join(library.base, b"way in"))
    entries = [
        LogEntry(Action.RESTORING, BATCH, TIME, b"a/b.jpg", to=b"a/b.jpg", below=below)
        for below in (tree, os.path.join(library.base, b"way in"))
    ]
    plant(library, b"log.jsonl", b"".join(encode_frame(encode_entry(entry)) for entry in entries))
    library.bin.recover()
    os.unlink(os.path.join(library.base, b"way in"))
    assert library.census()[b"only one"] == 1


@pytest.mark.parametrize("digits", [16, 48])
@pytest.mark.parametrize("where", ["outside", "inside"])
def test_a_forged_line_removes_no_partial_copy_of_others(library: Library, digits: int, where: str) -> None:
    """What another program, or a restore of another folder, is writing looks just like a copy of ours."""
    plant(library, BATCH.encode() + b"/tree/a/b.jpg", b"never to be touched")
    place = library.canary if where == "outside" else library.at(b"a")
    os.makedirs(place, exist_ok=True)
    part, leaving = (b".dpm-tui-" + b"5" * digits + ending for ending in (b".part", b".leaving"))
    for name in (part, leaving):
        with open(os.path.join(place, name), "wb") as file:
            file.write(b"precious")
    below, folder = (place, b"") if where == "outside" else (b"", b"a/")
    hostile = [
        LogEntry(Action.RESTORING, BATCH, TIME, b"a/b.jpg", to=folder + b"new.jpg", below=below, part=part),
        LogEntry(
            Action.RESTORING, BATCH, TIME, b"a/b.jpg", to=folder + b"new.jpg", below=below, part=leaving
        ),
        LogEntry(Action.COPYING, BATCH, TIME, b"a/c.jpg", to=b"a/" + leaving, part=part),
    ]
    library.canary_before = contents_below(library.canary)
    plant(library, b"log.jsonl", b"".join(encode_frame(encode_entry(entry)) for entry in hostile))
    library.bin.recover()
    assert {part, leaving} <= set(os.listdir(place))
    library.check_canary()


@pytest.mark.parametrize("way", ["path", "link"])
def test_a_forged_line_leads_to_no_folder_outside(library: Library, way: str) -> None:
    """A copy of one's own elsewhere is none that came out of the bin, whatever a line says."""
    plant(library, BATCH.encode() + b"/tree/a/b.jpg", b"never to be touched")
    below = library.canary
    if way == "link":
        below = library.at(b"way out")
        os.symlink(library.canary, below)
    entry = LogEntry(Action.RESTORING, BATCH, TIME, b"a/b.jpg", 19, b"precious.jpg", below)
    plant(library, b"log.jsonl", encode_frame(encode_entry(entry)))
    library.bin.recover()
    assert [entry.path for entry in library.bin.entries()] == [b"a/b.jpg"]
    assert library.census()[b"never to be touched"] == 1


@as_root
def test_a_copy_that_another_user_shows_does_not_take_the_one_in_the_bin(library: Library) -> None:
    plant(library, BATCH.encode() + b"/tree/a/b.jpg", b"never to be touched")
    os.chown(os.path.join(library.canary, b"precious.jpg"), NOBODY, NOBODY)
    entry = LogEntry(Action.RESTORING, BATCH, TIME, b"a/b.jpg", 19, b"precious.jpg", library.canary)
    plant(library, b"log.jsonl", encode_frame(encode_entry(entry)))
    library.bin.recover()
    assert [entry.path for entry in library.bin.entries()] == [b"a/b.jpg"]


def test_a_forged_file_system_does_not_lead_into_the_bin_of_another_root(library: Library) -> None:
    """A root below this one has a bin of its own, on the same disk: only its own user goes there."""
    half = b"other/_image_temp/recycle_bin/" + BATCH.encode() + b"/index.json.part"
    library.write(half, b"half")
    plant(library, b"file_systems.jsonl", encode_frame({"top": "other"}))
    library.bin.recover()
    assert library.read(half) == b"half"


def test_log_entries_and_moves_survive_their_encoding(library: Library) -> None:
    move = library.move(b"\xff/\x1b\n.jpg", kept=b"kept")
    assert decode_move(json.loads(json.dumps(encode_move(move)))) == move
    full = LogEntry(Action.RESTORED, BATCH, "t", b"\xff", 1, b"to", b"/below", b"part", move, "x", True)
    assert decode_entry(json.loads(json.dumps(encode_entry(full)))) == full
    record = encode_entry(full)
    for bad in (None, [], {}, {"time": 1}, record | {"action": "x"}, record | {"size": "1"}):
        with pytest.raises(ValueError, match=r".*"):
            decode_entry(bad)


def test_a_whole_bin_put_elsewhere_still_restores(library: Library) -> None:
    plan = library.several(3)
    before = library.pictures()
    library.bin.apply(plan)
    shutil.copytree(library.at(b"_image_temp"), os.path.join(library.root, b"copy"))
    shutil.rmtree(library.at(b"_image_temp"))
    os.rename(library.at(b"copy"), library.at(b"_image_temp"))
    assert all(entry.kind == "copy" for entry in library.bin.entries())
    library.bin.undo()
    assert library.pictures() == before
