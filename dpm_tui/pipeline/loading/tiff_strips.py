"""The strips and tiles of a TIFF: that they are within the file, and that deflated ones inflate."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from PIL import Image, TiffImagePlugin

from dpm_tui.deferred_text import defer
from dpm_tui.pipeline.loading.jpeg_stream import END, START, find_stream_damage
from dpm_tui.pipeline.loading.safe_open import open_picture
from dpm_tui.pipeline.loading.zero_runs import FOUND, find_jpeg_zeros, has_zeros

_DEFLATE = (8, 32946)
_OFFSETS, _LENGTHS = (273, 324), (279, 325)
_COMPRESSION, _JPEG_TABLES = 259, 347
_LZW, _JPEG = 5, 7
_STEP = 1 << 20


def find_strip_damage(content: bytes) -> str:
    """Return what is broken of the pages of a TIFF, empty if nothing is.

    Only deflated samples carry a checksum; others cannot be checked.
    """
    with open_picture(content) as image:
        for page in range(int(getattr(image, "n_frames", 1))):
            image.seek(page)
            if damage := _find_page_damage(content, image, first=not page):
                return damage
    return ""


def _find_page_damage(content: bytes, image: Image.Image, first: bool) -> str:
    """Return what is broken of a page; the decoder itself reports missing samples of the first one."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return ""
    compression = image.tag_v2.get(_COMPRESSION)
    tables = image.tag_v2.get(_JPEG_TABLES, b"")
    for offset, length in _strips(image):
        end = offset + length
        if end > len(content) and not first:
            return defer("decode.cut")
        if compression in _DEFLATE and not _inflates(memoryview(content)[offset:end]):
            return defer("decode.not_inflated")
        if compression == _LZW and has_zeros(content, offset, end):
            return FOUND
        if compression == _JPEG and (damage := _find_jpeg_damage(content[offset:end], tables)):
            return damage
    return ""


def _find_jpeg_damage(strip: bytes, tables: object) -> str:
    """Return what is broken of a strip that is a JPEG, whose tables may stand elsewhere."""
    if isinstance(tables, bytes) and tables[:2] == START and strip[:2] == START:
        strip = tables.removesuffix(END) + strip[2:]
    return find_stream_damage(strip, "GRAY") or find_jpeg_zeros(strip)


def _strips(image: TiffImagePlugin.TiffImageFile) -> Iterator[tuple[int, int]]:
    """Yield offset and length of the strips or tiles of a page."""
    for offsets, lengths in zip(_OFFSETS, _LENGTHS, strict=True):
        if offsets in image.tag_v2 and lengths in image.tag_v2:
            yield from zip(_numbers(image.tag_v2[offsets]), _numbers(image.tag_v2[lengths]), strict=False)


def _numbers(value: object) -> Iterator[int]:
    yield from (int(one) for one in (value if isinstance(value, tuple | list) else (value,)))


def _inflates(data: memoryview) -> bool:
    """Return whether a deflated strip is whole; one without bytes was never written."""
    if not data:
        return True
    inflating = zlib.decompressobj()
    try:
        for at in range(0, len(data), _STEP):
            part: bytes | memoryview = data[at : at + _STEP]
            while part:
                inflating.decompress(part, _STEP)
                part = inflating.unconsumed_tail
    except zlib.error:
        return False
    return inflating.eof
