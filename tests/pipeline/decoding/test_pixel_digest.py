from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from dpm_tui.pipeline.decoding.jpeg_quality import estimate_quality
from dpm_tui.pipeline.decoding.thumbnail import decode_thumbnail, digest_pixels
from tests.support.pictures import decoded, encode, exif, scene, with_segment

LOSSLESS = {
    "PNG": encode(scene(1), "PNG"),
    "BMP": encode(scene(1), "BMP"),
    "TIFF": encode(scene(1), "TIFF"),
    "WEBP": encode(scene(1), "WEBP", lossless=True),
}


@pytest.mark.parametrize("name", ["BMP", "TIFF", "WEBP"])
def test_containers_of_the_same_pixels_agree(name: str) -> None:
    assert digest_pixels(LOSSLESS[name]) == digest_pixels(LOSSLESS["PNG"])
    assert decode_thumbnail(LOSSLESS[name]).facts.pixels == digest_pixels(LOSSLESS["PNG"])


def test_a_jpeg_with_other_metadata_agrees() -> None:
    bare = encode(scene(1), "JPEG")
    tagged = with_segment(
        with_segment(bare, 0xFE, b"a comment"), 0xE1, b"Exif\0\0" + exif(Make="x").tobytes()[6:]
    )
    assert tagged != bare
    assert digest_pixels(tagged) == digest_pixels(bare)


def test_a_jpeg_agrees_with_the_lossless_copy_of_what_it_shows() -> None:
    jpeg = encode(scene(1), "JPEG", quality=80)
    assert digest_pixels(encode(decoded(jpeg), "PNG")) == digest_pixels(jpeg)


def test_a_grey_picture_agrees_with_its_rgb_form() -> None:
    grey = scene(1).convert("L")
    assert digest_pixels(encode(grey, "PNG")) == digest_pixels(encode(grey.convert("RGB"), "PNG"))


def test_a_palette_agrees_with_its_colours() -> None:
    palette = scene(1).quantize(32)
    assert digest_pixels(encode(palette, "GIF")) == digest_pixels(encode(palette.convert("RGB"), "PNG"))


def test_transparency_that_hides_nothing_does_not_count() -> None:
    assert digest_pixels(encode(scene(1).convert("RGBA"), "PNG")) == digest_pixels(LOSSLESS["PNG"])


@pytest.mark.parametrize("name", ["PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(2, 9))
def test_orientation_counts_as_the_pixels_it_shows(name: str, orientation: int) -> None:
    lossless = {"lossless": True} if name == "WEBP" else {}
    tagged = encode(scene(1), name, exif=exif(Orientation=orientation), **lossless)
    turn = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }[orientation]  # fmt: skip
    assert digest_pixels(tagged) == digest_pixels(encode(scene(1).transpose(turn), "PNG"))
    assert decode_thumbnail(tagged).facts.pixels == digest_pixels(tagged)


@pytest.mark.parametrize("at", [(0, 0), (95, 71), (191, 143)])
def test_one_changed_pixel_differs(at: tuple[int, int]) -> None:
    picture = scene(1)
    red, green, blue = np.asarray(picture)[at[1], at[0]].tolist()
    picture.putpixel(at, (red, green, blue ^ 1))
    assert digest_pixels(encode(picture, "PNG")) != digest_pixels(LOSSLESS["PNG"])


def test_one_changed_alpha_value_differs() -> None:
    picture = scene(1).convert("RGBA")
    picture.putpixel((3, 3), (*picture.getpixel((3, 3))[:3], 254))
    assert digest_pixels(encode(picture, "PNG")) != digest_pixels(LOSSLESS["PNG"])


def test_deep_samples_keep_their_depth() -> None:
    deep = np.arange(96 * 64, dtype=np.uint16).reshape(64, 96)
    other = deep.copy()
    other[5, 5] ^= 1
    assert digest_pixels(encode(Image.fromarray(deep), "PNG")) != digest_pixels(
        encode(Image.fromarray(other), "PNG")
    )


def test_the_same_samples_in_another_shape_differ() -> None:
    flat = Image.fromarray(np.asarray(scene(1)).reshape(72, 384, 3))
    assert digest_pixels(encode(flat, "PNG")) != digest_pixels(LOSSLESS["PNG"])


def test_a_foreign_colour_profile_counts() -> None:
    profiled = encode(scene(1), "PNG", icc_profile=b"a profile of another space")
    assert digest_pixels(profiled) != digest_pixels(LOSSLESS["PNG"])


@pytest.mark.parametrize("quality", [*range(10, 96, 5), 11, 33, 49, 50, 51, 77, 92])
def test_jpeg_quality_is_estimated_within_one(quality: int) -> None:
    facts = decode_thumbnail(encode(scene(1, 64, 48), "JPEG", quality=quality)).facts
    assert abs(facts.quality - quality) <= 1


def test_pictures_without_tables_have_no_quality() -> None:
    assert decode_thumbnail(LOSSLESS["PNG"]).facts.quality == 0
    assert estimate_quality(None) == 0
    assert estimate_quality({}) == 0
