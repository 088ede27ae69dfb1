"""Runs dpm-tui and other finders that are installed on one folder, by turns, and writes a table.

``python -m tests.benchmarks.compare DIR [--rounds 3] [--truth GROUPS] [--peers PYTHON] [--output FILE]``:
GROUPS is a JSON file with lists of names relative to DIR that show one picture. PYTHON is an interpreter that
has ``czkawka`` or ``imagehash``. Prints medians of seconds and the largest memory of all processes. With the
truth it prints how many of its pairs were found, and how many others were.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import median

import psutil

STATE = "_image_temp"
OUTPUT = Path(__file__).with_name("RESULTS.md")
_POLL_SECONDS = 0.05
_CZKAWKA = """
import json, sys
from pathlib import Path
from czkawka import ImageSimilarity
finder = ImageSimilarity()
finder.set_directories([Path(sys.argv[1])])
print(json.dumps([[str(getattr(one, "path", one)) for one in group] for group in finder.find_similar()]))
"""
_IMAGEHASH = """
import json, os, sys
import numpy as np
import imagehash
from PIL import Image
paths, hashes = [], []
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        try:
            with Image.open(os.path.join(folder, name)) as picture:
                hashes.append(np.packbits(imagehash.phash(picture, 16).hash))
            paths.append(os.path.join(folder, name))
        except Exception:
            continue
codes = np.array(hashes, np.uint8).reshape(len(paths), -1)
groups = []
for number in range(len(paths)):
    apart = np.unpackbits(codes[number + 1 :] ^ codes[number], axis=1).sum(axis=1)
    groups += [[paths[number], paths[number + 1 + int(other)]] for other in np.flatnonzero(apart <= 40)]
print(json.dumps(groups))
"""
Pairs = set[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Measure:
    """One run of one program: seconds, bytes, and the pairs of names that it found."""

    seconds: float
    memory: int
    pairs: Pairs


def pairs_of(groups: Iterable[Iterable[str]], folder: Path) -> Pairs:
    """Return the pairs of names, relative to a folder, that groups make."""
    found: Pairs = set()
    for group in groups:
        names = sorted(os.path.relpath(folder / name, folder) for name in group)
        found.update(combinations(names, 2))
    return found


def run(command: list[str]) -> tuple[float, int, str]:
    """Return seconds, the largest memory of a process with its descendants, and what it printed."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    peak = 0

    def watch() -> None:
        nonlocal peak
        while process.poll() is None:
            try:
                own = psutil.Process(process.pid)
                family = [own, *own.children(recursive=True)]
                peak = max(peak, sum(each.memory_info().rss for each in family))
            except psutil.Error:
                pass
            time.sleep(_POLL_SECONDS)

    watching = threading.Thread(target=watch)
    watching.start()
    printed, _ = process.communicate()
    seconds = time.perf_counter() - began
    watching.join()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return seconds, peak, printed


def run_ours(folder: Path) -> Measure:
    """Scan with an empty state; pictures of one group count as pairs, as with the others."""
    with tempfile.TemporaryDirectory() as state:
        ours = [sys.executable, "-m", "dpm_tui"]
        seconds, memory, printed = run([*ours, "scan", str(folder), "--state", state, "--json"])
        told = [int(json.loads(line).get("memory", 0)) for line in printed.splitlines()]
        report = [*ours, "report", str(folder), "--state", state, "--format", "json"]
        found = json.loads(subprocess.run(report, capture_output=True, text=True, check=True).stdout)
    names = {file["id"]: file["path"] for file in found["files"]}
    groups = [[names[member] for member in group["members"]] for group in found["groups"]]
    return Measure(seconds, max(memory, *told), pairs_of(groups, folder))


def run_peer(python: str, script: str, folder: Path) -> Measure:
    """Run another finder, which prints its groups as JSON."""
    seconds, memory, printed = run([python, "-c", script, str(folder)])
    return Measure(seconds, memory, pairs_of(json.loads(printed), folder))


def programs(folder: Path, python: str) -> dict[str, Callable[[], Measure]]:
    """Return what can be run here, by name."""
    found: dict[str, Callable[[], Measure]] = {"dpm-tui": lambda: run_ours(folder)}
    for module, name, script in (
        ("czkawka", "czkawka", _CZKAWKA),
        ("imagehash", "imagehash pHash, 256 bits", _IMAGEHASH),
    ):
        there = subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False)
        if not there.returncode:
            found[name] = lambda script=script: run_peer(python, script, folder)  # type: ignore[misc]
    return found


def table(folder: Path, measures: dict[str, list[Measure]], truth: Pairs | None) -> str:
    """Return the results as a table in Markdown."""
    count = sum(len(files) for path, _, files in os.walk(folder) if STATE not in path)
    lines = [
        f"`{folder.name}`: {count} files, {platform.machine()}, {os.cpu_count()} cores,"
        f" medians of {len(next(iter(measures.values())))} runs by turns",
        "",
        "| program | seconds | files/s | memory | pairs | true pairs found | other pairs |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, runs in measures.items():
        seconds = median(one.seconds for one in runs)
        pairs = runs[-1].pairs
        found = (
            ["", ""] if truth is None else [f"{len(pairs & truth) / len(truth):.1%}", str(len(pairs - truth))]
        )
        cells = [name, f"{seconds:.1f}", f"{count / seconds:.0f}"]
        cells += [f"{max(one.memory for one in runs) >> 20} MiB", str(len(pairs)), *found]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print and write the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.compare")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--peers", metavar="PYTHON", default=sys.executable)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args()
    folder = options.folder.resolve()
    truth = pairs_of(json.loads(options.truth.read_text()), folder) if options.truth else None
    measures: dict[str, list[Measure]] = {}
    for _ in range(options.rounds):
        for name, measure in programs(folder, options.peers).items():
            measures.setdefault(name, []).append(measure())
    written = table(folder, measures, truth)
    print(written)
    with options.output.open("a", encoding="utf-8") as file:
        file.write("\n" + written)


if __name__ == "__main__":
    main()
