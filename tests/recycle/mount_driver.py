"""Scenes with mounts, each run as root in a mount namespace of its own: SCENE FOLDER."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

from dpm_tui.errors import DpmError
from dpm_tui.recycle.results import BatchResult
from dpm_tui.review.plan import Move, Plan
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
    assert [(s.path, s.key) for s in result.skipped] == [
        (b"a/x.jpg", "keeper_leaves"),
        (b"b/k.jpg", "other_file_system"),
    ]


def victim_behind_a_mount(library: Library) -> None:
    """A rename out of a bind mount is refused by the system; the file stays."""
    move = library.move()
    mount("--bind", library.at(b"a"), library.at(b"a"))
    assert keys(library.bin.apply(Plan((move,)))) == ["other_file_system"]
    assert library.read(b"a/victim.jpg") == b"the same picture"


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
    mount("-t", "tmpfs", "-o", "size=256k", "none", library.root)
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


if __name__ == "__main__":
    globals()[sys.argv[1]](Library(Path(sys.argv[2])))
