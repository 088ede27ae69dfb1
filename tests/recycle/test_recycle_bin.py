"""Applying, listing, undoing, redoing and purging, as the worker and the command line use them."""

from __future__ import annotations

import errno
import gc
import os
import re
import stat
import sys

import pytest

from dpm_tui.dataclass_json import from_plain, to_plain
from dpm_tui.errors import DpmError
from dpm_tui.recycle.bin import bin_index
from dpm_tui.recycle.bin.removal_log import Action
from dpm_tui.recycle.moving import batch_moves
from dpm_tui.recycle.recycle_bin import RecycleBin
from dpm_tui.recycle.results import BatchResult, BinEntry, PurgeCheck
from dpm_tui.review.marks.plan import Plan
from dpm_tui.state.disk import atomic_write
from tests.recycle.library import HOSTILE_NAMES, Library


def test_an_applied_plan_becomes_entries(library: Library) -> None:
    plan = library.several(3)
    os.chmod(library.at(plan.moves[0].victim.path), 0o640)
    os.utime(library.at(plan.moves[0].victim.path), ns=(5, 7))
    progress: list[tuple[int, int]] = []
    result = library.bin.apply(plan, lambda done, total: progress.append((done, total)))
    assert re.fullmatch(r"\d{8}T\d{6}-[0-9a-f]{8}", result.batch)
    assert result.moved == tuple(move.victim.path for move in plan.moves)
    assert result.skipped == ()
    assert progress == [(1, 3), (2, 3), (3, 3)]
    entries = {entry.path: entry for entry in library.bin.entries()}
    first = entries[plan.moves[0].victim.path]
    assert first.mtime_ns == 7
    for move in plan.moves:
        entry = entries[move.victim.path]
        assert entry.digest == move.victim.digest
        assert (entry.kind, entry.similarity, entry.rule) == ("copy", 0.99, "best")
        assert entry.keeper == move.keeper.path
        assert entry.keeper_present
        assert entry.size == move.victim.stamp.size
        assert entry.recycled_at.endswith("Z")
        assert entry.id.isascii()
        assert entry.id.startswith(f"{result.batch}/")
        assert from_plain(BinEntry, to_plain(entry)) == entry
    stored = library.at(b"_image_temp/recycle_bin/%s/tree/" % result.batch.encode())
    found = os.stat(stored + plan.moves[0].victim.path)
    assert (stat.S_IMODE(found.st_mode), found.st_mtime_ns) == (0o640, 7)
    for folder, _, _ in os.walk(library.at(b"_image_temp")):
        assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    assert from_plain(BatchResult, to_plain(result)) == result


def test_a_batch_waits_for_the_disk_three_times_and_once_a_folder(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not once a file: that is what makes large batches quick on slow disks."""
    library.bin.apply(Plan((library.move(),)))
    victims = [(b"in/%d/%d.jpg" % (i % 5, i), b"keep/%d.jpg" % i, b"picture %d" % i) for i in range(60)]
    plan = Plan(tuple(library.move(*victim) for victim in victims))
    real, synced = os.fsync, []

    def fsync(descriptor: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{descriptor}") if sys.platform == "linux" else descriptor)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    assert len(library.bin.apply(plan).moved) == 60
    in_root, in_bin = 5, 5 + 2  # the folders of the victims; the same in the bin, and two above them
    assert len(synced) <= 3 + in_root + in_bin, synced


def test_entry_ids_are_stable(library: Library) -> None:
    library.bin.apply(library.several(4))
    assert [e.id for e in library.bin.entries()] == [e.id for e in RecycleBin(library.root).entries()]


def test_keeper_presence_is_looked_up_now(library: Library) -> None:
    plan = library.several(4)
    library.bin.apply(plan)
    keepers = [move.keeper.path for move in plan.moves]
    os.unlink(library.at(keepers[0]))
    library.write(keepers[1], b"shorter")
    os.rename(library.at(keepers[2]), library.at(b"elsewhere.jpg"))
    os.symlink(library.at(b"elsewhere.jpg"), library.at(keepers[2]))
    present = {entry.keeper: entry.keeper_present for entry in library.bin.entries()}
    assert present == dict(zip(keepers, [False, False, False, True], strict=True))


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_any_name_goes_and_comes_back(library: Library, name: bytes) -> None:
    victim = b"some folder/" + name
    library.bin.apply(Plan((library.move(victim, b"keep/" + name),)))
    assert not library.exists(victim)
    (entry,) = library.bin.entries()
    assert entry.path == victim
    result = library.bin.restore([entry.id])
    assert [(r.origin, r.now) for r in result.restored] == [(victim, victim)]
    assert library.read(victim) == b"the same picture"


def test_undo_and_redo_take_whole_batches(library: Library) -> None:
    first, second = library.several(3), Plan((library.move(),))
    before = library.pictures()
    library.bin.apply(first)
    between = library.pictures()
    library.bin.apply(second)
    after = library.pictures()
    assert [batch.count for batch in library.bin.batches()] == [1, 3]
    library.bin.undo()
    assert library.pictures() == between
    assert [(batch.count, batch.undone) for batch in library.bin.batches()] == [(1, True), (3, False)]
    RecycleBin(library.root).undo()
    assert library.pictures() == before
    with pytest.raises(DpmError) as caught:
        library.bin.undo()
    assert caught.value.key == "undo_nothing"
    assert library.bin.can_redo()
    assert not library.bin.can_undo()
    assert RecycleBin(library.root).redo().moved == tuple(move.victim.path for move in first.moves)
    assert library.pictures() == between
    library.bin.redo()
    assert library.pictures() == after
    assert not library.bin.can_redo()
    with pytest.raises(DpmError) as caught:
        library.bin.redo()
    assert caught.value.key == "redo_nothing"
    library.bin.undo()
    assert library.pictures() == between


def test_a_new_batch_ends_redoing(library: Library) -> None:
    library.bin.apply(library.several(2))
    library.bin.undo()
    library.bin.apply(Plan((library.move(),)))
    assert not library.bin.can_redo()


def test_redo_proves_again(library: Library) -> None:
    plan = library.several(3)
    library.bin.apply(plan)
    library.bin.undo()
    library.write(plan.moves[0].victim.path, b"worked on in between")
    os.unlink(library.at(plan.moves[1].keeper.path))
    result = library.bin.redo()
    assert result.moved == (plan.moves[2].victim.path,)
    assert {skipped.key for skipped in result.skipped} == {"changed", "keeper_gone"}


def test_what_has_been_protected_since_stays_and_is_named(library: Library) -> None:
    """A plan, and a batch that was undone, may be older than the wish to protect a folder."""
    plan = library.several(3)
    first, second, third = (move.victim.path for move in plan.moves)
    result = library.bin.apply(plan, protected=lambda path: path == first)
    assert set(result.moved) == {second, third}
    assert [(skipped.path, skipped.key) for skipped in result.skipped] == [(first, "protected")]
    library.bin.undo()
    result = library.bin.redo(protected=lambda path: path == second)
    assert result.moved == (third,)
    assert [(skipped.path, skipped.key) for skipped in result.skipped] == [(second, "protected")]


def test_redo_follows_a_file_that_undo_had_to_rename(library: Library) -> None:
    move = library.move(kept=b"kept")
    library.bin.apply(Plan((move,)))
    library.write(move.victim.path, b"a new picture of that name")
    (restored,) = library.bin.undo().restored
    assert restored.now == b"a/victim (restored 1).jpg"
    assert library.bin.redo().moved == (restored.now,)
    assert library.read(move.victim.path) == b"a new picture of that name"


def test_undo_without_a_log_brings_the_newest_batch_back(library: Library) -> None:
    library.bin.apply(library.several(2))
    os.unlink(library.bin.log.path)
    assert len(library.bin.undo().restored) == 2


@pytest.mark.parametrize("bad", ["torn", "link", "fifo", "noise"])
def test_a_bad_log_never_keeps_a_file_from_coming_back(library: Library, bad: str) -> None:
    library.bin.apply(library.several(2))
    log = library.bin.log.path
    if bad == "torn":
        os.truncate(log, os.path.getsize(log) - 7)
    elif bad == "noise":
        with open(log, "wb") as file:
            file.write(os.urandom(4000) + b"\n" + b"[" * 100_000 + b"\n")
    else:
        os.unlink(log)
        if bad == "fifo":
            os.mkfifo(log)
        else:
            os.symlink(os.path.join(library.canary, b"precious.jpg"), log)
    library.bin.recover()
    assert len(library.bin.undo().restored) == 2


def test_cancelling_leaves_the_rest_in_place(library: Library) -> None:
    plan = library.several(4)
    answers = iter([False, False, True, True])
    result = library.bin.apply(plan, cancelled=lambda: next(answers))
    assert len(result.moved) == 2
    assert [skipped.key for skipped in result.skipped] == ["cancelled"] * 2
    answers = iter([False, True])
    assert len(library.bin.undo(cancelled=lambda: next(answers)).restored) == 1
    assert library.bin.can_undo()
    assert len(library.bin.undo().restored) == 1
    assert len(library.bin.redo().moved) == 2


def test_purging_deletes_only_what_is_named(library: Library) -> None:
    plan = library.several(4)
    library.bin.apply(plan)
    entries = library.bin.entries()
    result = library.bin.purge([entries[0].id, entries[2].id, "20200101T000000-00000000/0123", "../../etc"])
    assert set(result.purged) == {entries[0].path, entries[2].path}
    assert result.size == entries[0].size + entries[2].size
    assert [skipped.key for skipped in result.skipped] == ["no_entry", "no_entry"]
    assert {entry.id for entry in library.bin.entries()} == {entries[1].id, entries[3].id}
    assert len(library.bin.undo().restored) == 2
    assert len(library.bin.redo().moved) == 2
    library.bin.purge([entry.id for entry in library.bin.entries()])
    assert library.bin.entries() == []
    assert library.batches_on_disk() == set()
    assert not library.bin.can_undo()


def test_check_purge_proves_the_keepers(library: Library) -> None:
    plan = library.several(5)
    library.bin.apply(plan)
    os.unlink(library.at(plan.moves[0].keeper.path))
    edited = library.at(plan.moves[1].keeper.path)
    before = os.stat(edited)
    with open(edited, "r+b") as file:
        file.write(b"KEEPER")
    os.utime(edited, ns=(before.st_atime_ns, before.st_mtime_ns))
    os.utime(library.at(plan.moves[2].keeper.path))
    ids = [entry.id for entry in library.bin.entries()]
    size = sum(move.victim.stamp.size for move in plan.moves)
    assert library.bin.check_purge(ids) == PurgeCheck(5, size, 2, 1, 1)
    assert library.bin.check_purge([]) == PurgeCheck()
    (batch,) = library.bin.batches()
    os.unlink(library.at(b"_image_temp/recycle_bin/%s/index.json" % batch.id.encode()))
    assert library.bin.check_purge(ids).without_keeper == 5


def test_the_log_tells_all(library: Library) -> None:
    plan = library.several(3)
    batch = library.bin.apply(plan).batch
    entries = library.bin.entries()
    library.bin.purge([entries[0].id])
    library.bin.restore([entries[1].id])
    library.bin.undo()
    told = [(entry.action, entry.path) for entry in library.bin.log.read() if entry.batch == batch]
    assert told == [
        (Action.APPLIED, b""),
        *((Action.RECYCLED, move.victim.path) for move in plan.moves),
        (Action.PURGED, entries[0].path),
        (Action.RESTORED, entries[1].path),
        (Action.UNDOING, b""),
        (Action.RESTORED, entries[2].path),
        (Action.UNDONE, b""),
    ]
    assert all(entry.time.endswith("Z") for entry in library.bin.log.read())


def test_nothing_is_made_by_looking(library: Library) -> None:
    assert library.bin.entries() == []
    assert library.bin.batches() == []
    assert not library.bin.recover()
    assert not library.bin.can_undo()
    assert library.bin.restore(["x"]).restored == ()
    assert os.listdir(library.root) == []


def test_an_empty_plan_makes_nothing(library: Library) -> None:
    assert library.bin.apply(Plan(())) == BatchResult("")


@pytest.mark.parametrize(
    ("code", "key"),
    [(errno.ENOSPC, "bin_no_space"), (errno.EROFS, "bin_read_only"), (errno.EIO, "bin_unusable")],
)
def test_an_index_that_cannot_be_written_stops_before_the_first_move(
    library: Library, monkeypatch: pytest.MonkeyPatch, code: int, key: str
) -> None:
    plan = library.several(2)
    before = library.pictures()

    def failing(descriptor: int, content: bytes) -> None:
        os.write(descriptor, content[:9])
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(atomic_write, "write_all", failing)
    with pytest.raises(DpmError) as caught:
        library.bin.apply(plan)
    assert caught.value.key == key
    assert library.pictures() == before
    assert library.batches_on_disk() == set()


def test_too_many_moves_are_refused_before_the_first(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bin_index, "MAX_BYTES", 1000)
    plan = library.several(5)
    with pytest.raises(DpmError) as caught:
        library.bin.apply(plan)
    assert caught.value.key == "plan_too_large"
    assert library.bin.entries() == []


@pytest.mark.parametrize(
    ("code", "key"),
    [(errno.EXDEV, "other_file_system"), (errno.ENOSPC, "no_space"), (errno.EACCES, "system_error")],
)
def test_a_move_that_fails_skips_its_file_only(
    library: Library, monkeypatch: pytest.MonkeyPatch, code: int, key: str
) -> None:
    plan = library.several(3)
    real = batch_moves.move_in

    def failing(source: int, name: bytes, target: int, new_name: bytes) -> None:
        if name == b"victim 1.jpg":
            raise OSError(code, os.strerror(code))
        real(source, name, target, new_name)

    monkeypatch.setattr(batch_moves, "move_in", failing)
    result = library.bin.apply(plan)
    assert len(result.moved) == 2
    assert [skipped.key for skipped in result.skipped] == [key]
    assert library.exists(plan.moves[1].victim.path)


def test_no_descriptor_is_left_open(library: Library) -> None:
    plan = library.several(4)
    os.unlink(library.at(plan.moves[0].keeper.path))
    folder = "/dev/fd"
    gc.collect()  # what tests before this one left goes at any moment
    before = len(os.listdir(folder))
    library.bin.apply(plan)
    library.bin.check_purge([entry.id for entry in library.bin.entries()])
    library.bin.undo()
    library.bin.redo()
    library.bin.recover()
    library.bin.restore([library.bin.entries()[0].id], library.at(b"restored"))
    library.bin.purge([entry.id for entry in library.bin.entries()])
    assert len(os.listdir(folder)) == before


def test_syncs_are_few(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    library.bin.apply(Plan((library.move(),)))
    plan = library.several(40)
    synced: list[int] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (synced.append(descriptor), real(descriptor))[1])
    library.bin.apply(plan)
    sources = 2
    in_bin = 2 + 2 + 2  # d0, d1; d0/sub, d1/sub; the batch's folder and its tree
    print(f"{len(synced)} syncs for 40 moves out of {sources} folders")
    assert len(synced) <= 3 + 2 + sources + in_bin
