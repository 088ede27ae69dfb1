"""JPEG XL: its header is read before it is decoded, and says what its plug-in does not."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st
from PIL import Image

from dpm_tui.catalog import formats
from dpm_tui.catalog.image_file import Status
from dpm_tui.pipeline.containers.jxl_header import CODESTREAM, read_jxl_header
from dpm_tui.pipeline.decoding.thumbnail import (
    UndecodableError,
    decode_thumbnail,
    digest_pixels,
    read_thumbnail,
)
from dpm_tui.text_format import put_into_words
from tests.support.pictures import encode, exif, scene


def failure(content: bytes, memory: int = 1 << 30) -> UndecodableError:
    with pytest.raises(UndecodableError) as caught:
        decode_thumbnail(content, memory)
    return caught.value


def bits(*fields: tuple[int, int]) -> bytes:
    """Return a header of numbers, each with how many bits it has."""
    number, at = 0, 0
    for value, count in fields:
        number, at = number | value << at, at + count
    return CODESTREAM + number.to_bytes(at // 8 + 8, "little")


ANIMATED = bits(
    (0, 1), (1, 2), (199, 13), (0, 3), (1, 2), (319, 13),  # 320x200
    (0, 1), (1, 1), (0, 3), (0, 1), (0, 1), (1, 1),  # not as usual, with further fields, of an animation
)  # fmt: skip


@pytest.mark.parametrize("size", [(300, 200), (256, 256), (1, 7), (1600, 900), (513, 1024)])
@pytest.mark.parametrize("boxes", [False, True])
def test_the_header_tells_the_size(size: tuple[int, int], boxes: bool) -> None:
    header = read_jxl_header(encode(Image.new("RGB", size), "JXL", use_container=boxes))
    assert (header.width, header.height) == size


def test_the_header_tells_bits_loss_and_transparency() -> None:
    lossy, lossless = encode(scene(1), "JXL"), encode(scene(1).convert("RGBA"), "JXL", lossless=True)
    deep = encode(Image.fromarray(np.full((9, 9), 40000, np.uint16)), "JXL", lossless=True)
    assert [read_jxl_header(each).lossy for each in (lossy, lossless)] == [True, False]
    assert [read_jxl_header(each).channels for each in (lossy, lossless)] == [0, 1]
    assert [read_jxl_header(each).depth for each in (lossy, deep)] == [8, 16]


@given(st.binary(max_size=60))
def test_a_header_of_anything_is_read_or_refused(data: bytes) -> None:
    for content in (data, CODESTREAM + data):
        try:
            header = read_jxl_header(content)
        except ValueError:
            continue
        assert header.width > 0
        assert header.height > 0


def test_a_huge_one_is_refused_before_a_sample_is_decoded() -> None:
    bomb = bits((0, 1), (3, 2), (200_000, 30), (1, 3), (1, 1))
    error = failure(bomb)
    assert error.status is Status.TOO_BIG
    assert error.needs > 1 << 39


def test_an_animation_is_unsupported_and_says_so() -> None:
    error = failure(ANIMATED)
    assert error.status is Status.UNSUPPORTED
    assert "animated" in put_into_words(error.reason)


def test_what_was_a_jpeg_is_that_jpeg_again(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(encode(scene(3, 300, 200), "JPEG", exif=exif(Orientation=6)))
    packed = io.BytesIO()
    with Image.open(path) as jpeg, pytest.warns(UserWarning, match="reconstruction"):
        jpeg.save(packed, "JXL")
    ours, theirs = decode_thumbnail(packed.getvalue()), decode_thumbnail(path.read_bytes())
    assert (ours.facts.width, ours.facts.height) == (200, 300)
    assert ours.facts.lossy
    assert ours.facts.pixels == digest_pixels(path.read_bytes())
    assert np.abs(read_thumbnail(ours.jpeg).astype(int) - read_thumbnail(theirs.jpeg)).mean() < 2


def test_its_own_header_turns_it_and_exif_data_do_not() -> None:
    content = encode(scene(3, 300, 200), "JXL", lossless=True, exif=exif(Orientation=6).tobytes())
    made = decode_thumbnail(content)
    assert (made.facts.width, made.facts.height) == (300, 200)
    assert made.facts.pixels == decode_thumbnail(encode(scene(3, 300, 200), "PNG")).facts.pixels


@pytest.mark.parametrize("keep", [0.02, 0.5, 0.99])
def test_one_that_was_cut_off_is_damaged(keep: float) -> None:
    content = encode(scene(2, 300, 200), "JXL")
    error = failure(content[: int(len(content) * keep)])
    assert error.status is Status.DAMAGED
    assert "libjxl" not in put_into_words(error.reason)


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    content = encode(scene(1), "JXL")
    monkeypatch.setattr(formats, "find_spec", lambda name: None)
    error = failure(content)
    assert error.status is Status.UNSUPPORTED
    assert "pip install 'dpm-tui[jxl]'" in put_into_words(error.reason)
