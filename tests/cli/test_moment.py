from __future__ import annotations

import time
from datetime import datetime

import pytest

from dpm_tui.cli.moment import read_moment
from dpm_tui.errors import UsageError

SECOND = 10**9


def test_a_date_is_the_beginning_of_that_day_here() -> None:
    assert read_moment("2026-11-01", "") == int(datetime(2026, 11, 1).timestamp()) * SECOND
    assert read_moment("2026-11-01T12:30", "") == int(datetime(2026, 11, 1, 12, 30).timestamp()) * SECOND
    assert read_moment("2026-11-01T12:00+00:00", "") == 1_793_534_400 * SECOND


@pytest.mark.parametrize(("text", "seconds"), [("7d", 7 * 86400), ("12h", 43200), ("2 w", 14 * 86400)])
def test_an_age_counts_back_from_now(text: str, seconds: int) -> None:
    assert abs(read_moment(text, "") - (time.time() - seconds) * SECOND) < 5 * SECOND


def test_last_is_the_last_scan_and_all_time_where_there_was_none() -> None:
    assert read_moment("last", "2026-11-01T12:00:00+00:00") == 1_793_534_400 * SECOND
    assert read_moment("last", "") == 0


@pytest.mark.parametrize("text", ["soon", "7", "7x", "2026-13-01", "", "last week", "9" * 400 + "d"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_moment(text, "")
    assert "2026-11-01" in str(refused.value)
