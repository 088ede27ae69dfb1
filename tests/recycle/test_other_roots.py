"""Moves in other roots: each root has a bin of its own, and everything comes back from it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dpm_tui.catalog.verdict import Kind
from dpm_tui.errors import HeldError
from dpm_tui.recycle.recycle_bin import RecycleBin
from dpm_tui.recycle.repair.check_bins import check_bins
from dpm_tui.review.marks.plan import Move, Plan
from dpm_tui.state.disk.layout import Layout
from tests.recycle.library import Library, contents_below

HOLD = """
import os, sys, time
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.lock import Lock
root = os.fsencode(sys.argv[1])
lock = Lock(Layout(root, root).lock)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(tmp_path, elsewhere=True)
    yield library
    library.check_canary()


def both_ways(library: Library) -> Plan:
    """Return a plan that keeps the root's file of one pair and the other root's of the next."""
    (other,) = library.others
    into = library.move(other + b"/sub/a.jpg", b"a.jpg", b"first")
    from_ = library.move(b"b.jpg", other + b"/b.jpg", b"second")
    return Plan((into, from_))


def test_what_leaves_a_root_lies_in_its_own_bin_and_undo_brings_it_back(library: Library) -> None:
    plan = both_ways(library)
    before = library.contents()
    (other,) = library.others
    result = library.bin.apply(plan)
    assert set(result.moved) == {other + b"/sub/a.jpg", b"b.jpg"}
    tree = b"/_image_temp/recycle_bin/%s/tree" % result.batch.encode()
    assert contents_below(other + tree) == {b"sub/a.jpg": b"first"}
    assert contents_below(library.root + tree) == {b"b.jpg": b"second"}
    assert {entry.path for entry in library.bin.entries()} == {other + b"/sub/a.jpg", b"b.jpg"}
    assert all(entry.keeper_present for entry in library.bin.entries())
    assert library.bin.check_purge(entry.id for entry in library.bin.entries()).without_keeper == 0
    library.bin.undo()
    assert library.pictures() == before
    library.bin.redo()
    assert set(library.pictures()) == {b"a.jpg", other + b"/b.jpg"}


def test_a_root_that_is_compared_no_more_still_gives_back(library: Library) -> None:
    plan = both_ways(library)
    before = library.pictures()
    library.bin.apply(plan)
    alone = RecycleBin(library.root)
    assert len(alone.entries()) == 2
    alone.undo()
    assert library.pictures() == before


def test_nothing_moves_in_a_folder_that_is_no_root(library: Library) -> None:
    (other,) = library.others
    move = library.move(other + b"/a.jpg", b"a.jpg", b"first")
    result = RecycleBin(library.root).apply(Plan((move,)))
    assert [(skipped.path, skipped.key) for skipped in result.skipped] == [(other + b"/a.jpg", "no_root")]
    turned = library.move(b"c.jpg", other + b"/c.jpg", b"third")
    result = RecycleBin(library.root).apply(Plan((turned,)))
    assert [skipped.key for skipped in result.skipped] == ["keeper_no_root"]
    assert len(library.pictures()) == 4
    assert not os.path.exists(other + b"/_image_temp")


def test_a_disk_that_is_away_keeps_its_part_of_the_bin(library: Library) -> None:
    (other,) = library.others
    library.bin.apply(both_ways(library))
    os.rename(other, other + b"-away")
    assert [entry.path for entry in library.bin.entries()] == [b"b.jpg"]
    assert library.bin.away() == {other: ""}
    assert library.bin.recover().count == 0
    library.bin.undo()
    os.rename(other + b"-away", other)
    assert [entry.path for entry in library.bin.entries()] == [other + b"/sub/a.jpg"]
    library.bin.undo()
    assert library.bin.entries() == []
    assert len(library.pictures()) == 4


def test_restoring_elsewhere_keeps_full_paths_apart(library: Library) -> None:
    (other,) = library.others
    library.bin.apply(both_ways(library))
    target = library.root + b"/back"
    library.bin.restore([entry.id for entry in library.bin.entries()], target)
    assert contents_below(target) == {b"b.jpg": b"second", other[1:] + b"/sub/a.jpg": b"first"}
    assert not library.bin.recover()


@pytest.mark.slow
def test_who_has_the_other_root_open_keeps_others_from_moving(library: Library) -> None:
    """The other root may be a library of its own, whose worker moves files and tidies the same bin."""
    (other,) = library.others
    plan = both_ways(library)
    os.makedirs(Layout(other, other).folder, mode=0o700)
    command = [sys.executable, "-c", HOLD, os.fsdecode(other)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        for change in (lambda: library.bin.apply(plan), library.bin.undo, library.bin.recover):
            with pytest.raises(HeldError):
                change()
        assert library.bin.entries() == []
        holder.communicate()
    assert len(library.bin.apply(plan).moved) == 2


def test_a_copy_in_a_bin_or_snapshot_of_another_root_is_refused(library: Library) -> None:
    (other,) = library.others
    for path in (b"/_image_temp/x.jpg", b"/@eaDir/x.jpg"):
        move = library.move(other + path, b"x.jpg", b"same")
        (skipped,) = library.bin.apply(Plan((move,))).skipped
        assert skipped.key in ("in_state_folder", "in_junk_folder")


def test_a_protected_folder_of_another_root_stays(library: Library) -> None:
    (other,) = library.others
    plan = both_ways(library)
    result = library.bin.apply(plan, protected=lambda path: path.startswith(other + b"/"))
    assert result.moved == (b"b.jpg",)
    assert [skipped.key for skipped in result.skipped] == ["protected"]


def test_a_link_on_the_way_into_another_root_is_never_followed(library: Library, tmp_path: Path) -> None:
    (other,) = library.others
    move = library.move(other + b"/in/a.jpg", b"a.jpg", b"same")
    os.rename(other + b"/in", library.root + b"/moved")
    os.symlink(library.root + b"/moved", other + b"/in")
    assert [skipped.key for skipped in library.bin.apply(Plan((move,))).skipped] == ["through_link"]


def test_a_forgotten_bin_of_another_root_is_found_again(library: Library) -> None:
    library.bin.apply(both_ways(library))
    os.unlink(library.root + b"/_image_temp/recycle_bin/file_systems.jsonl")
    assert len(library.bin.entries()) == 1
    findings = check_bins(library.root, others=library.others)
    (forgotten,) = (finding for finding in findings if finding.key == "bin_forgotten")
    assert forgotten.repair is not None
    forgotten.repair()
    assert len(library.bin.entries()) == 2


def test_companions_in_another_root_go_along(library: Library) -> None:
    (other,) = library.others
    move: Move = library.move(other + b"/a.jpg", b"keep.jpg", b"same")
    library.write(other + b"/a.xmp", b"words")
    plan = library.bin.find_companions(Plan((replace(move, kind=Kind.IDENTICAL),)), ["jpg"])
    assert [each.file.path for each in plan.moves[0].companions] == [other + b"/a.xmp"]
    assert library.bin.apply(plan).companions == (other + b"/a.xmp",)
    library.bin.undo()
    assert library.read(other + b"/a.xmp") == b"words"


def test_what_another_root_removed_as_a_library_of_its_own_is_not_ours_to_undo(library: Library) -> None:
    (other,) = library.others
    move = library.move(other + b"/x.jpg", other + b"/y.jpg", b"of its own")
    victim, keeper = replace(move.victim, path=b"x.jpg"), replace(move.keeper, path=b"y.jpg")
    own = RecycleBin(other)
    library.bin.apply(both_ways(library))
    own.apply(Plan((replace(move, victim=victim, keeper=keeper),)))
    assert not library.bin.recover()
    assert len(library.bin.entries()) == 3
    library.bin.undo()
    assert not library.bin.can_undo()
    assert [entry.path for entry in library.bin.entries()] == [other + b"/x.jpg"]
    own.undo()
    assert library.bin.entries() == []
