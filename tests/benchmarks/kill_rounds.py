"""Kills scans at random moments until they finish, and compares their reports with an undisturbed one.

``python -m tests.benchmarks.kill_rounds DIR [--churn] [--rounds N] [--files N] [--seed N] [--within SECONDS]
[--pictures FOLDER]``: makes its own pictures, or copies of those in FOLDER, in the new folder DIR. A round
is one SIGKILL, SIGTERM or SIGHUP to the worker, one of its decoders or the ``scan`` command. With
``--churn`` files and settings change between the rounds and while scans run. Exits with 1 if a report
differed, work older than the last checkpoint was lost, or a change cost more than its own work.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path

from tests.support.churn_lab import ChurnLab
from tests.support.kill_lab import KillLab, make_tree


def main() -> int:
    """Print rounds, finished runs and what went wrong; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.kill_rounds")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shots", type=int, default=8, help="at most so many at one scan")
    parser.add_argument("--pictures", type=Path, help="make the files of the pictures in this folder")
    parser.add_argument("--within", type=float, help="shoot in the first seconds: more rounds a scan")
    parser.add_argument("--churn", action="store_true", help="change files and settings between rounds")
    options = parser.parse_args()
    lab = _make_churn_lab(options) if options.churn else _make_kill_lab(options)
    began, tally = time.monotonic(), lab.tally
    while tally.shots < options.rounds:
        lab.series(min(options.shots, options.rounds - tally.shots))
        print(
            f"{time.monotonic() - began:6.0f} s  {tally.shots} rounds  {tally.finished} finished  "
            f"{len(tally.trouble)} wrong  exit codes {tally.ends}",
            lab.costs if isinstance(lab, ChurnLab) else "",
            flush=True,
        )
    for trouble in tally.trouble:
        print(trouble)
    shutil.rmtree(options.folder)
    return 1 if tally.trouble else 0


def _make_kill_lab(options: argparse.Namespace) -> KillLab:
    states = options.folder / "states"
    states.mkdir(parents=True)
    originals = sorted(options.pictures.rglob("*.*")) if options.pictures else []
    make_tree(options.folder / "pictures", options.files, originals)
    lab = KillLab(options.folder / "pictures", states, options.seed, options.within)
    print(f"undisturbed: {lab.seconds:.1f} s, {len(lab.reference['pairs'])} pairs", flush=True)
    return lab


def _make_churn_lab(options: argparse.Namespace) -> ChurnLab:
    lab = ChurnLab(options.folder, options.files, options.seed)
    print(f"undisturbed: {lab.seconds:.1f} s", flush=True)
    return lab


if __name__ == "__main__":
    sys.exit(main())
