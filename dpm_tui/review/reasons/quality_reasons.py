"""Quality reasons: which of two copies, or of a picture and an altered one, is better, and why."""

from __future__ import annotations

from dpm_tui.catalog.group import Better, Pair
from dpm_tui.catalog.verdict import ALTERED_KINDS, Alteration, Kind
from dpm_tui.review.reasons.reason import Reason, Sign


def quality_reason(file: int, pair: Pair) -> Reason | None:
    """Return what a pair says of one of its two files; None where there is nothing to say."""
    if pair.kind in ALTERED_KINDS and pair.better is Better.UNTOLD:
        return Reason("=", _NO_WINNER.get(pair.reason, "larger_altered"), {})
    if pair.kind is not Kind.COPY and pair.kind not in ALTERED_KINDS:
        return None
    match pair.better:
        case Better.EITHER:
            return None
        case Better.UNSEEN:
            return Reason("=", "not_inspected", {})
        case Better.UNTOLD:
            return Reason("=", _UNTOLD.get(pair.reason, "cannot_tell"), {})
    poorer = pair.better is (Better.SECOND if file == pair.a else Better.FIRST)
    sign: Sign = "-" if poorer else "+"
    word = "poorer" if poorer else "better"
    return Reason(sign, f"{word}_{pair.reason}", _number(pair.reason, pair.amount))


def poorer_reason(reason: str, amount: float) -> Reason:
    """Return what speaks against a copy that goes; raises KeyError for no reason."""
    return Reason("-", f"poorer_{reason}", _number(reason, amount))


_UNTOLD = {"contested": "contested", "raw": "developed"}
"""What is said of two copies of which it cannot be told which is better, by the reason."""
_NO_WINNER: dict[str, str] = {Alteration.CUT: "larger_part", Alteration.OVERLAP: "overlapping"}
"""What is said of two pictures neither of which replaces the other; else one has something around it."""


def _number(reason: str, amount: float) -> dict[str, object]:
    """Return the number that goes with a reason, as it is shown."""
    match reason:
        case "enlarged" | "noisier":
            return {"ratio": f"{amount:.1f}"}
        case "smaller" | "softer" | Alteration.CUT:
            return {"percent": f"{100 * amount:.0f}"}
        case "recompressed":
            return {"quality": round(amount)}
        case "few_colours":
            return {"number": round(amount)}
    return {}
