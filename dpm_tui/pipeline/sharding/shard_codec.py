"""Bytes of what travels between a search and its shards: arrays with a head that is checked.

A message is the eight bytes of MAGIC, the crc32 of all that follows it, the length of a head, the head as
JSON, and the arrays one after the other, little-endian, each padded to eight bytes. The head names the
kind, the plain fields and the shape of each array. Nothing in it says what to run or to import, and a
reader takes only the fields, types and shapes that it expects.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.pipeline.candidates.shards import Searched, ShardAnswer, ShardPart, ShardQuestion, ShardSpace

MAGIC = b"dpmshrd1"
_SIZES = struct.Struct("<II")
_MAX_HEAD = 4096
_ALIGNED = 8
_PART = {"numbers": ("<i8", 1), "vectors": ("<f2", 2), "turns": ("<i8", 1), "bars": ("<f4", 1)}
_QUESTION = {
    "numbers": ("<i8", 1),
    "vectors": ("<f2", 2),
    "turns": ("<i8", 1),
    "raised": ("<i8", 1),
    "raised_bars": ("<f4", 1),
}
_SIDES = ("found", "nearest", "approached")
_PAIRS = {"firsts": "<u4", "seconds": "<u4", "cosines": "<f4"}
"""Rows of a table have numbers of 32 bits, see ``catalog.neighbour_pairs``."""
_ANSWER = {f"{side}_{name}": (kind, 1) for side in _SIDES for name, kind in _PAIRS.items()}
_Layout = Mapping[str, tuple[str, int]]


class MessageError(ValueError):
    """Bytes that are no whole message of the kind that was expected."""


def encode_space(space: ShardSpace) -> bytes:
    """Return a space as bytes."""
    plain = {field.name: getattr(space, field.name) for field in fields(space)}
    return _encode("space", plain | {"searched": space.searched.value}, {}, {})


def decode_space(message: bytes) -> ShardSpace:
    """Return the space that bytes hold; raises MessageError."""
    kinds = {"searched": str, "rows": int, "dims": int, "threshold": float, "listed": bool}
    plain, _ = _decode("space", message, kinds, {})
    try:
        return ShardSpace(**plain | {"searched": Searched(plain["searched"])})
    except ValueError as error:
        raise MessageError("unknown search") from error


def encode_part(part: ShardPart) -> bytes:
    """Return a part as bytes, 404 a row of 192 numbers."""
    return _encode("part", {"number": part.number}, {name: getattr(part, name) for name in _PART}, _PART)


def decode_part(message: bytes) -> ShardPart:
    """Return the part that bytes hold; its arrays are read-only. Raises MessageError."""
    plain, arrays = _decode("part", message, {"number": int}, _PART)
    _expect(len({len(array) for array in arrays.values()}) == 1)
    return ShardPart(plain["number"], **arrays)


def encode_question(question: ShardQuestion) -> bytes:
    """Return a question as bytes, 400 a row of 192 numbers, 1,936 with five parts in its place."""
    arrays = {name: getattr(question, name) for name in _QUESTION}
    return _encode("question", {"number": question.number}, arrays, _QUESTION)


def decode_question(message: bytes) -> ShardQuestion:
    """Return the question that bytes hold; its arrays are read-only. Raises MessageError."""
    plain, arrays = _decode("question", message, {"number": int}, _QUESTION)
    rows, vectors = len(arrays["numbers"]), len(arrays["vectors"])
    _expect(len(arrays["turns"]) == rows and len(arrays["raised"]) == len(arrays["raised_bars"]))
    _expect(vectors % rows == 0 if rows else not vectors)
    return ShardQuestion(plain["number"], **arrays)


def encode_answer(answer: ShardAnswer) -> bytes:
    """Return an answer as bytes, 12 a pair."""
    pairs = {side: getattr(answer, side) for side in _SIDES}
    arrays = {f"{side}_{name}": getattr(near, name) for side, near in pairs.items() for name in _PAIRS}
    return _encode("answer", {"number": answer.number}, arrays, _ANSWER)


def decode_answer(message: bytes) -> ShardAnswer:
    """Return the answer that bytes hold; raises MessageError."""
    plain, arrays = _decode("answer", message, {"number": int}, _ANSWER)
    return ShardAnswer(plain["number"], *(_pairs_of(arrays, side) for side in _SIDES))


def _pairs_of(arrays: Mapping[str, NDArray[Any]], side: str) -> NeighbourPairs:
    firsts, seconds, cosines = (arrays[f"{side}_{name}"] for name in _PAIRS)
    _expect(len(firsts) == len(seconds) == len(cosines))
    return NeighbourPairs(firsts.astype(np.int64), seconds.astype(np.int64), cosines)


def _encode(
    kind: str, plain: Mapping[str, object], arrays: Mapping[str, NDArray[Any]], layout: _Layout
) -> bytes:
    shapes = [list(arrays[name].shape) for name in layout]
    head = json.dumps({"kind": kind, "plain": plain, "shapes": shapes}).encode()
    parts = [head, bytes(-len(head) % _ALIGNED)]
    for name, (number, _) in layout.items():
        content = np.ascontiguousarray(arrays[name], dtype=number).tobytes()
        parts += [content, bytes(-len(content) % _ALIGNED)]
    body = b"".join([struct.pack("<I", len(head)), bytes(4), *parts])
    return MAGIC + _SIZES.pack(zlib.crc32(body), 0) + body


def _decode(
    kind: str, message: bytes, plain: Mapping[str, type], layout: _Layout
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the plain fields and the arrays of a message; raises MessageError."""
    start = len(MAGIC) + _SIZES.size
    _expect(message[: len(MAGIC)] == MAGIC and len(message) >= start + 8)
    checksum, spare = _SIZES.unpack_from(message, len(MAGIC))
    _expect(spare == 0)
    _expect(zlib.crc32(memoryview(message)[start:]) == checksum)
    (length,) = struct.unpack_from("<I", message, start)
    at = start + 8
    _expect(length <= min(_MAX_HEAD, len(message) - at))
    head = _head_of(message[at : at + length])
    _expect(head.get("kind") == kind and isinstance(head.get("plain"), dict))
    found: dict[str, Any] = head["plain"]
    _expect(found.keys() == plain.keys())
    _expect(all(type(found[name]) is expected for name, expected in plain.items()))
    shapes: Any = head.get("shapes")
    _expect(isinstance(shapes, list) and len(shapes) == len(layout))
    at += length + -length % _ALIGNED
    arrays = {}
    for (name, (number, axes)), shape in zip(layout.items(), shapes, strict=True):
        size = _size_of(shape, axes) * np.dtype(number).itemsize
        _expect(size <= len(message) - at)
        count = size // np.dtype(number).itemsize
        arrays[name] = np.frombuffer(message, number, count, at).reshape(shape)
        at += size + -size % _ALIGNED
    _expect(at == len(message))
    return found, arrays


def _head_of(content: bytes) -> dict[str, Any]:
    try:
        head = json.loads(content)
    except ValueError as error:
        raise MessageError("no head") from error
    _expect(isinstance(head, dict))
    found: dict[str, Any] = head
    return found


def _size_of(shape: Sequence[object], axes: int) -> int:
    """Return how many numbers an array of a shape has."""
    _expect(isinstance(shape, list) and len(shape) == axes)
    size = 1
    for length in shape:
        _expect(type(length) is int and 0 <= length < 1 << 40)
        size *= int(str(length))
    return size


def _expect(holds: bool) -> None:
    if not holds:
        raise MessageError("no whole message")
