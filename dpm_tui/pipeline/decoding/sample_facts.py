"""Facts of samples: how many bits they have, how many colours there are, whether some are transparent."""

from __future__ import annotations

from PIL import Image, TiffImagePlugin

from dpm_tui.catalog.image_file import MAX_COLOURS
from dpm_tui.pipeline.containers.jp2_header import read_jp2_header
from dpm_tui.pipeline.containers.jxl_header import read_jxl_header
from dpm_tui.pipeline.containers.psd_sections import read_sections
from dpm_tui.pipeline.loading.bands import is_opaque
from dpm_tui.pipeline.loading.jpeg_xl_file import LOSSY
from dpm_tui.pipeline.loading.safe_open import JPEG_FORMATS

_BITS, _COMPRESSION, _PHOTOMETRIC = 258, 259, 262
_PALETTE = 3
_LOSSY_TIFF = (6, 7, 34892, 34712, 50001)
"""JPEG of both kinds and of raw converters, JPEG 2000, WebP."""


def read_depth(content: bytes, image: Image.Image) -> int:
    """Return the bits a sample in the file of a picture that is not loaded yet.

    Those of a palette are the bits of its colours, not of the numbers that choose them; where bands
    differ, the poorest counts.
    """
    if image.mode == "P":
        return 8
    match image.format:
        case "PNG":
            return content[24] or 8
        case "TIFF" if isinstance(image, TiffImagePlugin.TiffImageFile):
            return _read_tiff_depth(image)
        case "BMP":
            return _read_bmp_depth(image)
        case "AVIF":
            return _read_avif_depth(content)
        case "HEIF":
            return int(image.info.get("bit_depth") or 8)
        case "JXL":
            return read_jxl_header(content).depth
        case "JPEG2000" if (jp2 := read_jp2_header(content)) is not None:
            return jp2.depth
        case "PSD" | "PSB":
            return read_sections(content).depth
    return 1 if image.mode == "1" else 8


def is_lossy(content: bytes, image: Image.Image) -> bool:
    """Return whether the samples of a picture went through a lossy codec, whatever holds them."""
    match image.format:
        case "WEBP":
            return _is_lossy_webp(content)
        case "TIFF" if isinstance(image, TiffImagePlugin.TiffImageFile):
            return image.tag_v2.get(_COMPRESSION) in _LOSSY_TIFF
        case "JXL":
            return LOSSY in image.info
        case "JPEG2000" if (jp2 := read_jp2_header(content)) is not None:
            return jp2.lossy
    return image.format in (*JPEG_FORMATS, "HEIF", "AVIF")


def has_alpha(picture: Image.Image) -> bool:
    """Return whether some sample of a loaded picture is transparent."""
    return picture.has_transparency_data and not is_opaque(picture)


def count_colours(picture: Image.Image) -> int:
    """Return the number of different colours of a loaded picture, 0 for more than MAX_COLOURS."""
    try:
        counted = picture.getcolors(MAX_COLOURS)
    except ValueError:  # samples of a kind that Pillow does not count
        return 0
    if counted is None:
        return 0
    if picture.mode == "P" and (palette := picture.getpalette("RGB")):
        numbers = [number for _, number in counted if isinstance(number, int)]
        return len({tuple(palette[3 * number : 3 * number + 3]) for number in numbers})
    return len(counted)


def _read_tiff_depth(image: TiffImagePlugin.TiffImageFile) -> int:
    if image.tag_v2.get(_PHOTOMETRIC) == _PALETTE:
        return 8
    bits = image.tag_v2.get(_BITS, 1)
    depth = min(bits) if isinstance(bits, tuple) and bits else bits
    return int(depth) if isinstance(depth, int) and 0 < depth <= 64 else 8


def _read_bmp_depth(image: Image.Image) -> int:
    if image.mode == "1":
        return 1
    arguments = [tile[3] for tile in getattr(image, "tile", ())]
    raw = [str(one[0] if isinstance(one, tuple) and one else one) for one in arguments]
    return 5 if any(mode.startswith(("BGR;15", "BGR;16")) for mode in raw) else 8


def _read_avif_depth(content: bytes) -> int:
    at = content.find(b"av1C", 0, 1 << 16)
    if not 0 < at < len(content) - 6 or not content[at + 6] & 0x40:
        return 8
    return 12 if content[at + 6] & 0x20 else 10


def _is_lossy_webp(content: bytes) -> bool:
    """Return whether a frame of a WebP is coded with loss."""
    at = 12
    while at + 8 <= len(content):
        name = content[at : at + 4]
        if name == b"VP8 ":
            return True
        if name == b"ANMF":
            at += 24  # into the frame
            continue
        length = int.from_bytes(content[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
    return False
