"""RAW files: shown and compared by the preview that they hold, with the facts of the RAW file."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

from dpm_tui.catalog import formats
from dpm_tui.catalog.image_file import Status
from dpm_tui.pipeline.containers.raw_extent import find_raw_damage
from dpm_tui.pipeline.decoding.raw_picture import decode_raw_thumbnail, read_preview
from dpm_tui.pipeline.decoding.thumbnail import UndecodableError, decode_thumbnail, read_thumbnail
from dpm_tui.text_format import put_into_words
from tests.support.pictures import encode, exif, scene
from tests.support.raw_files import dng

STILL = scene(7, 900, 600)


def failure(content: bytes, memory: int = 1 << 30) -> UndecodableError:
    with pytest.raises(UndecodableError) as caught:
        decode_raw_thumbnail(content, b"a/x.dng", memory, "digest")
    return caught.value


def test_it_looks_like_its_preview_and_has_its_own_facts() -> None:
    made = decode_raw_thumbnail(dng(STILL, size=(1200, 800)), b"a/IMG_1.DNG", digest="d")
    facts = made.facts
    assert (facts.format, facts.width, facts.height, facts.depth) == ("DNG", 1200, 800, 12)
    assert (facts.holds, facts.pixels, facts.quality, facts.lossy) == (("raw",), "", 0, False)
    assert (facts.taken, facts.digest, facts.damaged) == ("2024-05-06 07:08:09", "d", False)
    shown = read_thumbnail(decode_thumbnail(encode(STILL, "JPEG", quality=92)).jpeg)
    assert np.array_equal(read_thumbnail(made.jpeg), shown)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_it_stands_upright(orientation: int) -> None:
    made = decode_raw_thumbnail(dng(STILL, orientation=orientation), b"x.dng")
    jpeg = encode(STILL, "JPEG", quality=92, exif=exif(Orientation=orientation))
    upright = decode_thumbnail(jpeg)
    assert (made.facts.width, made.facts.height) == (upright.facts.width, upright.facts.height)
    assert np.array_equal(read_thumbnail(made.jpeg), read_thumbnail(upright.jpeg))


def test_a_preview_too_small_to_compare_is_named() -> None:
    error = failure(dng(STILL, preview=STILL.resize((160, 107))))
    assert (error.status, error.digest) == (Status.UNSUPPORTED, "digest")
    assert "160x107" in put_into_words(error.reason)


def test_one_without_a_preview_that_can_be_read_is_named() -> None:
    assert failure(dng(STILL, preview=bytes(2000))).status in (Status.UNSUPPORTED, Status.DAMAGED)


def test_what_is_no_raw_file_is_named() -> None:
    error = failure(b"no picture at all" * 100)
    assert error.status is Status.UNSUPPORTED
    assert "RAW" in put_into_words(error.reason)


def test_a_broken_preview_makes_it_damaged() -> None:
    jpeg = bytearray(encode(STILL, "JPEG", quality=92))
    jpeg[len(jpeg) * 4 // 5 : len(jpeg) * 4 // 5 + 600] = bytes(600)
    made = decode_raw_thumbnail(dng(STILL, preview=bytes(jpeg)), b"x.dng")
    assert made.facts.damaged
    assert made.reason


@pytest.mark.parametrize("keep", [0.05, 0.3, 0.8, 0.999])
def test_one_that_was_cut_off_is_never_whole(keep: float) -> None:
    content = dng(STILL)
    part = content[: int(len(content) * keep)]
    assert find_raw_damage(part)
    with contextlib.suppress(UndecodableError):
        assert decode_raw_thumbnail(part, b"x.dng").facts.damaged


def test_a_whole_one_is_not_called_cut_off() -> None:
    assert find_raw_damage(dng(STILL)) == ""
    fuji = bytearray(b"FUJIFILMCCD-RAW ".ljust(400, b"\0"))
    fuji[84:92] = (100).to_bytes(4, "big") + (300).to_bytes(4, "big")
    assert find_raw_damage(bytes(fuji)) == ""
    assert find_raw_damage(bytes(fuji[:-1]))


def test_a_huge_preview_is_refused_before_it_is_decoded() -> None:
    preview = encode(STILL, "JPEG", progressive=True)
    assert failure(dng(STILL, preview=preview), memory=1 << 20).status is Status.TOO_BIG


def test_the_preview_says_how_it_is_turned() -> None:
    upright = decode_thumbnail(read_preview(dng(STILL, orientation=6)))
    assert (upright.facts.width, upright.facts.height) == (600, 900)


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "find_spec", lambda name: None)
    error = failure(dng(STILL))
    assert error.status is Status.UNSUPPORTED
    assert "pip install 'dpm-tui[raw]'" in put_into_words(error.reason)
