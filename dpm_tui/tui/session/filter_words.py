"""What is wrong with a filter, in words that fit beside the field where it is typed."""

from __future__ import annotations

from dpm_tui.file_names import display_name
from dpm_tui.review.library.filter import FilterError
from dpm_tui.text_format import sentence

_WORD_CELLS = 10


def words_on(error: FilterError) -> str:
    """Return what is wrong; the typed word is shortened before the list of valid words is."""
    values = dict(error.values)
    if "word" in values:
        values["word"] = display_name(str(values["word"]), _WORD_CELLS)
    return sentence(f"tui.{error.key}", **values)
