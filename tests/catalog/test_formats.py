"""The table of formats: everything that follows from it."""

from __future__ import annotations

from PIL import Image

from dpm_tui.catalog import formats
from dpm_tui.pipeline.loading import safe_open


def test_what_may_be_decoded() -> None:
    assert set(formats.DECODERS) == {"JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "AVIF", "HEIF"}


def test_every_decoder_is_there() -> None:
    Image.init()
    assert safe_open.open_picture
    assert set(formats.DECODERS) <= set(Image.OPEN)


def test_endings_that_are_scanned() -> None:
    assert formats.EXTENSIONS == (
        "jpg", "jpeg", "jpe", "jfif", "png", "apng", "bmp", "dib", "webp", "tif", "tiff", "gif", "avif",
        "heic", "heif", "hif",
    )  # fmt: skip


def test_every_format_that_is_decoded_is_scanned_and_has_a_word() -> None:
    for each in formats.TABLE:
        assert each.words
        assert bool(each.extensions) == each.decodable


def test_words_of_a_rule() -> None:
    assert formats.NAMES_BY_WORD == {
        "jpeg": ("JPEG",), "jpg": ("JPEG",), "png": ("PNG",), "webp": ("WEBP",), "avif": ("AVIF",),
        "tiff": ("TIFF",), "tif": ("TIFF",), "gif": ("GIF",), "bmp": ("BMP", "DIB"),
        "heic": ("HEIF", "HEIC"), "heif": ("HEIF", "HEIC"), "jxl": ("JXL",),
    }  # fmt: skip
    assert {"PNG", "BMP", "DIB", "TIFF", "GIF"} == formats.LOSSLESS
