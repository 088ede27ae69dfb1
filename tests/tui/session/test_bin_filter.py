"""Words that choose entries of the bin mean what they mean for groups."""

from __future__ import annotations

import pytest

from dpm_tui.review.library.filter import FilterError
from dpm_tui.tui.session.bin_filter import parse_bin_filter
from tests.tui.samples.recycle_bin import bin_entries


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ("kind:Copy", 4),
        ("kind:copy,", 4),
        ("kind:copy,variant", 5),
        ("ext:JPG", 5),
        ("ext:jpg,", 5),
        ("ext:,", 0),
        ("ext:png", 0),
        ("gone kind:copy", 1),
    ],
)
def test_kinds_and_endings(words: str, chosen: int) -> None:
    fits = parse_bin_filter(words)
    assert sum(map(fits, bin_entries())) == chosen


def test_a_kind_that_is_none_is_told() -> None:
    with pytest.raises(FilterError):
        parse_bin_filter("kind:copies")
