"""What recovery makes of states that only a kill, a power cut or another hand leaves behind."""

from __future__ import annotations

import os

from dpm_tui.recycle.bin.removal_log import Action, LogEntry
from dpm_tui.recycle.moving.restore import drop_second_name
from dpm_tui.recycle.recycle_bin import RecycleBin
from dpm_tui.recycle.results import Recovery
from dpm_tui.review.marks.plan import Plan
from tests.recycle.library import Library

VICTIM = b"a/victim.jpg"


def tree(library: Library) -> bytes:
    (batch,) = library.bin.batches()
    return library.at(b"_image_temp/recycle_bin/%s/tree" % batch.id.encode())


def test_a_whole_bin_needs_nothing(library: Library) -> None:
    library.bin.apply(library.several(3))
    assert library.bin.recover() == Recovery()
    assert not library.bin.recover()


def test_empty_batches_and_partial_indexes_go(library: Library) -> None:
    folder = library.at(b"_image_temp/recycle_bin/20250101T000000-0123abcd")
    os.makedirs(os.path.join(folder, b"tree/a/b"))
    for name in (b"index.json", b"index.json.part"):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(b"half")
    assert library.bin.recover() == Recovery(batches_removed=1, parts_removed=1)
    assert not os.path.exists(folder)


def test_two_names_of_one_file_become_the_one_outside(library: Library) -> None:
    library.bin.apply(Plan((library.move(kept=b"kept"),)))
    os.link(os.path.join(tree(library), VICTIM), library.at(VICTIM))
    assert library.bin.recover().names_dropped == 1
    assert library.census() == {b"the same picture": 1, b"kept": 1}
    assert library.read(VICTIM) == b"the same picture"
    assert library.bin.log.read()[-1].action is Action.RESTORED
    assert not library.bin.recover()


def test_one_name_seen_under_two_paths_is_never_dropped(library: Library) -> None:
    library.write(VICTIM, b"only one")
    folder = os.open(library.at(b"a"), os.O_RDONLY)
    try:
        assert not drop_second_name(folder, b"victim.jpg", os.stat(library.at(VICTIM)))
    finally:
        os.close(folder)
    assert library.read(VICTIM) == b"only one"


def test_a_victim_with_another_hard_link_stays_in_the_bin(library: Library) -> None:
    library.move(kept=b"kept")
    os.link(library.at(VICTIM), library.at(b"other name.jpg"))
    move = library.move(b"x.jpg", kept=b"kept")
    move = type(move)(library.witness(VICTIM), library.witness(b"b/keeper.jpg"), move.kind, 0.99, "best", "g")
    assert library.bin.apply(Plan((move,))).moved == (VICTIM,)
    assert not library.bin.recover()
    assert [entry.path for entry in library.bin.entries()] == [VICTIM]


def test_a_log_that_was_lost_is_written_again(library: Library) -> None:
    plan = library.several(3)
    before = library.pictures()
    library.bin.apply(plan)
    os.unlink(library.bin.log.path)
    assert library.bin.recover() == Recovery(records_added=4)
    library.bin.undo()
    assert library.pictures() == before
    assert len(library.bin.redo().moved) == 3


def test_a_purge_that_was_only_announced_is_taken_back(library: Library) -> None:
    library.bin.apply(Plan((library.move(),)))
    (entry,) = library.bin.entries()
    library.bin.log.append([LogEntry(Action.PURGED, entry.batch, path=entry.path)])
    assert library.bin.recover() == Recovery(records_added=1)
    assert library.bin.log.read()[-1].action is Action.KEPT


def test_files_that_left_by_another_hand_are_noted(library: Library) -> None:
    plan = library.several(2)
    library.bin.apply(plan)
    first, second = (move.victim.path for move in plan.moves)
    os.unlink(os.path.join(tree(library), first))
    os.rename(os.path.join(tree(library), second), library.at(second))
    RecycleBin(library.root).recover()
    told = {entry.path: entry.action for entry in library.bin.log.read()[-2:]}
    assert told == {first: Action.MISSING, second: Action.RESTORED}
    assert library.bin.batches() == []
    assert not library.bin.recover()


def test_a_bin_that_comes_back_is_listed_again(library: Library) -> None:
    library.bin.apply(library.several(2))
    away = os.path.join(library.root, b"away")
    os.rename(library.at(b"_image_temp/recycle_bin"), away)
    assert not library.bin.recover()
    os.rename(away, library.at(b"_image_temp/recycle_bin"))
    assert not library.bin.recover()
    assert len(library.bin.entries()) == 2
