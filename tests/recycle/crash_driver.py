"""Carries out operations of the recycle bin, each in a process of its own that may be killed in it.

Reads one JSON list a line from stdin: scenario, root, file with the plan, FIFO. Answers with the
number of the process, which waits until the FIFO is written to, and then with its exit code.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import select
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

from dpm_tui.errors import DpmError
from dpm_tui.recycle.bin.bin_index import write_index
from dpm_tui.recycle.bin.move_record import decode_move
from dpm_tui.recycle.filesystem import exclusive_rename
from dpm_tui.recycle.linking.new_side_file import no_side_files
from dpm_tui.recycle.moving import apply_plan, batch_moves
from dpm_tui.recycle.recycle_bin import RecycleBin
from dpm_tui.recycle.results import OtherDisks
from dpm_tui.review.marks.plan import Move, Plan
from tests.recycle.library import Library, other_roots
from tests.recycle.linking.side_scene import write_beside

PR_SET_PTRACER, ANY_PROCESS = 0x59616D61, -1


def forget_noreplace() -> None:
    """Make the file system one that knows no NOREPLACE."""
    exclusive_rename._EXCLUSIVE = None


def part_file_systems() -> None:
    """Make every other folder another file system."""
    real = exclusive_rename.rename_exclusive

    def parted(source: int, name: bytes, target: int, new_name: bytes) -> None:
        if not os.path.samestat(os.fstat(source), os.fstat(target)):
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        real(source, name, target, new_name)

    exclusive_rename.rename_exclusive = parted


def write_indexes_last() -> None:
    """Break the order that makes a kill harmless."""
    indexes: list[bytes] = []
    apply_plan.write_index = lambda folder, content: indexes.append(content)
    real = batch_moves.Moves.finish

    def finish(run: Any, moves: Any) -> None:
        write_index(run.folder, indexes.pop())
        real(run, moves)

    batch_moves.Moves.finish = finish


def never_sync() -> None:
    """Break what makes a power cut harmless: nothing waits for the disk."""
    os.fsync = lambda descriptor: None


def restore_target(root: bytes, world: str) -> bytes:
    """Return where files are restored to: another folder of the root, or one outside of it."""
    return (
        os.path.join(os.path.dirname(root), b"outside")
        if world == "outside"
        else os.path.join(root, b"restored")
    )


def carry_out(scenario: str, root: bytes, moves: tuple[Move, ...]) -> None:
    """Carry out ``scenario``; what comes after a dash changes the world it runs in."""
    operation, _, world = scenario.partition("-")
    worlds = {
        "link": forget_noreplace,
        "copy": part_file_systems,
        "outside": part_file_systems,
        "broken": write_indexes_last,
        "unsynced": never_sync,
    }
    if world in worlds:
        worlds[world]()
    disks = OtherDisks.COPY if world == "copy" else OtherDisks.BIN
    sides = write_beside(root) if world == "side" else no_side_files
    others = other_roots(root) if world == "elsewhere" else ()
    recycle_bin = RecycleBin(root, others=lambda: others)
    ids = [entry.id for entry in recycle_bin.entries()] if operation in ("restore", "purge") else []
    match operation:
        case "apply":
            recycle_bin.apply(Plan(moves), other_disks=disks, side_files=sides)
        case "undo":
            recycle_bin.undo()
        case "redo":
            recycle_bin.redo(other_disks=disks, side_files=sides)
        case "restore":
            recycle_bin.restore(ids, restore_target(root, world))
        case "purge":
            recycle_bin.purge(ids)
        case "recover":
            recycle_bin.recover()


def warm_up() -> None:
    """Do everything once, so that no module is imported within an operation."""
    with tempfile.TemporaryDirectory() as folder:
        library = Library(Path(folder))
        library.bin.apply(library.several(2, companions=True))
        library.bin.undo()
        library.bin.redo()
        ids = [entry.id for entry in library.bin.entries()]
        library.bin.restore(ids[:1], os.path.join(library.root, b"restored"))
        library.bin.purge(ids)
        library.bin.recover()
        with contextlib.suppress(DpmError):
            library.bin.undo()
    with tempfile.TemporaryDirectory() as folder:
        elsewhere = Library(Path(folder), elsewhere=True)
        elsewhere.bin.apply(elsewhere.several(2))
        elsewhere.bin.undo()


def serve() -> None:
    """Carry out one operation after the other until stdin ends."""
    warm_up()
    # Where only descendants may be traced, this lets strace attach all the same.
    ctypes.CDLL(None).prctl(PR_SET_PTRACER, ctypes.c_long(ANY_PROCESS), 0, 0, 0)
    for line in sys.stdin:
        scenario, root, plan, fifo = json.loads(line)
        moves = tuple(decode_move(move) for move in json.loads(Path(plan).read_text()))
        gate = os.open(fifo, os.O_RDWR | os.O_NONBLOCK)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                ctypes.CDLL(None).prctl(PR_SET_PTRACER, ctypes.c_long(ANY_PROCESS), 0, 0, 0)
                # Waiting must not be one of the calls that are counted.
                select.select([gate], [], [])
                with contextlib.suppress(DpmError):
                    carry_out(scenario, os.fsencode(root), moves)
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        print(child, flush=True)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.close(gate)  # first: whoever reads the answer may unmount what the gate lies on
        print(code, flush=True)


if __name__ == "__main__":
    serve()
