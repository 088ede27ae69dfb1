"""The rule sheet: the rules there are, and the words of the one in force as lines that can be arranged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dpm_tui.review.criteria import LIMITS, ORDERED, VALUED, Word, parse_word, parse_words
from dpm_tui.review.presets import expand
from dpm_tui.review.rules import RULES, name_rule

_SPANS = ("other-folder", "other-top", "same-folder")
"""Limits of which a rule has one at most."""
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule that can be chosen."""

    name: str
    words: Words
    in_force: bool
    saved: bool


@dataclass(frozen=True, slots=True)
class WordLine:
    """A criterion or a limit. ``place`` counts the criteria that are on from 1, 0 is off."""

    word: Word
    on: bool
    place: int = 0

    @property
    def is_limit(self) -> bool:
        """Whether it says what may be marked rather than what is kept."""
        return self.word.name in LIMITS


def rule_lines(words: Words, presets: Mapping[str, Words]) -> list[RuleLine]:
    """Return the fixed rules and then the saved ones; none is in force where the words have no name."""
    here = name_rule(words, presets)
    fixed = [RuleLine(name, (name,), name == here, saved=False) for name in RULES]
    return fixed + [RuleLine(name, own, name == here, saved=True) for name, own in presets.items()]


def word_lines(words: Words) -> list[WordLine]:
    """Return the criteria that are on in their order, those that are off, and then the limits."""
    parsed = parse_words(expand(words))
    criteria = [word for word in parsed if word.name not in LIMITS]
    limits = [word for word in parsed if word.name in LIMITS]
    topics = {word.topic for word in parsed}
    lines = [WordLine(word, on=True, place=place) for place, word in enumerate(criteria, 1)]
    lines += [WordLine(Word(name), on=False) for name in ORDERED if Word(name) not in topics]
    lines += [WordLine(Word(name), on=Word(name) in topics) for name in _SPANS]
    return lines + [WordLine(word, on=True) for word in limits if word.name not in _SPANS]


def switch(words: Words, word: Word) -> Words:
    """Return the words with one switched on or off; where no criterion is left, ``best`` is."""
    topic = word.topic
    if word.name in LIMITS:
        rest = [each for each in words if parse_word(each).topic != topic]
        if len(rest) == len(words):
            spans = _SPANS if word.name in _SPANS else ()
            rest = [*(each for each in rest if each not in spans), str(word)]
        return tuple(rest) if any(each not in LIMITS for each in map(_name, rest)) else ("best", *rest)
    spread = list(expand(words))
    rest = [each for each in spread if parse_word(each).topic != topic]
    if len(rest) == len(spread):
        last = sum(_name(each) not in LIMITS for each in rest)
        rest.insert(last, str(word))
    return tuple(rest) if any(_name(each) not in LIMITS for each in rest) else ("best", *rest)


def shift(words: Words, word: Word, steps: int) -> Words:
    """Return the words with a criterion so many places further down, or up."""
    spread = [each for each in expand(words) if _name(each) not in LIMITS]
    limits = [each for each in words if _name(each) in LIMITS]
    place = next((place for place, each in enumerate(spread) if parse_word(each).topic == word.topic), None)
    if place is None:
        return words
    to = min(max(place + steps, 0), len(spread) - 1)
    if to == place:
        return words
    spread.insert(to, spread.pop(place))
    return (*spread, *limits)


def turn(words: Words, word: Word) -> Words:
    """Return the words with a criterion turned round, switched on if it was off."""
    turned = str(Word(word.name, word.value, not word.reverse))
    spread = expand(words)
    if all(parse_word(each).topic != word.topic for each in spread):
        return switch(words, Word(word.name, word.value, reverse=True))
    return tuple(turned if parse_word(each).topic == word.topic else each for each in spread)


def add(words: Words, word: Word) -> Words:
    """Return the words with one that has a value: criteria come first, above what they should outweigh."""
    if word.name in LIMITS:
        return words if str(word) in words else (*words, str(word))
    valued = [each for each in expand(words) if _name(each) in VALUED and _name(each) not in LIMITS]
    rest = [each for each in expand(words) if each not in valued]
    others = [each for each in valued if parse_word(each).topic != word.topic]
    return (*others, str(word), *rest)


def line_of(lines: Sequence[RuleLine | WordLine | None], word: Word) -> int | None:
    """Return the line on which a word stands now."""
    places = (
        place
        for place, line in enumerate(lines)
        if isinstance(line, WordLine) and line.word.topic == word.topic
    )
    return next(places, None)


def _name(text: str) -> str:
    return parse_word(text).name
