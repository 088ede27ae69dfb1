"""What a run's statuses tell together: speed, time spent, and how long the rest may take."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dpm_tui.tui.lines.bars_and_facts import graph
from dpm_tui.tui.session.run_history import RunHistory
from dpm_tui.tui.terminal.colour_depth import Palette
from dpm_tui.tui.theme import Look
from dpm_tui.worker.protocol.messages import RunStatus

STEADY = RunStatus(run=1, phase="running", stage="decode", total=1000)


def follow(*statuses: RunStatus) -> RunHistory:
    history = RunHistory(1)
    for status in statuses:
        history.note(status)
    return history


def steady(seconds: int, speed: int = 10) -> list[RunStatus]:
    return [replace(STEADY, elapsed=float(s), done=s * speed) for s in range(seconds)]


def test_nothing_is_promised_in_the_first_seconds() -> None:
    history = follow(*steady(3))
    assert history.stage_left == -1


def test_a_steady_run_ends_when_it_says() -> None:
    history = follow(*steady(11))
    assert history.rate == pytest.approx(10)
    assert history.stage_left == pytest.approx(90)


def test_what_is_behind_of_the_whole_run_never_falls() -> None:
    history = follow(replace(STEADY, elapsed=50.0, left_least=40.0, left_most=60.0))
    assert history.share == pytest.approx(0.5)
    history.note(replace(STEADY, elapsed=60.0, left_least=100.0, left_most=140.0))
    assert history.share == pytest.approx(0.5)


def test_one_slow_second_moves_the_time_left_by_little() -> None:
    before = follow(*steady(20))
    after = follow(*steady(20), replace(STEADY, elapsed=20.0, done=191))
    assert after.stage_left < before.stage_left * 1.2


def test_a_pause_counts_as_no_time() -> None:
    paused = [replace(STEADY, phase="paused", elapsed=float(s), done=90) for s in range(10, 60)]
    history = follow(*steady(10), *paused, replace(STEADY, elapsed=60.0, done=100))
    assert history.rate == pytest.approx(10)
    assert history.spent["decode"] == pytest.approx(10)


def test_a_new_stage_begins_its_own_graph_and_the_old_one_keeps_its_time() -> None:
    history = follow(*steady(10), replace(STEADY, stage="verify", elapsed=10.0))
    assert not history.rates
    assert history.spent["decode"] == pytest.approx(9)


def test_a_graph_has_letters_where_blocks_would_be_two_cells_wide() -> None:
    assert graph([0, 4, 8], 10, Look(Palette.C256))[0] == "▁▅█"
    assert graph([0, 4, 8], 2, Look(Palette.ASCII))[0].isascii()
    assert graph([0, 4, 8], 2, Look(Palette.C256, whole_cells=True))[0].isascii()
    assert graph([0, 0], 10, Look(Palette.MONO))[0] == "__"
    assert graph([1.0], -3, Look(Palette.MONO))[0] == ""
