"""The record of one image file in its journal, as plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dpm_tui.catalog.content_digest import is_digest
from dpm_tui.catalog.image_file import HOLDINGS, PREVIEWS, Facts, ImageFile, Stamp, Status
from dpm_tui.file_names import display_name, from_json, is_safe_path, to_json
from dpm_tui.state.disk.layout import STATE_FOLDER

FLAGS = {"lossy": "lossy", "clear": "alpha", "damaged": "damaged"}
"""Facts of a file that are yes or no, by their names in records; a record names those that are so."""
FLAT = "alpha"
"""The key by which older versions marked transparent pictures; their facts are read again."""
_MAX_REASON = 1000
_MAX_WORD = 40
_MAX_NAME = 1 << 16
_MAX_ID = 1 << 48


def encode_file(file: ImageFile) -> dict[str, Any]:
    """Return the record of a file."""
    facts = file.facts
    record: dict[str, Any] = {
        "id": file.id,
        "path": to_json(file.path),
        "stamp": list(file.stamp.numbers),
        "digest": facts.digest,
    }
    if file.status is not Status.OK or file.reason:
        record |= {"status": file.status.value, "reason": file.reason}
    if facts.format:
        record |= {
            "format": facts.format,
            "size": [facts.width, facts.height],
            "frames": facts.frames,
            "quality": facts.quality,
            "taken": facts.taken,
            "exif": facts.has_exif,
            "pixels": facts.pixels,
            "depth": facts.depth,
            "colours": facts.colours,
        }
        record |= {name: True for name, flag in FLAGS.items() if getattr(facts, flag)}
        if facts.holds:
            record["holds"] = list(facts.holds)
        if facts.preview:
            record |= {"preview": facts.preview, "camera": facts.camera}
    return record


def decode_file(record: Mapping[str, Any]) -> ImageFile:
    """Return the file of a record; raises ValueError, TypeError or KeyError for what is none of ours."""
    width, height = record.get("size", (0, 0))
    return ImageFile(
        id=read_id(record["id"]),
        path=check_path(from_json(record["path"])),
        stamp=Stamp(*map(_number, record["stamp"])),
        status=Status(record.get("status", "ok")),
        reason=display_name(str(record.get("reason", "")), _MAX_REASON),
        facts=Facts(
            digest=read_digest(record["digest"]),
            format=check_word(record.get("format", "")),
            width=_number(width),
            height=_number(height),
            frames=_number(record.get("frames", 1)),
            quality=_number(record.get("quality", 0)),
            taken=read_word(record.get("taken", "")),
            has_exif=bool(record.get("exif", False)),
            pixels=read_digest(record.get("pixels", "")),
            depth=0 if record.get(FLAT) else _number(record.get("depth", 0)),
            colours=_number(record.get("colours", 0)),
            lossy=bool(record.get("lossy", False)),
            alpha=bool(record.get("clear", record.get(FLAT, False))),
            damaged=bool(record.get("damaged", False)),
            holds=tuple(word for word in HOLDINGS if word in record.get("holds", ())),
            preview=record["preview"] if record.get("preview") in PREVIEWS else "",
            camera=_number(record.get("camera", 0)),
        ),
    )


def check_path(path: bytes) -> bytes:
    """Return a path that stays below the root and out of the state; raises ValueError for others."""
    if not is_safe_path(path) or STATE_FOLDER in path.lower().split(b"/"):
        raise ValueError("path leaves the root or leads into the state")
    if len(path.rpartition(b"/")[2]) >= _MAX_NAME:
        raise ValueError("no file system has such a name")
    return path


def read_id(value: Any) -> int:
    """Return an id; raises ValueError for a number that no run can have reached."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _MAX_ID:
        raise ValueError("no id of a file")
    return value


def read_digest(value: Any) -> str:
    """Return a digest or the empty text; raises ValueError."""
    if value and not is_digest(value):
        raise ValueError("not a digest")
    return str(value or "")


def check_word(value: Any) -> str:
    """Return a short text that may be shown as it is; raises ValueError."""
    text = str(value)
    if read_word(text) != text:
        raise ValueError("not a word")
    return text


def read_word(value: Any) -> str:
    """Return a short text that may be shown as it is, empty for any other: pictures may contain anything."""
    text = str(value)
    return text if len(text) <= _MAX_WORD and text.isascii() and text.isprintable() else ""


def _number(value: Any) -> int:
    if not isinstance(value, int) or not -(1 << 63) <= value < 1 << 64:
        raise ValueError("no number of a file")
    return value
