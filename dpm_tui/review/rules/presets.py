"""Presets: keeper rules that a user has named, as words; and the words that the fixed rules stand for."""

from __future__ import annotations

from collections.abc import Iterable

from dpm_tui.errors import UsageError
from dpm_tui.file_names import display_name
from dpm_tui.review.rules.criteria import Word, parse_words
from dpm_tui.review.rules.rule import HAND, OWN, RULES

NAME_LENGTH = 24
WORDS_OF: dict[str, tuple[str, ...]] = {
    "best": (
        "intact",
        "holds",
        "detail",
        "pixels",
        "alpha",
        "colours",
        "depth",
        "lossless",
        "quality",
        "exif",
        "name",
        "encoding",
        "date",
    ),
    "largest": ("pixels", "bytes"),
    "smallest": ("-bytes", "-pixels"),
    "newest": ("-date",),
    "oldest": ("date",),
}
"""The criteria to start from when a user edits one of the fixed rules."""


def check_name(name: str) -> str:
    """Return ``name`` if a rule may be called so; raises UsageError if not."""
    if name in (*RULES, OWN, HAND):
        raise UsageError("preset_taken", name=name)
    fits = 0 < len(name) <= NAME_LENGTH and name == name.strip() and display_name(name) == name
    if not fits or name.startswith("-"):
        raise UsageError("preset_name", name=display_name(name), length=NAME_LENGTH)
    return name


def clean_words(words: Iterable[str]) -> tuple[str, ...]:
    """Return the words of a rule as they are saved; raises UsageError for one that is none."""
    return tuple(str(word) for word in parse_words(words))


def criteria_of(words: Iterable[str]) -> tuple[Word, ...]:
    """Return what a rule looks at, in order; nothing for ``best`` alone, which has an order of its own."""
    own = tuple(word for word in parse_words(words) if not word.is_limit)
    return () if own in ((), (Word("best"),)) else parse_words(expand(tuple(map(str, own))))


def expand(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words with those of a fixed rule in its place, so that they can be arranged."""
    spread = [single for word in words for single in WORDS_OF.get(word, (word,))]
    kept: dict[str, str] = {}
    for word in spread:
        kept.setdefault(word.removeprefix("-"), word)
    return tuple(kept.values())
