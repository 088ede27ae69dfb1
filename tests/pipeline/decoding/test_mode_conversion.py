"""Right pixels: the same picture in two encodings has one thumbnail, two pictures never have."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from dpm_tui.pipeline.decoding.icc_profile import changes_colours
from dpm_tui.pipeline.decoding.thumbnail import decode_thumbnail, decode_view, digest_pixels, read_thumbnail
from tests.pipeline.odd_modes import OTHER, SAME, WIDE, grey, rgb_profile
from tests.support.pictures import encode, scene

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def thumbnail(content: bytes) -> np.ndarray:
    return read_thumbnail(decode_thumbnail(content).jpeg).astype(int)


@pytest.mark.parametrize("name", SAME)
def test_the_same_picture_in_two_encodings_matches(name: str) -> None:
    one, other = map(thumbnail, SAME[name]())
    assert one.shape == other.shape
    assert np.abs(one - other).mean() < 3


@pytest.mark.parametrize("name", OTHER)
def test_two_pictures_do_not_become_one(name: str) -> None:
    one, other = map(thumbnail, OTHER[name]())
    assert one.shape != other.shape or np.abs(one - other).mean() > 25
    assert one.std() > 10
    assert other.std() > 10


@pytest.mark.parametrize("name", SAME)
def test_a_view_shows_what_the_thumbnail_does(name: str) -> None:
    for content in SAME[name]():
        view = decode_view(content, 256, 256, (0.0, 0.0, 1.0, 1.0)).astype(int)
        assert np.abs(view - thumbnail(content)).mean() < 6


def test_floats_that_are_no_numbers_or_endless_hide_nothing() -> None:
    samples = np.tile(np.linspace(0, 1, 128, dtype=np.float32), (96, 1))
    samples[3, 3], samples[4, 4], samples[5, 5] = np.nan, np.inf, -np.inf
    row = thumbnail(encode(Image.fromarray(samples), "TIFF"))[60, :, 0]
    assert abs(row[64] - 128) < 8
    empty = np.full((20, 20), np.nan, np.float32)
    assert thumbnail(encode(Image.fromarray(empty), "TIFF")).shape == (20, 20, 3)


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_an_srgb_profile_changes_no_byte_of_the_thumbnail(name: str) -> None:
    bare = decode_thumbnail(encode(scene(1, 320, 200), name)).jpeg
    assert decode_thumbnail(encode(scene(1, 320, 200), name, icc_profile=SRGB)).jpeg == bare


@pytest.mark.parametrize("profile", [b"no profile", WIDE[:200], WIDE[:128] + bytes(400), bytes(5000)])
def test_a_broken_profile_changes_no_byte_of_the_thumbnail(profile: bytes) -> None:
    bare = decode_thumbnail(encode(scene(1), "PNG")).jpeg
    assert decode_thumbnail(encode(scene(1), "PNG", icc_profile=profile)).jpeg == bare


def test_which_profiles_change_colours() -> None:
    nearly = rgb_profile(2.2, (0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971))
    linear = rgb_profile(1.0, (0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971))
    assert not changes_colours(b"")
    assert not changes_colours(SRGB)
    assert changes_colours(WIDE)
    assert changes_colours(linear)
    assert changes_colours(nearly)
    assert changes_colours(b"broken")


def test_a_cmyk_picture_is_shown_through_its_profile() -> None:
    """Without a CMYK profile at hand: a profile of another space must not be used."""
    content = encode(scene(1).convert("CMYK"), "JPEG", quality=95, icc_profile=WIDE)
    assert np.abs(thumbnail(content) - np.asarray(scene(1)).astype(int)).mean() < 12


def test_samples_that_are_cut_while_decoding_prove_nothing() -> None:
    """A TIFF of 16 bits a colour decodes to 8: its digest would equal that of a poorer copy."""
    deep = np.asarray(scene(1)).astype("<u2") * 257
    content = _deep_tiff(deep)
    with Image.open(io.BytesIO(content)) as image:
        assert (image.mode, image.size) == ("RGB", (192, 144))
    assert digest_pixels(content) == ""
    assert decode_thumbnail(content).facts.pixels == ""
    assert np.abs(thumbnail(content) - thumbnail(encode(scene(1), "PNG"))).mean() < 1


def test_byte_order_does_not_matter_to_deep_samples() -> None:
    samples = np.arange(96 * 64, dtype=np.uint16).reshape(64, 96)
    little, big = (_deep_tiff(samples, order) for order in "<>")
    assert (
        digest_pixels(little) == digest_pixels(big) == digest_pixels(encode(Image.fromarray(samples), "PNG"))
    )
    assert digest_pixels(grey("PNG", np.uint16, 65535)) != digest_pixels(grey("PNG", np.uint8, 255))


def _deep_tiff(samples: np.ndarray, order: str = "<") -> bytes:
    """Return an uncompressed TIFF of 16 bits a sample."""
    height, width = samples.shape[:2]
    colours = samples.shape[2] if samples.ndim == 3 else 1
    data = samples.astype(f"{order}u2").tobytes()
    entries = [
        (256, 3, width),
        (257, 3, height),
        (258, 3, 16),
        (259, 3, 1),
        (262, 3, 2 if colours == 3 else 1),
    ]
    entries += [(273, 4, 8), (277, 3, colours), (278, 3, height), (279, 4, len(data))]
    extra = struct.pack(f"{order}3H", 16, 16, 16)
    start = 8 + len(data) + len(extra)
    table = struct.pack(f"{order}H", len(entries))
    for tag, kind, value in entries:
        count, field = 1, struct.pack(f"{order}H2x" if kind == 3 else f"{order}I", value)
        if tag == 258 and colours == 3:
            count, field = 3, struct.pack(f"{order}I", 8 + len(data))
        table += struct.pack(f"{order}HHI", tag, kind, count) + field
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(f"{order}I", start) + data + extra + table + bytes(4)
