"""Lets processes race for one root, and counts who won.

``python -m tests.benchmarks.races DIR [--rounds N] [--seed N]``: makes its own pictures in the new folder
DIR. A round is two ``scan`` commands at once, three apps at once, and an app that comes while a worker is
ending. Exits with 1 if ever two workers held the root, nobody did the work, or two apps could review.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sys
from collections import Counter
from pathlib import Path

from tests.support.kill_lab import make_tree
from tests.support.race_lab import race_apps, race_scans, race_with_an_end


async def run(root: Path, rounds: int, seed: int) -> int:
    """Print what came of the races; return how many were wrong."""
    dice = random.Random(seed)
    codes: Counter[int] = Counter()
    wrong = successors = 0
    for number in range(1, rounds + 1):
        found = await race_scans(root, dice)
        codes += found
        workers, reviewers = await race_apps(root, dice)
        successors += await race_with_an_end(root, dice)
        wrong += not found[0] or bool(set(found) - {0, 4}) or len(workers) != 1 or reviewers != 1
        if number % 10 == 0:
            print(
                f"{number} rounds  exit codes {dict(codes)}  {successors} new workers  {wrong} wrong",
                flush=True,
            )
    return wrong


def main() -> int:
    """Race; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.races")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    make_tree(options.folder, 10)
    wrong = asyncio.run(run(options.folder, options.rounds, options.seed))
    shutil.rmtree(options.folder)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
