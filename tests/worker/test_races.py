"""Whoever comes at the same moment finds one worker."""

from __future__ import annotations

import random
from pathlib import Path

from tests.support.race_lab import race_apps, race_scans, race_with_an_end
from tests.support.workers import worker_of


async def test_of_two_scans_at_least_one_does_the_work(tmp_path: Path) -> None:
    """The other is told who holds the folder, or comes after it; nobody sees a failure."""
    dice = random.Random(1)
    for _ in range(3):
        codes = await race_scans(tmp_path, dice)
        assert codes[0] >= 1
        assert set(codes) <= {0, 4}


async def test_apps_that_start_together_share_one_worker_and_one_reviews(tmp_path: Path) -> None:
    dice = random.Random(2)
    for _ in range(5):
        workers, reviewers = await race_apps(tmp_path, dice)
        assert (len(workers), reviewers) == (1, 1)
    async with worker_of(tmp_path):
        pass


async def test_an_app_that_comes_while_a_worker_ends_gets_one(tmp_path: Path) -> None:
    """It attaches to the next one, or hears at once that the old one is ending."""
    dice = random.Random(3)
    outcomes = [await race_with_an_end(tmp_path, dice) for _ in range(6)]
    assert any(outcomes)
