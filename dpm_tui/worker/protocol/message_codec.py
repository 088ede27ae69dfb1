"""Message codec: messages as the lines that they travel in, and back.

A line is ``{"type": ..., "id": n}`` with the message's fields for a request, ``"re": n`` instead
of ``id`` for the answer to it, neither for an event. Fields are as ``column_codec.pack`` packs them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dpm_tui.worker.protocol.column_codec import pack, unpack
from dpm_tui.worker.protocol.messages import TYPES, Message

_SLICE = 512
"""Items of a list that are encoded at a time: between two slices other threads can run."""


class ProtocolError(Exception):
    """A line that is not a message of this protocol."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One line: a message with its request number or the number that it answers; 0 means none."""

    message: Message
    id: int = 0
    re: int = 0


def encode(message: Message, *, id: int = 0, re: int = 0) -> bytes:  # noqa: A002
    """Return the line for ``message``."""
    head: dict[str, Any] = {"type": type(message).__name__}
    if id:
        head["id"] = id
    if re:
        head["re"] = re
    return "".join(_pieces(head | pack(message))).encode("ascii") + b"\n"


def decode(line: bytes) -> Envelope:
    """Return the message of one line; raises ProtocolError for anything else."""
    try:
        value = json.loads(line)
        kind = TYPES[value.pop("type")]
        numbers = {name: int(value.pop(name, 0)) for name in ("id", "re")}
        return Envelope(unpack(kind, value), **numbers)
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ProtocolError(repr(error)) from error


def _pieces(value: Any) -> Iterator[str]:
    """Yield JSON text in pieces; the standard encoder would block all threads until it is done."""
    if isinstance(value, dict):
        for number, (key, item) in enumerate(value.items()):
            yield ("," if number else "{") + json.dumps(key) + ":"
            yield from _pieces(item)
        yield "}" if value else "{}"
    elif isinstance(value, list) and len(value) > _SLICE:
        for start in range(0, len(value), _SLICE):
            text = json.dumps(value[start : start + _SLICE], separators=(",", ":"))
            yield ("," if start else "[") + text[1:-1]
        yield "]"
    else:
        yield json.dumps(value, separators=(",", ":"))
