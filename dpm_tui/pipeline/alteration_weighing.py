"""Alteration weighing: which of two pictures is the better where one was altered, for all verdicts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dpm_tui.catalog.content_index import ContentIndex
from dpm_tui.pipeline.inspection.inspected_verdict import InspectedVerdict
from dpm_tui.pipeline.verification.alteration_finder import weigh_altered


def weigh_alterations(
    inspected: Iterable[InspectedVerdict], contents: ContentIndex
) -> list[InspectedVerdict]:
    """Return the verdicts with the better one of each altered pair; those of unknown contents as they are."""
    inspected = list(inspected)
    known = [
        (number, each.verdict.altered)
        for number, each in enumerate(inspected)
        if each.verdict.altered is not None and all(digest in contents for digest in each.pair)
    ]
    ends = ([inspected[number].pair[end] for number, _ in known] for end in (0, 1))
    sizes = zip(*(contents.first_files(digests).pixel_counts().tolist() for digests in ends), strict=True)
    for (number, altered), (first, second) in zip(known, sizes, strict=True):
        inspected[number] = replace(
            inspected[number],
            better=weigh_altered(altered, first, second),
            reason=altered.how.value,
            amount=min(altered.covered),
        )
    return inspected
