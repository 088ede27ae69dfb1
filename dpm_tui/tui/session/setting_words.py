"""Settings in words that a person reads: keeper rules and thresholds."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dpm_tui.errors import UsageError
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.review.rules.criteria import Word, parse_word
from dpm_tui.review.rules.presets import check_name, expand
from dpm_tui.review.rules.rule import OWN, Rule

_NAME_CELLS = 24
_LEVELS = ((0.95, "very_strict"), (0.86, "strict"), (0.0, "balanced"))
"""Similarities from which on copies alone, no variants, or all kinds of pairs are left."""


def strictness(threshold: float) -> str:
    """Return one or two words for a threshold."""
    return translate(f"tui.strictness_{_level(threshold)}")


def strictness_help(threshold: float) -> str:
    """Return a sentence on what a threshold lets pass."""
    return translate(f"tui.strictness_{_level(threshold)}_help")


def _level(threshold: float) -> str:
    return next(name for low, name in _LEVELS if threshold >= low)


def word_label(word: Word) -> str:
    """Return what a criterion or limit asks for in a few words."""
    key = f"rules.criterion_{word.name.replace('-', '_')}{'_turned' if word.reverse else ''}"
    return translate(key, value=display_name(word.value))


def word_help(word: Word) -> str:
    """Return a sentence on a criterion or limit."""
    return translate(f"rules.criterion_{word.name.replace('-', '_')}_help", value=display_name(word.value))


def words_label(words: Iterable[str]) -> str:
    """Return the criteria and limits of a rule in one line."""
    separator = translate("rules.criteria_separator")
    return separator.join(word_label(parse_word(word)) for word in expand(tuple(words)))


def name_words(name: str) -> str:
    """Return the name of a rule; that of words without a name is translated."""
    return translate("rules.rule_own") if name == OWN else display_name(name)


def rule_name(rule: Rule) -> str:
    """Return the name of a rule in few cells."""
    return display_name(name_words(rule.name), _NAME_CELLS)


def read_format(text: str) -> Word:
    """Return the criterion of a format that is typed, with ``-`` in front for all others."""
    name = text.strip()
    return parse_word(f"-format:{name[1:]}" if name.startswith("-") else f"format:{name}")


def read_name(text: str) -> str:
    """Return the name of a rule that is typed."""
    return check_name(text.strip())


def trouble_of(read: Callable[[str], object], text: str) -> str:
    """Return why ``read`` cannot take a text, while it is typed; nothing where nothing is typed yet."""
    try:
        read(text)
    except UsageError as error:
        return error.message if text.strip() else ""
    return ""
