"""Every reason for which a file must stay where it is."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from dataclasses import replace

import pytest

from dpm_tui.errors import DpmError
from dpm_tui.locale import translate
from dpm_tui.recycle import proof
from dpm_tui.recycle.moving import batch_moves, keeper_survival
from dpm_tui.review.marks.plan import Move, Plan
from tests.recycle.library import Library

VICTIM, KEEPER = b"a/victim.jpg", b"b/keeper.jpg"


def refused(library: Library, *moves: Move) -> str:
    """Apply and return the reason of the only file that stayed; nothing may have moved."""
    before = library.census()
    result = library.bin.apply(Plan(moves))
    assert result.moved == ()
    assert result.batch == ""
    assert library.census() == before
    assert library.bin.entries() == []
    assert library.bin.batches() == []
    assert [skipped.path for skipped in result.skipped] == [move.victim.path for move in moves]
    for skipped in result.skipped:
        sentence = translate(f"recycle.{skipped.key}", **skipped.values)
        assert "\x1b" not in sentence
    return result.skipped[0].key


def edit_keeping_mtime(path: bytes, content: bytes) -> None:
    """Change a file to another content of the same size and put its mtime back."""
    before = os.stat(path)
    assert before.st_size == len(content)
    with open(path, "r+b") as file:
        file.write(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace_by_link(library: Library, path: bytes) -> None:
    os.rename(library.at(path), library.at(b"elsewhere.jpg"))
    os.symlink(library.at(b"elsewhere.jpg"), library.at(path))


def replace_folder_by_link(library: Library, path: bytes) -> None:
    folder = library.at(os.path.dirname(path))
    os.rename(folder, library.at(b"moved"))
    os.symlink(library.at(b"moved"), folder)


def make_fifo(library: Library, path: bytes) -> None:
    os.unlink(library.at(path))
    os.mkfifo(library.at(path))


def make_folder(library: Library, path: bytes) -> None:
    os.unlink(library.at(path))
    os.mkdir(library.at(path))


INTERFERENCE: list[tuple[str, Callable[[Library, bytes], None]]] = [
    ("gone", lambda library, path: os.unlink(library.at(path))),
    ("changed", lambda library, path: edit_keeping_mtime(library.at(path), b"THE SAME PICTURE")),
    ("changed", lambda library, path: library.write(path, b"longer than before, much longer") and None),
    ("changed", lambda library, path: library.write(path, b"") and None),
    ("through_link", replace_by_link),
    ("through_link", replace_folder_by_link),
    ("not_regular", make_fifo),
    ("not_regular", make_folder),
]


@pytest.mark.parametrize(("key", "interfere"), INTERFERENCE)
def test_victim_that_is_not_what_was_compared_stays(
    library: Library, key: str, interfere: Callable[[Library, bytes], None]
) -> None:
    move = library.move()
    interfere(library, VICTIM)
    assert refused(library, move) == key


@pytest.mark.parametrize(("key", "interfere"), INTERFERENCE)
def test_keeper_that_is_not_what_was_compared_saves_the_victim(
    library: Library, key: str, interfere: Callable[[Library, bytes], None]
) -> None:
    move = library.move()
    interfere(library, KEEPER)
    assert refused(library, move) == f"keeper_{key}"


def test_a_socket_in_place_of_the_victim(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    move = library.move()
    os.unlink(library.at(VICTIM))
    monkeypatch.chdir(os.fsdecode(library.at(b"a")))
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("victim.jpg")
        assert refused(library, move) == "not_regular"


def test_another_content_under_the_same_name(library: Library) -> None:
    move = library.move()
    library.write(b"new.jpg", b"another picture!")
    os.replace(library.at(b"new.jpg"), library.at(VICTIM))
    assert refused(library, move) == "changed"


def test_a_touched_file_with_the_same_content_is_proven_by_its_digest(library: Library) -> None:
    move = library.move()
    for path in (VICTIM, KEEPER):
        os.utime(library.at(path), ns=(1, 1))
    assert library.bin.apply(Plan((move,))).moved == (VICTIM,)


def test_without_a_digest_only_the_stamp_proves(library: Library) -> None:
    move = library.move(kept=b"kept")
    move = replace(move, victim=replace(move.victim, digest=""))
    os.utime(library.at(VICTIM), ns=(1, 1))
    assert refused(library, move) == "changed"


def test_a_file_system_with_coarse_times_is_never_trusted(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = library.move()
    coarse = replace(move.victim.stamp, ctime_ns=move.victim.stamp.ctime_ns // 10**9 * 10**9)
    move = replace(move, victim=replace(move.victim, stamp=coarse, digest="0" * 64))
    move = replace(move, keeper=replace(move.keeper, digest="0" * 64))
    real = proof.read_stamp
    inode = move.victim.stamp.inode
    monkeypatch.setattr(proof, "read_stamp", lambda found: coarse if found.st_ino == inode else real(found))
    assert refused(library, move) == "changed"


def test_a_hard_link_is_not_a_copy(library: Library) -> None:
    victim = library.write(VICTIM, b"one file")
    os.makedirs(library.at(b"b"))
    os.link(library.at(VICTIM), library.at(KEEPER))
    victim = library.witness(VICTIM)
    move = Move(victim, library.witness(KEEPER), library.move(b"x", b"y").kind, 1.0, "best", "g")
    assert refused(library, move) == "same_file"


def test_keeper_replaced_by_a_hard_link_of_the_victim(library: Library) -> None:
    move = library.move()
    os.unlink(library.at(KEEPER))
    os.link(library.at(VICTIM), library.at(KEEPER))
    assert refused(library, move) == "same_file"


def test_keeper_that_is_a_victim_itself(library: Library) -> None:
    first = library.move()
    library.write(b"c.jpg", b"the same picture")
    second = replace(first, victim=first.keeper, keeper=library.witness(b"c.jpg"))
    result = library.bin.apply(Plan((first, second)))
    assert [skipped.key for skipped in result.skipped] == ["keeper_leaves"]
    assert result.moved == (KEEPER,)


def test_keeper_that_is_a_victim_under_another_path(library: Library) -> None:
    first = library.move()
    os.link(library.at(KEEPER), library.at(b"other name.jpg"))
    keeper = library.witness(KEEPER)
    library.write(b"c.jpg", b"the same picture")
    second = replace(first, victim=library.witness(b"other name.jpg"), keeper=library.witness(b"c.jpg"))
    result = library.bin.apply(Plan((replace(first, keeper=keeper), second)))
    assert [(skipped.path, skipped.key) for skipped in result.skipped] == [(VICTIM, "keeper_leaves")]


def test_keeper_that_is_a_victim_and_was_written_anew(library: Library) -> None:
    first = library.move()
    library.write(b"c.jpg", b"the same picture")
    second = replace(first, victim=first.keeper, keeper=library.witness(b"c.jpg"))
    library.write(b"new.jpg", b"the same picture")
    os.replace(library.at(b"new.jpg"), library.at(KEEPER))
    result = library.bin.apply(Plan((first, second)))
    assert [skipped.path for skipped in result.skipped] == [VICTIM]
    assert {entry.kind for entry in library.bin.entries()} == {"identical"}


def test_two_files_that_justify_each_other_both_stay(library: Library) -> None:
    move = library.move()
    assert refused(library, move, replace(move, victim=move.keeper, keeper=move.victim)) == "keeper_leaves"


def test_a_victim_twice_in_the_plan_moves_once(library: Library) -> None:
    move = library.move()
    result = library.bin.apply(Plan((move, move)))
    assert result.moved == (VICTIM,)
    assert [skipped.key for skipped in result.skipped] == ["twice_in_plan"]


def test_identical_with_different_digests(library: Library) -> None:
    move = library.move(kept=b"another content")
    assert refused(library, replace(move, kind=library.move(b"x", b"y").kind)) == "digests_differ"


def test_an_empty_keeper(library: Library) -> None:
    assert refused(library, library.move(content=b"")) == "keeper_empty"


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (b"../canary/precious.jpg", "unsafe_path"),
        (b"/etc/passwd", "no_root"),
        (b"/etc/../etc/passwd", "unsafe_path"),
        (b"a/../../canary/precious.jpg", "unsafe_path"),
        (b"a//victim.jpg", "unsafe_path"),
        (b"a/./victim.jpg", "unsafe_path"),
        (b"a\0b", "unsafe_path"),
        (b"", "unsafe_path"),
        (b"_image_temp/x.jpg", "in_state_folder"),
        (b"_IMAGE_Temp/x.jpg", "in_state_folder"),
        (b"a/_image_temp/recycle_bin/x.jpg", "in_state_folder"),
    ],
)
def test_paths_that_leave_the_library(library: Library, path: bytes, key: str) -> None:
    move = library.move()
    assert refused(library, replace(move, victim=replace(move.victim, path=path))) == key
    assert refused(library, replace(move, keeper=replace(move.keeper, path=path))) == f"keeper_{key}"


def test_a_keeper_on_a_read_only_mount(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    move = library.move()
    real = os.fstatvfs

    def fstatvfs(descriptor: int) -> os.statvfs_result:
        found = tuple(real(descriptor))
        return os.statvfs_result((*found[:8], found[8] | os.ST_RDONLY, *found[9:]))

    monkeypatch.setattr(proof.os, "fstatvfs", fstatvfs)
    assert refused(library, move) == "keeper_read_only"


@pytest.mark.parametrize("path", [VICTIM, KEEPER])
def test_a_file_that_cannot_be_read(library: Library, monkeypatch: pytest.MonkeyPatch, path: bytes) -> None:
    move = library.move()
    real = os.open

    def failing(name: bytes, flags: int, *args: int, **kwargs: int) -> int:
        if name == os.path.basename(path):
            raise PermissionError(13, "Permission denied")
        return real(name, flags, *args, **kwargs)

    monkeypatch.setattr(proof.os, "open", failing)
    assert refused(library, move) == ("system_error" if path == VICTIM else "keeper_system_error")


def test_a_victim_swapped_at_the_last_moment_is_moved_back(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = library.move()
    real = batch_moves.move_in

    def swapping(source: int, name: bytes, target: int, new_name: bytes) -> None:
        os.rename(library.at(VICTIM), library.at(b"saved.jpg"))
        library.write(VICTIM, b"a picture just taken")
        real(source, name, target, new_name)

    monkeypatch.setattr(batch_moves, "move_in", swapping)
    result = library.bin.apply(Plan((move,)))
    assert [skipped.key for skipped in result.skipped] == ["swapped"]
    assert library.read(VICTIM) == b"a picture just taken"
    assert library.read(b"saved.jpg") == b"the same picture"
    assert library.bin.entries() == []


def test_a_swapped_victim_whose_place_is_taken_stays_an_entry(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = library.move()
    real = batch_moves.move_in

    def swapping(source: int, name: bytes, target: int, new_name: bytes) -> None:
        os.rename(library.at(VICTIM), library.at(b"saved.jpg"))
        library.write(VICTIM, b"a picture just taken")
        real(source, name, target, new_name)
        library.write(VICTIM, b"yet another picture")

    monkeypatch.setattr(batch_moves, "move_in", swapping)
    result = library.bin.apply(Plan((move,)))
    assert [skipped.key for skipped in result.skipped] == ["not_moved_back"]
    (entry,) = library.bin.entries()
    assert (entry.path, entry.kind) == (VICTIM, "")
    assert library.census()[b"a picture just taken"] == 1
    assert library.read(VICTIM) == b"yet another picture"


def test_a_keeper_removed_at_the_last_moment_brings_the_victim_back(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = library.move()
    real = batch_moves.move_in

    def removing(source: int, name: bytes, target: int, new_name: bytes) -> None:
        os.unlink(library.at(KEEPER))
        real(source, name, target, new_name)

    monkeypatch.setattr(batch_moves, "move_in", removing)
    result = library.bin.apply(Plan((move,)))
    assert [skipped.key for skipped in result.skipped] == ["keeper_gone"]
    assert library.read(VICTIM) == b"the same picture"


@pytest.mark.parametrize("how", ["renamed", "rewritten", "unreadable", "shortened"])
def test_a_keeper_that_goes_along_brings_the_victim_back(
    library: Library, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """One file under two paths that the system tells from two files in every respect."""
    move = library.move()
    real, read = batch_moves.move_in, os.pread

    def going_along(source: int, name: bytes, target: int, new_name: bytes) -> None:
        real(source, name, target, new_name)
        if how == "renamed":
            os.rename(library.at(KEEPER), library.at(KEEPER) + b" away")
        elif how == "rewritten":
            library.write(KEEPER, b"another picture!")
        else:
            monkeypatch.setattr(keeper_survival.os, "pread", failing)

    def failing(descriptor: int, length: int, at: int) -> bytes:
        if how == "unreadable":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return read(descriptor, length, at)[:-1]

    monkeypatch.setattr(batch_moves, "move_in", going_along)
    result = library.bin.apply(Plan((move,)))
    assert [skipped.key for skipped in result.skipped] == ["keeper_went_along"]
    assert library.read(VICTIM) == b"the same picture"
    assert library.in_bin() == {}


@pytest.mark.parametrize(
    ("change", "alike"),
    [({}, True), ({"mtime_ns": 1}, False), ({"ctime_ns": 1}, False), ({"size": 1}, False)],
)
def test_what_is_alike_in_all_but_its_device_is_one_file(
    library: Library, monkeypatch: pytest.MonkeyPatch, change: dict[str, int], alike: bool
) -> None:
    move = library.move()
    victim, keeper = move.victim.stamp, move.keeper.stamp
    seen = replace(victim, device=victim.device + 1, **change)
    real = proof.read_stamp
    monkeypatch.setattr(
        proof, "read_stamp", lambda found: seen if found.st_ino == keeper.inode else real(found)
    )
    monkeypatch.setattr(keeper_survival, "read_stamp", proof.read_stamp)
    plan = Plan((replace(move, keeper=replace(move.keeper, stamp=seen)),))
    result = library.bin.apply(plan)
    assert [skipped.key for skipped in result.skipped] == (["same_file_elsewhere"] if alike else [])


def test_one_refusal_does_not_stop_the_others(library: Library) -> None:
    plan = library.several(5)
    os.unlink(library.at(plan.moves[1].victim.path))
    os.unlink(library.at(plan.moves[3].keeper.path))
    result = library.bin.apply(plan)
    assert result.moved == tuple(plan.moves[i].victim.path for i in (0, 2, 4))
    assert [skipped.key for skipped in result.skipped] == ["gone", "keeper_gone"]
    assert result.size == sum(plan.moves[i].victim.stamp.size for i in (0, 2, 4))


@pytest.mark.parametrize("name", [b"_image_temp", b"_image_temp/recycle_bin"])
@pytest.mark.parametrize("operation", ["apply", "entries", "restore", "undo", "redo", "purge", "recover"])
def test_a_bin_that_is_a_link_is_refused(library: Library, name: bytes, operation: str) -> None:
    plan = Plan((library.move(),))
    os.makedirs(os.path.dirname(library.at(name)), exist_ok=True)
    os.symlink(library.canary, library.at(name))
    arguments = {"apply": [plan], "restore": [["x/y"]], "purge": [["x/y"]]}.get(operation, [])
    with pytest.raises(DpmError) as caught:
        getattr(library.bin, operation)(*arguments)
    assert caught.value.key == "bin_not_folder"
    assert str(caught.value)
    assert library.read(VICTIM) == b"the same picture"


def test_a_missing_root(library: Library) -> None:
    os.rmdir(library.root)
    with pytest.raises(DpmError) as caught:
        library.bin.entries()
    assert caught.value.key == "root_missing"
    os.mkdir(library.root)
