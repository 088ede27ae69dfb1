"""Bytes a pixel: how much memory decoding a picture takes, as measured with 200 megapixels of each format."""

from __future__ import annotations

from PIL import Image, TiffImagePlugin

JPEG_FORMATS = ("JPEG", "MPO")
"""What Pillow calls a JPEG, and one that has further pictures behind it."""
DEEP = "deep samples"
"""Key in the info of a picture that has more than 8 bits a sample although its mode does not say so."""
PROGRESSIVE_BYTES = 6
"""A progressive JPEG keeps all its coefficients, however small it is wanted."""
WEBP_BYTES = 17
"""A WebP has two canvases besides the samples that Pillow copies twice."""

JXL_BYTES = 20
"""A JPEG XL has its samples as floats, and as bytes three times; it may hold a JPEG besides."""
DEEP_PSD_BYTES = 32
"""The channels of a Photoshop file of 16 bits are numbers of 32 bits for a while; twice that for 32 bits."""
_JP2_BYTES = 26
"""A JPEG 2000 has a number of 32 bits for each sample, twice."""

_ANY = 16
"""An upper limit for every format but those above."""
_GREEDY = {"WEBP": WEBP_BYTES, "JXL": JXL_BYTES, "JPEG2000": _JP2_BYTES}
_STORED = {"1": 1.0, "L": 1.0, "P": 1.0, "I;16": 2.0, "I;16B": 2.0, "I;16L": 2.0, "I;16N": 2.0}
"""Bytes a sample of a mode in which Pillow does not take four."""
_WHOLE = 4.0
_SLACK = 0.25
_BACKGROUND = 1.0
"""Bytes a pixel for finding the background on which a drawing shows."""
_PLAIN_FORMATS = (*JPEG_FORMATS, "PNG", "BMP", "TIFF")
"""Formats whose samples are decoded to where they stay."""
_AVIF, _HEIF, _HEIF_420 = 10.0, 10.0, 8.0
"""Opaque pictures of 8 bits: the planes of the decoder are converted to RGB, which is copied."""
_RAW = 1
_ORIENTATION, _COMPRESSION, _STRIP_ROWS = 274, 259, 278


def bytes_a_pixel(image: Image.Image) -> float:
    """Return the bytes a pixel that decoding a whole picture takes at most."""
    clear = image.has_transparency_data
    if image.format in _GREEDY:
        return _GREEDY[image.format]
    if image.format in _PLAIN_FORMATS:
        stored = _STORED.get(image.mode, _WHOLE)
        need = stored + _SLACK + (_BACKGROUND if clear else 0)
        if image.format in JPEG_FORMATS and "progressive" in image.info:
            need += PROGRESSIVE_BYTES
        return need + _tiff_bytes(image, stored)
    if clear or image.mode != "RGB" or DEEP in image.info or image.info.get("bit_depth", 8) > 8:
        return _ANY
    if image.format == "HEIF":
        return _HEIF_420 if image.info.get("chroma") == 420 else _HEIF
    return _AVIF if image.format == "AVIF" else _ANY


def _tiff_bytes(image: Image.Image, stored: float) -> float:
    """Return what a TIFF takes besides: it is turned as it is loaded, and large strips are decoded whole."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return 0.0
    turned = stored if image.tag_v2.get(_ORIENTATION, 1) != 1 else 0.0
    if image.tag_v2.get(_COMPRESSION, _RAW) == _RAW:
        return turned
    rows = image.tag_v2.get(_STRIP_ROWS, 0)
    share = min(rows / image.height, 1.0) if isinstance(rows, int) else 1.0
    return turned + stored * share
