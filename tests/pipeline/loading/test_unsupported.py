"""A sound picture that no decoder here reads is unsupported; a broken one of the same kind is damaged."""

from __future__ import annotations

import io
import struct
import zlib

import pillow_heif
import pytest

from dpm_tui.catalog.image_file import Status
from dpm_tui.pipeline.containers.png_chunks import SIGNATURE, read_chunks
from dpm_tui.pipeline.decoding.thumbnail import UndecodableError, decode_thumbnail
from dpm_tui.text_format import put_into_words
from tests.support.pictures import scene

pillow_heif.register_heif_opener()


def encoded(format_: str, **options: object) -> bytes:
    file = io.BytesIO()
    scene(1, 160, 120).save(file, format_, **options)
    return file.getvalue()


def jpeg(marker: int = 0xC0, bits: int = 8) -> bytes:
    """Return a JPEG whose frame says another coding or depth."""
    content = bytearray(encoded("JPEG"))
    at = content.index(b"\xff\xc0")
    content[at + 1], content[at + 4] = marker, bits
    return bytes(content)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def telephone_png() -> bytes:
    """Return a PNG as Apple's tools pack them into apps: deflated without a header."""
    content = encoded("PNG")
    parts = [SIGNATURE, chunk(b"CgBI", b"\x50\0\x20\x06")]
    samples = b"".join(
        content[each.start + 8 : each.end - 4] for each in read_chunks(content) if each.name == b"IDAT"
    )
    header = next(each for each in read_chunks(content) if each.name == b"IHDR")
    parts += [content[header.start : header.end], chunk(b"IDAT", samples[2:-4]), chunk(b"IEND", b"")]
    return b"".join(parts)


def tiff(tag: int, value: int) -> bytes:
    """Return a TIFF with one entry of its directory changed."""
    content = bytearray(encoded("TIFF"))
    start = int.from_bytes(content[4:8], "little")
    for entry in range(int.from_bytes(content[start : start + 2], "little")):
        at = start + 2 + 12 * entry
        if int.from_bytes(content[at : at + 2], "little") == tag:
            content[at + 2 : at + 12] = struct.pack("<HII", 3, 1, value)
    return bytes(content)


def bmp(at: int, value: int) -> bytes:
    content = bytearray(encoded("BMP"))
    content[at] = value
    return bytes(content)


UNSUPPORTED: dict[str, tuple[bytes, str]] = {
    "JPEG of 12 bits": (jpeg(bits=12), "12 bits"),
    "lossless JPEG": (jpeg(0xC3), "lossless"),
    "hierarchical JPEG": (jpeg(0xC5), "hierarchical"),
    "JPEG-LS": (jpeg(0xF7), "LS"),
    "PNG of a telephone": (telephone_png(), "CgBI"),
    "TIFF by JPEG 2000": (tiff(259, 34712), "JPEG 2000"),
    "TIFF by JPEG XL": (tiff(259, 50002), "JPEG XL"),
    "TIFF by LERC": (tiff(259, 34887), "LERC"),
    "TIFF by what nobody knows": (tiff(259, 60000), "60000"),
    "TIFF of other colours": (tiff(262, 34892), "34892"),
    "HEIF by VVC": (encoded("HEIF").replace(b"hvc1", b"vvc1"), "vvc1"),
    "HEIF without coding": (encoded("HEIF").replace(b"hvc1", b"unci").replace(b"heic", b"mif1"), "unci"),
    "AVIF of the next AV": (encoded("AVIF").replace(b"av01", b"av02"), "av02"),
    "WebP of another kind": (encoded("WEBP").replace(b"VP8 ", b"VP9 ", 1), "VP9"),
    "BMP with a JPEG in it": (bmp(30, 4), "compression"),
}


def failure(content: bytes) -> UndecodableError:
    with pytest.raises(UndecodableError) as caught:
        decode_thumbnail(content)
    return caught.value


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_a_sound_file_of_another_variant_is_unsupported_and_says_of_which(name: str) -> None:
    content, words = UNSUPPORTED[name]
    error = failure(content)
    assert (error.status, words in put_into_words(error.reason)) == (Status.UNSUPPORTED, True), error.reason
    assert len(error.digest) == 64
    assert not error.starved, "more memory would not help"


@pytest.mark.parametrize("name", [name for name in UNSUPPORTED if "JPEG 2000" not in name or "TIFF" in name])
def test_the_same_file_torn_is_damaged(name: str) -> None:
    content = UNSUPPORTED[name][0]
    assert failure(content[: len(content) * 2 // 3]).status is Status.DAMAGED


BROKEN = [jpeg(bits=9), encoded("JPEG")[:300], encoded("PNG")[:900], b"II*\0" + b"\xff" * 40]


@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_file_is_not_called_unsupported(content: bytes) -> None:
    assert failure(content).status is Status.DAMAGED


def test_what_is_no_picture_at_all_is_told_as_ever() -> None:
    assert put_into_words(failure(b"dear diary").reason) == "not a picture in a known format"
