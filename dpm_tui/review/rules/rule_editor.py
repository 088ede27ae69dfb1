"""Rule editor: the rules there are, and the words of the one in force as lines that can be arranged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dpm_tui.review.rules.criteria import ORDERED, VALUED, Word, parse_words
from dpm_tui.review.rules.presets import expand
from dpm_tui.review.rules.rule import RULES, name_rule

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
        return self.word.is_limit


def rule_lines(words: Words, presets: Mapping[str, Words]) -> list[RuleLine]:
    """Return the fixed rules and then the saved ones; none is in force where the words have no name."""
    here = name_rule(words, presets)
    fixed = [RuleLine(name, (name,), name == here, saved=False) for name in RULES]
    return fixed + [RuleLine(name, own, name == here, saved=True) for name, own in presets.items()]


def word_lines(words: Words) -> list[WordLine]:
    """Return the criteria that are on in their order, those that are off, and then the limits."""
    parsed = parse_words(expand(words))
    criteria, limits = _split(parsed)
    topics = {word.topic for word in parsed}
    lines = [WordLine(word, on=True, place=place) for place, word in enumerate(criteria, 1)]
    lines += [WordLine(Word(name), on=False) for name in ORDERED if Word(name) not in topics]
    lines += [WordLine(Word(name), on=Word(name) in topics) for name in _SPANS]
    return lines + [WordLine(word, on=True) for word in limits if word.name not in _SPANS]


def switch(words: Words, word: Word) -> Words:
    """Return the words with one switched on or off; where no criterion is left, ``best`` is."""
    # A limit joins a fixed rule as it is; a criterion joins those that the rule stands for.
    criteria, limits = _split(parse_words(words if word.is_limit else expand(words)))
    if word.is_limit:
        return _join(criteria, _switched(limits, word))
    return _join(_switched(criteria, word), limits)


def shift(words: Words, word: Word, steps: int) -> Words:
    """Return the words with a criterion so many places further down, or up."""
    criteria, limits = _split(parse_words(expand(words)))
    place = next((place for place, each in enumerate(criteria) if each.topic == word.topic), None)
    if place is None:
        return words
    to = min(max(place + steps, 0), len(criteria) - 1)
    if to == place:
        return words
    criteria.insert(to, criteria.pop(place))
    return _join(criteria, limits)


def turn(words: Words, word: Word) -> Words:
    """Return the words with a criterion turned round, switched on if it was off."""
    spread = parse_words(expand(words))
    if all(each.topic != word.topic for each in spread):
        return switch(words, Word(word.name, word.value, reverse=True))
    turned = Word(word.name, word.value, not word.reverse)
    return tuple(str(turned if each.topic == word.topic else each) for each in spread)


def add(words: Words, word: Word) -> Words:
    """Return the words with one that has a value: criteria come first, above what they should outweigh."""
    if word.is_limit:
        return words if str(word) in words else (*words, str(word))
    criteria, limits = _split(parse_words(expand(words)))
    valued = [each for each in criteria if each.name in VALUED and each.topic != word.topic]
    plain = [each for each in criteria if each.name not in VALUED]
    return _join([*valued, word, *plain], limits)


def line_of(lines: Sequence[RuleLine | WordLine | None], word: Word) -> int | None:
    """Return the line on which a word stands now."""
    places = (
        place
        for place, line in enumerate(lines)
        if isinstance(line, WordLine) and line.word.topic == word.topic
    )
    return next(places, None)


def _split(words: Iterable[Word]) -> tuple[list[Word], list[Word]]:
    """Return criteria and limits."""
    words = list(words)
    return [word for word in words if not word.is_limit], [word for word in words if word.is_limit]


def _switched(words: Sequence[Word], word: Word) -> list[Word]:
    """Return the words without one, or with it at their end in place of what excludes it."""
    rest = [each for each in words if each.topic != word.topic]
    if len(rest) < len(words):
        return rest
    excluded = _SPANS if word.name in _SPANS else ()
    return [*(each for each in rest if each.name not in excluded), word]


def _join(criteria: Sequence[Word], limits: Sequence[Word]) -> Words:
    return tuple(map(str, (*(criteria or (Word("best"),)), *limits)))
