"""Holdings that are lost in the simple way, a pair at a time: what the columns have to come to."""

from __future__ import annotations

from dpm_tui.catalog.image_file import ImageFile

COUNTED = ("pages", "frames", "pictures")
"""Holdings of which a file may have more or fewer."""


def lost_holdings(file: ImageFile, kept: ImageFile) -> tuple[str, ...]:
    """Return what goes with ``file`` that ``kept`` does not hold, in the order of HOLDINGS.

    Of pages, frames and pictures a file that has fewer holds less. Nothing goes with the same bytes.
    """
    mine, theirs = file.facts, kept.facts
    if mine.digest and mine.digest == theirs.digest:
        return ()
    return tuple(
        word
        for word in mine.holds
        if word not in theirs.holds or (word in COUNTED and mine.frames > theirs.frames)
    )
