"""Sparing: the copies that a rule leaves alone, since what would go with them is not in the file kept."""

from __future__ import annotations

from dpm_tui.pipeline.group import Better, Pair
from dpm_tui.pipeline.image_file import ImageFile
from dpm_tui.pipeline.verify import Kind
from dpm_tui.review.holdings import lost_holdings
from dpm_tui.review.keeper import NEAR_TIE, looks_like_a_copy


def is_spared(file: ImageFile, kept: ImageFile, pair: Pair, *, careful: bool) -> bool:
    """Return whether a rule leaves ``file`` alone although its pair with the file kept is of a wanted kind.

    A whole file does not go for a damaged one, nor one that holds a movie for one that holds none. A copy
    does not go before it was looked at at full size. A ``careful`` rule keeps the better of two copies, and
    marks neither where it cannot be told which that is.
    """
    if pair.kind is Kind.IDENTICAL:
        return False
    if (kept.facts.damaged and not file.facts.damaged) or lost_holdings(file, kept):
        return True
    if pair.kind is not Kind.COPY or pair.better is Better.EITHER:
        return False
    if not careful:
        return pair.better is Better.UNSEEN
    if pair.better is Better.UNTOLD and pair.reason != "contested":
        return not _told_by_facts(file, kept)
    return not pair.spares(file.id)


def _told_by_facts(file: ImageFile, kept: ImageFile) -> bool:
    """Return whether EXIF data or names say clearly that ``file`` is a copy of the one kept."""
    if not 1 / NEAR_TIE <= file.pixel_count / max(kept.pixel_count, 1) <= NEAR_TIE:
        return False
    if bool(file.facts.taken) != bool(kept.facts.taken):
        return not file.facts.taken
    return looks_like_a_copy(file.name) and not looks_like_a_copy(kept.name)
