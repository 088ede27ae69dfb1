"""Checked answers of a decoder child: one that decoded a hostile picture may send anything."""

from __future__ import annotations

import base64
import math
from typing import Any

from dpm_tui.catalog.image_file import Facts, Status
from dpm_tui.catalog.inspection import Inspection, decode_inspection
from dpm_tui.catalog.verdict import GRID, Kind, Verdict
from dpm_tui.dataclass_json import from_plain
from dpm_tui.deferred_text import defer
from dpm_tui.pipeline.decoding.decoder import Decoded, Judgement, Known, Unjudged, Unreadable
from dpm_tui.pipeline.decoding.thumbnail import Thumbnail
from dpm_tui.state.verdicts.verdict_record import decode_altered, encode_altered
from dpm_tui.worker.decoders.decoder_process import DecoderDied


def read_inspection(answer: dict[str, Any]) -> Inspection | Unreadable:
    """Return what a child found, or why it could not inspect; raises DecoderDied for an invalid answer."""
    try:
        if answer["status"] != "ok":
            return Unreadable(Status(answer["status"]), str(answer["reason"]))
        return decode_inspection(answer["inspection"])
    except (KeyError, ValueError, TypeError) as error:
        raise DecoderDied(defer("decode.no_whole_answer")) from error


def encode_judgement(answer: Judgement | Unjudged) -> dict[str, Any]:
    """Return the answer to a pair as JSON values."""
    if isinstance(answer, Unjudged):
        return {"lost": answer.lost, "reason": answer.reason}
    if answer.verdict is None:
        return {}
    verdict = answer.verdict
    return {
        "kind": verdict.kind.value,
        "similarity": verdict.similarity,
        "differs": base64.b64encode(verdict.differs).decode("ascii"),
        "apart": answer.apart if math.isfinite(answer.apart) else None,
        "altered": None if verdict.altered is None else encode_altered(verdict.altered),
    }


def read_judgements(answer: dict[str, Any], count: int) -> list[Judgement | Unjudged]:
    """Return what a child said of ``count`` pairs; raises DecoderDied for what is no answer."""
    try:
        judged = [_read_judgement(each) for each in answer["judged"]]
        if len(judged) != count:
            raise ValueError("not an answer")
        return judged
    except (KeyError, ValueError, TypeError) as error:
        raise DecoderDied(defer("decode.no_whole_answer")) from error


def _read_judgement(record: dict[str, Any]) -> Judgement | Unjudged:
    if "lost" in record:
        return Unjudged(tuple(map(str, record["lost"])), str(record["reason"]))
    if not record:
        return Judgement(None)
    similarity, differs = float(record["similarity"]), base64.b64decode(record["differs"], validate=True)
    if not 0.0 <= similarity <= 1.0 or len(differs) != GRID * GRID:
        raise ValueError("not a verdict")
    apart = math.inf if record["apart"] is None else float(record["apart"])
    kind = Kind(record["kind"])
    altered = None if record["altered"] is None else decode_altered(kind, record["altered"])
    return Judgement(Verdict(kind, similarity, differs, altered), apart)


def read_answer(answer: dict[str, Any]) -> Decoded:
    """Return the thumbnail of a child, or why it made none; raises DecoderDied for an invalid answer."""
    try:
        match answer["status"]:
            case "ok":
                facts, reason = from_plain(Facts, answer["facts"]), str(answer.get("reason", ""))
                return Thumbnail(base64.b64decode(answer["jpeg"]), facts, reason)
            case "known":
                return Known(str(answer["digest"]))
            case status:
                return Unreadable(Status(status), str(answer["reason"]), str(answer["digest"]))
    except (KeyError, ValueError, TypeError) as error:
        raise DecoderDied(defer("decode.no_whole_answer")) from error
