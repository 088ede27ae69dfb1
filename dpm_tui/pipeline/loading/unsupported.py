"""Unsupported pictures: intact files of a variant that no decoder here reads, as opposed to broken ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dpm_tui.deferred_text import defer
from dpm_tui.pipeline.containers.block_damage import find_box_damage, find_riff_damage
from dpm_tui.pipeline.containers.heif_items import item_kinds
from dpm_tui.pipeline.containers.jpeg_parts import split_jpeg
from dpm_tui.pipeline.containers.png_chunks import SIGNATURE, find_chunk_damage, read_chunks
from dpm_tui.pipeline.containers.tiff_page import Tiff, read_first_page

_SAYS_SO = re.compile(
    r"unsupported|not supported|not implemented|unimplemented|no decoding plugin|cannot handle", re.IGNORECASE
)
"""What decoders say of a variant that they do not read."""
_OTHERS = (
    (b"II\xbc\x01", "JPEG XR"), (b"qoif", "QOI"), (b"v/1\x01", "OpenEXR"),
    (b"gimp xcf ", "GIMP"), (b"%PDF-", "PDF"), (b"<svg", "SVG"), (b"\xff\xd8\xff\xf7", "JPEG-LS"),
)  # fmt: skip
_FRAMES = {
    0xC3: "lossless", 0xC5: "hierarchical", 0xC6: "hierarchical", 0xC7: "hierarchical_lossless",
    0xC9: "arithmetic", 0xCA: "arithmetic", 0xCB: "arithmetic_lossless", 0xCD: "hierarchical_arithmetic",
    0xCE: "hierarchical_arithmetic", 0xCF: "hierarchical_arithmetic", 0xF7: "ls",
}  # fmt: skip
_BASELINE = (0xC0, 0xC1, 0xC2)
_CHANNELS = (1, 3, 4)
_KNOWN_CHUNKS = (b"IHDR", b"PLTE", b"IDAT", b"IEND")
_PNG_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_WEBP_CHUNKS = (b"VP8 ", b"VP8L", b"VP8X")
_CODECS = frozenset((b"hvc1", b"av01", b"grid", b"iden", b"iovl"))
_NO_PICTURES = frozenset((b"Exif", b"mime", b"uri ", b"tmap"))
_COMPRESSIONS = {
    9: "JBIG", 10: "JBIG", 34661: "JBIG", 34663: "JBIG2", 34712: "JPEG 2000", 33003: "JPEG 2000",
    33004: "JPEG 2000", 33005: "JPEG 2000", 34887: "LERC", 34892: "lossy JPEG", 50002: "JPEG XL",
    52546: "JPEG XL", 34676: "SGI LogLuv", 34677: "SGI LogLuv", 32908: "Pixar film", 32909: "Pixar log",
}  # fmt: skip
_COMPRESSIONS_READ = frozenset(
    (1, 2, 3, 4, 5, 6, 7, 8, 32771, 32773, 32809, 32946, 34676, 34677, 34925, 50000, 50001)
)


def name_other_format(content: bytes) -> str:
    """Return the name of a format of pictures that is none of those read here, empty for an unknown one."""
    return next((name for start, name in _OTHERS if content.startswith(start)), "")


def find_unsupported(content: bytes, said: str = "", *, opened: bool = True) -> str:
    """Return why no decoder here can read a picture, empty where its file is broken.

    ``said`` is the message of the decoder, ``opened`` whether it got as far as the samples.
    """
    try:
        if content.startswith(b"\xff\xd8\xff"):
            return _find_in_jpeg(content)
        if content.startswith(SIGNATURE):
            return _find_in_png(content)
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            return _find_in_webp(content)
        if content[4:8] == b"ftyp":
            return _find_in_heif(content, said)
        if content[:2] == b"BM":
            whole = int.from_bytes(content[2:6], "little") <= len(content)
            return _said_of("BMP", said) if whole else ""
        page = read_first_page(content)
        return _find_in_tiff(page, opened) if page is not None else ""
    except (IndexError, ValueError):  # an offset outside of the file: broken
        return ""


def _find_in_jpeg(content: bytes) -> str:
    if not split_jpeg(content).pictures:
        return ""
    for marker, at in _segments(content):
        if marker in _FRAMES:
            return defer(f"decode.jpeg_{_FRAMES[marker]}")
        if marker in _BASELINE:
            bits, channels = content[at], content[at + 5]
            if bits != 8:
                return defer("decode.jpeg_bits", number=bits) if bits in (12, 16) else ""
            return defer("decode.jpeg_channels", number=channels) if channels == 2 else ""
    return ""


def _segments(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield the markers of a JPEG up to its samples, with where what they hold begins."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        yield marker, at + 4
        if marker == 0xDA:
            return
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")


def _find_in_png(content: bytes) -> str:
    if find_chunk_damage(content):
        return ""
    for chunk in read_chunks(content):
        name = chunk.name.decode("ascii")
        if chunk.is_critical and chunk.name not in _KNOWN_CHUNKS:
            return defer("decode.other_kind", format="PNG", name=name)
        if chunk.name == b"IHDR":
            depth, colour, *methods = content[chunk.start + 16 : chunk.start + 21]
            if depth not in _PNG_DEPTHS.get(colour, ()) or methods[:2] != [0, 0] or methods[2] > 1:
                return defer("decode.other_colours", format="PNG", colours=colour, bits=depth)
    return ""


def _find_in_webp(content: bytes) -> str:
    first = content[12:16]
    known = first in _WEBP_CHUNKS or find_riff_damage(content)
    return "" if known else defer("decode.other_kind", format="WebP", name=_shown(first))


def _find_in_heif(content: bytes, said: str) -> str:
    if find_box_damage(content):
        return ""
    kinds = item_kinds(content)
    strange = sorted(kinds - _CODECS - _NO_PICTURES)
    if strange and not kinds & {b"hvc1", b"av01"}:
        return defer("decode.other_kind", format="HEIF", name=_shown(strange[0]))
    return _said_of("HEIF", said) if kinds else ""


def _find_in_tiff(page: Tiff, opened: bool) -> str:
    if page.compression not in _COMPRESSIONS_READ:
        name = _COMPRESSIONS.get(page.compression, str(page.compression))
        return defer("decode.tiff_compression", name=name)
    if opened:
        return ""
    bits = ", ".join(map(str, page.bits))
    return defer("decode.other_colours", format="TIFF", colours=page.colours, bits=bits)


def _said_of(format_: str, said: str) -> str:
    """Return the message of a decoder if it says that it reads no such picture, else an empty text."""
    return defer("decode.unsupported", format=format_, reason=said) if _SAYS_SO.search(said) else ""


def _shown(name: bytes) -> str:
    return name.decode("ascii", "replace").strip()
