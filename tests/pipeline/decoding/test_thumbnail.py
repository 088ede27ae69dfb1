from __future__ import annotations

import contextlib
import io
import struct
import zlib

import numpy as np
import pillow_heif
import pytest
from hypothesis import given, strategies as st
from PIL import Image, ImageDraw, ImageOps

from dpm_tui.catalog.image_file import Status
from dpm_tui.pipeline.decoding.thumbnail import (
    THUMBNAIL_PX,
    UndecodableError,
    decode_thumbnail,
    decode_view,
    digest_pixels,
    read_thumbnail,
)
from tests.support.pictures import encode, exif, scene, with_segment

FORMATS = ("JPEG", "PNG", "BMP", "WEBP", "TIFF", "GIF", "AVIF", "HEIF")


def thumbnail(content: bytes) -> np.ndarray:
    return read_thumbnail(decode_thumbnail(content).jpeg)


def difference(one: np.ndarray, other: np.ndarray) -> float:
    assert one.shape == other.shape
    return float(np.abs(one.astype(int) - other).mean())


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_an_rgb_thumbnail_and_its_facts(name: str) -> None:
    content = encode(scene(1, 320, 200), name)
    made = decode_thumbnail(content)
    assert (made.facts.format, made.facts.width, made.facts.height) == (name, 320, 200)
    assert made.facts.frames == 1
    assert len(made.facts.digest) == 64
    picture = read_thumbnail(made.jpeg)
    assert picture.shape == (160, 256, 3)
    assert difference(picture, thumbnail(encode(scene(1, 320, 200), "PNG"))) < 8


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_any_exif_orientation_gives_the_same_upright_thumbnail(name: str, orientation: int) -> None:
    upright = scene(2, 240, 160)
    undo = {5: 5, 6: 8, 7: 7, 8: 6}.get(orientation, orientation)
    stored = ImageOps.exif_transpose(_tagged(upright, undo))
    quality = {"quality": 95} if name != "PNG" else {}
    content = encode(stored, name, exif=exif(Orientation=orientation), **quality)
    made = decode_thumbnail(content)
    assert (made.facts.width, made.facts.height) == (240, 160)
    assert difference(read_thumbnail(made.jpeg), np.asarray(upright)) < 5


def _tagged(picture: Image.Image, orientation: int) -> Image.Image:
    target = Image.open(io.BytesIO(encode(picture, "PNG", exif=exif(Orientation=orientation))))
    target.load()
    return target


def test_an_orientation_that_does_not_exist_is_none() -> None:
    made = decode_thumbnail(encode(scene(2), "JPEG", exif=exif(Orientation=42)))
    assert (made.facts.width, made.facts.height) == (192, 144)


def test_a_big_jpeg_is_scaled_while_decoding_and_keeps_its_true_size() -> None:
    made = decode_thumbnail(encode(scene(3, 2400, 1800), "JPEG"))
    assert (made.facts.width, made.facts.height) == (2400, 1800)
    assert made.facts.pixels == ""
    assert max(read_thumbnail(made.jpeg).shape) == THUMBNAIL_PX


def test_a_small_picture_is_not_blown_up() -> None:
    assert thumbnail(encode(scene(4, 40, 30), "PNG")).shape == (30, 40, 3)


def test_a_very_narrow_picture_has_a_thumbnail() -> None:
    assert thumbnail(encode(scene(4, 3000, 2), "PNG")).shape[1] == THUMBNAIL_PX


@pytest.mark.parametrize("name", ["PNG", "TIFF"])
def test_deep_gradients_in_opposite_directions_differ(name: str) -> None:
    ramp = np.tile(np.linspace(0, 65535, 128).astype(np.uint16), (96, 1))
    one, other = (thumbnail(encode(Image.fromarray(side), name)) for side in (ramp, ramp[:, ::-1].copy()))
    assert difference(one, other) > 60


def test_the_orientation_of_a_heic_is_not_the_one_in_its_exif_data() -> None:
    made = decode_thumbnail(encode(scene(2, 240, 160), "HEIF", exif=exif(Orientation=6)))
    assert (made.facts.width, made.facts.height) == (240, 160)


@pytest.mark.parametrize("bits", [8, 10])
def test_a_heic_whose_samples_are_cut_equals_none(bits: int) -> None:
    if bits == 8:
        heif = pillow_heif.from_pillow(scene(6))
    else:
        heif = pillow_heif.from_bytes("RGB;16", (64, 64), np.full((64, 64, 3), 4096, np.uint16).tobytes())
    target = io.BytesIO()
    heif.save(target)
    assert bool(digest_pixels(target.getvalue())) == (bits == 8)


def test_a_damaged_heic_is_damaged_and_not_of_another_format() -> None:
    content = encode(scene(6), "HEIF")
    for cut in (40, len(content) // 2, len(content) - 10):
        with pytest.raises(UndecodableError) as failure:
            decode_thumbnail(content[:cut])
        assert failure.value.status is Status.DAMAGED


def test_deep_samples_are_scaled_and_not_clipped() -> None:
    ramp = np.tile(np.linspace(0, 65535, 128).astype(np.uint16), (96, 1))
    row = thumbnail(encode(Image.fromarray(ramp), "PNG"))[48, :, 0].astype(int)
    assert abs(row[64] - 128) < 8
    assert row[2] < 16
    assert row[-3] > 240


@pytest.mark.parametrize("scale", [1.0, 1000.0])
def test_float_samples_are_scaled_to_their_range(scale: float) -> None:
    ramp = np.tile(np.linspace(0, scale, 128).astype(np.float32), (96, 1))
    row = thumbnail(encode(Image.fromarray(ramp), "TIFF"))[48, :, 0].astype(int)
    assert abs(row[64] - 128) < 8


def test_cmyk_looks_like_its_rgb_original() -> None:
    made = decode_thumbnail(encode(scene(5).convert("CMYK"), "JPEG", quality=95))
    assert difference(read_thumbnail(made.jpeg), np.asarray(scene(5))) < 12


def test_a_palette_with_transparency_is_shown_on_white() -> None:
    picture = Image.new("P", (64, 64), 0)
    picture.putpalette([255, 0, 0, 0, 0, 255])
    ImageDraw.Draw(picture).rectangle((0, 0, 31, 63), fill=1)
    shown = thumbnail(encode(picture, "PNG", transparency=0))
    assert shown[32, 48].min() > 240
    assert shown[32, 16, 2] > 200
    assert shown[32, 16, 0] < 60


def _line_art(level: int) -> bytes:
    picture = Image.new("RGBA", (128, 128), (level, level, level, 0))
    draw = ImageDraw.Draw(picture)
    for at in range(10, 120, 15):
        draw.line((at, 5, 128 - at, 120), fill=(level, level, level, 255), width=4)
    return encode(picture, "PNG")


def test_black_and_white_drawings_on_transparency_can_be_seen_and_differ() -> None:
    black, white = thumbnail(_line_art(0)), thumbnail(_line_art(255))
    assert black.std() > 20
    assert white.std() > 20
    assert difference(black, white) > 40


@pytest.mark.parametrize("name", ["GIF", "PNG", "WEBP", "TIFF"])
def test_frames_are_counted_and_the_first_is_shown(name: str) -> None:
    frames = [scene(seed) for seed in (6, 7, 8)]
    content = encode(frames[0], name, save_all=True, append_images=frames[1:], duration=100)
    made = decode_thumbnail(content)
    assert made.facts.frames == 3
    assert difference(read_thumbnail(made.jpeg), np.asarray(scene(6))) < 15


def test_the_second_picture_of_a_camera_jpeg_is_no_frame() -> None:
    content = encode(scene(6), "MPO", save_all=True, append_images=[scene(7)])
    made = decode_thumbnail(content)
    assert (made.facts.format, made.facts.frames) == ("JPEG", 1)
    assert difference(read_thumbnail(made.jpeg), np.asarray(scene(6))) < 15


def test_the_date_and_the_presence_of_exif_are_read() -> None:
    facts = decode_thumbnail(encode(scene(1), "JPEG", exif=exif(DateTime="2024:05:06 07:08:09"))).facts
    assert facts.taken == "2024-05-06 07:08:09"
    assert facts.has_exif
    for wrong in ("2024:05:06 0\xff\xff\xff:08", "2024:05:06 \x1b[2Jab", "2024:05:06"):
        facts = decode_thumbnail(encode(scene(1), "JPEG", exif=exif(DateTime=wrong))).facts
        assert facts.taken == "2024-05-06"
    bare = decode_thumbnail(encode(scene(1), "JPEG")).facts
    assert (bare.taken, bare.has_exif) == ("", False)


@given(
    st.binary(max_size=120),
    st.sampled_from([b"Exif\0\0II*\0\x08\0\0\0", b"Exif\0\0MM\0*\0\0\0\x08", b"Exif\0\0"]),
)
def test_broken_exif_does_not_reject_a_picture(noise: bytes, head: bytes) -> None:
    made = decode_thumbnail(with_segment(encode(scene(1, 48, 36), "JPEG"), 0xE1, head + noise))
    assert {made.facts.width, made.facts.height} == {48, 36}


def _png_header(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))
    data = b"IDAT" + zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk
        + struct.pack(">I", len(data) - 4)
        + data
        + struct.pack(">I", zlib.crc32(data))
    )


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", Status.DAMAGED),
        (encode(scene(1), "JPEG")[:1500], Status.DAMAGED),
        (encode(scene(1), "PNG")[:1500], Status.DAMAGED),
        (encode(scene(1), "WEBP")[:1500], Status.DAMAGED),
        (b"<!DOCTYPE html><html><body>404</body></html>", Status.UNSUPPORTED),
        (b"%PDF-1.7\n%\xe2\xe3", Status.UNSUPPORTED),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", Status.UNSUPPORTED),
        (encode(scene(1), "PPM"), Status.UNSUPPORTED),
        (bytes(5000), Status.UNSUPPORTED),
        (_png_header(60000, 60000), Status.TOO_BIG),
        (_png_header(2**31 - 1, 2**31 - 1), Status.TOO_BIG),
    ],
    ids=["empty", "jpeg", "png", "webp", "html", "pdf", "eps", "ppm", "zeros", "bomb", "huge bomb"],
)
def test_what_cannot_be_decoded_says_in_which_way(content: bytes, status: Status) -> None:
    with pytest.raises(UndecodableError) as failure:
        decode_thumbnail(content)
    assert failure.value.status is status
    assert failure.value.reason
    assert len(failure.value.digest) == 64


@given(st.integers(0, 4000), st.binary(min_size=1, max_size=8), st.sampled_from(FORMATS))
def test_a_damaged_file_is_decoded_or_named_but_never_more(at: int, noise: bytes, name: str) -> None:
    content = bytearray(encode(scene(9, 64, 48), name))
    at %= len(content)
    content[at : at + len(noise)] = noise
    with contextlib.suppress(UndecodableError):
        assert max(read_thumbnail(decode_thumbnail(bytes(content)).jpeg).shape) <= THUMBNAIL_PX


@pytest.mark.parametrize("name", ["PNG", "TIFF"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "I;16"])
def test_a_view_shows_the_asked_part_upright(name: str, mode: str) -> None:
    upright = scene(2, 240, 160)
    if mode == "I;16":
        upright = Image.fromarray(np.asarray(upright.convert("L")).astype(np.uint16) * 257)
    elif mode == "RGBA":
        upright = upright.convert("RGBA")
        upright.putalpha(250)
    content = encode(upright.transpose(Image.Transpose.ROTATE_90), name, exif=exif(Orientation=6))
    part = decode_view(content, 500, 500, (0.5, 0.0, 1.0, 1.0))
    shown = scene(2, 240, 160).convert("L" if mode == "I;16" else "RGB").convert("RGB")
    assert difference(part, np.asarray(shown)[:, 120:]) < 4


@pytest.mark.parametrize(
    "content", [b"", b"no thumbnail", encode(scene(1, 400, 300), "JPEG"), encode(scene(1), "PNG")]
)
def test_a_stored_thumbnail_is_not_trusted(content: bytes) -> None:
    with pytest.raises(ValueError, match="thumbnail"):
        read_thumbnail(content)
