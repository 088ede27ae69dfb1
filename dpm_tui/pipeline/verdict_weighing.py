"""Verdict weighing: verdicts as the look at full size leaves them, and which of two pictures is the better.

Of a RAW file and a picture like it the RAW file is the original, whatever its preview is. A picture that was
developed from it, in other tones or larger than the preview can vouch for, holds what the RAW file does not
show: then neither replaces the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from dpm_tui.catalog.content_digest import DigestPair
from dpm_tui.catalog.content_index import ContentIndex, raw_contents
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.group import Better
from dpm_tui.catalog.inspection import Inspection
from dpm_tui.catalog.verdict import Kind, Verdict
from dpm_tui.pipeline.alteration_weighing import weigh_alterations
from dpm_tui.pipeline.inspection.inspected_verdict import Compared, InspectedVerdict, inspect_verdicts
from dpm_tui.pipeline.quality.tone_votes import Inspections, differ_in_tone


def weigh_verdicts(
    judged: Iterable[tuple[DigestPair, Verdict]],
    inspections: Inspections | None,
    contents: ContentIndex,
    files: FileColumns,
    compared: Compared = frozenset(),
) -> list[InspectedVerdict]:
    """Return the verdicts with the better one of each copy and of each altered pair.

    ``contents`` are those of ``files``. Without ``inspections`` nobody wants to know of copies. ``compared``
    are the pairs that have been judged, alike or not.
    """
    weighed = weigh_alterations(inspect_verdicts(judged, inspections, compared), contents)
    raws = raw_contents(files)
    return (
        [_weigh_raw(each, raws, inspections) for each in weighed]
        if raws and inspections is not None
        else weighed
    )


def _weigh_raw(each: InspectedVerdict, raws: Collection[str], inspections: Inspections) -> InspectedVerdict:
    """Return a verdict with the better one of a copy of which one is a RAW file.

    Of two it cannot be told: nobody looks at the data of their sensors.
    """
    first, second = (digest in raws for digest in each.pair)
    inspection = inspections.get(each.pair)
    if each.verdict.kind is not Kind.COPY or inspection is None or not (first or second):
        return each
    if (first and second) or differ_in_tone(inspection) or _has_smaller_preview(inspection, first=first):
        return replace(each, better=Better.UNTOLD, reason="raw", amount=0.0)
    return replace(each, better=Better.FIRST if first else Better.SECOND, reason="raw", amount=0.0)


def _has_smaller_preview(inspection: Inspection, *, first: bool) -> bool:
    """Return whether the preview of the RAW file, the first of the two or not, has clearly fewer pixels."""
    ahead = (inspection.better > 0) is first
    return inspection.reason == ("enlarged" if ahead else "smaller")
