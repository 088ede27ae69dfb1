"""Sequences in columns: an item is made when it is accessed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TypeVar, overload

T = TypeVar("T")


class LazySequence(Sequence[T]):
    """Items by number; a subclass says how many there are and makes each of them."""

    __slots__ = ()

    @abstractmethod
    def make(self, number: int) -> T:
        """Return the item of a number from 0 on."""

    @overload
    def __getitem__(self, number: int) -> T: ...
    @overload
    def __getitem__(self, number: slice) -> list[T]: ...
    def __getitem__(self, number: int | slice) -> T | list[T]:
        if isinstance(number, slice):
            return [self.make(each) for each in range(*number.indices(len(self)))]
        return self.make(range(len(self))[number])
