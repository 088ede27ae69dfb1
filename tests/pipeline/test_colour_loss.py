"""Which of two pictures lost its colours."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from dpm_tui.catalog.verdict import Alteration
from dpm_tui.pipeline.comparison.colour_loss import find_colour_loss
from tests.pipeline.drawings import scene

SCENE = scene(2, (320, 200))
GREY = ImageOps.grayscale(SCENE)


def toned(light: tuple[int, int, int]) -> NDArray[np.uint8]:
    return np.asarray(ImageOps.colorize(GREY, (20, 15, 10), light))


def grainy(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture whose colours are a little off everywhere."""
    noise = np.random.default_rng(1).integers(-6, 7, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("poorer", "how"),
    [(np.asarray(GREY.convert("RGB")), Alteration.GREY), (toned((255, 240, 200)), Alteration.TINTED)],
)
def test_the_one_without_colours_is_told_in_either_order(poorer: NDArray[np.uint8], how: Alteration) -> None:
    assert find_colour_loss(np.asarray(SCENE), poorer, None) == (how, 1)
    assert find_colour_loss(poorer, np.asarray(SCENE), None) == (how, 0)


@pytest.mark.parametrize(
    "other", [toned((255, 240, 200)), grainy(toned((255, 240, 200))), np.asarray(GREY.convert("RGB"))]
)
def test_of_two_pictures_of_one_tone_neither_has_all_colours(other: NDArray[np.uint8]) -> None:
    blue = toned((180, 210, 255))
    assert find_colour_loss(blue, other, None) is None
    assert find_colour_loss(other, blue, None) is None


def test_of_two_plain_fields_neither_has_all_colours() -> None:
    red, blue = (np.asarray(Image.new("RGB", (64, 64), colour)) for colour in ("red", "blue"))
    assert find_colour_loss(red, blue, None) is None
