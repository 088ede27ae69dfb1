"""Turns frozen dataclasses into plain JSON values and back, refusing what does not fit.

A field typed ``Any`` holds JSON values already and is passed as it is: large tables travel that way.
Names and other bytes travel as ``file_names.to_json`` writes them. Nothing here trusts its input: it
comes from a socket or from a state file on a shared folder.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from dpm_tui.file_names import from_json, to_json

T = TypeVar("T")


def to_plain(value: object) -> Any:
    """Return ``value`` as JSON values; dataclasses become objects, tuples lists, bytes names."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            name: getattr(value, name) if hint is Any else to_plain(getattr(value, name))
            for name, hint in field_types(type(value)).items()
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return to_json(value)
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    return value


def from_plain(kind: type[T], value: object) -> T:
    """Return ``value`` as a ``kind``; fields with defaults may be missing, unknown ones are passed over.

    Raises ValueError for anything that does not fit, naming the field.
    """
    return typing.cast(T, _build(kind, value))


@cache
def field_types(kind: type) -> dict[str, Any]:
    """Return field name -> resolved type of a dataclass."""
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def _build(kind: Any, value: Any) -> Any:
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        return _build_union(typing.get_args(kind), value)
    if origin is tuple:
        return _build_tuple(typing.get_args(kind), value)
    if origin is not None and issubclass(origin, Mapping):
        inner = typing.get_args(kind)[1]
        _require(isinstance(value, dict), kind)
        return {str(key): _build(inner, item) for key, item in value.items()}
    if dataclasses.is_dataclass(kind):
        return _build_dataclass(typing.cast(type, kind), value)
    if kind is Any or kind is object:
        return value
    if kind is bytes:
        return from_json(value)
    if kind is float:
        _require(isinstance(value, int | float) and not isinstance(value, bool), kind)
        try:
            return float(value)
        except OverflowError as error:
            raise ValueError("too large a number") from error
    if kind is int:
        _require(isinstance(value, int) and not isinstance(value, bool), kind)
        return value
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    _require(isinstance(value, kind), kind)
    return value


def _build_union(choices: tuple[Any, ...], value: Any) -> Any:
    if value is None and type(None) in choices:
        return None
    for choice in choices:
        if choice is not type(None):
            try:
                return _build(choice, value)
            except (ValueError, TypeError):
                continue
    raise ValueError(f"none of {choices} fits")


def _build_tuple(inner: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    _require(isinstance(value, list | tuple), tuple)
    if len(inner) == 2 and inner[1] is Ellipsis:
        return tuple(_build(inner[0], item) for item in value)
    _require(len(value) == len(inner), tuple)
    return tuple(_build(kind, item) for kind, item in zip(inner, value, strict=True))


def _build_dataclass(kind: type, value: Any) -> Any:
    _require(isinstance(value, dict), kind)
    arguments: dict[str, Any] = {}
    for name, hint in field_types(kind).items():
        if name in value:
            try:
                arguments[name] = _build(hint, value[name])
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from error
    try:
        return kind(**arguments)
    except TypeError as error:
        raise ValueError(f"{kind.__name__}: {error}") from error


def _require(fits: bool, kind: object) -> None:
    if not fits:
        raise ValueError(f"not of type {getattr(kind, '__name__', kind)}")
