"""How often a run checkpoints: often where that is cheap, and at least every few seconds."""

from __future__ import annotations

import pytest

from dpm_tui.pipeline import checkpointing
from dpm_tui.pipeline.checkpointing import MAX_SECONDS, MIN_SECONDS, SHARE, Cancelled, Checkpointer
from dpm_tui.pipeline.reporter import Reporter, Stage


class Clock:
    """A clock that only its user moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        self.checkpoints: list[float] = []
        self.takes = 0.0
        monkeypatch.setattr(checkpointing.time, "monotonic", lambda: self.now)

    def checkpoint(self) -> None:
        self.checkpoints.append(self.now)
        self.now += self.takes


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def work(clock: Clock, seconds: float, step: float = 0.1) -> list[float]:
    """Take steps of a tenth of a second; return how long the work between two checkpoints took."""
    pace = Checkpointer(clock.checkpoint, Reporter())
    pace.start(Stage.VERIFY, 10_000)
    ends: list[float] = []
    for _ in range(round(seconds / step)):
        clock.now += step
        before = len(clock.checkpoints)
        pace.step()
        if len(clock.checkpoints) > before:
            ends.append(clock.checkpoints[-1])
    starts = [100.0, *(end + clock.takes for end in ends)]
    return [end - start for start, end in zip(starts, ends, strict=False)]


def test_a_sitting_of_three_seconds_keeps_most_of_its_work(clock: Clock) -> None:
    spans = work(clock, 3.0)
    assert len(spans) >= 5
    assert max(spans) <= MIN_SECONDS + 0.11


def test_a_slow_disk_costs_a_twentieth(clock: Clock) -> None:
    clock.takes = 0.1
    spans = work(clock, 60.0)
    assert min(spans[1:]) > SHARE * clock.takes - 0.01


def test_a_very_slow_disk_has_a_checkpoint_every_few_seconds(clock: Clock) -> None:
    clock.takes = 3.0
    spans = work(clock, 60.0)
    assert max(spans) <= MAX_SECONDS + 0.11


def test_a_thousand_steps_are_kept_however_fast(clock: Clock) -> None:
    pace = Checkpointer(clock.checkpoint, Reporter())
    for _ in range(2500):
        pace.step()
    assert len(clock.checkpoints) == 2


def test_whoever_asks_to_stop_stops_it(clock: Clock) -> None:
    class Stopping(Reporter):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(Cancelled):
        Checkpointer(clock.checkpoint, Stopping()).step()
