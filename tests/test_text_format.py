"""What a file holds besides its picture is named, and frames are counted."""

from __future__ import annotations

import pytest

from dpm_tui.locale import set_language
from dpm_tui.text_format import besides


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
