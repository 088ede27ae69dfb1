"""Pictures in few colours: made of another one they are proved to be, with a thing changed they never are."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance

from dpm_tui.pipeline.inspection.inspected_verdict import CHANGED
from dpm_tui.pipeline.inspection.palette_loss import find_palette
from dpm_tui.pipeline.inspection.palette_proof import PROVED_OFF, PaletteTraits, measure_palette
from dpm_tui.review.reasons.difference_places import describe_places
from tests.pipeline.inspection.test_inspection import Edit, look, scene as gaudy_scene, stored, with_eye

pytestmark = pytest.mark.slow
PLAIN, SPREAD = Image.Dither.NONE, Image.Dither.FLOYDSTEINBERG


def scene(width: int = 900, height: int = 600, seed: int = 0) -> Image.Image:
    """Return a scene whose colours thirty-two can stand for."""
    return ImageEnhance.Color(gaudy_scene(width, height, seed)).enhance(0.4)


def cut(picture: Image.Image, colours: int, dither: Image.Dither = PLAIN) -> Image.Image:
    """Return a picture in few colours, as programs that make GIF files do it."""
    return picture.quantize(palette=picture.quantize(colours), dither=dither)


def measured(picture: Image.Image, other: Image.Image) -> PaletteTraits:
    whole, few = (np.asarray(each.convert("RGB")) for each in (picture, other))
    palette = find_palette(few)
    assert palette is not None
    return measure_palette(whole, few, palette)


@pytest.mark.parametrize("dither", [PLAIN, SPREAD])
@pytest.mark.parametrize("colours", [32, 64, 256])
def test_a_picture_cut_in_colours_is_proved_and_a_small_change_in_it_is_seen(
    colours: int, dither: Image.Dither
) -> None:
    same = measured(scene(), cut(scene(), colours, dither))
    assert (same.proved, same.changed) == (True, False)
    other = measured(scene(), cut(with_eye(scene()), colours, dither))
    assert (other.proved, other.changed) == (False, True)


@pytest.mark.parametrize("form", ["GIF", "PNG"])
def test_what_is_proved_shows_no_change_and_what_is_seen_shows_where(form: str) -> None:
    original = stored(scene())
    found = look(original, stored(cut(scene(), 32), form))
    assert found.proved
    assert found.changed < CHANGED
    assert not any(found.differs)
    other = look(original, stored(cut(with_eye(scene()), 32), form))
    assert not other.proved
    assert other.changed > CHANGED
    assert "upper_right" in describe_places(other.differs)


def test_a_good_jpeg_of_the_source_proves_it_as_well() -> None:
    source = scene(450, 300)
    buffer = io.BytesIO(stored(source, "JPEG", quality=94, subsampling=0))
    with Image.open(buffer) as jpeg:
        assert measured(jpeg.convert("RGB"), cut(source, 128)).proved


def other_team(picture: Image.Image) -> Image.Image:
    """Return the picture with one of its figures in another colour."""
    team = picture.copy()
    ImageDraw.Draw(team).rectangle((300, 200, 380, 300), fill=(60, 80, 170))
    return team


def own_team(picture: Image.Image) -> Image.Image:
    team = picture.copy()
    ImageDraw.Draw(team).rectangle((300, 200, 380, 300), fill=(170, 70, 60))
    return team


def lighter_half(picture: Image.Image) -> Image.Image:
    half = picture.copy()
    half.paste(
        picture.point(lambda v: min(v + 14, 255)).crop((0, 0, picture.width // 2, picture.height)), (0, 0)
    )
    return half


EDITS: dict[str, tuple[Edit, Edit]] = {
    "another team": (own_team, other_team),
    "a lighter half": (lambda p: p, lighter_half),
    "another scene": (lambda p: p, lambda p: scene(*p.size, seed=4)),
    "grey": (lambda p: p, lambda p: p.convert("L").convert("RGB")),
    "moved": (lambda p: p, lambda p: Image.fromarray(np.roll(np.asarray(p), 3, axis=1))),
}


@pytest.mark.parametrize("dither", [PLAIN, SPREAD])
@pytest.mark.parametrize("colours", [3, 32, 256])
@pytest.mark.parametrize("name", EDITS)
def test_another_picture_in_few_colours_is_never_proved(
    name: str, colours: int, dither: Image.Dither
) -> None:
    before, after = EDITS[name]
    small = scene(450, 300)
    assert not measured(before(small), cut(after(small), colours, dither)).proved


def test_a_palette_without_the_colour_proves_nothing_about_it() -> None:
    """Both teams come out alike in these three colours."""
    model = Image.new("P", (1, 1))
    model.putpalette([20, 20, 20, 120, 120, 120, 230, 230, 230])
    found = other_team(scene()).quantize(palette=model, dither=PLAIN)
    assert not measured(own_team(scene()), found).proved


@pytest.mark.parametrize(
    "make",
    [
        lambda p: p.resize((p.width - 1, p.height)),
        lambda p: p.crop((0, 0, p.width - 2, p.height)),
        lambda p: p.transpose(Image.Transpose.ROTATE_180),
    ],
)
def test_only_what_has_the_same_frame_is_proved(make: Callable[[Image.Image], Image.Image]) -> None:
    source = scene(450, 300)
    assert not look(stored(source), stored(cut(make(source), 64))).proved


def test_two_pictures_in_few_colours_prove_nothing() -> None:
    source = scene(450, 300)
    assert not look(stored(cut(source, 200)), stored(cut(source, 32))).proved


def test_colours_are_counted_exactly() -> None:
    pixels: NDArray[np.uint8] = np.zeros((40, 40, 3), np.uint8)
    pixels.reshape(-1, 3)[:256, 1] = np.arange(256)
    found = find_palette(pixels)
    assert found is not None
    assert sorted(found.tolist()) == [[0, level, 0] for level in range(256)]
    pixels[-1, -1] = (9, 0, 0)
    assert find_palette(pixels) is None


def test_one_of_many_colours_at_every_pixel_is_no_chance_even_where_some_were_lost() -> None:
    """Gaudy figures come out grey: what each pixel has is still the nearest of the colours left."""
    source = ImageEnhance.Color(gaudy_scene()).enhance(0.75)
    few = cut(source, 64)
    assert measured(source, few).off[3] > PROVED_OFF[3]
    assert measured(source, few).proved
    assert not measured(source, cut(with_eye(source), 64)).proved
    assert not measured(own_team(source), cut(other_team(source), 64)).proved
