"""A copy that was made so bright that light places became white has nothing that the picture lacks."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance

from dpm_tui.catalog.group import Better
from dpm_tui.catalog.verdict import Kind, Verdict
from dpm_tui.pipeline.comparison.difference import compare_aligned
from dpm_tui.pipeline.comparison.tone import cut_off, fit_tone
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from dpm_tui.pipeline.verification.alteration_finder import weigh_altered
from tests.pipeline.drawings import encoded, scene

WINDOW = (150, 40, 215, 110)
LIGHT, LIGHTER = (214, 214, 214), (254, 254, 254)
Pixels = NDArray[np.uint8]


def house(seed: int) -> Image.Image:
    """Return a picture with a light window of bars that are lighter still."""
    picture = scene(seed, (256, 170)).convert("RGB")
    draw = ImageDraw.Draw(picture)
    left, top, right, bottom = WINDOW
    draw.rectangle(WINDOW, LIGHT)
    for y in range(top + 6, bottom, 11):
        draw.line((left + 4, y, right - 4, y), LIGHTER, 3)
    for x in (165, 185, 203):
        draw.line((x, top + 2, x, bottom - 2), LIGHTER, 2)
    return picture


def pixels(picture: Image.Image, quality: int) -> Pixels:
    return np.asarray(encoded(picture, quality=quality))


def strengthened(picture: Image.Image) -> Image.Image:
    return ImageEnhance.Contrast(picture).enhance(1.5)


def judged(first: Pixels, second: Pixels) -> Verdict:
    verdict = AlignedJudge().judge(first, second, 1.0)
    assert verdict is not None
    return verdict


@pytest.mark.parametrize("swapped", [False, True])
def test_what_became_white_differs_in_nothing(swapped: bool) -> None:
    both = pixels(house(6), 92), pixels(strengthened(house(6)), 75)
    left, top, right, bottom = WINDOW
    found = compare_aligned(*(both[::-1] if swapped else both))
    assert found.light[top:bottom, left:right].mean() < 4


@pytest.mark.parametrize("seed", range(1, 7))
def test_it_is_no_variant_and_nothing_lies_on_the_picture(seed: int) -> None:
    verdict = judged(pixels(house(seed), 92), pixels(strengthened(house(seed)), 75))
    assert verdict.kind is Kind.EDITED
    assert verdict.altered is None or weigh_altered(verdict.altered, 1, 1) is not Better.SECOND


@pytest.mark.parametrize("seed", range(1, 7))
def test_dark_letters_that_are_gone_are_still_missed(seed: int) -> None:
    written = house(seed)
    ImageDraw.Draw(written).text((155, 60), "closed", (20, 20, 20), font_size=18)
    for one, other in ((written, house(seed)), (house(seed), written)):
        verdict = judged(pixels(one, 92), pixels(strengthened(other), 75))
        assert verdict.kind is not Kind.COPY


def test_what_the_other_one_shows_there_is_cut_off() -> None:
    plain = np.asarray(house(2))
    bright = np.asarray(ImageEnhance.Brightness(house(2)).enhance(1.3))
    darkened, brightened = fit_tone(bright, plain).apply(bright), fit_tone(plain, bright).apply(plain)
    assert cut_off(bright, darkened, plain) > 0.01
    assert cut_off(plain, brightened, bright) < 0.001
    nowhere = np.zeros(plain.shape[:2], np.uint8)
    assert cut_off(bright, darkened, plain, nowhere) == 0
