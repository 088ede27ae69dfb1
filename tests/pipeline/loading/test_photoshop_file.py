"""Photoshop files: compared by their flattened picture, as it was saved, or named."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageCms

from dpm_tui.catalog import formats
from dpm_tui.catalog.image_file import Status
from dpm_tui.pipeline.decoding.thumbnail import UndecodableError, decode_thumbnail, read_thumbnail
from dpm_tui.text_format import put_into_words
from tests.support.photoshop_files import photoshop
from tests.support.pictures import encode, exif, scene

STILL = scene(5, 300, 200)


def failure(content: bytes, memory: int = 1 << 30) -> UndecodableError:
    with pytest.raises(UndecodableError) as caught:
        decode_thumbnail(content, memory)
    return caught.value


def apart(content: bytes, other: bytes) -> float:
    """Return the mean difference of two thumbnails in levels."""
    one, two = (read_thumbnail(decode_thumbnail(each).jpeg).astype(int) for each in (content, other))
    return float(np.abs(one - two).mean())


def test_a_flattened_one_has_the_pixels_of_its_png() -> None:
    made = decode_thumbnail(photoshop(STILL))
    assert made.facts.pixels == decode_thumbnail(encode(STILL, "PNG")).facts.pixels
    assert (made.facts.format, made.facts.depth, made.facts.lossy, made.facts.holds) == ("PSD", 8, False, ())


@pytest.mark.parametrize(
    ("options", "name", "depth"),
    [
        ({"depth": 16}, "PSD", 16),
        ({"depth": 32}, "PSD", 32),
        ({"large": True}, "PSB", 8),
        ({"large": True, "depth": 16, "layers": 3}, "PSB", 16),
        ({"runs": True, "layers": 2}, "PSD", 8),
    ],
)
def test_every_way_to_save_one_shows_the_same(options: dict[str, object], name: str, depth: int) -> None:
    content = photoshop(STILL, **options)  # type: ignore[arg-type]
    facts = decode_thumbnail(content).facts
    assert (facts.format, facts.depth, facts.width, facts.height) == (name, depth, 300, 200)
    assert apart(content, encode(STILL, "PNG")) < (10 if depth == 32 else 1)
    assert facts.frames == 1
    assert bool(facts.pixels) == (depth == 8)


def test_one_of_four_inks_looks_the_same_with_8_and_with_16_bits() -> None:
    still = STILL.convert("CMYK")
    assert apart(photoshop(still), photoshop(still, depth=16)) < 1
    assert apart(photoshop(still), encode(STILL, "PNG")) < 12


def test_layers_are_edits_that_can_be_undone() -> None:
    assert decode_thumbnail(photoshop(STILL, layers=4)).facts.holds == ("edits",)


def test_a_fourth_channel_is_transparency_only_where_the_file_says_so() -> None:
    selection = STILL.convert("RGBA")
    selection.putalpha(Image.linear_gradient("L").resize(selection.size))
    assert not decode_thumbnail(photoshop(selection, layers=2)).facts.alpha
    assert not decode_thumbnail(photoshop(selection, layers=2, large=True)).facts.alpha
    assert decode_thumbnail(photoshop(selection, layers=-2)).facts.alpha
    assert apart(photoshop(selection, layers=2), encode(STILL, "PNG")) < 1


def test_one_saved_without_a_flattened_picture_says_how_to_save_it() -> None:
    error = failure(photoshop(Image.new("RGB", (300, 200), "white"), layers=2, real=False))
    assert error.status is Status.UNSUPPORTED
    assert "maximize compatibility" in put_into_words(error.reason)


def test_date_and_profile_come_from_its_resources() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    data = exif(DateTime="2024:01:02 03:04:05", Orientation=6).tobytes().removeprefix(b"Exif\0\0")
    facts = decode_thumbnail(photoshop(STILL, exif=data, profile=profile)).facts
    assert (facts.taken, facts.width, facts.height) == ("2024-01-02 03:04:05", 300, 200)


@pytest.mark.parametrize("options", [{}, {"depth": 16}, {"large": True}, {"runs": True}])
def test_one_that_was_cut_off_is_damaged(options: dict[str, object]) -> None:
    content = photoshop(STILL, **options)  # type: ignore[arg-type]
    for keep in (0.0003, 0.1, 0.5, 0.999):
        error = failure(content[: int(len(content) * keep)])
        assert error.status in (Status.DAMAGED, Status.UNSUPPORTED)
    assert error.status is Status.DAMAGED


def test_a_huge_one_is_refused_before_a_sample_is_decoded() -> None:
    content = bytearray(photoshop(STILL, depth=16))
    content[14:22] = (60_000).to_bytes(4, "big") * 2
    assert failure(bytes(content)).status is Status.TOO_BIG


def test_without_the_package_only_plain_ones_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "find_spec", lambda name: None)
    assert decode_thumbnail(photoshop(STILL)).facts.format == "PSD"
    error = failure(photoshop(STILL, depth=16))
    assert error.status is Status.UNSUPPORTED
    assert "16 bits" in put_into_words(error.reason)
    assert "pip install 'dpm-tui[psd]'" in put_into_words(error.reason)
