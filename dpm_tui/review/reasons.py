"""Reasons: in which respects one file is better or worse than another, as signed sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dpm_tui.pipeline.image_file import ImageFile
from dpm_tui.review.keeper import LOSSLESS, NEAR_TIE, looks_like_a_copy


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence ``review.<key>`` on why a file is better (+), worse (-) or alike (=)."""

    sign: Literal["+", "-", "="]
    key: str
    values: dict[str, object]


def compare_files(file: ImageFile, other: ImageFile) -> list[Reason]:
    """Say in which respects ``file`` is better or worse than ``other``, most important first."""
    reasons: list[Reason] = []
    if file.facts.digest and file.facts.digest == other.facts.digest:
        reasons.append(Reason("=", "same_bytes", {}))
    elif file.facts.pixels and file.facts.pixels == other.facts.pixels:
        reasons.append(Reason("=", "same_pixels", {}))
    if file.pixel_count and other.pixel_count:
        ratio = file.pixel_count / other.pixel_count
        if ratio > NEAR_TIE:
            reasons.append(Reason("+", "more_pixels", {"ratio": f"{ratio:.1f}"}))
        elif ratio < 1 / NEAR_TIE:
            reasons.append(Reason("-", "fewer_pixels", {"ratio": f"{1 / ratio:.1f}"}))
    mine, theirs = file.facts.format in LOSSLESS, other.facts.format in LOSSLESS
    if mine != theirs:
        reasons.append(Reason("+" if mine else "-", "lossless" if mine else "lossy", {}))
    if file.facts.quality and other.facts.quality and file.facts.quality != other.facts.quality:
        sign: Literal["+", "-"] = "+" if file.facts.quality > other.facts.quality else "-"
        values: dict[str, object] = {"mine": file.facts.quality, "other": other.facts.quality}
        reasons.append(Reason(sign, "jpeg_quality", values))
    if file.facts.has_exif != other.facts.has_exif:
        reasons.append(Reason("+", "has_exif", {}) if file.facts.has_exif else Reason("-", "no_exif", {}))
    if looks_like_a_copy(file.name) != looks_like_a_copy(other.name):
        reasons.append(
            Reason("-", "copy_name", {}) if looks_like_a_copy(file.name) else Reason("+", "clean_name", {})
        )
    return reasons
