"""Times a batch of the recycle bin and its way back, and counts what it waits for the disk.

``python -m tests.benchmarks.bin_batch DIR [--files N] [--folders N]``: makes its own library in the new
folder DIR, on the disk that is to be measured.
"""

from __future__ import annotations

import argparse
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from dpm_tui.recycle.recycle_bin import RecycleBin
from dpm_tui.review.marks.plan import Move, Plan
from tests.recycle.library import Library


class _Syncs:
    """Counts the calls that wait for the disk."""

    def __init__(self) -> None:
        self.count = 0
        self._real = os.fsync
        os.fsync = self._sync

    def _sync(self, descriptor: int) -> None:
        self.count += 1
        self._real(descriptor)


def make_plan(library: Library, files: int, folders: int) -> Plan:
    """Return a plan of ``files`` moves out of so many folders."""

    def move(number: int) -> Move:
        victim = b"f%04d/victim %d.jpg" % (number % folders, number)
        return library.move(victim, b"keep/%d.jpg" % number, b"picture %d" % number, b"kept %d" % number)

    return Plan(tuple(map(move, range(files))))


def main() -> None:
    """Print seconds and syncs of applying, listing, undoing, redoing and purging."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--folders", type=int, default=100)
    options = parser.parse_args()
    options.folder.mkdir()
    library = Library(options.folder)
    plan = make_plan(library, options.files, options.folders)
    os.sync()
    syncs = _Syncs()

    def timed(name: str, work: Callable[[RecycleBin], object]) -> None:
        fresh, before, began = RecycleBin(library.root), syncs.count, time.perf_counter()
        work(fresh)
        print(f"{name:8} {time.perf_counter() - began:6.2f} s  {syncs.count - before:5} syncs")

    timed("apply", lambda each: each.apply(plan))
    timed("list", lambda each: each.entries())
    timed("recover", lambda each: each.recover())
    timed("undo", lambda each: each.undo())
    timed("redo", lambda each: each.redo())
    timed("purge", lambda each: each.purge([entry.id for entry in each.entries()]))
    shutil.rmtree(options.folder)


if __name__ == "__main__":
    main()
