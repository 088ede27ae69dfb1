"""Damage as disks, cables and torn copies do it: a flipped bit, a lost end, a run of zeros."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.decoding.thumbnail import UndecodableError, decode_thumbnail, read_thumbnail
from tests.support.picture_ways import WAYS

CHECKED = (
    "plain.jpg", "progressive.jpg", "restarts.jpg", "plain.png", "palette.png", "plain.gif", "plain.webp",
    "lossless.webp", "tiff_lzw.tif", "tiff_deflate.tif", "jpeg.tif", "plain.tif", "plain.bmp", "plain.heic",
    "plain.avif", "plain.jp2", "stream.j2k", "plain.jxl", "lossless.jxl", "boxes.jxl", "plain.psd",
    "runs.psd", "deep.psd",
)  # fmt: skip
"""The ways to write a picture that damage is done to."""
assert set(CHECKED) <= set(WAYS)

_CELL = 8
_SEEN = 16.0
"""Mean difference of a cell, in grey levels, from which it is seen."""


class Passed(StrEnum):
    """What became of a damaged file."""

    REFUSED = "refused"
    NAMED = "named damaged"
    SAME = "whole, looks the same"
    OTHER = "whole, looks different"


def damages(content: bytes, places: int, seed: int = 0) -> Iterator[tuple[str, bytes]]:
    """Yield so many damaged versions of a file, spread over its length, each with what was done to it."""
    dice = np.random.default_rng(seed)
    for number in range(places):
        at = (number * len(content) + int(dice.integers(len(content)))) // places
        harmed = bytearray(content)
        match number % 3:
            case 0:
                harmed[at] ^= 1 << int(dice.integers(8))
                yield f"flip at {at}", bytes(harmed)
            case 1:
                yield f"cut at {at}", bytes(harmed[:at])
            case _:
                run = min(int(dice.integers(16, 512)), len(content) - at)
                harmed[at : at + run] = bytes(run)
                yield f"{run} zeros at {at}", bytes(harmed)


def judge(content: bytes, whole: NDArray[np.uint8]) -> Passed:
    """Tell what the decoder makes of a file whose picture should look like ``whole``."""
    try:
        made = decode_thumbnail(content)
    except UndecodableError:
        return Passed.REFUSED
    if made.facts.damaged:
        return Passed.NAMED
    return Passed.OTHER if looks_different(read_thumbnail(made.jpeg), whole) else Passed.SAME


def looks_different(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Return whether somebody would see that two thumbnails differ."""
    if one.shape != other.shape:
        return True
    apart = np.abs(one.astype(np.int16) - other).mean(axis=2)
    rows, columns = (size // _CELL * _CELL for size in apart.shape)
    cells = apart[:rows, :columns].reshape(rows // _CELL, _CELL, -1, _CELL).mean(axis=(1, 3))
    return bool(cells.max(initial=0.0) > _SEEN)
