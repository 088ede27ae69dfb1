"""What looking at two copies at full size found."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dpm_tui.catalog.verdict import GRID

VERSION = "inspection-8"
"""Changes whenever the results may change; pairs inspected by another version are inspected again."""

TONES = 5
"""Numbers of a tone."""
REASONS = (
    "", "smaller", "enlarged", "recompressed", "few_colours", "softer", "noisier", "retouched", "contested",
    "flattened", "raw",
)  # fmt: skip
"""What speaks against the poorer of two copies."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """Two copies at full size; the first is the one with the smaller digest.

    ``changed`` is the logarithm of the odds that something differs between them, ``better`` that of the odds
    that the first holds more of the picture. ``differs`` has GRID x GRID bytes over the first as a verdict
    has. ``reason`` is what speaks against the poorer
    one, with its number: how many times, which JPEG quality or how many colours. ``tone`` is that of the
    first less that of the second, five numbers in levels (see ``inspector.measure_tone``). ``proved`` says
    that one of the two is the other one with its colours cut down, whatever their thumbnails look like.
    """

    changed: float
    better: float
    differs: bytes = bytes(GRID * GRID)
    reason: str = ""
    amount: float = 0.0
    tone: tuple[float, ...] = ()
    proved: bool = False


def encode_inspection(inspection: Inspection) -> dict[str, Any]:
    """Return what was found as JSON values."""
    record: dict[str, Any] = {
        "changed": round(inspection.changed, 3),
        "better": round(inspection.better, 3),
        "reason": inspection.reason,
        "amount": round(inspection.amount, 4),
    }
    if any(inspection.differs):
        record["differs"] = base64.b64encode(inspection.differs).decode("ascii")
    if inspection.tone:
        record["tone"] = [round(value, 2) for value in inspection.tone]
    if inspection.proved:
        record["proved"] = True
    return record


def decode_inspection(record: Mapping[str, Any]) -> Inspection:
    """Return what JSON values say; raises ValueError, TypeError or KeyError for what is none."""
    numbers = [float(record[name]) for name in ("changed", "better", "amount")]
    tone = tuple(float(value) for value in record.get("tone", ()))
    differs = base64.b64decode(record.get("differs", ""), validate=True) or bytes(GRID * GRID)
    reason = record["reason"]
    valid = len(differs) == GRID * GRID and len(tone) in (0, TONES) and reason in REASONS
    if not valid or not all(map(math.isfinite, (*numbers, *tone))):
        raise ValueError("no inspection")
    changed, better, amount = numbers
    return Inspection(changed, better, differs, reason, amount, tone, record.get("proved") is True)
