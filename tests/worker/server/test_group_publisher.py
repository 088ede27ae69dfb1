"""Groups that are made while a run goes on: only of what is settled, and not too often."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from dpm_tui.catalog.inspection import Inspection
from dpm_tui.catalog.verdict import Kind, Verdict
from dpm_tui.worker.protocol.messages import RunStatus
from dpm_tui.worker.run.run_results import Results, settled_verdicts
from dpm_tui.worker.server.group_publisher import GroupPublisher

VERIFYING = RunStatus(run=1, phase="running", stage="verify", total=100)


class Counting:
    """Stands in for the results: counts how often they are previewed, and finds more each time."""

    def __init__(self) -> None:
        self.results = Results()
        self.times = 0
        self.fails = False

    async def preview(self, threshold: float) -> bool:
        self.times += 1
        if self.fails:
            raise MemoryError
        return True


async def test_groups_are_made_while_pairs_are_judged_but_not_at_every_tick() -> None:
    counting, told = Counting(), []
    publisher = GroupPublisher(counting, lambda: 0.6, told.append)  # type: ignore[arg-type]
    publisher.follow(replace(VERIFYING, stage="decode"))
    publisher.follow(replace(VERIFYING, phase="paused"))
    assert counting.times == 0
    for done in range(20):
        publisher.follow(replace(VERIFYING, done=done))
        await asyncio.sleep(0)
    assert counting.times == 1
    assert told == [0]


async def test_a_failure_is_no_end(capsys: pytest.CaptureFixture[str]) -> None:
    counting, told = Counting(), []
    counting.fails = True
    publisher = GroupPublisher(counting, lambda: 0.6, told.append)  # type: ignore[arg-type]
    publisher.follow(VERIFYING)
    await asyncio.sleep(0.01)
    assert "MemoryError" in capsys.readouterr().err
    assert told == []


def test_copies_wait_until_they_were_looked_at_at_full_size() -> None:
    copy, crop = Verdict(Kind.COPY, 0.99), Verdict(Kind.CROP, 0.9)
    verdicts = [(("a", "b"), copy), (("a", "c"), crop), (("d", "e"), crop), (("b", "c"), copy)]
    looked_at: dict[tuple[str, str], Inspection | None] = {}
    assert [pair for pair, _ in settled_verdicts(verdicts, looked_at)] == [("d", "e")]
    looked_at[("a", "b")] = None
    assert [pair for pair, _ in settled_verdicts(verdicts, looked_at)] == [("a", "b"), ("d", "e")]
