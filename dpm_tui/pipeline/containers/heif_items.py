"""The items of a HEIF or AVIF file: where the coded samples of its pictures lie."""

from __future__ import annotations

from collections.abc import Iterator

from dpm_tui.pipeline.containers.media_boxes import top_boxes

_CODED = (b"hvc1", b"av01")
_MAX_ITEMS = 1 << 14


def picture_places(content: bytes) -> list[tuple[int, int]]:
    """Return where the coded samples of the pictures and of their tiles begin and end; none if unclear."""
    start, end = top_boxes(content).get(b"meta", (0, 0))
    boxes = {kind: (at, stop) for kind, at, stop in _boxes(content, start + 12, end)}
    if b"iinf" not in boxes or b"iloc" not in boxes:
        return []
    coded = set(_coded_items(content, *boxes[b"iinf"]))
    places = _locations(content, *boxes[b"iloc"])
    return [(start, end) for item, start, end in places if item in coded]


def item_kinds(content: bytes) -> frozenset[bytes]:
    """Return the kinds of all items of a file, coded samples under the name of their coding."""
    start, end = top_boxes(content).get(b"meta", (0, 0))
    boxes = {kind: (at, stop) for kind, at, stop in _boxes(content, start + 12, end)}
    if b"iinf" not in boxes:
        return frozenset()
    return frozenset(kind for _, kind in _items(content, *boxes[b"iinf"]))


def _boxes(content: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, start and end of what boxes hold."""
    while start + 8 <= end:
        size = int.from_bytes(content[start : start + 4], "big")
        if size < 8 or start + size > end:
            return
        yield content[start + 4 : start + 8], start + 8, start + size
        start += size


def _coded_items(content: bytes, start: int, end: int) -> Iterator[int]:
    """Yield the numbers of the items that are coded samples."""
    return (item for item, kind in _items(content, start, end) if kind in _CODED)


def _items(content: bytes, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield number and kind of the items."""
    for kind, at, _ in _boxes(content, start + (6 if content[start] == 0 else 8), end):
        wide = 4 if content[at] == 3 else 2
        if kind == b"infe":
            number = int.from_bytes(content[at + 4 : at + 4 + wide], "big")
            yield number, content[at + 6 + wide : at + 10 + wide]


def _locations(content: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield number, start and end of each piece of an item that lies in the file itself."""
    version, sizes = content[start], content[start + 4 : start + 6]
    offset_bytes, length_bytes = sizes[0] >> 4, sizes[0] & 15
    base_bytes, index_bytes = sizes[1] >> 4, sizes[1] & 15 if version else 0
    wide = 4 if version > 1 else 2
    at = start + 6

    def number(length: int) -> int:
        nonlocal at
        at += length
        return int.from_bytes(content[at - length : at], "big")

    for _ in range(min(number(wide), _MAX_ITEMS)):
        if at >= end:
            return
        item = number(wide)
        method = number(2) & 15 if version else 0
        number(2)
        base = number(base_bytes)
        for _ in range(min(number(2), _MAX_ITEMS)):
            number(index_bytes)
            begin = base + number(offset_bytes)
            length = number(length_bytes)
            if method == 0 and at <= end:
                yield item, begin, begin + length
