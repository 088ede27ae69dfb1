from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from dpm_tui.errors import DamagedError
from dpm_tui.state.disk.journal import MAX_LINE_BYTES, Journal, decode_frame, encode_frame, read_frames
from tests.support.disk import full_disk

RECORDS = [{"id": number, "path": f"picture {number}.jpg", "text": "\n\u9577\ud800"} for number in range(6)]
WHOLE = b"".join(map(encode_frame, RECORDS))


@pytest.fixture
def path(tmp_path: Path) -> bytes:
    return os.fsencode(tmp_path / "journal.jsonl")


def write(path: bytes, content: bytes) -> None:
    with open(path, "wb") as file:
        file.write(content)


def read(content: bytes, folder: Path) -> tuple[list[object], int]:
    path = os.fsencode(folder / "damaged.jsonl")
    write(path, content)
    frames = read_frames(path)
    return frames.records, frames.rejected


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("frames")


def is_subsequence(some: list[object], of: list[dict[str, object]]) -> bool:
    rest = iter(of)
    return all(record in rest for record in some)


@given(st.integers(0, len(WHOLE) * 8 - 1))
def test_a_flipped_bit_costs_at_most_its_records(folder: Path, bit: int) -> None:
    damaged = bytearray(WHOLE)
    damaged[bit // 8] ^= 1 << bit % 8
    records, rejected = read(bytes(damaged), folder)
    assert is_subsequence(records, RECORDS)
    assert len(records) >= len(RECORDS) - 2
    assert rejected or records == RECORDS


@given(st.integers(0, len(WHOLE)))
def test_a_torn_end_costs_only_the_torn_record(folder: Path, length: int) -> None:
    records, rejected = read(WHOLE[:length], folder)
    assert records == RECORDS[: WHOLE[:length].count(b"\n")]
    assert rejected == (1 if WHOLE[:length] and not WHOLE[:length].endswith(b"\n") else 0)


@given(st.integers(0, len(WHOLE)), st.integers(1, 400))
def test_a_run_of_zeros_never_makes_a_wrong_record(folder: Path, at: int, length: int) -> None:
    damaged = bytearray(WHOLE)
    damaged[at : at + length] = bytes(len(damaged[at : at + length]))
    assert is_subsequence(read(bytes(damaged), folder)[0], RECORDS)


@given(st.binary(max_size=200))
def test_noise_is_no_record(folder: Path, noise: bytes) -> None:
    assert read(noise + b"\n" + WHOLE, folder)[0] == RECORDS


@given(
    st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.lists(st.integers()), max_size=4)
)
def test_a_record_comes_back(record: object) -> None:
    line = encode_frame(record)
    assert line.count(b"\n") == 1
    assert decode_frame(line[:-1]) == record


def test_a_record_nested_without_end_is_refused(path: bytes) -> None:
    import zlib

    body = b"[" * 200_000
    write(path, b"%08x %s\n" % (zlib.crc32(body), body))
    assert read_frames(path).rejected == 1


def test_a_missing_journal_is_empty(path: bytes) -> None:
    assert read_frames(path).records == []


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink("elsewhere", path)])
def test_what_is_no_file_is_neither_followed_nor_waited_for(
    path: bytes, tmp_path: Path, make: Callable[[bytes], None]
) -> None:
    write(os.fsencode(tmp_path / "elsewhere"), WHOLE)
    make(path)
    for use in (read_frames, Journal):
        with pytest.raises(DamagedError, match="special file"):
            use(path)
    assert (tmp_path / "elsewhere").read_bytes() == WHOLE


def test_a_file_too_large_to_be_ours_is_not_read(path: bytes) -> None:
    write(path, WHOLE)
    os.truncate(path, 1 << 40)
    with pytest.raises(DamagedError, match="larger"):
        read_frames(path)


def test_a_line_without_an_end_costs_only_itself(path: bytes) -> None:
    write(path, WHOLE + b"x" * (3 * MAX_LINE_BYTES + 5) + b"\n" + WHOLE)
    frames = read_frames(path)
    assert (frames.records, frames.rejected) == (RECORDS * 2, 1)
    write(path, WHOLE + b"x" * (MAX_LINE_BYTES * 2))
    assert (read_frames(path).records, read_frames(path).rejected) == (RECORDS, 1)


def test_what_is_appended_after_a_torn_end_is_kept_with_all_before_it(path: bytes) -> None:
    write(path, WHOLE + encode_frame({"torn": True})[:15])
    journal = Journal(path)
    journal.append({"after": 1})
    journal.close()
    assert read_frames(path).records == [*RECORDS, {"after": 1}]


def test_records_are_there_once_synced(path: bytes) -> None:
    journal = Journal(path)
    journal.append({"a": 1})
    assert read_frames(path).records == []
    journal.sync()
    assert read_frames(path).records == [{"a": 1}]
    journal.close()


def test_a_rewritten_journal_holds_only_the_new_records_and_goes_on(path: bytes) -> None:
    journal = Journal(path)
    journal.append({"old": 1})
    journal.sync()
    journal.rewrite([{"new": 1}])
    journal.append({"new": 2})
    journal.close()
    assert read_frames(path).records == [{"new": 1}, {"new": 2}]


@pytest.mark.parametrize("room", [0, 1, 15, 40])
def test_a_full_disk_loses_no_record_once_there_is_room_again(
    path: bytes, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    journal = Journal(path)
    journal.append({"before": 1})
    journal.sync()
    for number in range(3):
        journal.append({"during": number})
    with full_disk(monkeypatch, room), pytest.raises(OSError) as failure:  # noqa: PT011
        journal.sync()
    assert failure.value.errno == errno.ENOSPC
    journal.append({"after": 1})
    journal.close()
    records = read_frames(path).records
    assert {str(record) for record in records} == {
        str(record) for record in [{"before": 1}, *({"during": number} for number in range(3)), {"after": 1}]
    }


def test_a_rewrite_that_fails_leaves_the_journal_and_every_other_file_as_they_were(
    path: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(path)
    journal.append({"before": 1})
    with full_disk(monkeypatch, 0), pytest.raises(OSError, match="No space"):
        journal.rewrite([{"new": 1}])
    with open(tmp_path / "bystander", "wb+") as bystander:
        journal.append({"after": 1})
        journal.close()
        bystander.seek(0)
        assert bystander.read() == b""
    assert read_frames(path).records == [{"before": 1}, {"after": 1}]


def test_what_is_appended_while_the_disk_is_waited_for_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One thread waits for the disk, another goes on appending."""
    path = os.fsencode(tmp_path / "journal.jsonl")
    journal = Journal(path)
    journal.append({"number": 1})
    monkeypatch.setattr(os, "fsync", lambda descriptor: journal.append({"number": 2}))
    journal.sync()
    monkeypatch.undo()
    journal.close()
    assert read_frames(path).records == [{"number": 1}, {"number": 2}]
