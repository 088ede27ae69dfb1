"""The header of a JPEG 2000 (ISO/IEC 15444-1): bits a sample, and whether its wavelet loses something."""

from __future__ import annotations

from dataclasses import dataclass

CODESTREAM = b"\xff\x4f\xff\x51"
STARTS = (CODESTREAM, b"\0\0\0\x0cjP  \r\n\x87\n")

_HEADER_BYTES = 1 << 16
_COD, _SOT = 0x52, 0x90
_REVERSIBLE = 1


@dataclass(frozen=True, slots=True)
class Jp2Header:
    """Bits a sample, the poorest channel counting, and whether samples were changed to store them."""

    depth: int
    lossy: bool


def read_jp2_header(content: bytes) -> Jp2Header | None:
    """Return what the header of a JPEG 2000 says, None for another file or a broken one."""
    at = content.find(CODESTREAM, 0, _HEADER_BYTES) if content.startswith(STARTS) else -1
    if at < 0:
        return None
    size = at + 4
    count = int.from_bytes(content[size + 36 : size + 38], "big")
    depths = content[size + 38 : size + 38 + 3 * count : 3]
    depth = min((1 + (bits & 0x7F) for bits in depths), default=8)
    at = size + int.from_bytes(content[size : size + 2], "big")
    while at + 14 <= len(content) and content[at] == 0xFF and content[at + 1] != _SOT:
        if content[at + 1] == _COD:
            return Jp2Header(depth, content[at + 13] != _REVERSIBLE)
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return Jp2Header(depth, lossy=True)
