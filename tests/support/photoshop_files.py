"""Photoshop files as they may be saved: of more bits, large, with layers, without a flattened picture."""

from __future__ import annotations

import struct

import numpy as np
from PIL import Image, ImageChops

_MODES = {"L": 1, "RGB": 3, "RGBA": 3, "CMYK": 4}
_VERSION_INFO, _EXIF, _PROFILE = 1057, 1058, 1039


def photoshop(
    shown: Image.Image,
    *,
    depth: int = 8,
    large: bool = False,
    layers: int = 0,
    real: bool = True,
    runs: bool = False,
    exif: bytes = b"",
    profile: bytes = b"",
) -> bytes:
    """Return a file with the flattened picture ``shown``; ``layers`` is negative where that is transparent.

    ``real`` is whether it was saved with the flattened picture, ``runs`` whether that is packed.
    """
    stored = ImageChops.invert(shown) if shown.mode == "CMYK" else shown
    channels = [np.asarray(band) for band in stored.split()]
    head = struct.pack(
        ">4sH6xHIIHH", b"8BPS", 1 + large, len(channels), shown.height, shown.width, depth, _MODES[shown.mode]
    )
    resources = _resource(_VERSION_INFO, struct.pack(">IB", 1, real) + bytes(12))
    resources += (_resource(_EXIF, exif) if exif else b"") + (
        _resource(_PROFILE, profile) if profile else b""
    )
    length = ">Q" if large else ">I"
    records = b""
    if layers:
        inner = struct.pack(">h", layers) + bytes(200)
        records = struct.pack(length, len(inner)) + inner
    body = head + struct.pack(">I", 0) + struct.pack(">I", len(resources)) + resources
    body += struct.pack(length, len(records)) + records
    if runs:
        return body + struct.pack(">H", 1) + _packed(channels)
    return body + struct.pack(">H", 0) + b"".join(_samples(channel, depth) for channel in channels)


def _resource(number: int, data: bytes) -> bytes:
    return b"8BIM" + struct.pack(">H2xI", number, len(data)) + data + bytes(len(data) % 2)


def _samples(channel: np.ndarray, depth: int) -> bytes:
    match depth:
        case 16:
            return (channel.astype(np.uint16) * 257).astype(">u2").tobytes()
        case 32:
            return (channel / 255).astype(">f4").tobytes()
    return channel.tobytes()


def _packed(channels: list[np.ndarray]) -> bytes:
    """Return samples as runs of at most 128 of them, each row on its own."""
    rows = [
        b"".join(
            bytes([len(row[at : at + 128]) - 1]) + row[at : at + 128].tobytes()
            for at in range(0, len(row), 128)
        )
        for channel in channels
        for row in channel
    ]
    return b"".join(struct.pack(">H", len(row)) for row in rows) + b"".join(rows)
