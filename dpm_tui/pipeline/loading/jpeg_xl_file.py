"""JPEG XL files: its plug-in decodes as it opens, so the header is read before."""

from __future__ import annotations

import io
from contextlib import suppress

from PIL import ExifTags, Image

from dpm_tui.catalog.image_file import Status
from dpm_tui.deferred_text import defer
from dpm_tui.pipeline.containers.jxl_header import read_jxl_header
from dpm_tui.pipeline.loading.decoder_failure import lacked_memory
from dpm_tui.pipeline.loading.pixel_bytes import DEEP, JXL_BYTES
from dpm_tui.pipeline.loading.undecodable import UndecodableError, check_installed, check_size

LOSSY = "lossy samples"
"""Key in the info of a picture whose samples went through a lossy codec although its format need not be."""
_COLOURS = 3
_SUSPICIOUS_SHARE = 4


def open_jpeg_xl(content: bytes, memory: int) -> Image.Image:
    """Return a decoded JPEG XL, upright as far as its own header says; raises UndecodableError.

    What was a JPEG is that JPEG again, with its EXIF data.
    """
    check_installed("jxl", defer("decode.kind_jxl"))
    try:
        header = read_jxl_header(content)
    except ValueError as error:
        raise UndecodableError(Status.DAMAGED, defer("decode.header")) from error
    if header.animated:
        raise UndecodableError(Status.UNSUPPORTED, defer("decode.jxl_animated"))
    need = JXL_BYTES * (_COLOURS + header.channels) / _COLOURS
    check_size(header.width, header.height, memory, need)
    from pillow_jxl import JpegXLImagePlugin  # not everybody has it

    JpegXLImagePlugin.DECODE_THREADS = 0  # there are as many decoders as cores
    try:
        image: Image.Image = JpegXLImagePlugin.JXLImageFile(io.BytesIO(content))
        image.load()
    except Exception as error:  # it says of every error that the library was built wrongly
        if lacked_memory(error):
            raise
        starved = header.width * header.height * need * _SUSPICIOUS_SHARE > memory
        raise UndecodableError(Status.DAMAGED, defer("decode.jxl_broken"), starved=starved) from error
    was_jpeg = bool(getattr(image, "jpeg", False))
    if not was_jpeg:
        with suppress(Exception):  # EXIF data may hold anything; the format says that they turn nothing
            image.getexif().pop(ExifTags.Base.Orientation, None)
    if header.lossy or was_jpeg:
        image.info[LOSSY] = True
    if header.depth > 8 and not image.mode.startswith(("I", "F")):
        image.info[DEEP] = True
    return image
