"""The parts of a JPEG file: its picture, the pictures that follow it, and what lies behind them all."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_SOI, _EOI, _SOS = b"\xff\xd8\xff", 0xD9, 0xDA
_MAX_SEGMENTS = 4096
_MAX_PICTURES = 16
_BLOCK_BYTES = 1 << 17
"""Bytes looked at in one go: they stay in the cache of a core."""
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
                end = find_marker(content, at, lambda marker: marker == _EOI)
                return JpegPicture(start, min(at, len(content)), end + 2) if end > 0 else None
    return None


def find_marker(content: bytes, start: int, wanted: Callable[[NDArray[np.uint8]], NDArray[np.bool_]]) -> int:
    """Return where in coded samples the first marker begins whose second byte is ``wanted``, -1 if nowhere.

    Several times as fast as searching for the bytes: samples are full of the first one.
    """
    samples = np.frombuffer(content, np.uint8)
    for at in range(start, len(content) - 1, _BLOCK_BYTES):
        block = samples[at : at + _BLOCK_BYTES + 1]
        found = np.flatnonzero((block[:-1] == 0xFF) & wanted(block[1:]))
        if len(found):
            return at + int(found[0])
    return -1
