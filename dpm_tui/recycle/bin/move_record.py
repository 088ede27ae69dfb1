"""The record of one move in an index or in the log: short, and fast to read for 10,000 of them."""

from __future__ import annotations

import math
from typing import Any

from dpm_tui.catalog.image_file import Stamp
from dpm_tui.catalog.verdict import Kind
from dpm_tui.file_names import from_json, to_json
from dpm_tui.review.marks.link import Link
from dpm_tui.review.marks.plan import Companion, Move, SideFile, Witness


def encode_move(move: Move) -> list[Any]:
    """Return ``move`` as JSON values; companions, a link and a side file only where there are some."""
    record = [
        _encode_witness(move.victim),
        _encode_witness(move.keeper),
        move.kind.value,
        move.similarity,
        move.rule,
        move.group,
    ]
    if move.companions or move.link or move.side:
        record.append([_encode_companion(companion) for companion in move.companions])
    if move.link or move.side:
        record.append(move.link.value)
    if move.side:
        old = None if move.side.old is None else _encode_witness(move.side.old)
        record.append([_encode_witness(move.side.new), old])
    return record


def decode_move(value: Any) -> Move:
    """Return the move that ``encode_move`` wrote; raises ValueError for anything else."""
    match value:
        case [victim, keeper, str(kind), float() | int() as similarity, str(rule), str(group), *more]:
            if not 0 <= similarity <= 1 or math.isnan(similarity):
                raise ValueError("similarity is not in 0..1")
            return Move(
                _decode_witness(victim),
                _decode_witness(keeper),
                Kind(kind),
                float(similarity),
                rule,
                group,
                _decode_companions(more[:1]),
                link=_decode_link(more[1:2]),
                side=_decode_side(more[2:]),
            )
    raise ValueError("not a move")


def _encode_companion(companion: Companion) -> list[Any]:
    twin = None if companion.twin is None else _encode_witness(companion.twin)
    return [_encode_witness(companion.file), twin]


def _decode_companions(more: list[Any]) -> tuple[Companion, ...]:
    match more:
        case []:
            return ()
        case [[*companions]]:
            return tuple(map(_decode_companion, companions))
    raise ValueError("not companions")


def _decode_link(more: list[Any]) -> Link:
    match more:
        case []:
            return Link.NONE
        case [str(link)]:
            return Link(link)
    raise ValueError("not a link")


def _decode_side(more: list[Any]) -> SideFile | None:
    match more:
        case []:
            return None
        case [[new, old]]:
            return SideFile(_decode_witness(new), None if old is None else _decode_witness(old))
    raise ValueError("not a side file")


def _decode_companion(value: Any) -> Companion:
    match value:
        case [file, twin]:
            return Companion(_decode_witness(file), None if twin is None else _decode_witness(twin))
    raise ValueError("not a companion")


def _encode_witness(witness: Witness) -> list[Any]:
    return [to_json(witness.path), witness.digest, list(witness.stamp.numbers)]


def _decode_witness(value: Any) -> Witness:
    try:
        path, digest, stamp = value
        size, mtime, ctime, device, inode = stamp
    except TypeError as error:
        raise ValueError("not a witness") from error
    if type(digest) is not str or {int} != {type(number) for number in stamp}:
        raise ValueError("not a witness")
    return Witness(from_json(path), Stamp(size, mtime, ctime, device, inode), digest)
