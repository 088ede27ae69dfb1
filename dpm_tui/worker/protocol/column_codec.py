"""Turns messages into plain JSON values and back; many records of one type travel as columns.

A tuple of dataclasses becomes an object with a list for each field; a field that is a dataclass becomes
such an object, too. Tuples inside of records become their lengths and one such object for all of them. At a
hundred thousand records that takes a quarter of the time of one object each. Of content there is only the
size (see ``Content``). Nothing here trusts its input.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Sequence
from enum import Enum
from itertools import accumulate, pairwise
from typing import Any, TypeGuard, TypeVar

from dpm_tui.dataclass_json import field_types, from_plain, to_plain
from dpm_tui.file_names import from_json, to_json

MAX_CONTENT_BYTES = 1 << 30


class Content(bytearray):
    """The large part of a message; its line says only how many bytes follow it."""

    @classmethod
    def room(cls, size: object) -> Content:
        """Return zeros to be filled with the bytes behind a line; raises ValueError for an invalid size."""
        if type(size) is not int or not 0 <= size <= MAX_CONTENT_BYTES:
            raise ValueError("no size of a content")
        return cls(size)


T = TypeVar("T")

_COUNTS, _ITEMS = "counts", "items"


def pack(message: object) -> dict[str, Any]:
    """Return the fields of a dataclass as JSON values."""
    kind: Any = type(message)
    return {name: _pack(hint, getattr(message, name)) for name, hint in field_types(kind).items()}


def unpack(kind: type[T], value: object) -> T:
    """Return what ``pack`` packed; fields with defaults may be missing, unknown ones are passed over.

    Raises ValueError or TypeError for anything that does not fit.
    """
    if not isinstance(value, dict):
        raise TypeError(f"not of type {kind.__name__}")
    hints = field_types(typing.cast(Any, kind))
    return kind(**{name: _unpack(hints[name], item) for name, item in value.items() if name in hints})


def _pack(kind: Any, value: Any) -> Any:
    if kind is Any:
        return value
    if kind is Content:
        return len(value)
    if (record := _record_of(kind)) is not None:
        return _pack_records(record, value)
    return pack(value) if _is_record(kind) else to_plain(value)


def _unpack(kind: Any, value: Any) -> Any:
    if kind is Any:
        return value
    if kind is Content:
        return Content.room(value)
    if (record := _record_of(kind)) is not None:
        return tuple(_unpack_records(record, value))
    if _is_record(kind):
        return unpack(kind, value)
    return from_plain(kind, value)


def _pack_records(kind: type, records: Sequence[Any]) -> dict[str, Any]:
    return {
        name: _pack_column(hint, [getattr(record, name) for record in records])
        for name, hint in field_types(kind).items()
    }


def _unpack_records(kind: type, value: Any) -> list[Any]:
    if not isinstance(value, dict):
        raise TypeError("no columns")
    hints = field_types(kind)
    names = [name for name in hints if name in value]
    columns = [_unpack_column(hints[name], value[name]) for name in names]
    rows = zip(*columns, strict=True)
    if len(names) == len(hints):
        return [kind(*row) for row in rows]
    return [kind(**dict(zip(names, row, strict=True))) for row in rows]


def _pack_column(kind: Any, values: list[Any]) -> Any:
    if kind in (int, float, str, bool, Any):
        return values
    if kind is bytes:
        return [to_json(value) for value in values]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [value.value for value in values]
    if (record := _record_of(kind)) is not None:
        items = [item for value in values for item in value]
        return {_COUNTS: [len(value) for value in values], _ITEMS: _pack_records(record, items)}
    return _pack_records(kind, values) if _is_record(kind) else to_plain(values)


def _unpack_column(kind: Any, value: Any) -> list[Any]:
    if (record := _record_of(kind)) is not None:
        return _unpack_tuples(record, value)
    if _is_record(kind):
        return _unpack_records(kind, value)
    if not isinstance(value, list):
        raise TypeError("no column")
    if kind in (int, str, bool):
        if set(map(type, value)) - {kind}:
            raise TypeError(f"not all of type {kind.__name__}")
        return value
    if kind is bytes:
        return [from_json(item) for item in value]
    return value if kind is Any else [from_plain(kind, item) for item in value]


def _unpack_tuples(record: type, value: Any) -> list[tuple[Any, ...]]:
    if not isinstance(value, dict):
        raise TypeError("no tuples")
    counts = _unpack_column(int, value[_COUNTS])
    items = _unpack_records(record, value[_ITEMS])
    if sum(counts) != len(items) or min(counts, default=0) < 0:
        raise ValueError("tuples of other lengths")
    return [tuple(items[start:end]) for start, end in pairwise(accumulate(counts, initial=0))]


def _record_of(kind: Any) -> type | None:
    """Return the dataclass of which ``kind`` is a tuple of any length, None where it is something else."""
    if typing.get_origin(kind) is not tuple:
        return None
    first, *rest = typing.get_args(kind)
    return first if rest == [Ellipsis] and _is_record(first) else None


def _is_record(kind: Any) -> TypeGuard[type[Any]]:
    return isinstance(kind, type) and dataclasses.is_dataclass(kind)
