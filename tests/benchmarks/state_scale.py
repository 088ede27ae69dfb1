"""Times the state of a very large library: filling, checkpoints, opening, results, a survey of nothing new.

``python -m tests.benchmarks.state_scale DIR [--files N]``: DIR gets a synthetic state of N known files
in N / 50 folders, two per cent of them in verified pairs, and with two verdicts a file that pictures are not
alike; nothing but records is made. Every step runs in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from dpm_tui.catalog.image_file import Facts, ImageFile, Stamp
from dpm_tui.catalog.verdict import Kind, Verdict
from dpm_tui.pipeline.file_pairs import index_contents
from dpm_tui.pipeline.scan.change_detection import compare_inventory
from dpm_tui.pipeline.scan.inventory import FoundFile, Inventory
from dpm_tui.pipeline.scan.mount_guard import notice_missing
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.private_folder import prepare_folder
from dpm_tui.state.root_state import RootState
from dpm_tui.worker.run.run_results import compute_results

_A_FOLDER = 50
_A_CHECKPOINT = 1000
_PAIRED = 0.02
_UNLIKE = (7, 11)
"""Steps from a file to others that were compared with it."""
_YEAR_2015 = 1_420_000_000_000_000_000


def digest_of(id_: int) -> str:
    """Return the digest of the content of a file."""
    return hashlib.sha256(b"%d" % id_).hexdigest()


def path_of(id_: int) -> bytes:
    """Return the path of a file."""
    folder = id_ // _A_FOLDER
    return b"Photos/%04d/%02d-trip to the lakes/IMG_%07d.jpg" % (folder // 100, folder % 100, id_)


def make_file(id_: int, touched: int = 0) -> ImageFile:
    """Return a file as a scan would find it; ``touched`` moves its time."""
    chance = random.Random(id_)
    mtime_ns = _YEAR_2015 + chance.randrange(300_000_000) * 1_000_000_000 + chance.randrange(1_000_000_000)
    return ImageFile(
        id=id_,
        path=path_of(id_),
        stamp=Stamp(chance.randrange(8_000_000), mtime_ns + touched, mtime_ns + 1234, 2049, 1_000_000 + id_),
        facts=Facts(digest_of(id_), "JPEG", 4032, 3024, 1, 92, "2021-07-14 12:34:56", True),
    )


def fill(layout: Layout, files: int) -> None:
    """Make the state as a first scan does, checkpoint by checkpoint."""
    prepare_folder(layout)
    state = RootState(layout)
    slowest = 0.0
    before = memory()
    began = now()
    for id_ in range(1, files + 1):
        state.files.put(make_file(id_))
        if id_ % _A_CHECKPOINT == 0:
            slowest = max(slowest, seconds_of(state.sync))
    for id_ in range(1, int(files * _PAIRED), 2):
        first, second = sorted((digest_of(id_), digest_of(id_ + 1)))
        state.verdicts.put((first, second), Verdict(Kind.COPY, 0.97))
    state.sync()
    report("fill", began, before)
    began = now()
    for id_ in range(1, files + 1):
        for step in _UNLIKE:
            first, second = sorted((digest_of(id_), digest_of(id_ + step)))
            state.verdicts.put((first, second), None)
        if id_ % (_A_CHECKPOINT // len(_UNLIKE)) == 0:
            slowest = max(slowest, seconds_of(state.sync))
    state.sync()
    report("verdicts", began, before)
    print(f"              slowest checkpoint {slowest * 1e3:.1f} ms")
    print(f"close         {seconds_of(state.close):8.2f} s")


def seconds_of(work: Callable[[], object]) -> float:
    """Return the seconds that some work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def report(name: str, began: tuple[float, float], before: float) -> None:
    """Print what a step took, and how much more memory there is in use."""
    wall, own = time.perf_counter() - began[0], time.process_time() - began[1]
    print(f"{name:13} {wall:8.2f} s   {own:6.2f} s of processor   +{memory() - before:.0f} MB")


def now() -> tuple[float, float]:
    """Return the time and that of the processor."""
    return time.perf_counter(), time.process_time()


def memory() -> float:
    """Return the resident memory of this process in MB."""
    return psutil.Process().memory_info().rss / 1e6


def open_and_use(layout: Layout, files: int) -> None:
    """Open the state, compute results and survey a root in which nothing changed."""
    inventory = Inventory(found=sorted(_found(files), key=lambda found: found.path))
    before = memory()
    began = now()
    state = RootState(layout)
    report("open", began, before)
    known = state.files.files
    assert len(known) == files
    for _ in range(2):
        began = now()
        results = compute_results(state, 0.6)
        report("results", began, before)
    assert len(results.pairs) == len(range(1, int(files * _PAIRED), 2))
    began = now()
    changes = compare_inventory(inventory, known)
    assert not changes.added
    assert not changes.changed
    assert not changes.gone
    notice_missing(inventory, changes, known)
    report("survey", began, before)
    began = now()
    contents = index_contents(known)
    assert len(contents) == files
    report("contents", began, before)


def _found(files: int) -> Iterator[FoundFile]:
    for id_ in range(1, files + 1):
        file = make_file(id_)
        yield FoundFile(file.path, file.stamp)


def change(layout: Layout, files: int) -> None:
    """Put every file again, a checkpoint every so often; then some all over the library."""
    state = RootState(layout)
    in_order = list(range(1, files + 1))
    scattered = random.Random(0).sample(in_order, min(files, 100 * _A_CHECKPOINT))
    for name, ids in (("in order", in_order), ("scattered", scattered)):
        putting, syncing, own = [], [], []
        for at in range(0, len(ids), _A_CHECKPOINT):
            fresh = [make_file(id_, touched=1) for id_ in ids[at : at + _A_CHECKPOINT]]
            putting.append(seconds_of(lambda fresh=fresh: [state.files.put(file) for file in fresh]))
            began = now()
            state.sync()
            syncing.append(time.perf_counter() - began[0])
            own.append(time.process_time() - began[1])
        putting, syncing = sorted(putting), sorted(syncing)
        print(
            f"checkpoint    {syncing[len(syncing) // 2] * 1e3:8.1f} ms  "
            f"99 % {syncing[len(syncing) * 99 // 100] * 1e3:.1f} ms  slowest {syncing[-1] * 1e3:.1f} ms  "
            f"(of processor at most {max(own) * 1e3:.1f} ms)  "
            f"putting {putting[len(putting) // 2] * 1e3:.1f} ms  ({name}, {len(syncing)})"
        )
    print(f"close         {seconds_of(state.close):8.2f} s")


_STEPS = {"fill": fill, "use": open_and_use, "change": change}


def main() -> None:
    """Run every step and print what it costs."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.state_scale")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=1_000_000)
    parser.add_argument("--step", choices=_STEPS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    base = os.fsencode(options.folder)
    if options.step:
        _STEPS[options.step](Layout(base, base), options.files)
        return
    options.folder.mkdir(parents=True, exist_ok=True)
    for step in _STEPS:
        command = [sys.executable, "-m", "tests.benchmarks.state_scale", str(options.folder)]
        subprocess.run([*command, "--files", str(options.files), "--step", step], check=True)
    size = sum(path.stat().st_size for path in options.folder.rglob("*") if path.is_file())
    print(f"on disk       {size / 1e6:8.0f} MB")


if __name__ == "__main__":
    main()
