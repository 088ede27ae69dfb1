"""The header of a JPEG XL (ISO/IEC 18181-1): what it says of the picture before any sample is decoded."""

from __future__ import annotations

from dataclasses import dataclass

CONTAINER = b"\0\0\0\x0cJXL \r\n\x87\n"
CODESTREAM = b"\xff\x0a"

_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
"""Width to height, by the number that stands for it, from 1 on."""
_PARTS = (b"jxlc", b"jxlp")
_MAX_BOXES = 256
_HEADER_BYTES = 1 << 10
_ALPHA, _SPOT_COLOUR, _COLOUR_FILTER = 0, 2, 5
_ORIENTATION_BITS, _SPOT_BITS = 3, 64
_NAMES_AT_MOST = 256
_MAX_CHANNELS = 64


@dataclass(frozen=True, slots=True)
class JxlHeader:
    """What a header says. ``width`` and ``height`` are those that are stored, before turning.

    ``channels`` counts those besides the colours; ``depth`` is the bits a sample of a colour, ``lossy`` says
    that the colours were changed to store them, ``animated`` that there may be several frames.
    """

    width: int
    height: int
    depth: int
    channels: int
    lossy: bool
    animated: bool


def is_jxl(content: bytes) -> bool:
    """Return whether a file begins as a JPEG XL does."""
    return content.startswith((CONTAINER, CODESTREAM))


def read_jxl_header(content: bytes) -> JxlHeader:
    """Return what the header of a JPEG XL says; raises ValueError for one that is broken or strange."""
    bits = _Bits(_find_codestream(content))
    if bits.take(16) != int.from_bytes(CODESTREAM, "little"):
        raise ValueError("no codestream")
    width, height = _read_size(bits)
    if bits.take(1):  # everything is as usual
        return JxlHeader(width, height, 8, 0, lossy=True, animated=False)
    animated = bool(bits.take(1)) and _read_extra_fields(bits)
    depth = _read_depth(bits)
    bits.take(1)  # whether 16 bits are enough for what lies between
    channels = bits.choose((0, 0), (1, 0), (2, 4), (1, 12))
    if channels > _MAX_CHANNELS:
        raise ValueError("too many channels")
    for _ in range(channels):
        _skip_channel(bits)
    return JxlHeader(width, height, depth, channels, lossy=bool(bits.take(1)), animated=animated)


class _Bits:
    """The bits of some bytes, the lowest one of each byte first."""

    def __init__(self, data: bytes) -> None:
        self._number = int.from_bytes(data, "little")
        self._left = 8 * len(data)

    def take(self, count: int) -> int:
        """Return the next bits as a number; raises ValueError at the end."""
        if count > self._left:
            raise ValueError("the header ends too early")
        value = self._number & ((1 << count) - 1)
        self._number >>= count
        self._left -= count
        return value

    def choose(self, *ways: tuple[int, int]) -> int:
        """Return a number that is stored in one of four ways: a least value, and the bits of what exceeds."""
        least, count = ways[self.take(2)]
        return least + self.take(count)


def _find_codestream(content: bytes) -> bytes:
    """Return the first bytes of the coded picture, which may lie in a box."""
    if not content.startswith(CONTAINER):
        return content[:_HEADER_BYTES]
    at = len(CONTAINER)
    for _ in range(_MAX_BOXES):
        size, kind, start = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8], at + 8
        if size == 1:
            size, start = int.from_bytes(content[at + 8 : at + 16], "big"), at + 16
        if kind in _PARTS:
            start += 4 if kind == b"jxlp" else 0
            return content[start : start + _HEADER_BYTES]
        if size < 8:
            break
        at += size
    raise ValueError("no codestream")


def _read_size(bits: _Bits) -> tuple[int, int]:
    """Return width and height."""
    small = bits.take(1)
    height = _read_side(bits, small)
    ratio = bits.take(3)
    if not ratio:
        return _read_side(bits, small), height
    across, down = _RATIOS[ratio - 1]
    return height * across // down, height


def _read_side(bits: _Bits, small: int) -> int:
    return 8 * (1 + bits.take(5)) if small else bits.choose((1, 9), (1, 13), (1, 18), (1, 30))


def _read_extra_fields(bits: _Bits) -> bool:
    """Skip how the picture is turned, shown and previewed; return whether it is animated."""
    bits.take(_ORIENTATION_BITS)
    if bits.take(1):
        _read_size(bits)  # the size at which it is meant to be shown
    if bits.take(1):
        _skip_preview(bits)
    return bool(bits.take(1)) and _skip_animation(bits)


def _skip_preview(bits: _Bits) -> None:
    def take_side(small: int) -> None:
        bits.choose((16, 0), (32, 0), (1, 5), (33, 9)) if small else bits.choose(
            (1, 6), (65, 8), (321, 10), (1345, 12)
        )

    small = bits.take(1)
    take_side(small)
    if not bits.take(3):
        take_side(small)


def _skip_animation(bits: _Bits) -> bool:
    bits.choose((100, 0), (1000, 0), (1, 10), (1, 30))
    bits.choose((1, 0), (1001, 0), (1, 8), (1, 10))
    bits.choose((0, 0), (0, 3), (0, 16), (0, 32))
    bits.take(1)
    return True


def _read_depth(bits: _Bits) -> int:
    """Return the bits a sample."""
    if not bits.take(1):
        return bits.choose((8, 0), (10, 0), (12, 0), (1, 6))
    depth = bits.choose((32, 0), (16, 0), (24, 0), (1, 6))
    bits.take(4)  # those of the exponent
    return depth


def _skip_channel(bits: _Bits) -> None:
    """Skip what is said of a channel that is no colour."""
    if bits.take(1):  # alpha as usual
        return
    kind = bits.choose((0, 0), (1, 0), (2, 4), (18, 6))
    _read_depth(bits)
    bits.choose((0, 0), (3, 0), (4, 0), (1, 3))
    letters = bits.choose((0, 0), (0, 4), (16, 5), (48, 10))
    if letters > _NAMES_AT_MOST:
        raise ValueError("the name of a channel is too long")
    bits.take(8 * letters)
    if kind == _ALPHA:
        bits.take(1)
    elif kind == _SPOT_COLOUR:
        bits.take(_SPOT_BITS)
    elif kind == _COLOUR_FILTER:
        bits.choose((1, 0), (0, 2), (3, 4), (19, 8))
