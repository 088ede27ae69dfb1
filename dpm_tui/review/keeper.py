"""Which member of a group to keep: ordered criteria, and the reasons in words."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from dpm_tui.pipeline.image_file import ImageFile

_LOSSLESS = frozenset({"PNG", "BMP", "DIB", "TIFF", "GIF"})
_COPY_NAME = re.compile(rb"\(\d+\)|copy|kopie|copia|_edited|\xe5\x89\xaf\xe6\x9c\xac", re.IGNORECASE)
_NEAR_TIE = 1.02
"""Pixel counts within two per cent are a tie: a border trimmed by a row decides nothing."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence ``review.<key>`` on why a file is better (+), worse (-) or alike (=)."""

    sign: Literal["+", "-", "="]
    key: str
    values: dict[str, object]


def looks_like_a_copy(name: bytes) -> bool:
    """Tell whether a file name carries the traces of copying, such as ``(1)`` or ``copy``."""
    return _COPY_NAME.search(name) is not None


def rank_best(file: ImageFile) -> tuple[object, ...]:
    """Order files by the default criteria, best first.

    More pixels (in steps of two per cent), lossless, higher JPEG quality, EXIF present, a name
    without traces of copying, more bytes of a lossy format or fewer of a lossless one, older.
    """
    lossless = file.facts.format in _LOSSLESS
    return (
        -_pixel_step(file.pixel_count),
        not lossless,
        -file.facts.quality,
        not file.facts.has_exif,
        looks_like_a_copy(file.name),
        file.stamp.size if lossless else -file.stamp.size,
        file.stamp.mtime_ns,
    )


def rank_largest(file: ImageFile) -> tuple[object, ...]:
    """Most pixels first, then most bytes."""
    return (-file.pixel_count, -file.stamp.size)


def rank_smallest(file: ImageFile) -> tuple[object, ...]:
    """Fewest bytes first, then fewest pixels."""
    return (file.stamp.size, file.pixel_count)


def rank_newest(file: ImageFile) -> tuple[object, ...]:
    """Latest modification first."""
    return (-file.stamp.mtime_ns,)


def rank_oldest(file: ImageFile) -> tuple[object, ...]:
    """Earliest modification first."""
    return (file.stamp.mtime_ns,)


RANKS: dict[str, Callable[[ImageFile], tuple[object, ...]]] = {
    "best": rank_best,
    "largest": rank_largest,
    "smallest": rank_smallest,
    "newest": rank_newest,
    "oldest": rank_oldest,
}


def compare_files(file: ImageFile, other: ImageFile) -> list[Reason]:
    """Say in which respects ``file`` is better or worse than ``other``, most important first."""
    reasons: list[Reason] = []
    if file.facts.digest and file.facts.digest == other.facts.digest:
        reasons.append(Reason("=", "same_bytes", {}))
    elif file.facts.pixels and file.facts.pixels == other.facts.pixels:
        reasons.append(Reason("=", "same_pixels", {}))
    if file.pixel_count and other.pixel_count:
        ratio = file.pixel_count / other.pixel_count
        if ratio > _NEAR_TIE:
            reasons.append(Reason("+", "more_pixels", {"ratio": f"{ratio:.1f}"}))
        elif ratio < 1 / _NEAR_TIE:
            reasons.append(Reason("-", "fewer_pixels", {"ratio": f"{1 / ratio:.1f}"}))
    mine, theirs = file.facts.format in _LOSSLESS, other.facts.format in _LOSSLESS
    if mine != theirs:
        reasons.append(Reason("+" if mine else "-", "lossless" if mine else "lossy", {}))
    if file.facts.quality and other.facts.quality and file.facts.quality != other.facts.quality:
        sign: Literal["+", "-"] = "+" if file.facts.quality > other.facts.quality else "-"
        values: dict[str, object] = {"mine": file.facts.quality, "other": other.facts.quality}
        reasons.append(Reason(sign, "jpeg_quality", values))
    if file.facts.has_exif != other.facts.has_exif:
        reasons.append(
            Reason("+", "has_exif", {}) if file.facts.has_exif else Reason("-", "no_exif", {})
        )
    if looks_like_a_copy(file.name) != looks_like_a_copy(other.name):
        reasons.append(
            Reason("-", "copy_name", {}) if looks_like_a_copy(file.name) else Reason("+", "clean_name", {})
        )
    return reasons


def _pixel_step(pixels: int) -> int:
    return 0 if pixels <= 0 else round(math.log(pixels) / math.log(_NEAR_TIE))

