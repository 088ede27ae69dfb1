"""Spared copies in the simple way, a pair at a time: what the columns have to come to."""

from __future__ import annotations

from dpm_tui.catalog.group import Better, Pair
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.catalog.verdict import ALTERED_KINDS, Kind, is_visible
from dpm_tui.review.rules.keeper_ranking import is_lossless, looks_like_a_copy, telling_fact
from dpm_tui.review.rules.rule import Spared
from tests.review.oracle.lost_holdings import lost_holdings

QUALITY_TIE = 2


def why_spared(
    file: ImageFile, kept: ImageFile, pair: Pair, *, careful: bool, safe: bool = False
) -> Spared | None:
    """Return why a rule leaves ``file`` alone although its pair with the file kept is of a wanted kind.

    A whole file does not go for a damaged one, one that holds a movie not for one that holds none, and one
    that is transparent in parts not for one that is flattened. A copy
    does not go before it was looked at at full size, nor where it is seen to differ. A ``careful`` rule keeps
    the better of two copies, or of a picture and an altered one, and marks neither where it cannot be told
    which that is. Where the file kept is ``safe``, kept for its folder and not for what it is, nothing goes
    that is clearly better in any respect.
    """
    if pair.kind is Kind.IDENTICAL:
        return None
    if kept.facts.damaged and not file.facts.damaged:
        return Spared.DAMAGED
    if lost_holdings(file, kept):
        return Spared.HOLDINGS
    if file.facts.alpha and not kept.facts.alpha:
        return Spared.ALPHA
    if pair.kind is Kind.COPY:
        if is_visible(pair.differs):
            return Spared.DIFFERS
        if pair.better is not Better.EITHER and (why := _by_look(file, kept, pair, careful=careful)):
            return why
    if careful and _loses_unaltered(file, pair):
        return Spared.ALTERED
    return _outdoes(file, kept, pair) if safe else None


def _loses_unaltered(file: ImageFile, pair: Pair) -> bool:
    """Return whether the file kept was altered, or whether neither of the two can replace the other."""
    return pair.kind in ALTERED_KINDS and not pair.spares(file.id)


def _by_look(file: ImageFile, kept: ImageFile, pair: Pair, *, careful: bool) -> Spared | None:
    """Return what looking at two copies at full size says against taking one of them."""
    if pair.better is Better.UNSEEN:
        return Spared.UNSEEN
    if not careful:
        return None
    if pair.better is Better.UNTOLD:
        if pair.reason == "contested":
            return Spared.CONTESTED
        return None if _told_by_facts(file, kept) else Spared.UNTOLD
    return None if pair.spares(file.id) else Spared.DETAIL


def _outdoes(file: ImageFile, kept: ImageFile, pair: Pair) -> Spared | None:
    """Return in what a file is clearly better than a protected one.

    What looking at both found of detail goes before what the files say of their quality.
    """
    mine, theirs = file.facts, kept.facts
    if file.pixel_count > kept.pixel_count:
        return Spared.PIXELS
    if _loses_unaltered(file, pair):
        return Spared.ALTERED
    told = pair.kind is Kind.COPY and pair.better in (Better.FIRST, Better.SECOND)
    if told and not pair.spares(file.id):
        return Spared.DETAIL
    if theirs.colours and not mine.colours:
        return Spared.COLOURS
    if (mine.depth or 8) > (theirs.depth or 8):
        return Spared.DEPTH
    if not told and pair.kind is not Kind.PIXELS:
        if is_lossless(file) and not is_lossless(kept):
            return Spared.LOSSLESS
        if theirs.quality and mine.quality > theirs.quality + QUALITY_TIE:
            return Spared.QUALITY
    if (mine.has_exif and not theirs.has_exif) or (mine.taken and not theirs.taken):
        return Spared.EXIF
    return None


def _told_by_facts(file: ImageFile, kept: ImageFile) -> bool:
    """Return whether EXIF data or names say clearly that ``file`` is a copy of the one kept."""
    match telling_fact(file, kept):
        case "exif":
            return not file.facts.taken
        case "name":
            return looks_like_a_copy(file.name)
    return False
