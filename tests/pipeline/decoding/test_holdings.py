"""What a file holds besides its picture is told from its bytes, and broken files hold nothing."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings, strategies as st
from PIL import Image

from dpm_tui.catalog.image_file import HOLDINGS
from dpm_tui.pipeline.decoding.holdings import find_holdings
from dpm_tui.pipeline.decoding.thumbnail import decode_thumbnail
from dpm_tui.pipeline.loading.safe_open import open_picture
from tests.support.holding_files import (
    CAMERA,
    GAIN_MAP,
    RAW_SETTINGS,
    box,
    motion_photo,
    movie,
    samsung_motion_photo,
    stereo,
    ultra_hdr,
    with_xmp,
    xmp,
)
from tests.support.pictures import encode, scene, with_segment

JPEG, HEIF = encode(scene(1)), encode(scene(1), "HEIF")
GREY = encode(scene(9, 96, 72).convert("L"))
EXTENDED = b"http://ns.adobe.com/xmp/extension/\0" + bytes(40)
CONTAINER = "http://ns.google.com/photos/1.0/container/"


def held(content: bytes) -> tuple[str, ...]:
    """Return what a file holds as its facts say it."""
    return decode_thumbnail(content).facts.holds


def settings_of(**properties: str) -> bytes:
    return with_xmp(JPEG, xmp("crs", RAW_SETTINGS, **properties))


def items(*semantics: str) -> bytes:
    """Return the packet of a picture that lists what lies behind it."""
    listed = "".join(f'<rdf:li Item:Semantic="{word}" Item:Mime="image/jpeg"/>' for word in semantics)
    return xmp("Container", CONTAINER, body=listed)


def several(format_: str) -> bytes:
    pictures = [scene(seed) for seed in (1, 2, 3)]
    return encode(pictures[0], format_, save_all=True, append_images=pictures[1:])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (JPEG, ()),
        (HEIF, ()),
        (motion_photo(JPEG), ("movie",)),
        (JPEG + movie(), ("movie",)),
        (JPEG + movie(b"qt  "), ("movie",)),
        (samsung_motion_photo(JPEG), ("movie",)),
        (with_xmp(JPEG, xmp("GCamera", CAMERA, MicroVideo="1")) + b"moov" * 2000, ("movie",)),
        (HEIF + box(b"mpvd", movie()), ("movie",)),
        (ultra_hdr(JPEG), ("gain_map",)),
        (with_segment(JPEG, 0xE2, b"urn:iso:std:iso:ts:21496:-1\0" + bytes(4)) + GREY, ("gain_map",)),
        (JPEG + with_xmp(GREY, xmp("h", "http://ns.apple.com/HDRGainMap/1.0/")), ("gain_map",)),
        (ultra_hdr(JPEG) + movie(), ("movie", "gain_map")),
        (JPEG + with_xmp(GREY, xmp("d", "http://ns.apple.com/depthData/1.0/")), ("depth_map",)),
        (with_xmp(JPEG, items("Primary", "Depth", "Original")) + GREY + JPEG, ("depth_map", "pictures")),
        (with_segment(JPEG, 0xE1, EXTENDED + b'<x GDepth:Data="iVBOR" />'), ("depth_map",)),
        (stereo(scene(1), scene(2)), ("pictures",)),
        (several("TIFF"), ("pages",)),
        (several("GIF"), ("frames",)),
        (several("PNG"), ("frames",)),
        (several("WEBP"), ("frames",)),
        (settings_of(Exposure2012="+1.0"), ("edits",)),
        (settings_of(HasSettings="True", ProcessVersion="11.0"), ("edits",)),
        (encode(scene(1), "WEBP", xmp=xmp("crs", RAW_SETTINGS, Contrast="5")), ("edits",)),
    ],
)  # fmt: skip
def test_what_a_file_holds(content: bytes, expected: tuple[str, ...]) -> None:
    assert held(content) == expected


@pytest.mark.parametrize(
    "content",
    [
        # The movie was cut off, the words on it were left.
        with_xmp(JPEG, xmp("GCamera", CAMERA, MotionPhoto="1", MicroVideoOffset="40000")),
        with_xmp(JPEG, xmp("GCamera", CAMERA, MotionPhoto="0")) + bytes(5000),
        with_xmp(JPEG, xmp("hdrgm", GAIN_MAP, Version="1.0")),
        with_xmp(JPEG, items("Primary", "Depth")),
        # What a raw developer has done to the samples already cannot be undone any more.
        settings_of(HasSettings="True", Exposure2012="+1.0", AlreadyApplied="True"),
        settings_of(RawFileName="a.dng"),
        # Padding, and the word alone.
        JPEG + bytes(5000),
        JPEG + b"ftyp" * 40,
        with_segment(JPEG, 0xE5, movie(size=2000)),
    ],
)
def test_words_without_the_thing_are_nothing(content: bytes) -> None:
    assert held(content) == ()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (b"urn:com:apple:photo:2020:aux:hdrgainmap", ("gain_map",)),
        (b"urn:mpeg:hevc:2015:auxid:2", ("depth_map",)),
        (b"urn:mpeg:mpegB:cicp:systems:auxiliary:depth", ("depth_map",)),
        (b"urn:com:apple:photo:2018:aux:portraiteffectsmatte", ("pictures",)),
        (b"urn:mpeg:hevc:2015:auxid:1", ()),
        (b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", ()),
    ],
)
def test_auxiliary_pictures_of_a_heif_file(kind: bytes, expected: tuple[str, ...]) -> None:
    content = HEIF.replace(b"meta", b"skip", 1) + box(
        b"meta", bytes(4) + box(b"auxC", bytes(4) + kind + b"\0")
    )
    with open_picture(HEIF) as image:
        assert find_holdings(content, image) == expected


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_broken_files_raise_nothing(data: st.DataObject) -> None:
    whole = data.draw(
        st.sampled_from([ultra_hdr(JPEG) + movie(), samsung_motion_photo(JPEG), HEIF + movie()])
    )
    broken = bytearray(whole)
    for _ in range(data.draw(st.integers(0, 6))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    content = bytes(broken[: data.draw(st.integers(0, len(broken)))])
    for picture in (JPEG, HEIF):
        with Image.open(io.BytesIO(picture)) as image:
            assert set(find_holdings(content, image)) <= set(HOLDINGS)
