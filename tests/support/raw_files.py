"""RAW files as cameras write them, small: a DNG with the data of a sensor, and a preview beside them."""

from __future__ import annotations

import struct

import numpy as np
from PIL import Image

from tests.support.pictures import encode

_BYTE, _TEXT, _SHORT, _LONG, _RATIO, _SIGNED_RATIO = 1, 2, 3, 4, 5, 10
_SIZES = {_BYTE: 1, _TEXT: 1, _SHORT: 2, _LONG: 4, _RATIO: 8, _SIGNED_RATIO: 8}
_JPEG, _CFA, _YCBCR = 7, 32803, 6
_HEAD = 8

Tag = tuple[int, int, bytes]


def dng(
    shown: Image.Image,
    *,
    preview: Image.Image | bytes | None = None,
    size: tuple[int, int] | None = None,
    orientation: int = 1,
    quality: int = 92,
    seed: int = 0,
) -> bytes:
    """Return a DNG whose preview is ``shown``, or ``preview``, and whose sensor has ``size`` pixels.

    Two of another ``seed`` have other data of the sensor.
    """
    image = shown if preview is None or isinstance(preview, bytes) else preview
    jpeg = preview if isinstance(preview, bytes) else encode(image, "JPEG", quality=quality)
    across, down = size or shown.size
    sensor = ((np.arange(across * down) + seed) % 4096).astype("<u2").tobytes()

    def build(jpeg_at: int, sensor_at: int, inner_at: int) -> tuple[bytes, bytes]:
        outer = [
            _longs(254, 1), _longs(256, image.width), _longs(257, image.height), _shorts(258, 8, 8, 8),
            _shorts(259, _JPEG), _shorts(262, _YCBCR), _text(271, b"Acme"), _text(272, b"Raw One"),
            _longs(273, jpeg_at), _shorts(274, orientation), _shorts(277, 3), _longs(278, image.height),
            _longs(279, len(jpeg)), _text(306, b"2024:05:06 07:08:09"), _longs(330, inner_at),
            (50706, _BYTE, bytes((1, 4, 0, 0))), (50707, _BYTE, bytes((1, 1, 0, 0))),
            _text(50708, b"Acme Raw One"), _ratios(50721, _SIGNED_RATIO, 1, 0, 0, 0, 1, 0, 0, 0, 1),
            _ratios(50728, _RATIO, 1, 1, 1), _shorts(50778, 21),
        ]  # fmt: skip
        inner = [
            _longs(254, 0), _longs(256, across), _longs(257, down), _shorts(258, 16), _shorts(259, 1),
            _shorts(262, _CFA), _longs(273, sensor_at), _shorts(277, 1), _longs(278, down),
            _longs(279, len(sensor)), _shorts(33421, 2, 2), (33422, _BYTE, bytes((0, 1, 1, 2))),
            _shorts(50714, 0), _shorts(50717, 4095),
        ]  # fmt: skip
        directory = _directory(outer, _HEAD)
        return directory, _directory(inner, _HEAD + len(directory))

    lengths = [len(part) for part in build(0, 0, 0)]
    inner_at = _HEAD + lengths[0]
    jpeg_at = inner_at + lengths[1]
    sensor_at = jpeg_at + len(jpeg) + len(jpeg) % 2
    head = b"II*\0" + struct.pack("<I", _HEAD)
    return head + b"".join(build(jpeg_at, sensor_at, inner_at)) + jpeg + bytes(len(jpeg) % 2) + sensor


def _longs(tag: int, *values: int) -> Tag:
    return tag, _LONG, struct.pack(f"<{len(values)}I", *values)


def _shorts(tag: int, *values: int) -> Tag:
    return tag, _SHORT, struct.pack(f"<{len(values)}H", *values)


def _text(tag: int, value: bytes) -> Tag:
    return tag, _TEXT, value + b"\0"


def _ratios(tag: int, kind: int, *values: int) -> Tag:
    return tag, kind, b"".join(struct.pack("<ii", value, 1) for value in values)


def _directory(tags: list[Tag], at: int) -> bytes:
    """Return a directory that stands ``at`` a place, with what does not fit into it behind it."""
    entries, behind = b"", b""
    start = at + 2 + 12 * len(tags) + 4
    for tag, kind, data in tags:
        value = data.ljust(4, b"\0")
        if len(data) > 4:
            value = struct.pack("<I", start + len(behind))
            behind += data + bytes(len(data) % 2)
        entries += struct.pack("<HHI", tag, kind, len(data) // _SIZES[kind]) + value
    return struct.pack("<H", len(tags)) + entries + bytes(4) + behind
