"""Where a picture lies on a plain ground, and that plain drawings are found by it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from dpm_tui.catalog.verdict import Kind
from dpm_tui.pipeline.alignment.inner_quad import find_inner_quad, quad_matrix
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from tests.pipeline.drawings import encoded, scene, thumbnail

CORNERS = np.array([[40, 22], [220, 36], [206, 172], [26, 158]], np.float32)


def flag() -> Image.Image:
    """Return a drawing with hardly any features."""
    image = Image.new("RGB", (480, 320), (250, 210, 60))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 480, 80), fill=(190, 30, 30))
    draw.rectangle((0, 250, 480, 320), fill=(190, 30, 30))
    draw.ellipse((90, 110, 190, 220), fill=(40, 60, 140))
    draw.polygon([(300, 230), (350, 110), (400, 230)], fill=(20, 20, 20))
    return image


def letter() -> Image.Image:
    image = Image.new("RGB", (400, 400), (240, 240, 236))
    draw = ImageDraw.Draw(image)
    draw.rectangle((110, 70, 170, 330), fill=(60, 190, 230))
    for y in (70, 170, 270):
        draw.rectangle((110, y, 300, y + 60), fill=(60, 190, 230))
    return image


def photographed(picture: Image.Image, size: tuple[int, int] = (250, 190)) -> Image.Image:
    """Return a picture as it is seen at an angle on a dark ground."""
    matrix = quad_matrix(CORNERS, np.asarray(picture).shape)
    seen = cv2.warpPerspective(
        np.asarray(picture), matrix, size, flags=cv2.INTER_LINEAR, borderValue=(20, 20, 26)
    )
    return encoded(Image.fromarray(seen), 75)


@pytest.mark.parametrize("picture", [flag(), letter(), scene(3)])
def test_the_corners_of_a_picture_on_a_plain_ground_are_found(picture: Image.Image) -> None:
    found = find_inner_quad(np.asarray(photographed(picture)))
    assert found is not None
    assert np.abs(found - CORNERS).max() < 4


def test_what_has_no_four_corners_is_no_picture_on_a_ground() -> None:
    disc = Image.new("RGB", (200, 200), "white")
    ImageDraw.Draw(disc).ellipse((20, 20, 180, 180), fill="black")
    small = ImageOps.expand(letter().resize((40, 40)), 90, "black")
    for picture in (disc, small, scene(1), Image.new("RGB", (64, 64), "white"), Image.new("RGB", (3, 3))):
        assert find_inner_quad(np.asarray(picture)) is None


@pytest.mark.parametrize("picture", [flag(), letter()])
def test_a_plain_drawing_that_was_photographed_askew_is_found(picture: Image.Image) -> None:
    seen = photographed(picture)
    for pair in ((picture, seen), (seen, picture)):
        verdict = AlignedJudge().judge(*map(thumbnail, pair), 0.6)
        assert verdict is not None
        assert verdict.kind in (Kind.CROP, Kind.EDITED)


def test_another_drawing_on_a_dark_ground_is_not() -> None:
    assert AlignedJudge().judge(thumbnail(flag()), thumbnail(photographed(letter())), 0.6) is None
