"""A verdict as a record of its journal."""

from __future__ import annotations

import base64
from typing import Any

from dpm_tui.catalog.content_digest import DigestPair, digest_pair, is_digest
from dpm_tui.catalog.verdict import ALTERED_KINDS, GRID, Alteration, Altered, Kind, Verdict

MAX_COVERED = 2.0
"""Share of a picture that another one covers at most: it is measured, and may exceed the whole a little."""
DIGITS = 4
"""Of a similarity behind the point: those of a search say the same as those that were stored."""
_NOWHERE = bytes(GRID * GRID)
_KINDS = {kind.value: kind for kind in Kind}
_ALTERATIONS = {how.value: how for how in Alteration}


def encode_verdict(pair: DigestPair, verdict: Verdict | None, version: str) -> dict[str, Any]:
    """Return the record of a verdict, None where the two are not alike."""
    record: dict[str, Any] = {"a": pair[0], "b": pair[1], "version": version}
    if verdict is not None:
        record |= {"kind": verdict.kind.value, "similarity": round(verdict.similarity, DIGITS)}
        if any(verdict.differs):
            record["differs"] = base64.b64encode(verdict.differs).decode("ascii")
        if verdict.altered is not None:
            record["altered"] = encode_altered(verdict.altered)
    return record


def decode_verdict(record: Any) -> tuple[DigestPair, Verdict | None, str]:
    """Return pair, verdict and version of a record; raises ValueError for what is none."""
    try:
        first, second, version = record["a"], record["b"], record["version"]
        if not is_digest(first) or not is_digest(second) or not isinstance(version, str):
            raise ValueError("no verdict")
        return digest_pair(first, second), _decode(record), version
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError("no verdict") from error


def _decode(record: dict[str, Any]) -> Verdict | None:
    if "kind" not in record:
        return None
    grid, similarity = record.get("differs", ""), float(record["similarity"])
    differs = _NOWHERE if grid == "" else base64.b64decode(grid, validate=True) or _NOWHERE
    if len(differs) != GRID * GRID or not 0.0 <= similarity <= 1.0:
        raise ValueError("verdict out of range")
    kind = _KINDS[record["kind"]]
    altered = decode_altered(kind, record["altered"]) if "altered" in record else None
    return Verdict(kind, similarity, differs, altered)


def encode_altered(altered: Altered) -> list[Any]:
    """Return as JSON values how which picture was altered, and the shares of both that both show."""
    return [altered.how.value, altered.which, *altered.covered]


def decode_altered(kind: Kind, values: Any) -> Altered:
    """Return what JSON values say of a pair; raises ValueError, TypeError or KeyError for what is none.

    Of a copy the look at full size alone tells which one is the better.
    """
    how, which, first, second = values
    shares = float(first), float(second)
    sound = which is None or (type(which) is int and which in (0, 1))
    if kind not in ALTERED_KINDS or not sound or not all(0.0 < share <= MAX_COVERED for share in shares):
        raise ValueError("nothing altered")
    return Altered(_ALTERATIONS[how], which, shares)
