"""A picture whose corners were rounded is an edited copy; something else in a corner is not."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from dpm_tui.catalog.verdict import Kind
from dpm_tui.pipeline.comparison.difference import compare_aligned
from dpm_tui.pipeline.comparison.rounded_corners import are_corners_rounded
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from tests.pipeline.drawings import encoded, portrait, resized, scene, thumbnail

JUDGE = AlignedJudge()


def rounded(picture: Image.Image, share: float, ground: str) -> Image.Image:
    mask = Image.new("L", picture.size)
    box = (0, 0, picture.width - 1, picture.height - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, min(picture.size) * share, 255)
    page = Image.new("RGB", picture.size, ground)
    page.paste(picture, mask=mask)
    return page


def kind_of(first: Image.Image, second: Image.Image) -> Kind:
    verdict = JUDGE.judge(thumbnail(first), thumbnail(second), 0.9)
    assert verdict is not None
    return verdict.kind


@pytest.mark.parametrize("original", [portrait(), scene(2), scene(4, (480, 640))])
@pytest.mark.parametrize("ground", ["white", "black"])
@pytest.mark.parametrize("share", [0.08, 0.16])
def test_rounded_corners_are_an_edit(original: Image.Image, ground: str, share: float) -> None:
    assert kind_of(original, rounded(original, share, ground)) is Kind.EDITED


def test_rounded_corners_saved_small_are_an_edit() -> None:
    assert kind_of(scene(2), encoded(resized(rounded(scene(2), 0.12, "white"), 0.6), 75)) is Kind.EDITED


def test_other_things_in_the_corners_are_no_rounded_corners() -> None:
    """What stands there is seen in both pictures: neither lost its corners."""
    inside = rounded(Image.new("RGB", scene(2).size, "white"), 0.24, "black").convert("L")
    other = Image.composite(scene(2), scene(9), inside)
    assert not are_corners_rounded(compare_aligned(thumbnail(scene(2)), thumbnail(other)))


def test_another_expression_beside_rounded_corners_is_a_variant() -> None:
    assert kind_of(portrait(), rounded(portrait(smile=False), 0.1, "white")) is Kind.VARIANT
