"""A picture that is worked on band by band comes out as if it were worked on at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from dpm_tui.pipeline.decoding import pixel_digest
from dpm_tui.pipeline.decoding.exif import stored_box, turn_upright, upright_size
from dpm_tui.pipeline.decoding.mode_conversion import normalise
from dpm_tui.pipeline.decoding.pixel_digest import digest_loaded
from dpm_tui.pipeline.decoding.thumbnail import shrink
from dpm_tui.pipeline.loading import bands
from tests.support.pictures import scene

pytestmark = pytest.mark.slow

SCENE = scene(4, 1811, 1333)


def translucent() -> Image.Image:
    picture = SCENE.copy()
    picture.putalpha(Image.radial_gradient("L").resize(picture.size))
    return picture


def white_on_nothing() -> Image.Image:
    return Image.merge("LA", (Image.new("L", SCENE.size, 255), translucent().getchannel(3)))


def deep() -> Image.Image:
    return Image.fromarray(np.asarray(SCENE.convert("L")).astype(np.uint16) * 31 + 900)


PICTURES: dict[str, Callable[[], Image.Image]] = {
    "colour": lambda: SCENE,
    "grey": lambda: SCENE.convert("L"),
    "palette": lambda: SCENE.quantize(60),
    "translucent": translucent,
    "white on nothing": white_on_nothing,
    "deep": deep,
    "inks": lambda: SCENE.convert("CMYK"),
    "thin": lambda: SCENE.resize((3, 9000)),
}


@pytest.fixture(autouse=True)
def _narrow_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bands, "_PIXELS", 10_000)
    monkeypatch.setattr(pixel_digest, "_BAND_BYTES", 80_000)


@pytest.mark.parametrize("name", PICTURES)
def test_a_thumbnail_is_that_of_the_whole(name: str) -> None:
    picture = PICTURES[name]()
    small = shrink(picture)
    at_once = normalise(picture).resize(small.size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    assert small.mode == at_once.mode
    assert small.tobytes() == at_once.tobytes()


@pytest.mark.parametrize("name", ["colour", "palette", "translucent", "deep"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pixels_have_one_digest_however_they_are_stored(name: str, orientation: int) -> None:
    picture = PICTURES[name]()
    turned = turn_upright(picture, orientation)
    assert digest_loaded(picture, orientation) == digest_loaded(turned, 1)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_part_is_found_where_it_is_stored(orientation: int) -> None:
    upright = turn_upright(SCENE, orientation)
    size = upright_size(SCENE.size, orientation)
    assert size == upright.size
    box = (100, 200, 400, 900)
    part = turn_upright(SCENE.crop(stored_box(box, size, orientation)), orientation)
    assert part.tobytes() == upright.crop(box).tobytes()


def test_one_clear_sample_is_seen() -> None:
    picture = SCENE.convert("RGBA")
    assert bands.is_opaque(picture)
    picture.putpixel((1700, 1300), (1, 2, 3, 254))
    assert not bands.is_opaque(picture)
