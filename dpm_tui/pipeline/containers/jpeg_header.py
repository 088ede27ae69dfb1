"""The header of a JPEG: its segments, how its samples are coded, and where its one scan ends."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.containers.jpeg_parts import find_marker

_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_DHT, _DQT, _DRI, _APP0, _APP2 = 0xC4, 0xDB, 0xDD, 0xE0, 0xE2
_SEQUENTIAL = (0xC0, 0xC1)
"""Frames whose one scan holds the picture from top to bottom, coded by Huffman."""
_MAX_SEGMENTS = 256
_HEIGHT_AT = 5
"""Of a frame's segment, from its marker on; the width follows."""


@dataclass(frozen=True, slots=True)
class JpegHeader:
    """A sequential JPEG that begins a file.

    ``frame`` is where the segment of its frame begins, ``data`` where its samples do and ``end`` where the
    picture ends; from ``index`` on the offsets of an index of several pictures count, 0 for none. ``coding``
    is a digest of what an encoder chooses whatever the picture shows: the order and lengths of its segments,
    codes and sampling, not how coarse it is.
    """

    frame: int
    data: int
    end: int
    height: int
    coding: str
    index: int = 0


def read_header(content: bytes) -> JpegHeader | None:
    """Return the header of the JPEG that begins ``content``, None for another kind and for a broken one.

    Its samples must be one scan that ends with an end marker and has no marker but restarts in it: what
    overwrites a part of a scan rarely looks like that.
    """
    if content[:2] != bytes((0xFF, _SOI)):
        return None
    at, frame, height, index = 2, 0, 0, 0
    coding = hashlib.sha256()
    for _ in range(_MAX_SEGMENTS):
        if at + 4 > len(content) or content[at] != 0xFF:
            return None
        marker, end = content[at + 1], at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        segment = content[at:end]
        if marker in _SEQUENTIAL:
            frame, height = at, int.from_bytes(segment[_HEIGHT_AT : _HEIGHT_AT + 2], "big")
            coding.update(segment[:_HEIGHT_AT] + segment[_HEIGHT_AT + 4 :])
        elif marker in (_DQT, _DRI):
            coding.update(segment[:4])
        elif marker in (_DHT, _SOS) or (marker == _APP0 and segment[4:8] == b"JFIF"):
            coding.update(segment)
        elif marker == _APP2 and segment[4:8] == b"MPF\0":
            index = at + 8
        if marker == _SOS:
            last = find_marker(content, end, _is_no_restart)
            if not frame or not height or last < 0 or content[last + 1] != _EOI:
                return None
            return JpegHeader(frame, end, last + 2, height, coding.hexdigest(), index)
        at = end
    return None


def _is_no_restart(marker: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which second bytes are those of a marker, and not of a restart or of a sample."""
    return np.asarray((marker != 0) & (marker & 0xF8 != 0xD0))


def top_of(content: bytes, header: JpegHeader, rows: int, share: float) -> bytes:
    """Return a JPEG of the topmost ``rows`` of a picture, with the first ``share`` of its coded samples.

    Where these are too few, a decoder fills the rest with grey.
    """
    at = header.frame + _HEIGHT_AT
    cut = header.data + int((header.end - header.data) * share)
    return b"".join((content[:at], rows.to_bytes(2, "big"), content[at + 2 : cut], bytes((0xFF, _EOI))))
