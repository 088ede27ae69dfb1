"""Keeper rules in words that a person reads."""

from __future__ import annotations

from collections.abc import Iterable

from dpm_tui.locale import translate
from dpm_tui.names import display_name
from dpm_tui.review.criteria import Word, parse_word
from dpm_tui.review.presets import expand
from dpm_tui.review.rules import OWN


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
