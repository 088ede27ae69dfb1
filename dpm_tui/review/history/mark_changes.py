"""Changes: what a step did to the marks of files, in columns; a step may change a quarter of a million."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar, cast

from dpm_tui.catalog.lazy_sequence import LazySequence
from dpm_tui.review.rules.rule import HAND

K = TypeVar("K")


class Mark(StrEnum):
    """What is to become of a file once the marks are applied."""

    KEEP = "keep"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Marking:
    """A mark with the rule that set it."""

    mark: Mark
    rule: str = HAND


Change = tuple[K, Marking | None, Marking | None]
"""A file with its marking before and after."""


class Changes(LazySequence[Change[K]], Generic[K]):
    """Changes in order; ``keys`` are the files, each by its id or by whatever else it is known by."""

    __slots__ = ("_after", "_before", "_table", "keys")

    def __init__(self, changes: Iterable[Change[K]] = ()) -> None:
        numbers: dict[Marking | None, int] = {}
        keys: list[K] = []
        before: list[int] = []
        after: list[int] = []
        for key, old, new in changes:
            keys.append(key)
            before.append(numbers.setdefault(old, len(numbers)))
            after.append(numbers.setdefault(new, len(numbers)))
        self.keys = _column(keys)
        self._table = tuple(numbers)
        self._before, self._after = (
            bytes(each) if len(numbers) <= 256 else array("L", each) for each in (before, after)
        )

    @property
    def before(self) -> Iterator[tuple[K, Marking | None]]:
        """Yield each file with its marking before."""
        return zip(self.keys, map(self._table.__getitem__, self._before), strict=True)

    @property
    def after(self) -> Iterator[tuple[K, Marking | None]]:
        """Yield each file with its marking after."""
        return zip(self.keys, map(self._table.__getitem__, self._after), strict=True)

    def __iter__(self) -> Iterator[Change[K]]:
        marking = self._table.__getitem__
        return zip(self.keys, map(marking, self._before), map(marking, self._after), strict=True)

    def make(self, number: int) -> Change[K]:
        """Return a change."""
        return self.keys[number], self._table[self._before[number]], self._table[self._after[number]]

    def __len__(self) -> int:
        return len(self.keys)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Changes) and len(self) == len(other) and all(map(tuple.__eq__, self, other))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Changes({list(self)!r})"


def _column(keys: Sequence[K]) -> Sequence[K]:
    """Return keys that are numbers as such, in an eighth of the memory."""
    if all(type(key) is int for key in keys):
        return cast(Sequence[K], array("q", cast(Sequence[int], keys)))
    return tuple(keys)
