"""The table of formats: everything that follows from it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from PIL import Image

from dpm_tui.catalog import formats
from dpm_tui.locale import translate
from dpm_tui.pipeline.loading import safe_open

ROOT = Path(__file__).parents[2]


def test_what_may_be_decoded() -> None:
    assert set(formats.DECODERS) == {"JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "AVIF", "HEIF", "JPEG2000"}


def test_every_decoder_is_there() -> None:
    Image.init()
    assert safe_open.open_picture
    assert set(formats.DECODERS) <= set(Image.OPEN)


def test_endings_that_are_scanned() -> None:
    assert (
        "jpg", "jpeg", "jpe", "jfif", "png", "apng", "bmp", "dib", "webp", "tif", "tiff", "gif", "avif",
        "heic", "heif", "hif", "jp2", "j2k", "jpf", "jpx", "j2c", "jpc", "psd", "jxl", "psb",
        *formats.RAW_ENDINGS,
    ) == formats.EXTENSIONS  # fmt: skip
    assert len(set(formats.EXTENSIONS)) == len(formats.EXTENSIONS)


def test_every_format_is_scanned_and_has_a_word() -> None:
    for each in formats.TABLE:
        assert each.words
        assert each.extensions


def test_every_extra_is_one_of_the_package_and_has_its_words() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for extra, each in formats.EXTRAS.items():
        assert [line.partition(">")[0] for line in extras[extra]] == [each.package]
        assert f"pip install 'dpm-tui[{extra}]'" in translate(f"decode.lacking_{extra}", count=12403)
        assert "12,403" in translate(f"decode.lacking_{extra}", count=12403)
    assert extras["formats"] == [f"dpm-tui[{','.join(formats.EXTRAS)}]"]


def test_a_format_whose_package_is_not_there_is_lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    assert formats.find_lacking_endings() == {}
    assert formats.find_modules() == ("pillow_jxl", "psd_tools", "rawpy")
    before = formats.name_readers()
    assert all(each.package in before for each in formats.EXTRAS.values())
    monkeypatch.setattr(formats, "find_spec", lambda name: None)
    lacking = formats.find_lacking_endings()
    assert (lacking["jxl"], lacking["psb"], lacking["cr2"]) == ("jxl", "psd", "raw")
    assert "psd" not in lacking
    assert formats.name_readers() == ""


def test_words_of_a_rule() -> None:
    assert {
        "jpeg": ("JPEG",), "jpg": ("JPEG",), "png": ("PNG",), "webp": ("WEBP",), "avif": ("AVIF",),
        "tiff": ("TIFF",), "tif": ("TIFF",), "gif": ("GIF",), "bmp": ("BMP", "DIB"),
        "heic": ("HEIF", "HEIC"), "heif": ("HEIF", "HEIC"), "jxl": ("JXL",),
        "jpeg2000": ("JPEG2000",), "jp2": ("JPEG2000",), "psd": ("PSD",), "psb": ("PSB",),
        "raw": tuple(ending.upper() for ending in formats.RAW_ENDINGS),
    } == formats.NAMES_BY_WORD  # fmt: skip
    raws = {ending.upper() for ending in formats.RAW_ENDINGS}
    assert {"PNG", "BMP", "DIB", "TIFF", "GIF", "PSD", "PSB"} | raws == formats.LOSSLESS
