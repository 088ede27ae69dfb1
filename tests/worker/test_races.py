"""Whoever comes at the same moment finds one worker."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from dpm_tui.worker import client
from dpm_tui.worker.client import WorkerClient, WorkerFailed
from dpm_tui.worker.protocol.socket_address import socket_path
from tests.support.race_lab import race_apps, race_scans, race_with_an_end
from tests.support.workers import layout_of, worker_of

pytestmark = pytest.mark.slow


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


async def test_a_worker_that_cannot_be_reached_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds the folder and does not end: whoever comes hears so at once."""
    monkeypatch.setattr(client, "_HANDOVER_SECONDS", 1e6)
    async with worker_of(tmp_path) as first:
        os.unlink(socket_path(layout_of(tmp_path)))
        with pytest.raises(WorkerFailed, match=f"process {first.welcome.pid} ") as failure:
            await WorkerClient.connect(layout_of(tmp_path), "scan")
        assert failure.value.exit_code == 4
