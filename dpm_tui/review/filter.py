"""Filter: which groups are shown, by words such as ``kind:copy size:>2M score:<.98``."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from dpm_tui.names import display_name
from dpm_tui.pipeline.group import Group
from dpm_tui.pipeline.image_file import ImageFile
from dpm_tui.pipeline.verify import Kind
from dpm_tui.review.library import Library

_UNITS = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
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


@dataclass(slots=True)
class Subject:
    """A group as the filter sees it; its files are read only if a word asks for them."""

    library: Library
    group: Group
    removed: Collection[int]
    _files: list[ImageFile] = field(default_factory=list)

    @property
    def files(self) -> list[ImageFile]:
        """The members of the group."""
        if not self._files:
            self._files.extend(self.library.files[id_] for id_ in self.group.members)
        return self._files

    def has_kind(self, kind: Kind) -> bool:
        """Tell whether a member is of ``kind`` beside the keeper."""
        keeper = self.group.keeper
        pairs = (self.library.pair(keeper, id_) for id_ in self.group.members if id_ != keeper)
        return any(pair is not None and pair.kind is kind for pair in pairs)


Word = Callable[[Subject], bool]


@dataclass(frozen=True, slots=True)
class Filter:
    """The words of a filter; a group is shown if every one of them fits it."""

    text: str = ""
    words: tuple[Word, ...] = ()

    def matches(self, library: Library, group: Group, removed: Collection[int]) -> bool:
        """Tell whether ``group`` is shown."""
        subject = Subject(library, group, removed)
        return all(word(subject) for word in self.words)


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
        return lambda subject: any(id_ in subject.removed for id_ in subject.group.members)
    if word == "unmarked":
        return lambda subject: not any(id_ in subject.removed for id_ in subject.group.members)
    wanted = word.casefold()
    return lambda subject: any(wanted in display_name(file.path).casefold() for file in subject.files)


def _parse_kind(value: str) -> Word:
    try:
        kinds = [Kind(name) for name in value.split(",")]
    except ValueError:
        raise FilterError("filter_kind", word=display_name(value), kinds=" ".join(Kind)) from None
    return lambda subject: any(subject.has_kind(kind) for kind in kinds)


def _parse_extension(value: str) -> Word:
    endings = tuple(f".{ending.lstrip('.').lower()}".encode() for ending in value.split(","))
    return lambda subject: any(file.path.lower().endswith(endings) for file in subject.files)


def _parse_folder(value: str) -> Word:
    wanted = value.casefold()
    return lambda subject: any(wanted in display_name(file.folder).casefold() for file in subject.files)


def _parse_size(value: str) -> Word:
    compare, limit = _parse_number(value)
    return lambda subject: any(compare(file.stamp.size, limit) for file in subject.files)


def _parse_score(value: str) -> Word:
    compare, limit = _parse_number(value)
    return lambda subject: compare(subject.group.weakest, limit)


def _parse_files(value: str) -> Word:
    compare, limit = _parse_number(value)
    return lambda subject: compare(len(subject.group.members), limit)


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
