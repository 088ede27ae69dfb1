"""Runs of zeros in coded samples: an interrupted copy or a lost sector leaves them, no codec writes them."""

from __future__ import annotations

import re

from dpm_tui.deferred_text import defer
from dpm_tui.pipeline.containers.heif_items import picture_places

FOUND = defer("decode.zeros")

_RUN = bytes(32)
_PIXELS_PER_ZERO = 4000
"""An arithmetic coder writes zeros where a picture is all alike, but not one for so few pixels."""
_NEXT_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_SOS, _EOI, _DHT = 0xDA, 0xD9, 0xC4
_ENDS_OF_BLOCKS = frozenset(range(0, 0xF0, 0x10))


def has_zeros(content: bytes, start: int, end: int) -> bool:
    """Return whether coded bytes hold a run of zeros that the code never produces."""
    return content.find(_RUN, start, end) >= 0


def find_jpeg_zeros(content: bytes) -> str:
    """Return whether a run of zeros lies within a scan of the first picture of a JPEG, empty if not.

    Where the shortest codes of all tables end a block they may be flat blocks, one after the other; in scans
    of mean levels, and in those that refine others, blocks that are alike.
    """
    at, run = 2, content.find(_RUN, 2)
    flat: dict[int, bool] = {}
    while run >= 0 and at + 4 <= len(content):
        marker = content[at + 1]
        if content[at] != 0xFF or marker == _EOI:
            break
        if marker == 0xFF:
            at += 1
            continue
        start = at + 4
        at += 2 + int.from_bytes(content[at + 2 : start], "big")
        if marker == _DHT:
            flat |= _read_flat_tables(content[start:at])
        elif marker == _SOS:
            header = content[start:at]
            found = _NEXT_MARKER.search(content, at)
            end = found.start() if found else len(content)
            run = content.find(_RUN, at, end)
            if run >= 0 and not _may_be_zeros(header, flat):
                return FOUND
            at = end
        run = content.find(_RUN, at)
    return ""


def _read_flat_tables(segment: bytes) -> dict[int, bool]:
    """Return number -> whether the shortest code ends a block, of the tables for higher frequencies."""
    tables: dict[int, bool] = {}
    at = 0
    while at + 17 < len(segment):
        if segment[at] & 0x10:
            tables[segment[at] & 0x0F] = segment[at + 17] in _ENDS_OF_BLOCKS
        at += 17 + sum(segment[at + 1 : at + 17])
    return tables


def _may_be_zeros(header: bytes, flat: dict[int, bool]) -> bool:
    """Return whether a scan with this header may hold a run of zeros."""
    if len(header) < 4 + 2 * header[0]:
        return True
    components = header[0]
    last, refines = header[2 + 2 * components], header[3 + 2 * components] >> 4
    used = [header[2 + 2 * number] & 0x0F for number in range(components)]
    return last == 0 or refines > 0 or all(flat.get(table, True) for table in used)


def find_webp_zeros(content: bytes, pixels: int) -> str:
    """Return whether a run of zeros lies within the lossy samples of a WebP, empty if not."""
    run, at = _long_run(pixels), 12
    while at + 8 <= len(content):
        name, length = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        if name == b"ANMF":
            at += 24
            continue
        if name == b"VP8 " and content.find(run, at + 8, at + 8 + length) >= 0:
            return FOUND
        at += 8 + length + length % 2
    return ""


def find_heif_zeros(content: bytes, pixels: int) -> str:
    """Return whether a run of zeros lies within the samples of a HEIC or AVIF file, empty if not."""
    run = _long_run(pixels)
    if content.find(run) < 0:
        return ""
    found = any(content.find(run, start, end) >= 0 for start, end in picture_places(content))
    return FOUND if found else ""


def _long_run(pixels: int) -> bytes:
    """Return zeros that no arithmetic coder writes for a picture of so many pixels."""
    return bytes(len(_RUN) * 2 + pixels // _PIXELS_PER_ZERO)
