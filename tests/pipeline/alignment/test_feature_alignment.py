"""Where one picture lies over another, for scenes with corners and for flat drawings."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from dpm_tui.pipeline.alignment.descriptors import DescriptorCache, orient, orientation_correlations
from dpm_tui.pipeline.alignment.feature_alignment import Alignment, align
from dpm_tui.pipeline.alignment.local_features import find_features
from dpm_tui.pipeline.alignment.overlap import lay_over, whole
from dpm_tui.pipeline.alignment.template_alignment import search
from tests.pipeline.drawings import portrait, scene, thumbnail


def aligned(first: np.ndarray, second: np.ndarray) -> Alignment | None:
    return align(*(find_features(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY)) for p in (first, second)))


def test_a_crop_is_laid_where_it_was_cut() -> None:
    image = scene(1)
    alignment = aligned(thumbnail(image), thumbnail(image.crop((128, 96, 512, 384))))
    assert alignment is not None
    assert not alignment.mirrored
    assert alignment.scale == pytest.approx(0.6, abs=0.01)
    assert alignment.angle == pytest.approx(0, abs=0.5)
    assert alignment.matrix[:2, 2] == pytest.approx([51.2, 38.4], abs=1.5)


@pytest.mark.parametrize("angle", [4, 90, 180, -90])
def test_rotation_is_measured(angle: int) -> None:
    image = scene(2)
    alignment = aligned(thumbnail(image.rotate(angle, expand=True)), thumbnail(image))
    assert alignment is not None
    assert (alignment.angle + angle + 180) % 360 - 180 == pytest.approx(0, abs=0.5)


def test_a_mirrored_crop_is_found() -> None:
    image = scene(3)
    alignment = aligned(thumbnail(image), thumbnail(ImageOps.mirror(image.crop((0, 0, 450, 400)))))
    assert alignment is not None
    assert alignment.mirrored


@pytest.mark.parametrize("seed", range(4))
def test_a_mirrored_crop_of_what_is_nearly_symmetric_is_found(seed: int) -> None:
    image = nearly_symmetric(seed)
    alignment = aligned(thumbnail(image), thumbnail(ImageOps.mirror(image).crop((60, 40, 512, 400))))
    assert alignment is not None
    assert alignment.mirrored


def nearly_symmetric(seed: int) -> Image.Image:
    """Return a picture of which most things, but not all, lie on both sides alike."""
    dice = np.random.default_rng(seed)
    image = Image.new("RGB", (512, 400), "grey")
    draw = ImageDraw.Draw(image)
    for left, top, size, light, dark in dice.integers((20, 20, 8, 0, 0), (236, 380, 26, 255, 255), (20, 5)):
        for x in (left, 511 - left):
            for reach, level in ((size, light), (size // 2, dark)):
                draw.ellipse((x - reach, top - reach, x + reach, top + reach), fill=(level, level, level))
    for x, y, level in dice.integers((30, 30, 0), (480, 370, 255), (14, 3)):
        corners = [(int(x + dx), int(y + dy)) for dx, dy in dice.integers(-24, 24, (3, 2))]
        draw.polygon(corners, fill=(level, level, level))
    return image


def test_scenes_that_share_nothing_are_not_aligned() -> None:
    for seed in range(5):
        found = aligned(thumbnail(scene(seed)), thumbnail(scene(seed + 20)))
        assert found is None or found.inliers < 8


def test_a_quarter_of_the_area_is_found() -> None:
    image = scene(5)
    alignment = aligned(thumbnail(image), thumbnail(image.crop((200, 100, 520, 340))))
    assert alignment is not None
    assert alignment.scale == pytest.approx(0.5, abs=0.01)


def test_a_photographed_screen_is_laid_in_perspective() -> None:
    picture = thumbnail(scene(6))
    height, width = picture.shape[:2]
    corners = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    seen = np.float32([[20, 10], [width - 5, 25], [width - 30, height - 20], [10, height - 8]])
    matrix = cv2.getPerspectiveTransform(corners, seen)
    alignment = aligned(cv2.warpPerspective(picture, matrix, (width, height)), picture)
    assert alignment is not None
    found = cv2.perspectiveTransform(corners[None], alignment.matrix)[0]
    assert np.abs(found - seen).max() < 3


def test_a_picture_seen_again_is_not_looked_at_again() -> None:
    sights = DescriptorCache()
    picture = thumbnail(scene(1))
    assert sights.of(picture).features is sights.of(picture.copy()).features
    assert sights.of(picture).features is not sights.of(picture[:, :-1].copy()).features


@pytest.mark.parametrize("orientation", range(8))
def test_the_likest_orientation_is_the_one_it_was_turned_from(orientation: int) -> None:
    picture = thumbnail(portrait())
    sights = DescriptorCache()
    found = orientation_correlations(sights.of(orient(picture, orientation)), sights.of(picture))
    assert int(np.argmax(found)) == orientation


def flat() -> Image.Image:
    image = Image.new("RGB", (400, 400), (255, 255, 255))
    ImageDraw.Draw(image).ellipse((60, 90, 250, 300), fill=(230, 90, 60))
    ImageDraw.Draw(image).ellipse((180, 160, 330, 340), fill=(60, 90, 200))
    return image


def test_a_flat_drawing_is_found_in_its_frame() -> None:
    framed = thumbnail(ImageOps.expand(flat(), 60, (0, 0, 0)))
    alignment = search(thumbnail(flat()), framed)
    assert alignment is not None
    assert alignment.scale == pytest.approx(520 / 400, abs=0.02)


def test_two_flat_drawings_are_not_found_in_each_other() -> None:
    other = Image.new("RGB", (400, 400), (255, 255, 255))
    ImageDraw.Draw(other).polygon([(60, 340), (200, 60), (340, 340)], fill=(40, 140, 70))
    assert search(thumbnail(flat()), thumbnail(other)) is None


@pytest.mark.parametrize("swap", [False, True])
def test_the_overlap_says_how_much_of_each_is_covered(swap: bool) -> None:
    image = scene(4)
    pictures = [thumbnail(image), thumbnail(image.crop((0, 0, 320, 480)))]
    pictures = pictures[::-1] if swap else pictures
    alignment = aligned(*pictures)
    assert alignment is not None
    overlap = lay_over(*pictures, alignment)
    assert overlap is not None
    covered = overlap.covered[::-1] if swap else overlap.covered
    assert covered == pytest.approx((0.5, 1.0), abs=0.03)


def test_values_of_the_frame_are_shown_over_each_picture() -> None:
    picture = thumbnail(portrait())
    overlap = whole(picture, orient(picture, 1), 3)
    values = np.zeros(overlap.first.shape[:2], np.float32)
    values[:20, :20] = 1
    assert np.argwhere(overlap.show(values, 0, 8) > 0.5).max() == 0
    assert np.argwhere(overlap.show(values, 1, 8) > 0.5).tolist() == [[7, 0]]
