"""The parts of a JPEG file: its picture, the pictures that follow it, and what lies behind them all."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SOI, _EOI, _SOS = b"\xff\xd8\xff", b"\xff\xd9", 0xDA
_MAX_SEGMENTS = 4096
_MAX_PICTURES = 16
_PADDING = re.compile(rb"\0{0,65536}")


@dataclass(frozen=True, slots=True)
class JpegPicture:
    """One picture in a file: where it begins, where its header ends and where it ends itself."""

    start: int
    header_end: int
    end: int


@dataclass(frozen=True, slots=True)
class JpegParts:
    """The pictures of a file, the one that is shown first; ``end`` is where the last of them ends."""

    pictures: tuple[JpegPicture, ...]
    end: int


def split_jpeg(content: bytes) -> JpegParts:
    """Return the pictures that lie one behind the other from the start; none where that is not a JPEG.

    The first end marker in a picture's data is its end: compressed samples never look like one.
    """
    pictures: list[JpegPicture] = []
    at = 0
    for _ in range(_MAX_PICTURES):
        picture = _picture_at(content, at)
        if picture is None:
            break
        pictures.append(picture)
        padding = _PADDING.match(content, picture.end)
        at = padding.end() if padding else picture.end
    return JpegParts(tuple(pictures), at)


def _picture_at(content: bytes, start: int) -> JpegPicture | None:
    if content[start : start + 3] != _SOI:
        return None
    at = start + 2
    for _ in range(_MAX_SEGMENTS):
        at = content.find(b"\xff", at)
        if at < 0 or at + 4 > len(content):
            return None
        marker = content[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
        elif marker in (0x00, 0x01) or 0xD0 <= marker <= 0xD9:  # has no length
            at += 2
        else:
            at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
            if marker == _SOS:
                end = content.find(_EOI, at)
                return JpegPicture(start, min(at, len(content)), end + 2) if end > 0 else None
    return None
