"""How far the data of a RAW file reach, by its directories: of one that was cut off they reach too far."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress

from PIL.TiffImagePlugin import ImageFileDirectory_v2

from dpm_tui.deferred_text import defer
from dpm_tui.pipeline.containers.block_damage import find_box_damage

_CUT = defer("decode.cut")
_TIFFS = (b"II", b"MM")
_BY_DIRECTORY = (b"*\0", b"\0*", b"U\0", b"RO", b"RS", b"OR", b"SR")
"""What follows the order of bytes in TIFF files, and in those of Panasonic and Olympus."""
_PLACES = ((273, 279), (324, 325), (513, 514))
"""Tags with the places of samples, and with their lengths."""
_SUB_DIRECTORIES = 330
_MAX_DIRECTORIES = 64
_UNKNOWN = 0xFFFFFFFF
_FUJI, _FUJI_PLACES = b"FUJIFILMCCD-RAW", (84, 92, 100)
_BOXES = b"ftyp"


def find_raw_damage(content: bytes) -> str:
    """Return what is missing at the end of a RAW file, empty if nothing is or if its kind does not tell.

    Samples of the sensor are not looked at.
    """
    if content[4:8] == _BOXES:
        return find_box_damage(content)
    ends: Iterable[int] = ()
    if content.startswith(_FUJI):
        pairs = ((_big(content, at), _big(content, at + 4)) for at in _FUJI_PLACES)
        ends = [place + length for place, length in pairs]
    elif content.startswith(_TIFFS) and content[2:4] in _BY_DIRECTORY:
        with suppress(Exception):  # directories may say anything
            ends = list(_ends(content))
    return _CUT if max(ends, default=0) > len(content) else ""


def _big(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 4], "big")


def _ends(content: bytes) -> Iterator[int]:
    """Yield where each part with samples ends."""
    magic = b"II*\0" if content.startswith(b"II") else b"MM\0*"
    file = io.BytesIO(content)
    first = ImageFileDirectory_v2(magic + content[4:8])
    waiting, seen = [first.next], set[int]()
    while waiting and len(seen) < _MAX_DIRECTORIES:
        at = int(waiting.pop())
        if not at or at in seen:
            continue
        seen.add(at)
        if at >= len(content):
            yield at + 1
            continue
        directory = ImageFileDirectory_v2(magic + content[4:8])
        file.seek(at)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            directory.load(file)
        waiting += [directory.next, *_numbers(directory.get(_SUB_DIRECTORIES, ()))]
        for offsets, lengths in _PLACES:
            pairs = zip(
                _numbers(directory.get(offsets, ())), _numbers(directory.get(lengths, ())), strict=False
            )
            yield from (place + length for place, length in pairs if _UNKNOWN not in (place, length))


def _numbers(value: object) -> list[int]:
    return [int(each) for each in (value if isinstance(value, tuple | list) else (value,))]
