"""Palette loss: what cutting colours did to a copy is no change, what was added or taken away is one."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from dpm_tui.pipeline.inspection.palette_loss import allow_for_palettes, find_palette
from dpm_tui.pipeline.quality.sample_region import Picture

SPOT = np.s_[100:114, 100:114]


def shades(width: int = 480, height: int = 320) -> Image.Image:
    """Return soft shades of blue and brown, without a trace of red or green."""
    down, across = np.mgrid[0:height, 0:width] / height
    red = 90 + 60 * np.sin(3 * across) * np.cos(2 * down)
    blue = 120 + 80 * np.cos(2 * across + down)
    return Image.fromarray(np.stack([red, red * 0.9, blue], axis=2).astype(np.uint8))


def with_spot(picture: Image.Image) -> Image.Image:
    changed = picture.copy()
    ImageDraw.Draw(changed).ellipse((100, 100, 114, 114), fill=(40, 30, 30))
    return changed


def cut(picture: Image.Image, colours: int, dithered: bool = False) -> Picture:
    few = picture.quantize(colours)
    if dithered:
        few = picture.quantize(palette=few, dither=Image.Dither.FLOYDSTEINBERG)
    return np.asarray(few.convert("RGB"))


def allow(one: Picture, other: Picture) -> tuple[Picture, Picture]:
    return allow_for_palettes((one, other), (find_palette(one), find_palette(other)))


def apart(one: Picture, other: Picture) -> Picture:
    return np.abs(one.astype(int) - other).max(axis=2)


@pytest.mark.parametrize("colours", [32, 64, 256])
@pytest.mark.parametrize("dithered", [False, True])
def test_a_copy_of_few_colours_no_longer_differs(colours: int, dithered: bool) -> None:
    original, copy = np.asarray(shades()), cut(shades(), colours, dithered)
    allowed, same = allow(original, copy)
    assert same is copy
    assert np.quantile(apart(allowed, copy), 0.999) <= 8
    assert (allow(copy, original)[1] == allowed).all()


@pytest.mark.parametrize("dithered", [False, True])
def test_what_was_added_or_taken_away_still_differs(dithered: bool) -> None:
    plain, changed = shades(), with_spot(shades())
    for one, other in ((plain, changed), (changed, plain)):
        allowed, copy = allow(np.asarray(one), cut(other, 64, dithered))
        assert np.median(apart(allowed, copy)[SPOT]) > 30


def test_what_the_palette_lacks_is_no_loss() -> None:
    changed = shades()
    ImageDraw.Draw(changed).ellipse((100, 100, 114, 114), fill=(250, 30, 20))
    allowed, copy = allow(np.asarray(changed), cut(shades(), 64))
    assert np.median(apart(allowed, copy)[SPOT]) > 60


def test_pictures_of_many_colours_and_drawings_of_few_stay() -> None:
    original = np.asarray(shades())
    noisy = np.clip(original + np.random.default_rng(0).normal(0, 5, original.shape), 0, 255).astype(np.uint8)
    flat = cut(shades(), 12)
    for other in (noisy, flat):
        one, two = allow(original, other)
        assert one is original
        assert two is other


def test_a_palette_is_found_whatever_few_pixels_use_it() -> None:
    few = cut(shades(), 200)
    palette = find_palette(few)
    assert palette is not None
    assert {tuple(colour) for colour in palette} == {tuple(colour) for colour in few.reshape(-1, 3)}
    flat = np.full((900, 900, 3), 7, np.uint8)
    flat[0, 1:300, 0] = np.arange(299) % 256
    flat[0, 1:300, 1] = np.arange(299) // 2
    assert find_palette(flat) is None
    assert find_palette(np.asarray(shades())) is None
