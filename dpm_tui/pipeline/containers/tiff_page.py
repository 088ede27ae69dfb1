"""The first page of a TIFF as its directory describes it, read without a decoder."""

from __future__ import annotations

from dataclasses import dataclass

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 6: 1, 7: 1, 8: 2, 9: 4, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_NUMBERS = frozenset((1, 3, 4, 16, 13, 18))
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _COLOURS = 256, 257, 258, 259, 262
_PLACES = ((273, 279), (324, 325))
_MAX_ENTRIES, _MAX_VALUES = 4096, 1 << 20


@dataclass(frozen=True, slots=True)
class Tiff:
    """How the samples of a page are coded; all of them lie within the file."""

    compression: int
    colours: int
    bits: tuple[int, ...]


def read_first_page(content: bytes) -> Tiff | None:
    """Return the first page, None for what is no TIFF or leads out of its file."""
    order = {b"II": "little", b"MM": "big"}.get(content[:2])
    if order not in ("little", "big") or len(content) < 16:
        return None

    def number(at: int, size: int) -> int:
        if at + size > len(content):
            raise ValueError("behind the end of the file")
        return int.from_bytes(content[at : at + size], order)  # type: ignore[arg-type]

    version = number(2, 2)
    if version not in (42, 43):
        return None
    wide = version == 43
    count_bytes, entry_bytes, value_bytes = (8, 20, 8) if wide else (2, 12, 4)
    start = number(8, 8) if wide else number(4, 4)
    tags: dict[int, tuple[int, ...]] = {}
    try:
        entries = number(start, count_bytes)
        if not 0 < entries <= _MAX_ENTRIES:
            return None
        for entry in range(entries):
            at = start + count_bytes + entry * entry_bytes
            kind, count = number(at + 2, 2), number(at + 4, value_bytes)
            if kind not in _NUMBERS or count > _MAX_VALUES:
                continue
            place = at + 4 + value_bytes
            size = _SIZES[kind]
            if size * count > value_bytes:
                place = number(place, value_bytes)
            tags[number(at, 2)] = tuple(number(place + each * size, size) for each in range(count))
    except ValueError:
        return None
    return _page(tags, len(content))


def _page(tags: dict[int, tuple[int, ...]], size: int) -> Tiff | None:
    if not all(tags.get(tag, (0,))[:1] > (0,) for tag in (_WIDTH, _HEIGHT)):
        return None
    for offsets, lengths in _PLACES:
        if tags.get(offsets) and len(tags[offsets]) == len(tags.get(lengths, ())):
            ends = (offset + length for offset, length in zip(tags[offsets], tags[lengths], strict=True))
            if max(ends) > size:
                return None
            compression = (tags.get(_COMPRESSION) or (1,))[0]
            colours = (tags.get(_COLOURS) or (-1,))[0]
            return Tiff(compression, colours, tags.get(_BITS) or (1,))
    return None
