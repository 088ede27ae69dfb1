"""What a file holds is named, and frames are counted; a time left is no finer than what is known."""

from __future__ import annotations

import pytest

from dpm_tui.locale import set_language
from dpm_tui.text_format import besides, round_left, time_left


@pytest.mark.parametrize(
    ("frames", "holds", "words"),
    [
        (1, (), []),
        (12, ("frames",), ["12 frames"]),
        (3, ("pages", "edits"), ["3 frames", "edits"]),
        (1, ("movie", "gain_map"), ["movie", "HDR gain map"]),
        (2, ("pictures",), ["further pictures"]),
    ],
)
def test_what_a_file_holds_in_words(frames: int, holds: tuple[str, ...], words: list[str]) -> None:
    set_language("en")
    assert besides(frames, holds) == words


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, 5), (7, 10), (29, 30), (31, 40), (301, 360), (3601, 4200)]
)
def test_time_left_is_rounded_up_to_what_can_be_said(seconds: float, shown: float) -> None:
    assert round_left(seconds) == shown


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [
        (-1, -1, "not known yet"),
        (100, 130, "about 2:00"),
        (60, 200, "1:00 to 3:20"),
        (10, 590, "at most 10:00"),
        (1, 4, "about 0:05"),
    ],
)
def test_a_time_left_says_how_sure_it_is(least: float, most: float, words: str) -> None:
    set_language("en")
    assert time_left(least, most) == words
