"""Scans that are killed at random moments end where an undisturbed one does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.kill_lab import KillLab, make_tree


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
