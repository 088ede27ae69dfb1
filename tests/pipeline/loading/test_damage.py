"""Damage: a picture passes as whole only where nothing of its file says otherwise."""

from __future__ import annotations

import io
import struct
import zlib
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from dpm_tui.catalog.image_file import Status
from dpm_tui.pipeline.decoding.thumbnail import (
    UndecodableError,
    decode_thumbnail,
    decode_view,
    digest_pixels,
    read_thumbnail,
)
from dpm_tui.pipeline.quality.full_size import decode_full_size
from tests.support.damage import CHECKED, Passed, damages, judge
from tests.support.picture_ways import WAYS
from tests.support.pictures import encode, exif, scene, with_segment

pytestmark = pytest.mark.slow

PLACES = 60
CHECKSUMMED = ("plain.png", "palette.png", "tiff_deflate.tif")
FLIPS_UNSEEN = {"plain.jpg": 8, "progressive.jpg": 6, "restarts.jpg": 6}
"""Flips after which a JPEG falls into step again and nothing can tell: so many of PLACES at most."""


@pytest.mark.parametrize("way", CHECKED)
def test_no_damaged_file_passes_as_whole_where_its_format_can_tell(way: str) -> None:
    content = WAYS[way](scene(3, 320, 240))
    whole = read_thumbnail(decode_thumbnail(content).jpeg)
    passed = Counter(
        what.split()[0] for what, harmed in damages(content, PLACES) if judge(harmed, whole) is Passed.OTHER
    )
    assert passed["cut"] == 0
    if way in CHECKSUMMED:
        assert passed.total() == 0
    assert passed["flip"] <= FLIPS_UNSEEN.get(way, PLACES)


@pytest.mark.parametrize("way", WAYS)
def test_no_whole_file_is_called_damaged(way: str) -> None:
    made = decode_thumbnail(WAYS[way](scene(4, 240, 160)))
    assert (made.facts.damaged, made.reason) == (False, "")


def test_a_png_with_a_flipped_byte_is_not_whole() -> None:
    content = bytearray(encode(scene(1, 400, 300), "PNG"))
    content[len(content) * 9 // 10] ^= 4
    made = decode_thumbnail(bytes(content))
    assert made.facts.damaged
    assert "IDAT" in made.reason
    assert made.facts.pixels == ""
    assert made.facts.colours == 0
    assert digest_pixels(bytes(content)) == ""


@pytest.mark.parametrize("way", ["PNG", "JPEG", "GIF", "BMP"])
def test_what_shows_most_of_itself_is_compared_and_what_shows_less_is_not(way: str) -> None:
    content = encode(scene(2, 320, 240), way)
    whole = read_thumbnail(decode_thumbnail(content).jpeg).astype(int)
    torn = content[: len(content) * 9 // 10]
    made = decode_thumbnail(torn)
    assert made.facts.damaged
    assert made.reason
    assert made.facts.pixels == ""
    assert (made.facts.width, made.facts.height) == (320, 240)
    apart = np.abs(read_thumbnail(made.jpeg).astype(int) - whole).mean(axis=(1, 2))
    half = len(apart) // 2
    assert (apart[half:] if way == "BMP" else apart[:half]).max() < 8  # whose rows run upwards
    assert decode_view(torn, 160, 120, (0.0, 0.0, 1.0, 1.0)).shape == (120, 160, 3)
    assert decode_full_size(torn)[0].pixels.shape == (240, 320, 3)
    with pytest.raises(UndecodableError) as failure:
        decode_thumbnail(content[: len(content) // 4])
    assert failure.value.status is Status.DAMAGED


def test_the_strips_of_a_tiff_before_the_first_broken_one_are_shown() -> None:
    content = bytearray(encode(scene(2, 320, 240), "TIFF", compression="tiff_deflate", tiffinfo={278: 24}))
    with Image.open(io.BytesIO(content)) as image:
        starts = image.tag_v2[273]  # type: ignore[attr-defined]
    for strips, shown in ((starts[-2:], True), (starts[3:], False)):
        for start in strips:
            content[start : start + 20] = bytes(20)
        if shown:
            assert decode_thumbnail(bytes(content)).facts.damaged
        else:
            with pytest.raises(UndecodableError):
                decode_thumbnail(bytes(content))


def test_a_big_jpeg_that_ends_early_is_shown_as_far_as_it_goes() -> None:
    content = encode(scene(5, 2000, 1500), "JPEG", quality=90)
    made = decode_thumbnail(content[: len(content) * 3 // 4])
    assert made.facts.damaged
    assert (made.facts.width, made.facts.height) == (2000, 1500)
    whole = read_thumbnail(decode_thumbnail(content).jpeg).astype(int)
    apart = np.abs(read_thumbnail(made.jpeg).astype(int) - whole).mean(axis=(1, 2))
    assert apart[: len(apart) // 2].max() < 2
    assert apart[-5:].min() > 2


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 3}])
def test_a_sector_of_zeros_within_a_jpeg_is_damage(mode: str, options: dict[str, object]) -> None:
    content = bytearray(encode(scene(5, 1200, 900).convert(mode), "JPEG", quality=95, **options))
    at = len(content) * 2 // 3
    content[at : at + 512] = bytes(512)
    assert decode_thumbnail(bytes(content)).facts.damaged
    assert digest_pixels(bytes(content)) == ""


def test_zeros_at_the_end_of_a_jpeg_are_damage() -> None:
    content = bytearray(encode(scene(5, 1200, 900), "JPEG", quality=95))
    content[-514:-2] = bytes(512)
    assert decode_thumbnail(bytes(content)).facts.damaged


@pytest.mark.parametrize("optimize", [False, True])
def test_a_jpeg_of_one_colour_is_whole(optimize: bool) -> None:
    for colour in ("white", "black", "red"):
        for progressive in (False, True):
            flat = Image.new("RGB", (1600, 1200), colour)
            content = encode(flat, "JPEG", optimize=optimize, progressive=progressive)
            assert not decode_thumbnail(content).facts.damaged


def test_what_is_wrong_with_the_header_of_a_jpeg_is_not_damage_of_its_picture() -> None:
    content = encode(scene(5, 900, 700), "JPEG")
    profile = b"ICC_PROFILE\0\x07\x02" + bytes(64)
    table = content.index(b"\xff\xdb")
    for odd in (
        content + b"MotionPhoto_Data" + bytes(5000),
        content + content,
        content.replace(b"\xff\xdb", b"\xff\xff\xff\xdb"),
        content[:table] + b"junk" + content[table:],
        with_segment(content, 0xE2, profile),
        content[:-2] + b"\0\0\xff\xd9",
    ):
        made = decode_thumbnail(odd)
        assert (made.facts.damaged, made.reason) == (False, "")


def _chunk(name: bytes, body: bytes, broken: bool = False) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body) ^ broken)


@pytest.mark.parametrize("at", [33, -12], ids=["before", "behind"])
def test_a_png_whose_text_is_broken_is_shown_whole_and_called_damaged(at: int) -> None:
    content = encode(scene(1, 300, 200), "PNG")
    made = decode_thumbnail(content[:at] + _chunk(b"tEXt", b"Title\0x", True) + content[at:])
    assert made.facts.damaged
    assert made.jpeg == decode_thumbnail(content).jpeg


def test_what_follows_the_end_of_a_png_is_no_damage() -> None:
    content = encode(scene(1), "PNG")
    for odd in (content + bytes(300), content[:33] + _chunk(b"teSt", b"?") + content[33:]):
        assert not decode_thumbnail(odd).facts.damaged
    assert decode_thumbnail(content[:-12]).facts.damaged


def test_a_gif_needs_no_mark_at_its_end_but_all_its_data() -> None:
    content = encode(scene(6), "GIF", save_all=True, append_images=[scene(7), scene(8)], duration=50)
    assert content.endswith(b"\0;")
    for whole in (content[:-1], content + b"trailer", content[:-1] + bytes(9)):
        made = decode_thumbnail(whole)
        assert (made.facts.damaged, made.facts.frames) == (False, 3)
    assert decode_thumbnail(content[:-100]).facts.damaged


@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_a_torn_tiff_is_turned_upright(orientation: int) -> None:
    picture = scene(2, 320, 240)
    content = encode(picture, "TIFF", exif=exif(Orientation=orientation))
    turn = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_270}.get(orientation)
    upright = picture.transpose(turn) if turn is not None else picture
    torn = content[: len(content) * 9 // 10]
    for shown in (decode_view(torn, 400, 400, (0, 0, 1, 1)), decode_full_size(torn)[0].pixels):
        assert shown.shape[:2] == upright.size[::-1]
        assert np.median(np.abs(shown.astype(int) - np.asarray(upright))) < 8
    made = decode_thumbnail(torn)
    assert made.facts.damaged
    assert (made.facts.width, made.facts.height) == upright.size
    assert read_thumbnail(made.jpeg).shape[0] == round(256 * upright.height / max(upright.size))


@pytest.mark.parametrize("at", [-1, 30], ids=["checksum", "samples"])
def test_a_damaged_tiff_is_turned_upright_once(at: int) -> None:
    picture = scene(2, 320, 240)
    content = bytearray(encode(picture, "TIFF", compression="tiff_deflate", exif=exif(Orientation=6)))
    with Image.open(io.BytesIO(content)) as image:
        start, length = image.tag_v2[273][-1], image.tag_v2[279][-1]  # type: ignore[attr-defined]
    content[start + at % length] ^= 255
    made = decode_thumbnail(bytes(content))
    assert made.facts.damaged
    assert (made.facts.width, made.facts.height) == (240, 320)
    upright = picture.transpose(Image.Transpose.ROTATE_270).resize((192, 256))
    apart = np.abs(read_thumbnail(made.jpeg).astype(int) - np.asarray(upright)).mean(axis=0)
    assert np.median(apart) < 8


def test_a_later_page_that_is_missing_is_damage() -> None:
    content = encode(scene(6), "TIFF", save_all=True, append_images=[scene(7)], compression="tiff_deflate")
    with Image.open(io.BytesIO(content)) as image:
        image.seek(1)
        start = image.tag_v2[273][0]  # type: ignore[attr-defined]
    harmed = bytearray(content)
    harmed[start + 50] ^= 1
    assert decode_thumbnail(bytes(harmed)).facts.damaged
    assert digest_pixels(bytes(harmed)) == ""


def test_a_lack_of_memory_is_not_taken_for_damage() -> None:
    torn = encode(scene(1, 400, 300), "BMP")[:-5000]
    with pytest.raises(UndecodableError) as failure:
        decode_thumbnail(torn, 400 * 300 * 16 + 2 * len(torn))
    assert failure.value.starved
    assert decode_thumbnail(torn).facts.damaged
