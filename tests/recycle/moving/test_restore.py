"""Restoring never replaces a file and never loses one, wherever it goes."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dpm_tui.errors import DpmError
from dpm_tui.recycle.bin.removal_log import Action
from dpm_tui.recycle.filesystem import exclusive_rename, verified_copy
from dpm_tui.recycle.moving.restore import free_names
from dpm_tui.review.marks.plan import Plan
from tests.recycle.library import HOSTILE_NAMES, Library

VICTIM = b"a/victim.jpg"


@pytest.fixture
def recycled(library: Library) -> Library:
    """A library with one file in the bin."""
    library.bin.apply(Plan((library.move(kept=b"kept"),)))
    return library


@pytest.fixture
def other_disk() -> Iterator[bytes]:
    """A folder on another file system."""
    shared = "/dev/shm"
    if not os.path.isdir(shared) or os.stat(shared).st_dev == os.stat(tempfile.gettempdir()).st_dev:
        pytest.skip("no other file system to write to")
    folder = tempfile.mkdtemp(dir=shared)
    yield os.fsencode(folder)
    shutil.rmtree(folder)


def only(library: Library) -> str:
    (entry,) = library.bin.entries()
    return entry.id


def test_a_taken_name_is_never_replaced(recycled: Library) -> None:
    recycled.write(VICTIM, b"a new picture")
    recycled.write(b"a/victim (restored 1).jpg", b"another one")
    (restored,) = recycled.bin.restore([only(recycled)]).restored
    assert restored.now == b"a/victim (restored 2).jpg"
    assert recycled.read(VICTIM) == b"a new picture"
    assert recycled.read(restored.now) == b"the same picture"


@pytest.mark.parametrize("make", ["folder", "link", "dangling", "fifo"])
def test_anything_that_takes_the_name_is_left_alone(recycled: Library, make: str) -> None:
    place = recycled.at(VICTIM)
    if make == "folder":
        os.mkdir(place)
    elif make == "fifo":
        os.mkfifo(place)
    else:
        os.symlink(recycled.canary if make == "link" else b"nowhere", place)
    before = os.lstat(place)
    (restored,) = recycled.bin.restore([only(recycled)]).restored
    assert restored.now == b"a/victim (restored 1).jpg"
    assert os.path.samestat(os.lstat(place), before)


def test_missing_folders_are_made(recycled: Library) -> None:
    os.rmdir(recycled.at(b"a"))
    recycled.bin.restore([only(recycled)])
    assert recycled.read(VICTIM) == b"the same picture"
    assert recycled.batches_on_disk() == set()


@pytest.mark.parametrize("make", ["link", "file"])
def test_a_folder_that_became_something_else_keeps_the_file_in_the_bin(recycled: Library, make: str) -> None:
    os.rmdir(recycled.at(b"a"))
    if make == "link":
        os.symlink(recycled.canary, recycled.at(b"a"))
    else:
        recycled.write(b"a", b"a file")
    result = recycled.bin.restore([only(recycled)])
    assert result.restored == ()
    assert [skipped.key for skipped in result.skipped] == ["through_link"]
    assert recycled.bin.undo().restored == ()
    assert recycled.bin.can_undo()


def test_restoring_below_another_folder(recycled: Library, tmp_path: Path) -> None:
    target = recycled.at(b"new/place")
    (restored,) = recycled.bin.restore([only(recycled)], target).restored
    assert restored.now == os.path.join(target, VICTIM)
    assert recycled.read(b"new/place/" + VICTIM) == b"the same picture"
    assert not recycled.bin.can_redo()


@pytest.mark.parametrize(
    "target", [b"relative", b"/a\0b", b"%s/_image_temp/x", b"%s/_image_temp/recycle_bin"]
)
def test_targets_that_do_not_fit(recycled: Library, target: bytes) -> None:
    if b"%s" in target:
        target = target % recycled.root
    with pytest.raises(DpmError) as caught:
        recycled.bin.restore([only(recycled)], target)
    assert caught.value.key == "restore_target_unfit"
    assert not os.path.exists(recycled.at(b"_image_temp/x"))


def test_a_target_that_cannot_be_made(recycled: Library) -> None:
    with pytest.raises(DpmError) as caught:
        recycled.bin.restore([only(recycled)], recycled.at(b"b/keeper.jpg/x"))
    assert caught.value.key == "restore_target_unusable"


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_another_file_system_gets_a_verified_copy(library: Library, other_disk: bytes, name: bytes) -> None:
    move = library.move(b"f/" + name, kept=b"kept")
    os.chmod(library.at(b"f/" + name), 0o640)
    os.utime(library.at(b"f/" + name), ns=(5, 7))
    library.bin.apply(Plan((move,)))
    taken = os.path.join(other_disk, b"f", name)
    os.makedirs(os.path.dirname(taken))
    with open(taken, "wb") as file:
        file.write(b"already there")
    result = library.bin.restore([only(library)], other_disk)
    (restored,) = result.restored
    assert restored.now != taken
    with open(restored.now, "rb") as file:
        assert file.read() == b"the same picture"
    found = os.stat(restored.now)
    assert (stat.S_IMODE(found.st_mode), found.st_mtime_ns) == (0o640, 7)
    assert len(os.listdir(os.path.dirname(taken))) == 2
    assert library.bin.entries() == []


@pytest.mark.parametrize("fault", ["differs", "full"])
def test_a_copy_that_fails_leaves_the_file_in_the_bin(
    recycled: Library, other_disk: bytes, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    if fault == "differs":
        answers = iter(["0" * 64, "1" * 64])
        monkeypatch.setattr(verified_copy, "digest_of", lambda descriptor: next(answers))
    else:
        real = os.fsync

        def full(descriptor: int) -> None:
            if stat.S_ISREG(os.fstat(descriptor).st_mode) and b"jsonl" not in _path_of(descriptor):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            real(descriptor)

        monkeypatch.setattr(os, "fsync", full)
    result = recycled.bin.restore([only(recycled)], other_disk)
    assert [skipped.key for skipped in result.skipped] == ["no_space" if fault == "full" else "system_error"]
    assert os.listdir(os.path.join(other_disk, b"a")) == []
    assert len(recycled.bin.entries()) == 1
    assert recycled.bin.log.read()[-1].action is Action.KEPT
    with open(os.path.join(other_disk, VICTIM), "wb") as file:
        file.write(b"the same picture")
    assert not recycled.bin.recover()
    assert len(recycled.bin.entries()) == 1


def _path_of(descriptor: int) -> bytes:
    return os.readlink(b"/proc/self/fd/%d" % descriptor)


@pytest.mark.parametrize("name", [*HOSTILE_NAMES, b"no extension", b"x." + b"y" * 200, b"..."])
def test_free_names_are_new_short_and_end_alike(name: bytes) -> None:
    names = free_names(name)
    tried = [next(names) for _ in range(1200)]
    assert tried[0] == name
    assert len(set(tried)) == 1200
    assert all(len(tried_name) <= 255 for tried_name in tried)
    if name.endswith(b".jpg"):
        assert all(tried_name.endswith(b".jpg") for tried_name in tried)
    if name[0] == 0xE9:
        tried[5].decode("utf-8")


WAYS = ["noreplace", "link", "claim"]


@pytest.fixture
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make the file system forget the better ways of renaming."""
    if request.param in ("link", "claim"):
        monkeypatch.setattr(exclusive_rename, "_EXCLUSIVE", None)
    if request.param == "claim":

        def no_links(*_: object, **__: object) -> None:
            raise PermissionError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(os, "link", no_links)
    return str(request.param)


@pytest.mark.parametrize("way", WAYS, indirect=True)
def test_every_way_of_renaming_moves_there_and_back(library: Library, way: str) -> None:
    plan = library.several(3)
    before = library.pictures()
    assert len(library.bin.apply(plan).moved) == 3
    library.write(plan.moves[0].victim.path, b"in the way")
    library.bin.undo()
    after = library.pictures()
    assert after.pop(b"d0/sub/victim 0 (restored 1).jpg") == b"victim content 0"
    assert after == {**before, plan.moves[0].victim.path: b"in the way"}
    assert not library.bin.recover()


@pytest.mark.parametrize("way", WAYS, indirect=True)
@pytest.mark.parametrize("into", [exclusive_rename.move_in, exclusive_rename.move_out])
def test_no_way_of_renaming_replaces(tmp_path: Path, way: str, into: object) -> None:
    (tmp_path / "new").write_bytes(b"new")
    (tmp_path / "old").write_bytes(b"old")
    folder = os.open(tmp_path, os.O_RDONLY)
    try:
        with pytest.raises(FileExistsError):
            into(folder, b"new", folder, b"old")  # type: ignore[operator]
        with pytest.raises(FileNotFoundError):
            into(folder, b"none", folder, b"free")  # type: ignore[operator]
    finally:
        os.close(folder)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"new": b"new", "old": b"old"}
