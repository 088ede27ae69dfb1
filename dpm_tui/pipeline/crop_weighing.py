"""Crop weighing: which of a picture and a part of it is the better one, for all verdicts at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dpm_tui.catalog.content_index import ContentIndex
from dpm_tui.pipeline.inspection.inspected_verdict import InspectedVerdict
from dpm_tui.pipeline.verification.crop_form import weigh_crop


def weigh_crops(inspected: Iterable[InspectedVerdict], contents: ContentIndex) -> list[InspectedVerdict]:
    """Return the verdicts with the better one of each crop; those of unknown contents as they are."""
    inspected = list(inspected)
    crops = [
        number
        for number, each in enumerate(inspected)
        if each.verdict.crop is not None and all(digest in contents for digest in each.pair)
    ]
    ends = ([inspected[number].pair[end] for number in crops] for end in (0, 1))
    sizes = zip(*(contents.first_files(digests).pixel_counts().tolist() for digests in ends), strict=True)
    for number, (first, second) in zip(crops, sizes, strict=True):
        crop = inspected[number].verdict.crop
        if crop is not None:
            better, share = weigh_crop(crop, first, second)
            inspected[number] = replace(
                inspected[number], better=better, reason=crop.form.value, amount=share
            )
    return inspected
