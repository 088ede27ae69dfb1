"""Large pictures that are made fast: of one colour, one row or one tile again and again."""

from __future__ import annotations

import io
import struct
import zlib

import pillow_heif
from PIL import Image


def png(width: int, height: int) -> bytes:
    """Return a PNG in colour, each row the same smooth one."""
    row = b"\0" + bytes(sample for x in range(width) for sample in (x * 255 // width, 90, 200))
    packer = zlib.compressobj(1)
    data = b"".join([*(packer.compress(row) for _ in range(height)), packer.flush()])
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    body = (
        struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part))
        for kind, part in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


def webp(width: int, height: int) -> bytes:
    """Return a lossless WebP of one colour, whose samples take no bit each."""
    bits = [(width - 1, 14), (height - 1, 14), (0, 1), (0, 3), (0, 1), (0, 1), (0, 1)]
    for symbol in (200, 90, 40, 255, 0):  # green, red, blue, alpha and distances: codes of one symbol
        bits += [(1, 1), (0, 1), (1, 1), (symbol, 8)]
    packed, at = 0, 0
    for value, count in bits:
        packed, at = packed | value << at, at + count
    data = b"\x2f" + packed.to_bytes(at // 8 + 1, "little")
    data += bytes(len(data) % 2)
    chunk = b"VP8L" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def heic(columns: int, rows: int, side: int = 1024) -> bytes:
    """Return a HEIC of a grid, as telephones write it, of so many tiles across and down."""
    gradient = Image.radial_gradient("L").resize((side, side))
    buffer = io.BytesIO()
    tile = pillow_heif.from_pillow(Image.merge("RGB", (gradient, gradient.rotate(90), gradient)))
    tile.save(buffer, quality=40, enc_params={"preset": "ultrafast"})
    single = buffer.getvalue()
    coded, start = single[single.index(b"mdat") + 4 :], single.index(b"hvcC") - 4
    decoder = single[start : start + int.from_bytes(single[start : start + 4], "big")]
    count = columns * rows
    layout = struct.pack(">BBBBII", 0, 1, rows - 1, columns - 1, columns * side, rows * side)
    sizes = [struct.pack(">II", side, side), struct.pack(">II", columns * side, rows * side)]
    tiles, whole = range(1, count + 1), count + 1
    owned = [struct.pack(">HBBB", number, 2, 0x81, 2) for number in tiles]
    properties = _box(
        b"iprp",
        _box(b"ipco", decoder, *(_full(b"ispe", size) for size in sizes)),
        _full(b"ipma", struct.pack(">I", whole), *owned, struct.pack(">HBB", whole, 1, 3)),
    )
    entries = [_entry(number, b"hvc1", hidden=True) for number in tiles] + [_entry(whole, b"grid")]
    references = struct.pack(f">HH{count}H", whole, count, *tiles)

    def meta(at: int) -> bytes:
        places = [struct.pack(">HHHHII", number, 0, 0, 1, at, len(coded)) for number in tiles]
        places.append(struct.pack(">HHHHII", whole, 1, 0, 1, 0, len(layout)))
        return _full(
            b"meta",
            _full(b"hdlr", bytes(4) + b"pict" + bytes(13)),
            _full(b"pitm", struct.pack(">H", whole)),
            _full(b"iinf", struct.pack(">H", whole), *entries),
            _full(b"iref", _box(b"dimg", references)),
            properties,
            _full(b"iloc", struct.pack(">HH", 0x4400, whole), *places, version=1),
            _box(b"idat", layout),
        )

    head = _box(b"ftyp", b"heic" + bytes(4) + b"mif1heic")
    return head + meta(len(head) + len(meta(0)) + 8) + _box(b"mdat", coded)


def _entry(number: int, kind: bytes, *, hidden: bool = False) -> bytes:
    return _full(b"infe", struct.pack(">HH", number, 0), kind, b"\0", version=2, flags=int(hidden))


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind + body


def _full(kind: bytes, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags), *parts)
