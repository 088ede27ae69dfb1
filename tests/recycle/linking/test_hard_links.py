"""Hard links in the place of identical files: every promise of a removal, and the name stays."""

from __future__ import annotations

import os
import stat
from dataclasses import replace

import pytest

from dpm_tui.catalog.verdict import Kind
from dpm_tui.recycle.linking.waiting_file import WaitingFile
from dpm_tui.recycle.recycle_bin import RecycleBin
from dpm_tui.recycle.results import Recovery
from dpm_tui.review.marks.link import Link
from dpm_tui.review.marks.plan import Move, Plan
from tests.recycle.library import Library, contents_below

VICTIM, KEEPER = b"a/victim.jpg", b"b/keeper.jpg"


def planned(library: Library, victim: bytes = VICTIM, keeper: bytes = KEEPER) -> Move:
    """Write two files of the same bytes and return the move that puts a hard link in place of one."""
    return replace(library.move(victim, keeper), link=Link.HARD)


def apply(library: Library, *moves: Move) -> list[str]:
    """Apply moves and return why files were left."""
    return [skipped.key for skipped in library.bin.apply(Plan(moves)).skipped]


def inode(library: Library, path: bytes) -> int:
    return os.stat(library.at(path)).st_ino


def test_the_name_stays_and_the_file_comes_back(library: Library) -> None:
    move = planned(library)
    before, own = library.pictures(), os.stat(library.at(VICTIM))
    result = library.bin.apply(Plan((move,)))
    assert (result.moved, result.linked, result.skipped) == ((VICTIM,), (VICTIM,), ())
    assert library.pictures() == before
    assert inode(library, VICTIM) == inode(library, KEEPER) != own.st_ino
    assert list(library.in_bin().values()) == [b"the same picture"]
    (entry,) = library.bin.entries()
    assert (entry.link, entry.keeper_present) == ("hard", True)
    assert library.bin.check_purge([entry.id]).without_keeper == 0
    assert library.bin.recover() == Recovery()
    assert library.bin.undo().restored[0].now == VICTIM
    after = os.stat(library.at(VICTIM))
    assert (after.st_ino, after.st_mtime_ns, after.st_mode) == (own.st_ino, own.st_mtime_ns, own.st_mode)
    assert os.stat(library.at(KEEPER)).st_nlink == 1
    assert contents_below(library.root).keys() - {path for path in before} == {
        b"_image_temp/recycle_bin/log.jsonl",
        b"_image_temp/recycle_bin/reserve",
    }


def test_it_can_be_done_again_and_is_in_the_record(library: Library) -> None:
    library.bin.apply(Plan((planned(library),)))
    library.bin.undo()
    assert library.bin.redo().linked == (VICTIM,)
    assert inode(library, VICTIM) == inode(library, KEEPER)
    assert [line.action for line in library.bin.removals(9)] == ["linked", "restored", "linked"]


def test_purging_frees_the_file_and_leaves_the_link(library: Library) -> None:
    before = {**library.pictures(), VICTIM: b"the same picture", KEEPER: b"the same picture"}
    library.bin.apply(Plan((planned(library),)))
    library.bin.purge([entry.id for entry in library.bin.entries()])
    assert library.pictures() == before
    assert library.in_bin() == {}


def test_several_copies_of_one_file_become_its_names(library: Library) -> None:
    moves = [planned(library, b"a/%d.jpg" % number) for number in range(4)]
    moves = [replace(move, keeper=library.witness(KEEPER)) for move in moves]
    assert apply(library, *moves) == []
    assert {inode(library, move.victim.path) for move in moves} == {inode(library, KEEPER)}
    library.bin.undo()
    assert len({inode(library, move.victim.path) for move in moves}) == 4


def test_companions_stay(library: Library) -> None:
    for name in (b"a/victim.xmp", b"a/victim.jpg.xmp", b"a/victim.cr2"):
        library.write(name, name)
    plan = library.bin.find_companions(Plan((planned(library),)), ["jpg"])
    assert plan.companions == 0
    forged = library.bin.find_companions(Plan((library.move(),)), ["jpg"]).moves[0]
    assert len(forged.companions) == 3
    result = library.bin.apply(Plan((replace(forged, link=Link.HARD),)))
    assert (result.linked, result.companions) == ((VICTIM,), ())
    assert library.read(b"a/victim.xmp") == b"a/victim.xmp"


def test_only_identical_files_are_linked(library: Library) -> None:
    move = replace(library.move(kept=b"another"), link=Link.HARD)
    assert apply(library, move) == ["link_not_identical"]
    forged = replace(move, kind=Kind.IDENTICAL, keeper=replace(move.keeper, digest=move.victim.digest))
    assert apply(library, forged) == ["digests_differ"]
    same_size = library.move(kept=b"THE SAME PICTURE")
    blind = replace(
        same_size,
        kind=Kind.IDENTICAL,
        link=Link.HARD,
        victim=replace(same_size.victim, digest=""),
        keeper=replace(same_size.keeper, digest=""),
    )
    assert apply(library, blind) == ["digests_differ"]
    assert library.read(VICTIM) == b"the same picture"
    assert os.stat(library.at(VICTIM)).st_nlink == 1


def test_a_file_of_several_names_is_left_alone(library: Library) -> None:
    move = planned(library)
    os.link(library.at(VICTIM), library.at(b"other name.jpg"))
    assert apply(library, replace(move, victim=library.witness(VICTIM))) == ["link_names"]


def test_what_is_linked_already_is_no_copy(library: Library) -> None:
    move = planned(library)
    apply(library, move)
    again = replace(move, victim=library.witness(VICTIM), keeper=library.witness(KEEPER))
    assert apply(library, again) == ["same_file"]


def test_nothing_in_a_protected_folder_is_replaced_or_linked_to(library: Library) -> None:
    move = planned(library)
    for folder, key in ((b"a/", "protected"), (b"b/", "link_protected")):
        result = library.bin.apply(Plan((move,)), protected=lambda path, below=folder: path.startswith(below))
        assert [skipped.key for skipped in result.skipped] == [key]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_another_user_keeps_its_owner(library: Library) -> None:
    move = planned(library)
    os.chown(library.at(KEEPER), 54321, 54321)
    assert apply(library, replace(move, keeper=library.witness(KEEPER))) == ["link_owner"]


def test_an_edit_of_both_names_stays_with_the_kept_file(library: Library) -> None:
    library.bin.apply(Plan((planned(library),)))
    with open(library.at(VICTIM), "r+b") as file:
        file.write(b"EDITED")
    assert library.read(KEEPER) == b"EDITEDme picture"
    assert library.bin.undo().restored[0].now == VICTIM
    assert library.pictures() == {VICTIM: b"the same picture", KEEPER: b"EDITEDme picture"}


@pytest.mark.parametrize("how", ["replaced", "kept file is gone", "kept file is elsewhere and changed"])
def test_whatever_else_has_the_name_stays_beside_the_file(library: Library, how: str) -> None:
    library.bin.apply(Plan((planned(library),)))
    match how:
        case "replaced":
            os.unlink(library.at(VICTIM))
            library.write(VICTIM, b"a new picture")
        case "kept file is gone":
            os.unlink(library.at(KEEPER))
        case _:
            os.rename(library.at(KEEPER), library.at(b"elsewhere.jpg"))
            library.write(VICTIM, b"edited under both names")
    before = library.pictures()
    (restored,) = library.bin.undo().restored
    assert restored.now == b"a/victim (restored 1).jpg"
    assert library.pictures() == {**before, restored.now: b"the same picture"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_link_that_cannot_be_read_stays_beside_the_file(library: Library) -> None:
    library.bin.apply(Plan((planned(library),)))
    os.chmod(library.at(VICTIM), 0)
    assert library.bin.undo().restored[0].now == b"a/victim (restored 1).jpg"
    os.chmod(library.at(VICTIM), 0o600)


def test_a_kept_file_that_only_moved_is_no_reason_to_keep_both(library: Library) -> None:
    library.bin.apply(Plan((planned(library),)))
    os.rename(library.at(KEEPER), library.at(b"elsewhere.jpg"))
    assert library.bin.undo().restored[0].now == VICTIM
    assert library.pictures() == {VICTIM: b"the same picture", b"elsewhere.jpg": b"the same picture"}


def test_a_link_that_was_taken_away_makes_room(library: Library) -> None:
    library.bin.apply(Plan((planned(library),)))
    os.unlink(library.at(VICTIM))
    assert library.bin.undo().restored[0].now == VICTIM


def test_a_restore_to_another_folder_leaves_the_link(library: Library) -> None:
    library.bin.apply(Plan((planned(library),)))
    (entry,) = library.bin.entries()
    library.bin.restore([entry.id], library.at(b"restored"))
    assert library.read(b"restored/" + VICTIM) == b"the same picture"
    assert inode(library, VICTIM) == inode(library, KEEPER)


def test_a_file_put_under_the_name_meanwhile_is_not_replaced(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = WaitingFile.take_name

    def disturbed(link: WaitingFile, folder: int) -> None:
        library.write(VICTIM, b"put there meanwhile")
        real(link, folder)

    monkeypatch.setattr(WaitingFile, "take_name", disturbed)
    assert apply(library, planned(library)) == ["not_moved_back"]
    assert library.read(VICTIM) == b"put there meanwhile"
    assert list(library.in_bin().values()) == [b"the same picture"]
    assert os.stat(library.at(KEEPER)).st_nlink == 1
    assert library.bin.undo().restored[0].now == b"a/victim (restored 1).jpg"


def test_where_links_cannot_be_made_the_file_stays(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    move = planned(library)
    monkeypatch.setattr(os, "link", refuse)
    assert apply(library, move) == ["no_hard_links"]
    assert stat.S_ISREG(os.stat(library.at(VICTIM)).st_mode)
    assert library.bin.batches() == []
    assert RecycleBin(library.root).recover() == Recovery()
