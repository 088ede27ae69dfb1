"""Scenes with mounts, each run as root in a mount namespace of its own: SCENE FOLDER."""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from dpm_tui.catalog.verdict import Kind
from dpm_tui.errors import DpmError
from dpm_tui.recycle import proof
from dpm_tui.recycle.recycle_bin import RecycleBin
from dpm_tui.recycle.repair.check_bins import check_bins
from dpm_tui.recycle.results import BatchResult, OtherDisks
from dpm_tui.review.marks.plan import Companion, Move, Plan
from tests.recycle.library import Library


def mount(*arguments: str | bytes) -> None:
    """Mount something in this namespace."""
    subprocess.run(["mount", *arguments], check=True)


def keys(result: BatchResult) -> list[str]:
    """Return why files were skipped."""
    return [skipped.key for skipped in result.skipped]


def refusal(library: Library, move: Move) -> str:
    """Return why the bin as a whole refuses to apply a move."""
    try:
        library.bin.apply(Plan((move,)))
    except DpmError as error:
        return error.key
    return ""


def one_file_under_two_paths(library: Library) -> None:
    """A bind mount shows the victim as its own keeper, with a link count of 1."""
    move = library.move(b"a/x.jpg", b"b/y.jpg")
    mount("--bind", library.at(b"a"), library.at(b"b"))
    keeper = library.witness(b"b/x.jpg")
    assert os.stat(library.at(b"b/x.jpg")).st_nlink == 1
    result = library.bin.apply(Plan((Move(move.victim, keeper, move.kind, 1.0, "best", "g"),)))
    assert keys(result) == ["same_file"]
    assert library.read(b"a/x.jpg") == b"the same picture"


def keeper_that_leaves_under_another_path(library: Library) -> None:
    """The keeper is itself a victim, by the path of a bind mount."""
    first = library.move(b"a/x.jpg", b"c/k.jpg")
    library.write(b"z.jpg", b"the same picture")
    os.mkdir(library.at(b"b"))
    mount("--bind", library.at(b"c"), library.at(b"b"))
    second = Move(library.witness(b"b/k.jpg"), library.witness(b"z.jpg"), first.kind, 1.0, "best", "g")
    result = library.bin.apply(Plan((first, second)))
    assert [(s.path, s.key) for s in result.skipped] == [(b"a/x.jpg", "keeper_leaves")]
    assert library.read(b"z.jpg") == library.read(b"a/x.jpg") == b"the same picture"


def victim_behind_a_mount(library: Library) -> None:
    """A rename out of a bind mount is refused by the system: the file goes to a bin over there."""
    move = library.move()
    mount("--bind", library.at(b"a"), library.at(b"a"))
    refused = library.bin.apply(Plan((move,)), other_disks=OtherDisks.REFUSE)
    assert keys(refused) == ["other_file_system"]
    assert library.read(b"a/victim.jpg") == b"the same picture"
    check_round_trip(library, move, b"a/_image_temp/recycle_bin")


def victim_on_another_file_system(library: Library) -> None:
    """Each file system below the root has a bin of its own, and one undo brings all back."""
    mount_at(library, b"usb/disk")
    moves = (
        library.move(b"usb/disk/in/victim.jpg", b"b/keeper.jpg", b"one picture"),
        library.move(b"home/victim.jpg", b"usb/disk/keeper.jpg", b"another picture"),
    )
    before = library.census()
    result = library.bin.apply(Plan(moves))
    assert set(result.moved) == {move.victim.path for move in moves}
    assert not result.skipped
    assert [batch.count for batch in library.bin.batches()] == [2]
    over_there = library.at(b"usb/disk/_image_temp/recycle_bin/") + result.batch.encode()
    assert os.path.exists(over_there + b"/tree/in/victim.jpg")
    assert {entry.path: (entry.kind, entry.keeper_present) for entry in library.bin.entries()} == {
        b"usb/disk/in/victim.jpg": ("identical", True),
        b"home/victim.jpg": ("identical", True),
    }
    alone = RecycleBin(library.at(b"usb/disk"))
    assert [(entry.path, entry.kind) for entry in alone.entries()] == [(b"in/victim.jpg", "identical")]
    subprocess.run(["umount", library.at(b"usb/disk")], check=True)
    library.bin = RecycleBin(library.root)
    assert not library.bin.recover()
    assert [entry.path for entry in library.bin.entries()] == [b"home/victim.jpg"]
    mount("-o", "loop", os.path.join(library.base, b"../disk.img"), library.at(b"usb/disk"))
    library.bin = RecycleBin(library.root)
    assert not library.bin.recover()
    assert len(library.bin.undo().restored) == 2
    assert library.census() == before
    assert library.bin.batches()[0].undone
    assert len(library.bin.redo().moved) == 2
    ids = [entry.id for entry in library.bin.entries()]
    assert library.bin.check_purge(ids).without_keeper == 0
    assert len(library.bin.purge(ids).purged) == 2


def bin_over_there_of_another_user(library: Library) -> None:
    """A bin on another disk that somebody else owns is left alone, and it is said why."""
    mount_at(library, b"usb/disk")
    move = library.move(b"usb/disk/in/victim.jpg", b"b/keeper.jpg", b"one picture")
    assert library.bin.apply(Plan((move,))).moved
    os.chown(library.at(b"usb/disk/_image_temp/recycle_bin"), 54321, 54321)
    library.bin = RecycleBin(library.root)
    assert library.bin.entries() == []
    assert "belongs to another user" in library.bin.away()[b"usb/disk"]
    found = [finding for finding in check_bins(library.root) if finding.key == "bin_refused_there"]
    assert [finding.good for finding in found] == [False]
    subprocess.run(["umount", library.at(b"usb/disk")], check=True)
    assert RecycleBin(library.root).away() == {b"usb/disk": ""}


def copy_from_another_file_system(library: Library) -> None:
    """By explicit choice a verified copy goes to the root's bin."""
    os.mkdir(library.at(b"a"))
    mount("-t", "tmpfs", "none", library.at(b"a"))
    move = library.move()
    before = os.stat(library.at(b"a/victim.jpg"))
    result = library.bin.apply(Plan((move,)), other_disks=OtherDisks.COPY)
    assert result.moved == (b"a/victim.jpg",)
    assert os.listdir(library.at(b"a")) == []
    (kept,) = library.in_bin()
    assert kept.startswith(b"_image_temp/")
    assert os.stat(library.at(kept)).st_mtime_ns == before.st_mtime_ns
    assert library.bin.entries()[0].kind == "identical"
    assert not library.bin.recover()
    library.bin.undo()
    assert library.read(b"a/victim.jpg") == b"the same picture"
    assert len(library.bin.redo(other_disks=OtherDisks.COPY).moved) == 1


def no_bin_over_there(library: Library) -> None:
    """Where no bin can be made the file stays, with the reason, and the rest goes on."""
    os.mkdir(library.at(b"a"))
    mount("-t", "tmpfs", "none", library.at(b"a"))
    moves = (library.move(), library.move(b"c/victim.jpg", b"b/second.jpg", b"another picture"))
    mount("-o", "remount,ro", library.at(b"a"))
    result = library.bin.apply(Plan(moves))
    assert [(item.path, item.key) for item in result.skipped] == [(b"a/victim.jpg", "no_bin_there")]
    assert result.moved == (b"c/victim.jpg",)
    assert library.read(b"a/victim.jpg") == b"the same picture"


def check_round_trip(library: Library, move: Move, bin_: bytes) -> None:
    """Move one file to the bin at ``bin_``, undo, redo and restore it."""
    before = library.census()
    result = library.bin.apply(Plan((move,)))
    assert result.moved == (move.victim.path,), keys(result)
    assert result.batch.encode() in os.listdir(library.at(bin_))
    assert not library.exists(move.victim.path)
    assert len(library.bin.undo().restored) == 1
    assert library.read(move.victim.path)
    assert len(library.bin.redo().moved) == 1
    ids = [entry.id for entry in library.bin.entries()]
    assert len(library.bin.restore(ids).restored) == 1
    assert library.census() == before


def mount_at(library: Library, path: bytes) -> None:
    """Mount a small file system of its own below the root."""
    image = os.path.join(library.base, b"../disk.img")
    with open(image, "wb") as file:
        file.truncate(16 << 20)
    subprocess.run(["mkfs.ext4", "-q", image], check=True)
    os.makedirs(library.at(path))
    mount("-o", "loop", image, library.at(path))


def keeper_on_a_read_only_mount(library: Library) -> None:
    """What looks like a snapshot keeps nothing alive."""
    move = library.move()
    mount("--bind", library.at(b"b"), library.at(b"b"))
    mount("-o", "remount,ro,bind", library.at(b"b"))
    assert keys(library.bin.apply(Plan((move,)))) == ["keeper_read_only"]


def read_only_root(library: Library) -> None:
    """Nothing can be moved, and the bin says so."""
    move = library.move()
    mount("--bind", library.root, library.root)
    mount("-o", "remount,ro,bind", library.root)
    assert refusal(library, move) == "bin_read_only"
    assert library.read(b"a/victim.jpg") == b"the same picture"


def full_disk(library: Library) -> None:
    """On a full disk moves stop before the first, and what lies in the bin comes back."""
    mount("-t", "tmpfs", "-o", "size=512k", "none", library.root)
    plan = library.several(3)
    library.bin.apply(plan)
    late = library.move()
    before = library.census()
    with open(library.at(b"filler"), "wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    assert refusal(library, late) == "bin_no_space"
    assert len(library.bin.undo().restored) == 3
    os.unlink(library.at(b"filler"))
    library.bin.recover()
    assert library.census() == before
    assert not library.bin.recover()


def mount_twice(library: Library, folder: bytes, again: bytes) -> None:
    """Show a folder below the root at a second place, with a device number of its own."""
    os.makedirs(library.at(again), exist_ok=True)
    # The system goes on naming what it has seen there, whatever became of it.
    cached = ["-o", "entry_timeout=60,attr_timeout=60"]
    subprocess.run(["bindfs", *cached, library.at(folder), library.at(again)], check=True)
    atexit.register(subprocess.run, ["umount", "-l", library.at(again)], check=True)


def seen_twice(library: Library, victim: bytes, keeper: bytes) -> Move:
    """Return the move of a picture that lies at ``a/x.jpg`` alone, and in ``b`` as seen once more."""
    library.write(b"a/x.jpg", b"the only picture")
    mount_twice(library, b"a", b"b")
    seen = [library.witness(path) for path in (victim, keeper)]
    assert seen[0].stamp.device != seen[1].stamp.device
    return Move(seen[0], seen[1], Kind.IDENTICAL, 1.0, "best", "g")


def one_file_on_two_devices(library: Library) -> None:
    """What is alike in inode, size and times is one file, whatever the devices say."""
    move = seen_twice(library, b"a/x.jpg", b"b/x.jpg")
    assert keys(library.bin.apply(Plan((move,)))) == ["same_file_elsewhere"]
    assert library.read(b"a/x.jpg") == b"the only picture"


def victim_leaves_by_its_other_device(library: Library) -> None:
    """It does not matter which of the two is to go."""
    move = seen_twice(library, b"b/x.jpg", b"a/x.jpg")
    assert keys(library.bin.apply(Plan((move,)))) == ["same_file_elsewhere"]
    assert library.read(b"a/x.jpg") == b"the only picture"


def keeper_that_leaves_on_another_device(library: Library) -> None:
    """The keeper is itself a victim, by a path with another device number."""
    first = library.move(b"v/x.jpg", b"c/k.jpg")
    library.write(b"z.jpg", b"the same picture")
    mount_twice(library, b"c", b"b")
    kept = library.witness(b"b/k.jpg")
    moves = (
        Move(first.victim, kept, first.kind, 1.0, "best", "g"),
        Move(first.keeper, library.witness(b"z.jpg"), first.kind, 1.0, "best", "g"),
    )
    result = library.bin.apply(Plan(moves))
    assert [(s.path, s.key) for s in result.skipped] == [(b"v/x.jpg", "keeper_leaves")]
    assert library.read(b"z.jpg") == library.read(b"v/x.jpg") == b"the same picture"


def forget_traces() -> None:
    """Make the proof as blind as it is where a mount gives other inode numbers and times as well."""
    proof.traces_of = lambda stamp: (stamp.identity, stamp.identity)  # type: ignore[assignment]


def one_file_that_nothing_tells_from_two(library: Library) -> None:
    """The keeper is looked for once the victim went: where it went along, the victim comes back."""
    move = seen_twice(library, b"a/x.jpg", b"b/x.jpg")
    forget_traces()
    for each in (move, Move(move.keeper, move.victim, move.kind, 1.0, "best", "g")):
        assert keys(library.bin.apply(Plan((each,)))) == ["keeper_went_along"]
        assert library.read(b"a/x.jpg") == library.read(b"b/x.jpg") == b"the only picture"
        assert library.in_bin() == {}
    assert not library.bin.recover()
    assert library.bin.batches() == []


def copied_file_that_nothing_tells_from_two(library: Library) -> None:
    """A file that was copied to the bin of another disk is copied back."""
    os.mkdir(library.at(b"a"))
    mount("-t", "tmpfs", "none", library.at(b"a"))
    move = seen_twice(library, b"a/x.jpg", b"b/x.jpg")
    forget_traces()
    result = library.bin.apply(Plan((move,)), other_disks=OtherDisks.COPY)
    assert keys(result) == ["keeper_went_along"]
    assert os.listdir(library.at(b"a")) == [b"x.jpg"]
    assert library.read(b"a/x.jpg") == b"the only picture"
    assert library.in_bin() == {}
    assert not library.bin.recover()


def twin_that_is_the_companion_itself(library: Library) -> None:
    """Picture and keeper are two files, but the folder of their sidecars is one."""
    move = library.move(b"a/x.jpg", b"c/x.jpg")
    library.write(b"a/x.xmp", b"sidecar")
    mount_twice(library, b"a", b"d")
    companion, twin = library.witness(b"a/x.xmp"), library.witness(b"d/x.xmp")
    plan = Plan((replace(move, companions=(Companion(companion, twin),)),))
    assert keys(library.bin.apply(plan)) == ["companion_doubtful"]
    forget_traces()
    assert keys(library.bin.apply(plan)) == ["keeper_went_along"]
    assert library.read(b"a/x.xmp") == b"sidecar"
    assert library.exists(b"a/x.jpg")


if __name__ == "__main__":
    globals()[sys.argv[1]](Library(Path(sys.argv[2])))
