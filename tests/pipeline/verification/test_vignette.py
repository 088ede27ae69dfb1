"""Corners that a filter darkened are told from things that differ."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from dpm_tui.catalog.verdict import Kind
from dpm_tui.pipeline.comparison.vignette import lift_corners
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from tests.pipeline.drawings import thumbnail
from tests.support.pictures import scene

Picture = NDArray[np.uint8]


def pixels(seed: int) -> Picture:
    return thumbnail(scene(seed).convert("RGB"))


def darkened(picture: Picture, share: float) -> Picture:
    height, width = picture.shape[:2]
    down, across = (np.linspace(-1, 1, side) ** 2 for side in (height, width))
    left = 1 - share * (across + down[:, None]) / 2
    return np.asarray(picture * left[..., None], np.uint8)


@pytest.mark.parametrize("seed", range(4))
def test_dark_corners_are_lifted(seed: int) -> None:
    plain = pixels(seed)
    dark = darkened(plain, 0.5)
    lifted, swapped = lift_corners(plain, dark), lift_corners(dark, plain)
    assert lifted is not None
    assert swapped is not None
    for picture in (lifted[1], swapped[0]):
        assert np.abs(picture.astype(int) - plain).mean() < 6


def test_pictures_with_equal_corners_stay_as_they_are() -> None:
    plain = pixels(1)
    assert lift_corners(plain, plain) is None
    assert lift_corners(plain, np.asarray(plain * 0.8, np.uint8)) is None


@pytest.mark.parametrize("seed", range(3))
def test_a_picture_with_dark_corners_is_edited(seed: int) -> None:
    plain = pixels(seed)
    verdict = AlignedJudge().judge(plain, darkened(np.asarray(plain * 0.78 + 48, np.uint8), 0.6), 0.9)
    assert verdict is not None
    assert verdict.kind is Kind.EDITED


def test_something_new_under_dark_corners_is_seen() -> None:
    plain = pixels(1)
    other = Image.fromarray(plain)
    draw = ImageDraw.Draw(other)
    for left in (60, 100, 140):
        draw.ellipse((left, 70, left + 30, 110), fill=(250, 240, 120), outline=(10, 10, 60), width=3)
    verdict = AlignedJudge().judge(plain, darkened(np.asarray(other), 0.5), 0.9)
    assert verdict is not None
    assert verdict.kind in (Kind.EDITED, Kind.VARIANT)
    assert max(verdict.differs) > 64
