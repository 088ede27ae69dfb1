"""Facts of samples: bits, colours, loss and transparency, whatever the container says of itself."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from dpm_tui.catalog.image_file import Facts
from dpm_tui.pipeline.decoding.thumbnail import decode_thumbnail
from tests.support.picture_ways import WAYS
from tests.support.pictures import encode, scene


def facts(picture: Image.Image, way: str, **options: Any) -> Facts:
    return decode_thumbnail(encode(picture, way, **options)).facts


def _high_colour_bmp(masks: tuple[int, int, int]) -> bytes:
    """Return a BMP of 16 bits a pixel."""
    width, height = 16, 12
    samples = np.arange(width * height, dtype="<u2") * 331
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 16, 3, samples.nbytes, 2835, 2835, 0, 0)
    start = 14 + 40 + 12
    return (
        struct.pack("<2sIHHI", b"BM", start + samples.nbytes, 0, 0, start)
        + header
        + struct.pack("<3I", *masks)
        + samples.tobytes()
    )


@pytest.mark.parametrize("way", WAYS)
def test_the_depth_of_a_picture_that_was_read_is_never_unknown(way: str) -> None:
    assert decode_thumbnail(WAYS[way](scene(4, 240, 160))).facts.depth > 0


@pytest.mark.parametrize(
    ("way", "depth"),
    [
        ("plain.jpg", 8), ("grey.jpg", 8), ("plain.png", 8), ("bits.png", 1), ("deep.png", 16),
        ("palette.png", 8), ("plain.gif", 8), ("plain.webp", 8), ("fax.tif", 1), ("deep.tif", 16),
        ("float.tif", 32), ("integer.tif", 32), ("palette.tif", 8), ("jpeg.tif", 8), ("bits.bmp", 1),
        ("palette.bmp", 8), ("plain.avif", 8), ("plain.heic", 8), ("deep.heic", 10),
    ],
)  # fmt: skip
def test_the_bits_of_a_sample_are_those_of_the_file(way: str, depth: int) -> None:
    assert decode_thumbnail(WAYS[way](scene(4, 240, 160))).facts.depth == depth


@pytest.mark.parametrize("masks", [(0xF800, 0x07E0, 0x001F), (0x7C00, 0x03E0, 0x001F)])
def test_high_colour_has_five_bits_a_sample(masks: tuple[int, int, int]) -> None:
    assert decode_thumbnail(_high_colour_bmp(masks)).facts.depth == 5


def test_deep_colours_that_are_cut_while_decoding_keep_their_depth_and_equal_none() -> None:
    deep = np.full((60, 80, 3), 257 * 40, np.uint16)
    target = io.BytesIO()
    pillow_heif.from_bytes("RGB;16", (80, 60), deep.tobytes()).save(target)
    known = decode_thumbnail(target.getvalue()).facts
    assert known.depth > 8
    assert (known.pixels, known.colours) == ("", 0)


def test_a_png_of_deep_colours_equals_no_shallow_one() -> None:
    import cv2

    deep = np.random.default_rng(1).integers(0, 65536, (60, 80, 3), dtype=np.uint16)
    known = decode_thumbnail(cv2.imencode(".png", deep)[1].tobytes()).facts
    assert known.depth == 16
    assert (known.pixels, known.colours) == ("", 0)


@pytest.mark.parametrize(
    ("way", "lossy"),
    [
        ("plain.jpg", True), ("two.jpg", True), ("plain.webp", True), ("alpha.webp", True),
        ("lossless.webp", False), ("moving.webp", True), ("plain.avif", True), ("plain.heic", True),
        ("jpeg.tif", True), ("tiff_lzw.tif", False), ("plain.tif", False), ("fax.tif", False),
        ("plain.png", False), ("plain.gif", False), ("plain.bmp", False),
    ],
)  # fmt: skip
def test_loss_is_told_by_the_codec_and_not_by_the_container(way: str, lossy: bool) -> None:
    assert decode_thumbnail(WAYS[way](scene(4, 240, 160))).facts.lossy == lossy


def test_frames_of_a_webp_that_are_coded_without_loss_are_seen() -> None:
    assert not facts(scene(1), "WEBP", save_all=True, append_images=[scene(2)], lossless=True).lossy


def _of_colours(count: int) -> Image.Image:
    levels = (np.arange(64 * 64) % count).reshape(64, 64)
    return Image.fromarray(np.stack([levels % 256, levels // 256, levels * 0 + 7], axis=2).astype(np.uint8))


@pytest.mark.parametrize("way", ["PNG", "BMP", "TIFF"])
@pytest.mark.parametrize(("count", "found"), [(1, 1), (200, 200), (256, 256), (257, 0)])
def test_few_colours_are_counted(way: str, count: int, found: int) -> None:
    assert facts(_of_colours(count), way).colours == found


def test_entries_of_a_palette_that_are_not_used_or_are_the_same_do_not_count() -> None:
    picture = Image.new("P", (40, 30), 0)
    picture.putpalette([10, 20, 30, 200, 0, 0, 10, 20, 30, 0, 0, 255])
    picture.paste(1, (0, 0, 10, 10))
    picture.paste(2, (20, 0, 30, 10))
    for way in ("PNG", "GIF", "BMP"):
        assert facts(picture, way).colours == 2


def test_colours_of_what_is_scaled_or_lossy_are_not_counted() -> None:
    assert facts(Image.new("RGB", (64, 48), "red"), "JPEG").colours == 0
    assert facts(Image.new("RGB", (2000, 1500), "red"), "JPEG").colours == 0
    assert facts(Image.new("RGB", (64, 48), "red"), "WEBP").colours == 0
    assert facts(Image.new("RGB", (64, 48), "red"), "WEBP", lossless=True).colours == 1


@pytest.mark.parametrize("way", ["PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_alpha_is_told_only_where_something_is_transparent(way: str) -> None:
    picture = scene(2).convert("RGBA")
    assert not facts(picture, way).alpha
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    assert facts(picture, way).alpha
    assert not facts(scene(2), way).alpha


def test_a_transparent_colour_of_a_palette_counts_where_it_is_used() -> None:
    picture = scene(2).quantize(16)
    used = picture.getpixel((0, 0))
    for way in ("PNG", "GIF"):
        assert facts(picture, way, transparency=used).alpha
        assert not facts(picture, way).alpha
