"""The check of the bins says what is damaged; a repair rebuilds what tells about the files, and only that."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from dpm_tui.locale import translate
from dpm_tui.recycle.repair.check_bins import check_bins
from dpm_tui.state.disk.finding import Finding
from dpm_tui.state.doctor.check_state import repair_findings
from tests.recycle.library import Library, contents_below

BIN = b"_image_temp/recycle_bin/"


def flip(path: bytes) -> None:
    with open(path, "r+b") as file:
        content = bytearray(file.read())
        content[len(content) // 2] ^= 0x40
        file.seek(0)
        file.write(content)


def cut(path: bytes) -> None:
    os.truncate(path, os.path.getsize(path) // 2)


def nest(path: bytes) -> None:
    with open(path, "wb") as file:
        file.write(b"[" * 200_000)


def link(path: bytes) -> None:
    os.unlink(path)
    os.symlink(b"/etc/passwd", path)


def pipe(path: bytes) -> None:
    os.unlink(path)
    os.mkfifo(path)


DAMAGES = [os.unlink, flip, cut, nest, link, pipe]


def bad(library: Library) -> list[Finding]:
    """Return what is not good, with words for it and for what a repair would do."""
    findings = [finding for finding in check_bins(library.root) if not finding.good]
    for finding in findings:
        assert translate(f"doctor.{finding.key}", **finding.values)
        assert translate(f"doctor.{finding.remedy}", **finding.values)
    return findings


def test_a_sound_bin_is_good(library: Library) -> None:
    assert [finding.key for finding in check_bins(library.root)] == ["bin_none"]
    library.bin.apply(library.several(3, companions=True))
    library.bin.undo()
    library.bin.redo()
    assert bad(library) == []


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_lost_index_is_rebuilt_from_the_log_and_the_files(
    library: Library, damage: Callable[[bytes], None]
) -> None:
    batch = library.bin.apply(library.several(2, companions=True)).batch
    told = library.bin.entries()
    damage(library.at(BIN + batch.encode() + b"/index.json"))
    before = contents_below(library.root)
    (finding,) = bad(library)
    assert (finding.key, finding.values["count"]) == ("bin_index_lost", 6)
    assert contents_below(library.root) == before
    assert all(done.good for done in repair_findings([finding]))
    assert library.bin.entries() == told
    assert bad(library) == []
    assert set(before.values()) <= set(contents_below(library.root).values())
    assert len(library.bin.undo().restored) == 6


def test_without_log_and_index_the_files_are_still_known_by_their_place(library: Library) -> None:
    plan = library.several(2)
    batch = library.bin.apply(plan).batch
    before = library.pictures()
    os.unlink(library.at(BIN + batch.encode() + b"/index.json"))
    os.unlink(library.bin.log.path)
    repair_findings(bad(library))
    assert {entry.path for entry in library.bin.entries()} == {move.victim.path for move in plan.moves}
    library.bin.recover()
    assert len(library.bin.undo().restored) == 2
    assert set(library.pictures()) == set(before) | {move.victim.path for move in plan.moves}


@pytest.mark.parametrize("damage", DAMAGES[1:])
def test_a_damaged_log_keeps_what_can_be_read(library: Library, damage: Callable[[bytes], None]) -> None:
    library.bin.apply(library.several(3))
    damage(library.bin.log.path)
    (finding,) = bad(library)
    done = repair_findings([finding])
    assert all(each.good for each in done)
    assert bad(library) == []
    library.bin.recover()
    assert len(library.bin.entries()) == 3
    assert len(library.bin.undo().restored) == 3


@pytest.mark.parametrize("what", ["_image_temp", "_image_temp/recycle_bin"])
def test_a_bin_that_is_a_link_is_refused_and_left_alone(library: Library, what: str) -> None:
    library.bin.apply(library.several(1))
    place = library.at(what.encode())
    os.rename(place, library.at(b"elsewhere"))
    os.symlink(library.canary, place)
    (finding,) = bad(library)
    assert finding.key == "bin_refused"
    assert repair_findings([finding]) == []
    assert os.path.islink(place)


def test_what_is_not_ours_is_named_and_left_alone(library: Library) -> None:
    library.bin.apply(library.several(1))
    library.write(BIN + b"my \x1b[2J notes.txt", b"notes")
    unknown = [finding for finding in check_bins(library.root) if finding.key == "unknown"]
    assert unknown[0].values == {"name": r"my \x1b[2J notes.txt", "count": 1}
    assert library.read(BIN + b"my \x1b[2J notes.txt") == b"notes"
