"""Bombs: files that ask for more than they are worth, or are not what their names say."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from functools import partial

from PIL import Image

from tests.support.pictures import encode, scene, with_segment


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


def _in_format(name: str) -> bytes:
    picture = scene(5, 64, 64)
    return encode(picture.convert("1") if name == "XBM" else picture, name)


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
"""Name -> a file that costs more to read than it seems, or cannot be read at all."""

_PSD = b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 100, 100, 8, 3) + bytes(12) + b"\0\0" + bytes(30000)
_RAW = b"FUJIFILMCCD-RAW 0201FF129502X-Pro2" + bytes(5000)
_MOVIE = b"\0\0\0\x18ftypmp42" + bytes(12) + b"\0\0\0\x08mdat" + bytes(5000)
_FOREIGN = ("PPM", "TGA", "PCX", "ICO", "ICNS", "JPEG2000", "DDS", "SGI", "EPS", "PDF", "XBM", "QOI")
FOREIGN: dict[str, Callable[[], bytes]] = {
    "photoshop.jpg": lambda: _PSD,
    "photoshop.tif": lambda: _PSD,
    "raw.jpg": lambda: _RAW,
    "movie.heic": lambda: _MOVIE,
    "jpeg xl.jpg": lambda: b"\xff\x0a" + bytes(2000),
    "archive.png": lambda: b"PK\3\4" + bytes(2000),
    "appledouble.jpg": lambda: b"\0\5\x16\7\0\2\0\0Mac OS X        " + bytes(4000),
    **{f"{name.lower()}.jpg": partial(_in_format, name) for name in _FOREIGN},
}
"""Name -> a sound file of a format that is not read, under the name of one that is."""
