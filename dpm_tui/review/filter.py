"""Filter: which groups are shown, by words such as ``kind:copy size:>2M score:<.98``."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from dpm_tui.names import display_name
from dpm_tui.pipeline.group import Group
from dpm_tui.pipeline.verify import Kind
from dpm_tui.review.library import Library

_UNITS = {"": 1, "b": 1, "k": 10**3, "m": 10**6, "g": 10**9}
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "": operator.ge,
}


class FilterError(ValueError):
    """A word that is no filter: a sentence ``tui.<key>`` with its values."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values


class Subject:
    """A group as the filter sees it; what a word asks for is worked out once and kept."""

    __slots__ = ("_folded", "_kinds", "_library", "_sizes", "group")

    def __init__(self, library: Library, group: Group) -> None:
        self.group = group
        self._library = library
        self._folded: tuple[str, ...] = ()
        self._sizes: tuple[int, ...] = ()
        self._kinds: frozenset[Kind] | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of the members, fit to be searched."""
        if not self._folded:
            files = (self._library.files[id_] for id_ in self.group.members)
            self._folded = tuple(display_name(file.path).casefold() for file in files)
        return self._folded

    @property
    def sizes(self) -> tuple[int, ...]:
        """The bytes of the members."""
        if not self._sizes:
            self._sizes = tuple(self._library.files[id_].stamp.size for id_ in self.group.members)
        return self._sizes

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds that members are of beside the keeper."""
        if self._kinds is None:
            pairs = (self._library.pair(self.group.keeper, id_) for id_ in self.group.members[1:])
            self._kinds = frozenset(pair.kind for pair in pairs if pair is not None)
        return self._kinds


Word = Callable[[Subject, AbstractSet[int]], bool]
"""Tells whether a group fits, given the files that are marked for removal."""


@dataclass(frozen=True, slots=True)
class Filter:
    """The words of a filter; a group is shown if every one of them fits it."""

    text: str = ""
    words: tuple[Word, ...] = ()

    def matches(self, subject: Subject, removed: AbstractSet[int]) -> bool:
        """Tell whether a group is shown."""
        return all(word(subject, removed) for word in self.words)


def parse_filter(text: str) -> Filter:
    """Return the filter that ``text`` spells; raises FilterError for a word that is none."""
    return Filter(" ".join(text.split()), tuple(_parse_word(word) for word in text.split()))


def _parse_word(word: str) -> Word:
    name, colon, value = word.partition(":")
    if not colon:
        return _parse_bare(word)
    if name not in _NAMED:
        raise FilterError("filter_unknown", word=display_name(word), words=" ".join(_NAMED))
    if not value:
        raise FilterError("filter_empty", word=display_name(word))
    return _NAMED[name](value)


def _parse_bare(word: str) -> Word:
    if word == "marked":
        return lambda subject, removed: not removed.isdisjoint(subject.group.members)
    if word == "unmarked":
        return lambda subject, removed: removed.isdisjoint(subject.group.members)
    wanted = word.casefold()
    return lambda subject, _: any(wanted in path for path in subject.paths)


def _parse_kind(value: str) -> Word:
    try:
        kinds = frozenset(Kind(name) for name in value.split(","))
    except ValueError:
        raise FilterError("filter_kind", word=display_name(value), kinds=" ".join(Kind)) from None
    return lambda subject, _: not kinds.isdisjoint(subject.kinds)


def _parse_extension(value: str) -> Word:
    endings = tuple(f".{ending.lstrip('.').casefold()}" for ending in value.split(","))
    return lambda subject, _: any(path.endswith(endings) for path in subject.paths)


def _parse_folder(value: str) -> Word:
    wanted = value.casefold()
    return lambda subject, _: any(wanted in path.rpartition("/")[0] for path in subject.paths)


def _parse_size(value: str) -> Word:
    compare, limit = _parse_number(value)
    return lambda subject, _: any(compare(size, limit) for size in subject.sizes)


def _parse_score(value: str) -> Word:
    compare, limit = _parse_number(value)
    return lambda subject, _: compare(subject.group.weakest, limit)


def _parse_files(value: str) -> Word:
    compare, limit = _parse_number(value)
    return lambda subject, _: compare(len(subject.group.members), limit)


def _parse_number(value: str) -> tuple[Callable[[float, float], bool], float]:
    """Read ``>2M`` and the like; without a sign it means at least."""
    sign = next(sign for sign in _COMPARISONS if value.startswith(sign))
    digits = value[len(sign) :].lower()
    unit = digits[-1:] if digits[-1:] in _UNITS else ""
    try:
        number = float(digits.removesuffix(unit)) * _UNITS[unit]
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise FilterError("filter_number", word=display_name(value))
    return _COMPARISONS[sign], number


_NAMED: dict[str, Callable[[str], Word]] = {
    "kind": _parse_kind,
    "size": _parse_size,
    "ext": _parse_extension,
    "dir": _parse_folder,
    "score": _parse_score,
    "files": _parse_files,
}
