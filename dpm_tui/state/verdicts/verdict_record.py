"""A verdict as a record of its journal."""

from __future__ import annotations

import base64
from typing import Any

from dpm_tui.catalog.content_digest import DigestPair, digest_pair, is_digest
from dpm_tui.catalog.verdict import GRID, Crop, CropForm, Kind, Verdict

MAX_COVERED = 2.0
"""Share of a picture that another one covers at most: it is measured, and may exceed the whole a little."""
_NOWHERE = bytes(GRID * GRID)
_KINDS = {kind.value: kind for kind in Kind}
_FORMS = {form.value: form for form in CropForm}


def encode_verdict(pair: DigestPair, verdict: Verdict | None, version: str) -> dict[str, Any]:
    """Return the record of a verdict, None where the two are not alike."""
    record: dict[str, Any] = {"a": pair[0], "b": pair[1], "version": version}
    if verdict is not None:
        record |= {"kind": verdict.kind.value, "similarity": round(verdict.similarity, 4)}
        if any(verdict.differs):
            record["differs"] = base64.b64encode(verdict.differs).decode("ascii")
        if verdict.crop is not None:
            record["crop"] = encode_crop(verdict.crop)
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
    crop = decode_crop(record["crop"]) if "crop" in record else None
    return Verdict(_KINDS[record["kind"]], similarity, differs, crop)


def encode_crop(crop: Crop) -> list[Any]:
    """Return a crop as JSON values: its form and the shares of both pictures that both show."""
    return [crop.form.value, *crop.covered]


def decode_crop(values: Any) -> Crop:
    """Return the crop that JSON values say; raises ValueError, TypeError or KeyError for what is none."""
    form, first, second = values
    shares = float(first), float(second)
    if not all(0.0 < share <= MAX_COVERED for share in shares):
        raise ValueError("no crop")
    return Crop(_FORMS[form], shares)
