"""Cut-outs: how opaque each place of a thumbnail is, kept in segments of its JPEG that other readers skip."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Alpha = NDArray[np.uint8]

_MARKER = b"\xff\xe9"
_APP = "APP9"
_NAME = b"dpm-tui alpha\0"
_BYTES_PER_SEGMENT = 65_000
MIN_CLEAR = 0.002
"""Mean transparency of a picture that counts as a cut-out: less is a stray pixel."""


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """How opaque a picture is, 0 to 255 a place (height, width), and the grey level that it was laid on."""

    alpha: Alpha
    level: int

    @property
    def clearness(self) -> float:
        """The mean transparency, 0 to 1."""
        return 1 - float(self.alpha.mean()) / 255


@dataclass(frozen=True, slots=True, eq=False)
class StoredPicture:
    """A thumbnail: RGB (height, width, 3), and its transparency if it has some."""

    pixels: Picture
    cutout: Cutout | None = None


def find_cutout(alpha: Alpha, level: int) -> Cutout | None:
    """Return the cut-out that an alpha channel makes, None where too little is transparent."""
    cutout = Cutout(alpha, level)
    return cutout if cutout.clearness >= MIN_CLEAR else None


def encode_cutout(cutout: Cutout) -> bytes:
    """Return the segments of a JPEG that hold a cut-out."""
    packed = zlib.compress(np.ascontiguousarray(cutout.alpha).tobytes(), 6)
    pieces = [packed[at : at + _BYTES_PER_SEGMENT] for at in range(0, len(packed), _BYTES_PER_SEGMENT)]
    bodies = [_NAME + bytes((cutout.level, number)) + piece for number, piece in enumerate(pieces)]
    return b"".join(_MARKER + (len(body) + 2).to_bytes(2) + body for body in bodies)


def decode_cutout(segments: list[tuple[str, bytes]], width: int, height: int) -> Cutout | None:
    """Return the cut-out in the segments of a JPEG of this size; raises ValueError for a broken one."""
    bodies = [body for name, body in segments if name == _APP and body.startswith(_NAME)]
    if not bodies:
        return None
    at = len(_NAME)
    if [body[at + 1 : at + 2] for body in bodies] != [bytes((number,)) for number in range(len(bodies))]:
        raise ValueError("segments are missing")
    unpacker = zlib.decompressobj()
    try:
        alpha = unpacker.decompress(b"".join(body[at + 2 :] for body in bodies), width * height + 1)
    except zlib.error as error:
        raise ValueError("no transparency") from error
    if len(alpha) != width * height:
        raise ValueError("transparency of another size")
    return Cutout(np.frombuffer(alpha, np.uint8).reshape(height, width), bodies[0][at])
