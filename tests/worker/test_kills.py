"""Scans that are killed at random moments end where an undisturbed one does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.churn_lab import ChurnLab
from tests.support.kill_lab import KillLab, make_tree

pytestmark = pytest.mark.soak


@pytest.mark.timeout(240)
def test_killed_scans_end_with_the_report_of_an_undisturbed_one(tmp_path: Path) -> None:
    """Worker, decoder or command, by SIGKILL, SIGTERM or SIGHUP; ``benchmarks.kill_rounds`` does more."""
    (tmp_path / "states").mkdir()
    make_tree(tmp_path / "pictures", 40)
    lab = KillLab(tmp_path / "pictures", tmp_path / "states", seed=3)
    lab.series(3)
    assert lab.tally.shots >= 1
    assert lab.tally.finished == 1
    assert lab.tally.trouble == []


@pytest.mark.timeout(240)
def test_files_and_settings_change_while_scans_are_killed(tmp_path: Path) -> None:
    """What is left equals a first scan of the folder as it is then, and no change costs more than its own
    work."""
    lab = ChurnLab(tmp_path / "lab", files=16, seed=7)
    lab.series(1)
    assert lab.tally.finished == 1
    assert lab.tally.trouble == []
    assert lab.costs.pairs > 0
