"""Bars and frames are seen, and what they surround comes near to the picture that it was made of."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from dpm_tui.pipeline.candidates.crop_search import COUNT, MIDDLE, own_parts
from dpm_tui.pipeline.candidates.inner_picture import find_inner_picture
from dpm_tui.pipeline.transparency.cutout import StoredPicture
from tests.pipeline.drawings import thumbnail
from tests.support.pictures import scene

Surround = Callable[[Image.Image], Image.Image]


def upright(seed: int) -> Image.Image:
    """Return a picture with detail up to its edges."""
    picture = scene(seed).convert("RGB").resize((360, 480))
    draw = ImageDraw.Draw(picture)
    for top in range(0, 480, 12):
        draw.line((0, top, 360, top + 9), fill=(top // 2, 255 - top // 3, 90), width=3)
    return picture


def fill_blurred(picture: Image.Image) -> Image.Image:
    size = round(picture.height * 16 / 9), picture.height
    wide = ImageOps.fit(picture, size).filter(ImageFilter.GaussianBlur(22))
    wide.paste(picture, ((size[0] - picture.width) // 2, 0))
    return wide


SURROUNDED: dict[str, Surround] = {
    "black bars": lambda p: ImageOps.pad(p, (round(p.height * 16 / 9), p.height), color="black"),
    "blurred bars": fill_blurred,
    "white frame": lambda p: ImageOps.expand(p, 60, "white"),
}


@pytest.mark.parametrize("name", SURROUNDED)
@pytest.mark.parametrize("seed", range(3))
def test_what_is_surrounded_is_found(name: str, seed: int) -> None:
    picture = upright(seed)
    inner = find_inner_picture(thumbnail(SURROUNDED[name](picture)))
    assert inner is not None
    assert inner.shape[1] / inner.shape[0] == pytest.approx(picture.width / picture.height, rel=0.05)
    plain = np.asarray(picture.resize((inner.shape[1], inner.shape[0])), np.int64)
    assert np.abs(inner - plain).mean() < 40


def test_a_picture_without_bars_is_its_own() -> None:
    assert [seed for seed in range(6) if find_inner_picture(thumbnail(upright(seed))) is not None] == []


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGB", (1, 1)),
        Image.new("RGB", (3, 200), "red"),
        Image.new("RGB", (256, 2)),
        Image.new("RGB", (256, 1), "red"),
        Image.new("RGB", (1, 256), "red"),
        Image.new("RGB", (256, 256), "white"),
        Image.effect_noise((256, 256), 80).convert("RGB"),
    ],
    ids=lambda picture: f"{picture.width}x{picture.height}",
)
def test_what_has_nothing_to_tell_has_no_inner_picture(picture: Image.Image) -> None:
    assert find_inner_picture(np.asarray(picture)) is None


def test_the_inner_picture_stands_for_the_middle() -> None:
    framed = thumbnail(SURROUNDED["black bars"](upright(1)))
    parts = own_parts(StoredPicture(framed, None))
    assert parts is not None
    assert [k for k in range(COUNT) if parts[k] is not None] == [MIDDLE]
    assert own_parts(StoredPicture(thumbnail(upright(1)), None)) is None
