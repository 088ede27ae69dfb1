"""Filter: which groups are shown, by words such as ``kind:copy size:>2M -dir:"old things" date:2024``.

A word that asks for something of a file fits a group if any of its files has it. A sign ``-`` or ``!`` in
front negates a word. In quotes, spaces, signs and colons have no special meaning.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Collection, Sequence, Set as AbstractSet
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dpm_tui.catalog.verdict import Kind
from dpm_tui.file_names import display_name
from dpm_tui.review.library.dates import read_days
from dpm_tui.review.library.library import Library
from dpm_tui.units import read_size

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dpm_tui.review.library.library_columns import LibraryColumns

    Flags = NDArray[np.bool_]

_SIGN = re.compile(r">=|<=|>|<|=|")
_COMPARISONS: dict[str, Callable[[Any, float], Any]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "": operator.ge,
}
_WORD = re.compile(r"""(?P<turned>[-!](?=\S))?(?P<text>(?:"[^"]*(?:"|$)|[^\s"])+)""")


class FilterError(ValueError):
    """A word that is no filter: a sentence ``tui.<key>`` with its values."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the review is: files by their marks, and the ids of groups left as they are on purpose."""

    removed: AbstractSet[int] = frozenset()
    kept: AbstractSet[int] = frozenset()
    passed: AbstractSet[str] = frozenset()


Test = Callable[["LibraryColumns", Progress], "Flags"]
"""Returns for each group whether a word fits it."""


@dataclass(frozen=True, slots=True)
class Filter:
    """The words of a filter; a group is shown if every one of them fits it."""

    text: str = ""
    words: tuple[Test, ...] = field(default=(), compare=False)

    def choose(self, library: Library, progress: Progress) -> list[int]:
        """Return the numbers of the groups that are shown, in order."""
        numbers = range(len(library.groups))
        if not self.words or not numbers:
            return list(numbers)
        shown = self.words[0](library.columns, progress)
        for word in self.words[1:]:
            shown = shown & word(library.columns, progress)
        chosen: list[int] = shown.nonzero()[0].tolist()
        return chosen


def parse_filter(text: str) -> Filter:
    """Return the filter that ``text`` describes; raises FilterError for a word that is none."""
    words = tuple(_parse_word(match) for match in _WORD.finditer(text))
    return Filter(" ".join(text.split()), words)


def reviewed(columns: LibraryColumns, progress: Progress) -> Flags:
    """Return for each group whether it has a mark or was left as it is on purpose."""
    flags = columns.having(progress.removed) | columns.having(progress.kept)
    return flags | columns.called(progress.passed)


def not_passed(library: Library, numbers: Sequence[int], passed: Collection[str]) -> list[int]:
    """Return those groups, of ``numbers``, that were not left as they are on purpose."""
    if not numbers or not passed:
        return list(numbers)
    left: list[bool] = library.columns.called(passed).tolist()
    return [number for number in numbers if not left[number]]


def _parse_word(match: re.Match[str]) -> Test:
    test = _parse_test(match["text"])
    if not match["turned"]:
        return test
    return lambda columns, progress: ~test(columns, progress)


def _parse_test(word: str) -> Test:
    name, colon, value = word.partition(":")
    if '"' in name or not colon:
        return _parse_bare(word)
    name, value = name.lower(), value.replace('"', "")
    if name not in _NAMED:
        raise FilterError("filter_unknown", word=display_name(word), words=" ".join(_NAMED))
    if not value:
        raise FilterError("filter_empty", word=display_name(word))
    return _NAMED[name](value)


def _parse_bare(word: str) -> Test:
    if word in _STATES:
        return _STATES[word]
    wanted = word.replace('"', "")
    return lambda columns, _: columns.any_of(columns.text.holding(wanted))


def read_kinds(value: str) -> frozenset[Kind]:
    """Return the kinds that ``copy,crop`` names; raises FilterError for a word that is none."""
    try:
        return frozenset(Kind(name) for name in value.lower().rstrip(",").split(","))
    except ValueError:
        raise FilterError("filter_kind", word=display_name(value), kinds=" ".join(Kind)) from None


def read_endings(value: str) -> tuple[str, ...]:
    """Return the endings of names that ``jpg,.png`` means, each with its point."""
    return tuple(f".{ending}" for part in value.split(",") if (ending := part.lstrip(".")))


def _parse_kind(value: str) -> Test:
    kinds = read_kinds(value)
    return lambda columns, _: columns.any_of(columns.of_kinds(kinds))


def _parse_extension(value: str) -> Test:
    endings = read_endings(value)
    return lambda columns, _: columns.any_of(columns.text.ending(*endings))


def _parse_folder(value: str) -> Test:
    return lambda columns, _: columns.any_of(columns.text.below(value))


def _parse_name(value: str) -> Test:
    return lambda columns, _: columns.any_of(columns.text.named(value))


def _parse_size(value: str) -> Test:
    fits = _parse_number(value, read_size)
    return lambda columns, _: columns.any_of(fits(columns.files.rows["size"]))


def _parse_date(value: str) -> Test:
    try:
        first, last = read_days(value)
    except ValueError:
        raise FilterError("filter_date", word=display_name(value)) from None
    return lambda columns, _: columns.any_of((columns.dates >= first) & (columns.dates < last))


def _parse_score(value: str) -> Test:
    fits = _parse_number(value, _read_plain)
    return lambda columns, _: fits(columns.groups.weakest)


def _parse_files(value: str) -> Test:
    fits = _parse_number(value, _read_plain)
    return lambda columns, _: fits(columns.groups.counts)


def _parse_number(value: str, read: Callable[[str], float]) -> Callable[[Any], Flags]:
    """Return the test that ``>2M``, ``2M..5M`` and the like describe; without a sign it means at least."""
    low, dots, high = value.partition("..")
    sign = _SIGN.match(value)
    assert sign is not None
    try:
        if dots:
            first, last = read(low), read(high)
            return lambda numbers: (numbers >= first) & (numbers <= last)
        compare, limit = _COMPARISONS[sign[0]], read(value[sign.end() :])
    except ValueError:
        raise FilterError("filter_number", word=display_name(value)) from None
    return lambda numbers: compare(numbers, limit)


def _read_plain(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


_NAMED: dict[str, Callable[[str], Test]] = {
    "kind": _parse_kind,
    "size": _parse_size,
    "ext": _parse_extension,
    "dir": _parse_folder,
    "name": _parse_name,
    "date": _parse_date,
    "score": _parse_score,
    "files": _parse_files,
}
_STATES: dict[str, Test] = {
    "marked": lambda columns, progress: columns.having(progress.removed),
    "unmarked": lambda columns, progress: ~columns.having(progress.removed),
    "reviewed": reviewed,
    "unreviewed": lambda columns, progress: ~reviewed(columns, progress),
}
