"""Which of two pictures has something on it, also where that has fewer edges than what it hides."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from dpm_tui.pipeline.comparison.difference import compare_aligned
from dpm_tui.pipeline.comparison.overlay_detection import find_overlaid
from tests.pipeline.drawings import encoded, scene, thumbnail


def grainy(seed: int) -> Image.Image:
    """Return a picture with fine detail all over."""
    picture = np.asarray(scene(seed, (320, 240)).convert("RGB")).astype(np.int16)
    grain = np.random.default_rng(seed).integers(-45, 46, (*picture.shape[:2], 1))
    return Image.fromarray(np.clip(picture + grain, 0, 255).astype(np.uint8))


def overlaid(first: Image.Image, second: Image.Image) -> int | None:
    pictures = (thumbnail(encoded(picture, 90)) for picture in (first, second))
    return find_overlaid(compare_aligned(*pictures))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("colour", ["black", (120, 130, 125), "white"])
def test_a_box_lies_on_the_picture_that_is_plain_there(seed: int, colour: str | tuple[int, int, int]) -> None:
    picture, covered = grainy(seed), grainy(seed)
    ImageDraw.Draw(covered).rectangle((60, 40, 230, 170), fill=colour)
    assert overlaid(picture, covered) == 1
    assert overlaid(covered, picture) == 0


@pytest.mark.parametrize("seed", range(4))
def test_on_plain_ground_it_is_the_one_that_is_not_plain(seed: int) -> None:
    picture = grainy(seed)
    ImageDraw.Draw(picture).rectangle((0, 0, 320, 130), fill=(150, 190, 230))
    covered = picture.copy()
    covered.paste(grainy(seed + 10).resize((150, 90)), (90, 20))
    assert overlaid(picture, covered) == 1
    assert overlaid(covered, picture) == 0


def test_of_two_equal_pictures_neither_has_something_on_it() -> None:
    assert overlaid(grainy(1), grainy(1)) is None
