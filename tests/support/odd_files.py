"""Odd files: thousands of damaged, hostile and merely strange pictures, made from a few whole ones."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from tests.support.pictures import encode, exif, scene, with_segment

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "AVIF", "BMP", "HEIF")
ENDINGS = {
    "JPEG": "jpg",
    "PNG": "png",
    "WEBP": "webp",
    "TIFF": "tif",
    "GIF": "gif",
    "AVIF": "avif",
    "BMP": "bmp",
    "HEIF": "heic",
}


Way = Callable[[Image.Image], bytes]


def _plain(format_: str, **options: object) -> Way:
    return lambda still: encode(still, format_, **options)


def _moving(format_: str) -> Way:
    more = [scene(2, 240, 160), scene(3, 240, 160)]
    return lambda still: encode(still, format_, save_all=True, append_images=more)


def _deep(still: Image.Image) -> bytes:
    return encode(Image.fromarray(np.asarray(still.convert("L")).astype(np.uint16) * 257), "PNG")


def _float(still: Image.Image) -> bytes:
    return encode(Image.fromarray(np.asarray(still.convert("L")).astype(np.float32) / 255), "TIFF")


WAYS: dict[str, Way] = {
    **{f"plain.{ENDINGS[name]}": _plain(name) for name in FORMATS},
    **{f"moving.{ENDINGS[name]}": _moving(name) for name in ("GIF", "PNG", "WEBP", "TIFF", "AVIF")},
    **{
        f"{codec}.tif": _plain("TIFF", compression=codec)
        for codec in ("tiff_lzw", "tiff_deflate", "packbits", "jpeg")
    },
    "progressive.jpg": _plain("JPEG", progressive=True),
    "cmyk.jpg": lambda still: encode(still.convert("CMYK"), "JPEG"),
    "grey.jpg": lambda still: encode(still.convert("L"), "JPEG"),
    "two.jpg": lambda still: encode(still, "MPO", save_all=True, append_images=[scene(2)]),
    "exif.jpg": _plain("JPEG", exif=exif(Orientation=6, DateTime="2024:01:02 03:04:05")),
    "palette.png": lambda still: encode(still.quantize(16), "PNG", transparency=3),
    "alpha.png": lambda still: encode(still.convert("RGBA"), "PNG"),
    "deep.png": _deep,
    "lossless.webp": _plain("WEBP", lossless=True),
    "fax.tif": lambda still: encode(still.convert("1"), "TIFF", compression="group4"),
    "float.tif": _float,
}
"""Name -> how a picture is written: every format, and the odder ways that each has."""


def whole_pictures() -> dict[str, bytes]:
    """Return name -> a whole picture, written in every way."""
    return {name: way(scene(number, 240, 160)) for number, (name, way) in enumerate(WAYS.items())}


def damaged(wholes: dict[str, bytes], seed: int) -> tuple[str, bytes]:
    """Return name and content of a picture that was cut, flipped, overwritten, spliced or padded.

    Every seed shows another scene; ``wholes`` are what it is spliced with.
    """
    dice = np.random.default_rng(seed)
    name, other = (sorted(wholes)[int(dice.integers(len(wholes)))] for _ in range(2))
    content = bytearray(WAYS[name](scene(seed + 1000, 240, 160)))
    match int(dice.integers(7)):
        case 0:
            del content[int(dice.integers(len(content))) :]
        case 1:  # headers are where parsers go wrong
            for at in dice.integers(0, min(len(content), 600), int(dice.integers(1, 12))):
                content[at] ^= 1 << int(dice.integers(8))
        case 2:
            for at in dice.integers(0, len(content), int(dice.integers(1, 30))):
                content[at] = int(dice.integers(256))
        case 3:
            at = int(dice.integers(len(content)))
            content[at : at + int(dice.integers(1, 2000))] = bytes(int(dice.integers(0, 2000)))
        case 4:
            content = content[: int(dice.integers(len(content)))] + wholes[other][int(dice.integers(500)) :]
        case 5:  # numbers of four bytes become as large as they can
            for at in dice.integers(0, min(len(content), 400), 3):
                content[at : at + 4] = (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", bytes(4))[
                    int(dice.integers(3))
                ]
        case _:
            content += dice.bytes(int(dice.integers(1, 3000)))
    return name.replace(".", f" {seed}."), bytes(content)


def png(width: int, height: int, *chunks: tuple[bytes, bytes], rows: int = 0, colour: int = 2) -> bytes:
    """Return a PNG of that header with chunks before its data, which holds some rows of zeros."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    bits = {2: 3, 6: 4}.get(colour, 1)
    data = zlib.compress(bytes((width * bits + 1) * rows) if rows else bytes(1000), 9)
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    body = b"".join(chunk(*one) for one in ((b"IHDR", header), *chunks, (b"IDAT", data), (b"IEND", b"")))
    return b"\x89PNG\r\n\x1a\n" + body


def with_jpeg_size(jpeg: bytes, width: int, height: int) -> bytes:
    """Return a JPEG whose frame header names another size."""
    at = next(at for at in range(2, len(jpeg)) if jpeg[at] == 0xFF and jpeg[at + 1] in (0xC0, 0xC1, 0xC2))
    return jpeg[: at + 5] + struct.pack(">HH", height, width) + jpeg[at + 9 :]


def _deep_ifds(loop: bool) -> bytes:
    """Return EXIF data whose folders lie in folders, each in the last, or in themselves."""
    folders = 400
    body = b"Exif\0\0II*\0\x08\0\0\0"
    for number in range(folders):
        at = 8 + number * 18
        inner = 8 if loop else at + 18
        body += struct.pack("<HHHIII", 1, 0x8769, 4, 1, inner, inner)
    return body


def _tiff_loop() -> bytes:
    content = bytearray(encode(scene(1), "TIFF"))
    first = struct.unpack_from("<I", content, 4)[0]
    entries = struct.unpack_from("<H", content, first)[0]
    struct.pack_into("<I", content, first + 2 + entries * 12, first)
    return bytes(content)


def _gif_canvas() -> bytes:
    content = bytearray(encode(scene(1), "GIF"))
    struct.pack_into("<HH", content, 6, 65535, 65535)
    return bytes(content)


def _webp_canvas() -> bytes:
    content = bytearray(encode(scene(1), "WEBP", save_all=True, append_images=[scene(2)]))
    content[24:30] = b"\xff\x3f\x00\xff\x3f\x00"
    return bytes(content)


def _bmp(width: int, height: int) -> bytes:
    content = bytearray(encode(scene(1), "BMP"))
    struct.pack_into("<ii", content, 18, width, height)
    return bytes(content)


def _many_frames() -> bytes:
    frames = [Image.new("P", (8, 8), number % 7) for number in range(3000)]
    return encode(frames[0], "GIF", save_all=True, append_images=frames[1:], optimize=False)


BOMBS: dict[str, Callable[[], bytes]] = {
    "huge.png": lambda: png(2**31 - 1, 2**31 - 1),
    "wide.png": lambda: png(60000, 60000),
    "hundred megapixels.png": lambda: png(10000, 10000, rows=10000),
    "half.png": lambda: png(9000, 9000, rows=4000, colour=6),
    "text.png": lambda: png(8, 8, (b"zTXt", b"a\0\0" + zlib.compress(bytes(200_000_000), 9)), rows=8),
    "profile.png": lambda: png(8, 8, (b"iCCP", b"a\0\0" + zlib.compress(bytes(200_000_000), 9)), rows=8),
    "international.png": lambda: png(
        8, 8, (b"iTXt", b"a\0\1\0\0\0" + zlib.compress(bytes(99_000_000), 9)), rows=8
    ),
    "baseline.jpg": lambda: with_jpeg_size(encode(scene(1), "JPEG"), 65500, 65500),
    "400 megapixels.jpg": lambda: with_jpeg_size(encode(scene(1), "JPEG"), 20000, 19000),
    "progressive.jpg": lambda: with_jpeg_size(encode(scene(1), "JPEG", progressive=True), 13000, 13000),
    "zero.jpg": lambda: with_jpeg_size(encode(scene(1), "JPEG"), 0, 0),
    "nested.jpg": lambda: with_segment(encode(scene(1), "JPEG"), 0xE1, _deep_ifds(loop=False)),
    "looped.jpg": lambda: with_segment(encode(scene(1), "JPEG"), 0xE1, _deep_ifds(loop=True)),
    "looped.tif": _tiff_loop,
    "canvas.gif": _gif_canvas,
    "canvas.webp": _webp_canvas,
    "wide.bmp": lambda: _bmp(2**31 - 1, 3),
    "upside down.bmp": lambda: _bmp(100, -(2**31)),
    "many frames.gif": _many_frames,
    "thin.png": lambda: encode(Image.new("RGB", (1, 65500), (200, 10, 10)), "PNG"),
    "thin.jpg": lambda: encode(Image.new("RGB", (65500, 1), (200, 10, 10)), "JPEG"),
    "thin.gif": lambda: encode(Image.new("P", (1, 65500), 3), "GIF"),
    "dot.png": lambda: encode(Image.new("RGBA", (1, 1)), "PNG"),
    "empty.jpg": lambda: b"",
    "zeros.png": lambda: bytes(100_000),
    "page.jpg": lambda: b"<!DOCTYPE html><html><body>404 Not Found</body></html>",
    "script.gif": lambda: b"#!/bin/sh\nexit 1\n",
    "vector.png": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "print.jpg": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run\n",
    "really png.jpg": lambda: encode(scene(5), "PNG"),
    "really jpeg.png": lambda: encode(scene(5), "JPEG"),
    "really webp.gif": lambda: encode(scene(5), "WEBP"),
}
"""Name -> a file that asks for more than it is worth, or is not what it says."""


def odd_files(count: int, seed: int = 0) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of ``count`` files, whole ones and bombs among them; the same for a seed."""
    wholes = whole_pictures()
    yield from list(wholes.items())[:count]
    left = count - len(wholes)
    for name, make in list(BOMBS.items())[: max(left, 0)]:
        yield f"bomb {name}", make()
    for number in range(max(left - len(BOMBS), 0)):
        yield damaged(wholes, seed * 1_000_000 + number)


def write_special_files(folder: Path) -> list[str]:
    """Make a FIFO, links that lead nowhere, into a circle and to a picture; return their names."""
    os.mkfifo(folder / "pipe.jpg")
    (folder / "nowhere.jpg").symlink_to(folder / "not there.jpg")
    (folder / "circle.jpg").symlink_to(folder / "circle.jpg")
    (folder / "folder.jpg").mkdir()
    return ["pipe.jpg", "nowhere.jpg", "circle.jpg"]
