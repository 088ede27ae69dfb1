"""Safe opening: only formats on an allow-list, and only sizes that fit into memory."""

from __future__ import annotations

import io
import warnings

from pi_heif import register_heif_opener
from PIL import Image, UnidentifiedImageError

from dpm_tui.catalog.formats import DECODERS
from dpm_tui.catalog.image_file import Status
from dpm_tui.deferred_text import defer
from dpm_tui.pipeline.containers.jp2_header import STARTS as JPEG_2000, read_jp2_header
from dpm_tui.pipeline.containers.jxl_header import is_jxl
from dpm_tui.pipeline.containers.png_chunks import SIGNATURE, without_broken_additions
from dpm_tui.pipeline.loading.jpeg_xl_file import open_jpeg_xl
from dpm_tui.pipeline.loading.photoshop_file import is_photoshop, open_photoshop
from dpm_tui.pipeline.loading.pixel_bytes import (
    DEEP,
    JPEG_FORMATS,
    PROGRESSIVE_BYTES,
    WEBP_BYTES,
    bytes_a_pixel,
)
from dpm_tui.pipeline.loading.undecodable import UndecodableError, check_size
from dpm_tui.pipeline.loading.unsupported import find_unsupported, name_other_format

MEMORY_BYTES = 3 << 30
"""Memory that decoding one picture may take where nobody says otherwise."""
_SUSPICIOUS_SHARE = 4
"""A decoder that may have needed one part in so many of the memory may have failed for lack of it."""

__all__ = (
    "DEEP",
    "JPEG_FORMATS",
    "UndecodableError",
    "check_size",
    "check_whole",
    "draft",
    "has_room",
    "open_picture",
)

_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", *JPEG_2000, *_TIFF)
_BRANDS = tuple(b"ftyp" + brand for brand in (b"heic", b"heix", b"mif1", b"avif", b"avis"))

Image.MAX_IMAGE_PIXELS = None  # the limits above act before anything is decoded
# Of a HEIF file only its pictures count, and there are as many decoders as cores.
register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


def open_picture(content: bytes, memory: int = MEMORY_BYTES) -> Image.Image:
    """Return the picture in ``content``, not yet decoded, for which ``memory`` bytes are enough.

    A JPEG may be larger than what can be decoded whole: ``check_whole`` tells. Raises UndecodableError,
    and whatever Pillow raises for a broken header.
    """
    if not content:
        raise UndecodableError(Status.DAMAGED, defer("decode.empty"))
    if (canvas := _read_webp_canvas(content)) is not None:
        # Its decoder takes the memory for the canvas as it is opened.
        check_size(*canvas, memory, WEBP_BYTES)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = _open(content, memory)
        except UnidentifiedImageError as error:
            if other := name_other_format(content):
                raise UndecodableError(
                    Status.UNSUPPORTED, defer("decode.picture_in", format=other)
                ) from error
            if unread := find_unsupported(content, opened=False):
                raise UndecodableError(Status.UNSUPPORTED, unread) from error
            if content.startswith(_STARTS) or canvas is not None or content[4:12] in _BRANDS:
                raise UndecodableError(Status.DAMAGED, defer("decode.header")) from error
            raise UndecodableError(Status.UNSUPPORTED, defer("decode.unknown_format")) from error
    if image.width < 1 or image.height < 1:
        raise UndecodableError(Status.DAMAGED, defer("decode.no_pixels"))
    if (image.format == "AVIF" and _is_deep_avif(content)) or _is_deep_jp2(content):
        image.info[DEEP] = True
    if image.format not in JPEG_FORMATS:
        check_whole(image, memory)
    elif "progressive" in image.info:
        check_size(*image.size, memory, PROGRESSIVE_BYTES)
    return image


def _open(content: bytes, memory: int) -> Image.Image:
    """Return the opened picture, by a reader that needs care or by Pillow's own."""
    if is_jxl(content):
        return open_jpeg_xl(content, memory)
    return open_photoshop(content, memory) if is_photoshop(content) else _open_mended(content)


def _open_mended(content: bytes) -> Image.Image:
    """Return the opened picture; broken chunks of a PNG that are not needed are left out."""
    try:
        return Image.open(io.BytesIO(content), formats=DECODERS)
    except UnidentifiedImageError:
        if not content.startswith(SIGNATURE):
            raise
        return Image.open(io.BytesIO(without_broken_additions(content)), formats=DECODERS)


def has_room(content: bytes, image: Image.Image, memory: int) -> bool:
    """Return whether memory was so plentiful that no decoder can have failed for lack of it.

    Decoders that lack memory report broken data, or nothing at all.
    """
    need = image.width * image.height * bytes_a_pixel(image) + 2 * len(content)
    return need * _SUSPICIOUS_SHARE <= memory


def check_whole(image: Image.Image, memory: int) -> None:
    """Raise UndecodableError if a picture cannot be decoded at the size that it has now."""
    check_size(*image.size, memory, bytes_a_pixel(image))


def draft(image: Image.Image, pixels: int, memory: int = MEMORY_BYTES) -> bool:
    """Have a JPEG decoder scale down to at least ``pixels`` a side; return whether it will.

    Scales further where the whole picture would not fit into ``memory``.
    """
    full = image.size
    if image.format in JPEG_FORMATS:
        room = (memory / bytes_a_pixel(image) / (full[0] * full[1])) ** 0.5
        if room < 1:
            pixels = min(pixels, int(min(full) * room))
        image.draft(None, (max(pixels, 1), max(pixels, 1)))
    return image.size != full


def _is_deep_avif(content: bytes) -> bool:
    at = content.find(b"av1C", 0, 1 << 16)
    return 0 < at < len(content) - 6 and bool(content[at + 6] & 0x40)


def _is_deep_jp2(content: bytes) -> bool:
    header = read_jp2_header(content)
    return header is not None and header.depth > 8


def _read_webp_canvas(content: bytes) -> tuple[int, int] | None:
    """Return width and height that a WebP header names, None for anything else."""
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < 30:
        return None
    match content[12:16]:
        case b"VP8X":
            return tuple(int.from_bytes(content[at : at + 3], "little") + 1 for at in (24, 27))  # type: ignore[return-value]
        case b"VP8L":
            bits = int.from_bytes(content[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case _:
            return tuple(int.from_bytes(content[at : at + 2], "little") & 0x3FFF for at in (26, 28))  # type: ignore[return-value]
