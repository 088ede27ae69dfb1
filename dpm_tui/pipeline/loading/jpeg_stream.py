"""The coded stream of a JPEG, decoded with the warnings of libjpeg-turbo, which Pillow does not pass on."""

from __future__ import annotations

import re

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image, JpegImagePlugin

from dpm_tui.deferred_text import defer
from dpm_tui.pipeline.loading.safe_open import JPEG_FORMATS

START, END = b"\xff\xd8", b"\xff\xd9"

_BROKEN = ("Corrupt JPEG data", "Premature end", "Inconsistent progression", "Bogus")
"""How warnings begin that mean lost samples; others complain about headers that decode all the same."""
_BEFORE_END = re.compile(r"Corrupt JPEG data: (\d+) extraneous bytes before marker 0xd9")
_MAX_PADDING = 16
_MEMORY = ("Insufficient memory", "Memory allocation failure")
_COLOURS = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK"}
_SOS = 0xDA
_NEEDED = frozenset((*range(0xC0, 0xD0), 0xDB, 0xDD, 0xE0, 0xEE))
"""Segments that say how samples are coded, and of which colours they are."""
_SMALLEST = 8.0
_MID_GREY = (126, 129)
"""What the decoder puts where data are missing, up to the rounding of colours."""


def read_stream(content: bytes, image: Image.Image) -> tuple[Image.Image | None, str]:
    """Return the picture at the size that a drafted JPEG has, and what is broken of its stream.

    Returns no picture where Pillow must decode it: at full size, whose samples must not depend on the
    decoder, in CMYK, and where the strict decoder does not know its kind. Its stream is checked all the
    same.
    """
    colours = _COLOURS.get(image.mode)
    if colours is None or not isinstance(image, JpegImagePlugin.JpegImageFile):
        return None, ""
    scaled = bool(image.decoderconfig) and image.decoderconfig[0] > 1
    if not scaled or image.mode == "CMYK":
        return None, find_stream_damage(content, colours)
    try:
        samples = simplejpeg.decode_jpeg(content, colours, min_height=image.height, min_width=image.width)
    except ValueError as error:
        return None, _name(error) and find_stream_damage(content, colours)
    if samples.shape[:2] != (image.height, image.width):
        return None, ""
    return Image.fromarray(samples[..., 0] if image.mode == "L" else samples), ""


def read_samples(content: bytes, image: Image.Image) -> NDArray[np.uint8] | None:
    """Return all samples (height, width, 3) of a JPEG in grey or colour, as they lie in the file.

    Half the work of having Pillow decode it and hand its samples over. None for any other picture, and for
    one with damage or of a kind that the strict decoder does not know.
    """
    if image.format not in JPEG_FORMATS or image.mode not in ("RGB", "L"):
        return None
    try:
        samples: NDArray[np.uint8] = simplejpeg.decode_jpeg(content, "RGB")
    except ValueError:
        return None
    return samples if samples.shape[:2] == (image.height, image.width) else None


def find_stream_damage(content: bytes, colours: str) -> str:
    """Return what is broken of a stream that holds the colours named, empty for nothing or if unknown.

    Damage to text or a profile in the header does not count: the picture is whole.
    """
    damage = ""
    for stream in (content, without_additions(content)):
        try:
            simplejpeg.decode_jpeg(stream, colours, min_factor=_SMALLEST)
        except ValueError as error:
            damage = _name(error)
            if _is_padding(stream, damage):
                return ""
        else:
            return ""
    return damage and defer("decode.library", said=damage)


def _is_padding(content: bytes, damage: str) -> bool:
    """Return whether nothing is wrong with a stream but a few padding bytes before its end."""
    found = _BEFORE_END.match(damage)
    count = int(found[1]) if found else 0
    end = content.find(END, content.find(b"\xff\xda"))
    return 0 < count <= _MAX_PADDING and not content[end - count : end].strip(b"\0\xff")


def without_additions(content: bytes) -> bytes:
    """Return a JPEG whose header has nothing but what its samples need."""
    kept, at = [START], len(START)
    while (at := content.find(b"\xff", at)) >= 0 and at + 4 <= len(content):
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker <= 0x01 or 0xD0 <= marker <= 0xD9:
            at += 2
            continue
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == _SOS:
            return b"".join([*kept, content[at:]])
        if marker in _NEEDED:
            kept.append(content[at:end])
        at = end
    return content


def _name(error: ValueError) -> str:
    text = str(error)
    if text.startswith(_MEMORY):
        raise MemoryError(text) from error
    return text if text.startswith(_BROKEN) else ""


def measure_grey(picture: Image.Image) -> float:
    """Return the share of a leniently decoded picture that is filled with grey for missing data."""
    low, high = _MID_GREY
    samples = np.asarray(picture.convert("RGB"))
    return float(((samples >= low) & (samples <= high)).all(axis=2).mean())
