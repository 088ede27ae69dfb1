"""Side files that kept pictures get: written with the move, taken back with it, never over another one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace

import pytest

from dpm_tui.catalog.image_file import Stamp
from dpm_tui.recycle.linking.new_side_file import SideFiles
from dpm_tui.recycle.recycle_bin import RecycleBin
from dpm_tui.recycle.results import BatchResult, Recovery
from dpm_tui.review.marks.plan import Move, Plan, SideFile, Witness
from tests.recycle.library import Library, contents_below

VICTIM, KEEPER, SIDE = b"a/victim.jpg", b"b/keeper.jpg", b"b/keeper.jpg.xmp"
NEW, OLD = b"what was added", b"what was there"


def maker(old: Witness | None, content: bytes = NEW) -> Callable[[list[Move]], SideFiles]:
    """Return what gives the keeper of the first move a side file."""
    digest = hashlib.sha256(content).hexdigest()
    side = SideFile(Witness(SIDE, Stamp(len(content), 0, 0, 0, 0), digest), old)

    def make(moves: list[Move]) -> SideFiles:
        return SideFiles([replace(moves[0], side=side), *moves[1:]], {digest: content})

    return make


def apply(library: Library, old: bytes | None) -> tuple[dict[bytes, bytes], BatchResult]:
    """Remove a copy whose keeper gets a side file; return what there was before, and the result."""
    move = library.move()
    witness = None if old is None else library.write(SIDE, old)
    before = library.pictures()
    return before, library.bin.apply(Plan((move,)), side_files=maker(witness))


@pytest.mark.parametrize("old", [None, OLD])
def test_it_is_written_and_undo_brings_the_exact_files_back(library: Library, old: bytes | None) -> None:
    before, result = apply(library, old)
    assert (result.moved, result.skipped) == ((VICTIM,), ())
    assert library.pictures() == {KEEPER: b"the same picture", SIDE: NEW}
    assert os.stat(library.at(SIDE)).st_mode == os.stat(library.at(KEEPER)).st_mode
    assert sorted(library.in_bin().values()) == sorted([b"the same picture", *([OLD] if old else [])])
    assert library.bin.recover() == Recovery()
    ids = [entry.id for entry in library.bin.entries()]
    assert library.bin.check_purge(ids).without_keeper == 0
    assert not library.bin.undo().skipped
    assert library.pictures() == before
    assert library.bin.entries() == []
    assert library.bin.recover() == Recovery()
    assert not [path for path in contents_below(library.root) if b"/links/" in path]


@pytest.mark.parametrize("old", [None, OLD])
def test_a_side_file_that_was_changed_since_stays(library: Library, old: bytes | None) -> None:
    before, _ = apply(library, old)
    library.write(SIDE, b"changed by a person")
    library.bin.undo()
    pictures = library.pictures()
    assert pictures[SIDE] == b"changed by a person"
    assert pictures[VICTIM] == before[VICTIM]
    if old is not None:
        assert pictures[b"b/keeper.jpg (restored 1).xmp"] == OLD


@pytest.mark.parametrize("old", [None, OLD])
def test_it_is_written_again_with_the_same_batch(library: Library, old: bytes | None) -> None:
    apply(library, old)
    library.bin.undo()
    witness = None if old is None else library.witness(SIDE)
    result = library.bin.redo(side_files=maker(witness))
    assert result.moved == (VICTIM,)
    assert library.read(SIDE) == NEW
    library.bin.undo()
    assert library.exists(SIDE) is (old is not None)
    asked: list[tuple[str, ...]] = []

    def nothing(moves: list[Move]) -> SideFiles:
        asked.extend(move.adds for move in moves)
        return SideFiles(moves)

    library.bin.redo(side_files=nothing)
    assert asked == [("side",)]
    assert library.exists(SIDE) is (old is not None)


def test_a_side_file_that_changes_at_the_last_moment_keeps_the_copy(library: Library) -> None:
    move, witness = library.move(), library.write(SIDE, OLD)
    library.write(SIDE, b"changed at once")
    result = library.bin.apply(Plan((move,)), side_files=maker(witness))
    assert [skipped.key for skipped in result.skipped] == ["side_file_changed"]
    assert library.pictures() == {
        VICTIM: b"the same picture", KEEPER: b"the same picture", SIDE: b"changed at once",
    }  # fmt: skip


def test_a_side_file_that_appears_at_the_last_moment_is_not_replaced(library: Library) -> None:
    move = library.move()
    library.write(SIDE, b"another one")
    result = library.bin.apply(Plan((move,)), side_files=maker(None))
    assert [skipped.key for skipped in result.skipped] == ["name_taken"]
    assert library.read(SIDE) == b"another one"
    assert library.read(VICTIM) == b"the same picture"
    assert library.in_bin() == {}


def test_content_that_is_not_what_was_announced_is_not_written(library: Library) -> None:
    move = library.move()

    def lie(moves: list[Move]) -> SideFiles:
        made = maker(None)(moves)
        return replace(made, contents={digest: b"something else" for digest in made.contents})

    result = library.bin.apply(Plan((move,)), side_files=lie)
    assert [skipped.key for skipped in result.skipped] == ["side_file_lost"]
    assert not library.exists(SIDE)


def test_what_a_plan_says_of_a_side_file_is_not_believed(library: Library) -> None:
    library.write(b"b/precious.txt", b"precious")
    forged = maker(library.witness(b"b/precious.txt"))([library.move()]).moves[0]
    assert library.bin.apply(Plan((forged,))).moved == (VICTIM,)
    assert library.read(b"b/precious.txt") == b"precious"
    assert not library.exists(SIDE)


def test_the_picture_alone_comes_back_with_the_side_file_of_before(library: Library) -> None:
    before, _ = apply(library, OLD)
    (picture,) = (entry for entry in library.bin.entries() if entry.path == VICTIM)
    library.bin.restore([picture.id])
    assert library.pictures() == before


@pytest.mark.parametrize("old", [None, OLD])
def test_what_two_copies_knew_stays_until_both_are_back(library: Library, old: bytes | None) -> None:
    first = library.move()
    second = replace(first, victim=library.write(b"c/other.jpg", b"the same picture"))
    witness = None if old is None else library.write(SIDE, old)
    before = library.pictures()
    library.bin.apply(Plan((first, second)), side_files=maker(witness))
    entries = {entry.path: entry.id for entry in library.bin.entries()}
    result = library.bin.restore([entries[VICTIM]])
    assert [restored.now for restored in result.restored] == [VICTIM]
    assert [skipped.key for skipped in result.skipped] == (["side_file_needed"] if old else [])
    assert library.read(SIDE) == NEW
    assert not library.bin.undo().skipped
    assert library.pictures() == before


def test_what_a_purged_copy_knew_stays(library: Library) -> None:
    first = library.move()
    second = replace(first, victim=library.write(b"c/other.jpg", b"the same picture"))
    library.bin.apply(Plan((first, second)), side_files=maker(None))
    entries = {entry.path: entry.id for entry in library.bin.entries()}
    library.bin.purge([entries[b"c/other.jpg"]])
    library.bin.undo()
    assert library.pictures() == {
        VICTIM: b"the same picture", KEEPER: b"the same picture", SIDE: NEW,
    }  # fmt: skip


def test_a_folder_that_became_a_link_does_not_keep_the_copy_from_coming_back(library: Library) -> None:
    apply(library, None)
    os.rename(library.at(b"b"), library.at(b"elsewhere"))
    os.symlink(library.at(b"elsewhere"), library.at(b"b"))
    assert library.bin.undo().restored[0].now == VICTIM
    assert library.read(b"elsewhere/keeper.jpg.xmp") == NEW


def test_a_lost_log_is_written_again(library: Library) -> None:
    before, _ = apply(library, OLD)
    os.unlink(library.bin.log.path)
    library.bin = RecycleBin(library.root)
    library.bin.recover()
    library.bin.undo()
    assert library.pictures() == before
