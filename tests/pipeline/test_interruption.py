"""A run that stops anywhere and goes on ends where an undisturbed one does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dpm_tui.pipeline import checkpointing
from dpm_tui.pipeline.checkpointing import Cancelled
from dpm_tui.pipeline.reporter import Reporter, Stage
from dpm_tui.state.root_state import RootState
from tests.pipeline.test_run import fill
from tests.support.disk import full_disk
from tests.support.scan_lab import PairFacts, ScanLab

pytestmark = pytest.mark.slow
Outcome = tuple[set[PairFacts], set[tuple[bytes, ...]]]


class StopsAfter(Reporter):
    """Asks to stop after some steps."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.seen = 0

    def progressed(self, stage: Stage, done: int, total: int) -> None:
        self.seen += 1

    def cancelled(self) -> bool:
        return self.seen >= self.steps


class Crash(BaseException):
    """The process is gone."""


@pytest.fixture(autouse=True)
def _frequent_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpointing, "CHECKPOINT_STEPS", 2)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    lab = ScanLab(tmp_path_factory.mktemp("undisturbed"))
    fill(lab)
    lab.run()
    assert lab.pairs()
    return lab.pairs(), lab.groups()


def new_lab(base: Path, number: int) -> ScanLab:
    (base / str(number)).mkdir()
    lab = ScanLab(base / str(number))
    fill(lab)
    return lab


def test_a_run_stopped_after_any_number_of_steps_goes_on(tmp_path: Path, undisturbed: Outcome) -> None:
    for steps in range(1, 200):
        lab = new_lab(tmp_path, steps)
        try:
            lab.run(StopsAfter(steps))
        except Cancelled:
            first = {file.path for file in lab.state().files.files.values()}
            costs = lab.run()
            assert first.isdisjoint(costs.decoded), steps
            assert (lab.pairs(), lab.groups()) == undisturbed, steps
        else:
            break
    assert 10 < steps < 199


def test_a_run_stopped_at_every_single_step_ends_too(tmp_path: Path, undisturbed: Outcome) -> None:
    lab = new_lab(tmp_path, 0)
    for runs in range(1, 60):
        try:
            lab.run(StopsAfter(runs))
        except Cancelled:
            continue
        break
    assert (lab.pairs(), lab.groups()) == undisturbed


def test_a_run_that_fails_at_any_checkpoint_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undisturbed: Outcome
) -> None:
    real = RootState.sync
    for number in range(1, 100):
        lab = new_lab(tmp_path, number)
        calls = [0]

        def sync(state: RootState, calls: list[int] = calls, number: int = number) -> None:
            calls[0] += 1
            if calls[0] >= number:
                raise Crash
            real(state)

        with monkeypatch.context() as patch:
            patch.setattr(RootState, "sync", sync)
            try:
                lab.run()
            except Crash:
                crashed = True
            else:
                crashed = False
        if not crashed:
            break
        lab.run()
        assert (lab.pairs(), lab.groups()) == undisturbed, number
    assert 8 < number < 99


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_run_killed_during_any_write_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undisturbed: Outcome, share: float
) -> None:
    real = os.write
    for number in range(1, 200):
        lab = new_lab(tmp_path, number)
        calls = [0]

        def write(descriptor: int, content: bytes, calls: list[int] = calls, number: int = number) -> int:
            calls[0] += 1
            if calls[0] == number:
                real(descriptor, bytes(content)[: int(len(content) * share)])
            if calls[0] >= number:
                raise Crash
            return real(descriptor, content)

        with monkeypatch.context() as patch:
            patch.setattr(os, "write", write)
            try:
                lab.run()
            except Crash:
                crashed = True
            else:
                crashed = False
        if not crashed:
            break
        lab.run()
        assert (lab.pairs(), lab.groups()) == undisturbed, number
    assert 8 < number < 199


@pytest.mark.parametrize("room", [0, 100, 700, 2000, 4000])
def test_a_run_that_fills_the_disk_goes_on_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undisturbed: Outcome, room: int
) -> None:
    lab = new_lab(tmp_path, room)
    with full_disk(monkeypatch, room), pytest.raises(OSError, match="No space"):
        lab.run()
    lab.run()
    assert (lab.pairs(), lab.groups()) == undisturbed
