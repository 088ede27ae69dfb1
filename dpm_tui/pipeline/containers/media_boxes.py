"""Boxes of the ISO media format: what HEIF and AVIF files are made of, and movies wherever they lie."""

from __future__ import annotations

from collections.abc import Iterator

_MAX_BOXES = 256
_MAX_META_BYTES = 1 << 22
_MAX_LABELS = 256
_MAX_MOVIES = 64
_MAX_BRANDS_BYTES = 1 << 10
_PICTURE_BRANDS = frozenset(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"mif2", b"msf1", b"avif", b"avis")
)


def top_boxes(content: bytes) -> dict[bytes, tuple[int, int]]:
    """Return kind -> where the first box of that kind begins and ends, of those that lie in no other."""
    boxes: dict[bytes, tuple[int, int]] = {}
    at = 0
    for _ in range(_MAX_BOXES):
        size, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(content[at + 8 : at + 16], "big")
        end = at + size if size else len(content)
        if len(kind) < 4 or end < at + 8 or end > len(content):
            break
        boxes.setdefault(kind, (at, end))
        at = end
    return boxes


def auxiliary_kinds(content: bytes) -> list[bytes]:
    """Return the types of the auxiliary pictures of a HEIF or AVIF file.

    A tone-mapped picture is named ``tmap``.
    """
    start, end = top_boxes(content).get(b"meta", (0, 0))
    meta = content[start : min(end, start + _MAX_META_BYTES)]
    kinds: list[bytes] = []
    at = meta.find(b"auxC")
    while at >= 0 and len(kinds) < _MAX_LABELS:
        kinds.append(meta[at + 8 : at + 8 + 256].partition(b"\0")[0])
        at = meta.find(b"auxC", at + 4)
    if b"tmap" in meta:
        kinds.append(b"tmap")
    return kinds


def has_movie(content: bytes, start: int) -> bool:
    """Return whether a movie begins at ``start`` or behind it."""
    return any(brand not in _PICTURE_BRANDS for brand in _brands(content, start))


def _brands(content: bytes, start: int) -> Iterator[bytes]:
    """Yield the main brand of what may be a file within the file."""
    at = start
    for _ in range(_MAX_MOVIES):
        at = content.find(b"ftyp", at)
        if at < 0:
            return
        size, brand = int.from_bytes(content[max(at - 4, 0) : at], "big"), content[at + 4 : at + 8]
        if at >= start + 4 and 16 <= size <= _MAX_BRANDS_BYTES and brand.isascii() and len(brand) == 4:
            yield brand
        at += 4
