"""Checked answers of a decoder child: one that decoded a hostile picture may send anything."""

from __future__ import annotations

import base64
from typing import Any

from dpm_tui.catalog.image_file import Facts, Status
from dpm_tui.catalog.inspection import Inspection, decode_inspection
from dpm_tui.dataclass_json import from_plain
from dpm_tui.deferred_text import defer
from dpm_tui.pipeline.decoding.decoder import Decoded, Known, Unreadable
from dpm_tui.pipeline.decoding.thumbnail import Thumbnail
from dpm_tui.worker.decoders.decoder_process import DecoderDied


def read_inspection(answer: dict[str, Any]) -> Inspection | Unreadable:
    """Return what a child found, or why it could not inspect; raises DecoderDied for an invalid answer."""
    try:
        if answer["status"] != "ok":
            return Unreadable(Status(answer["status"]), str(answer["reason"]))
        return decode_inspection(answer["inspection"])
    except (KeyError, ValueError, TypeError) as error:
        raise DecoderDied(defer("decode.no_whole_answer")) from error


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
