"""Thumbnails by embedded previews: the same as without, or not by the preview."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageDraw, ImageEnhance

from dpm_tui.catalog.image_file import Facts
from dpm_tui.pipeline.containers.jpeg_header import read_header
from dpm_tui.pipeline.decoding.embedded_preview import find_preview
from dpm_tui.pipeline.decoding.preview_trust import EVERY, PreviewTrust
from dpm_tui.pipeline.decoding.quick_thumbnail import decode_quickly
from dpm_tui.pipeline.decoding.thumbnail import Thumbnail, decode_thumbnail, read_thumbnail
from dpm_tui.pipeline.loading.safe_open import UndecodableError
from tests.support.camera_files import (
    MAIN,
    camera_exif,
    mpo,
    photo,
    smaller,
    with_large_thumbnail,
    with_thumbnail,
)
from tests.support.pictures import encode

UNKNOWN = PreviewTrust()
SMALL = (640, 480)


def trusting(content: bytes) -> PreviewTrust:
    """Return the trust in the camera that wrote a file."""
    preview = find_preview(content)
    return PreviewTrust((preview.camera,)) if preview else UNKNOWN


def drawn(content: bytes, *, for_proof: bool = False) -> bytes:
    """Return a file like this one whose lot says whether it is decoded both ways."""
    for number in range(20 * EVERY):
        lot = content + number.to_bytes(2, "big")
        if (int(hashlib.sha256(lot).hexdigest()[:8], 16) % EVERY == 0) == for_proof:
            return lot
    raise AssertionError


def read(content: bytes) -> Thumbnail:
    """Return what a scan makes of a file from a trusted camera."""
    lot = drawn(content)
    return decode_quickly(lot, trusting(lot))


def apart(one: Thumbnail, other: Thumbnail) -> float:
    """Return the mean difference in levels."""
    first, second = (read_thumbnail(each.jpeg).astype(float) for each in (one, other))
    assert first.shape == second.shape
    return float(np.abs(first - second).mean())


def forgetting(facts: Facts) -> Facts:
    """Return facts without what became of a preview, and of which bytes they are."""
    return replace(facts, preview="", camera=0, digest="")


def adobe_rgb() -> bytes:
    """Return a profile that shows other colours than sRGB does."""
    lab = ImageCms.createProfile("sRGB")
    content = bytearray(ImageCms.ImageCmsProfile(lab).tobytes())
    for tag in (b"rXYZ", b"gXYZ"):
        at = content.index(tag) + 4
        place = int.from_bytes(content[at : at + 4], "big") + 8
        content[place : place + 4] = int(0.8 * 65536 if tag == b"rXYZ" else 0.2 * 65536).to_bytes(4, "big")
    return bytes(content)


FILES: dict[str, Callable[[Image.Image], bytes]] = {
    "index of Pillow": mpo,
    "large thumbnail": lambda picture: with_large_thumbnail(picture, smaller(picture), camera_exif()),
    "thumbnail of EXIF": lambda picture: with_thumbnail(picture, smaller(picture, SMALL), camera_exif()),
    "upright": lambda picture: mpo(picture, exif=camera_exif(orientation=6)),
    "turned large thumbnail": lambda picture: with_large_thumbnail(
        picture, smaller(picture), camera_exif(orientation=6)
    ),
    "grey": lambda picture: mpo(picture.convert("L")),
    "other colours": lambda picture: mpo(picture, icc_profile=adobe_rgb()),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_preview_that_shows_the_picture_makes_its_thumbnail(kind: str) -> None:
    content = FILES[kind](photo(1))
    quick, full = read(content), decode_thumbnail(content)
    assert quick.facts.preview == "read"
    assert apart(quick, full) < 2.0
    assert forgetting(quick.facts) == forgetting(full.facts)


@pytest.mark.parametrize("kind", FILES)
def test_pictures_of_an_unknown_camera_are_decoded_and_prove_its_preview(kind: str) -> None:
    content = FILES[kind](photo(2))
    proved, full = decode_quickly(content, UNKNOWN), decode_thumbnail(content)
    assert (proved.jpeg, proved.facts.preview) == (full.jpeg, "fits")
    assert proved.facts.camera == trusting(content).trusted[0]


def test_one_picture_in_so_many_of_a_trusted_camera_is_decoded_too() -> None:
    content = drawn(mpo(photo(3)), for_proof=True)
    quick = decode_quickly(content, trusting(content))
    assert (quick.jpeg, quick.facts.preview) == (decode_thumbnail(content).jpeg, "fits")


def test_previews_of_a_refused_camera_are_not_read() -> None:
    content = drawn(mpo(photo(3)))
    trusted = trusting(content).trusted
    assert decode_quickly(content, PreviewTrust(refused=trusted)) == decode_thumbnail(content)


def retouched(picture: Image.Image) -> Image.Image:
    changed = picture.copy()
    ImageDraw.Draw(changed).rectangle((600, 700, 760, 860), fill=(250, 20, 20))
    return changed


EDITS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "cropped": lambda picture: picture.crop((144, 108, 1440, 1080)).resize(MAIN),
    "brighter": lambda picture: ImageEnhance.Brightness(picture).enhance(1.2),
    "without colour": lambda picture: picture.convert("L").convert("RGB"),
    "mirrored": lambda picture: picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "upside down": lambda picture: picture.transpose(Image.Transpose.ROTATE_180),
    "another picture": lambda picture: photo(99),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_stale_preview_is_noticed_at_the_top_of_the_picture(edit: str) -> None:
    picture = photo(4)
    content = drawn(mpo(EDITS[edit](picture), smaller(picture)))
    for trust in (trusting(content), UNKNOWN):
        assert decode_quickly(content, trust) == decode_thumbnail(content)


def test_a_place_that_was_retouched_refuses_the_camera_when_both_are_decoded() -> None:
    picture = photo(4)
    content = mpo(retouched(picture), smaller(picture))
    proved = decode_quickly(content, UNKNOWN)
    assert (proved.jpeg, proved.facts.preview) == (decode_thumbnail(content).jpeg, "differs")


WRITTEN = {
    "an editor": {"software": "Adobe Photoshop Lightroom 6.0"},
    "a later date": {"written": "2024:05:09 10:00:00"},
    "no date": {"written": ""},
}


@pytest.mark.parametrize("how", WRITTEN)
def test_what_the_camera_did_not_write_last_is_decoded(how: str) -> None:
    assert find_preview(mpo(photo(5), exif=camera_exif(**WRITTEN[how]))) is None  # type: ignore[arg-type]


def test_another_program_that_keeps_the_names_is_another_camera() -> None:
    """It codes in its own way: other codes, other tables."""
    picture = photo(6)
    cameras = {
        trusting(mpo(picture, **options)).trusted
        for options in ({}, {"optimize": True}, {"quality": 70}, {"subsampling": 0})
    }
    assert len(cameras) == 4
    assert all(cameras)


def test_pictures_of_one_camera_have_one_number_and_of_others_another() -> None:
    first, second = (trusting(mpo(photo(seed))).trusted for seed in (1, 2))
    assert first == second
    assert trusting(mpo(photo(1), exif=camera_exif("M2"))).trusted != first
    assert trusting(mpo(photo(1), exif=camera_exif(software="1.1"))).trusted != first


UNFIT: dict[str, Callable[[Image.Image], bytes]] = {
    "too small": lambda picture: mpo(picture, smaller(picture, (480, 360))),
    "too large": lambda picture: mpo(picture, smaller(picture, (1200, 900))),
    "another shape": lambda picture: mpo(picture, smaller(picture, (720, 480))),
    "grey beside colours": lambda picture: mpo(picture, smaller(picture).convert("L")),
    "no camera": lambda picture: mpo(picture, exif=Image.Exif()),
    "progressive": lambda picture: mpo(picture, progressive=True),
    "none": lambda picture: encode(picture, quality=90, exif=camera_exif()),
}


@pytest.mark.parametrize("kind", UNFIT)
def test_previews_that_cannot_stand_for_the_picture_are_passed_over(kind: str) -> None:
    content = UNFIT[kind](photo(7))
    assert find_preview(content) is None
    assert decode_quickly(content, UNKNOWN) == decode_thumbnail(content)


def test_a_preview_of_other_colours_than_its_picture_is_passed_over() -> None:
    picture, exif = photo(7), camera_exif()
    assert find_preview(with_large_thumbnail(picture, smaller(picture), exif)) is not None
    content = with_large_thumbnail(picture, smaller(picture), exif, icc_profile=adobe_rgb())
    assert find_preview(content) is None


def cut_out(content: bytes, start: float, end: float) -> bytes:
    header = read_header(content)
    assert header is not None
    length = header.end - header.data
    return content[: header.data + int(start * length)] + content[header.data + int(end * length) :]


def overwritten(content: bytes, fill: bytes) -> bytes:
    header = read_header(content)
    assert header is not None
    middle = (header.data + header.end) // 2
    return content[:middle] + fill + content[middle + len(fill) :]


def ended_early(content: bytes) -> bytes:
    header = read_header(content)
    assert header is not None
    return overwritten(content, b"\xff\xd9")


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "the file ends early": lambda content: content[: len(content) // 2],
    "a part is missing": lambda content: cut_out(content, 0.4, 0.6),
    "the end is missing": lambda content: cut_out(content, 0.7, 1.0),
    "zeros": lambda content: overwritten(content, bytes(4096)),
    "something else": lambda content: overwritten(content, np.random.default_rng(1).bytes(8192)),
    "an early end": ended_early,
}


UNSEEN = ("a part is missing", "thumbnail of EXIF")
"""Without an index nothing says how long the picture should be."""


@pytest.mark.parametrize(
    ("damage", "kind"),
    sorted({*product(DAMAGE, ("index of Pillow", "large thumbnail", "thumbnail of EXIF"))} - {UNSEEN}),
)
def test_a_damaged_picture_is_never_read_by_its_preview(damage: str, kind: str) -> None:
    content = FILES[kind](photo(8))
    trust, broken = trusting(content), drawn(DAMAGE[damage](content))
    try:
        full: Thumbnail | None = decode_thumbnail(broken)
    except UndecodableError:
        full = None
    try:
        quick: Thumbnail | None = decode_quickly(broken, trust)
    except UndecodableError:
        quick = None
    assert quick == full
    assert full is None or full.facts.damaged
