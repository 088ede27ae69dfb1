"""Strict loading: the picture, or what is left of it, and whether its file is damaged."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from dpm_tui.catalog.image_file import Status
from dpm_tui.deferred_text import defer
from dpm_tui.pipeline.containers.block_damage import find_box_damage, find_gif_damage, find_riff_damage
from dpm_tui.pipeline.containers.jxl_header import CONTAINER
from dpm_tui.pipeline.containers.png_chunks import find_chunk_damage
from dpm_tui.pipeline.loading.decoder_failure import describe, lacked_memory
from dpm_tui.pipeline.loading.jpeg_stream import read_stream
from dpm_tui.pipeline.loading.safe_open import JPEG_FORMATS, MEMORY_BYTES, UndecodableError, has_room
from dpm_tui.pipeline.loading.salvage import ROW_BY_ROW, salvage
from dpm_tui.pipeline.loading.tiff_strips import find_strip_damage
from dpm_tui.pipeline.loading.zero_runs import find_heif_zeros, find_jpeg_zeros, find_webp_zeros

_MIN_SEEN = 0.5
_SILENT = ("GIF",)
"""Formats whose decoder does not report missing samples: they are counted here."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A picture whose samples are there; ``damage`` says what is broken of its file, empty for nothing."""

    picture: Image.Image
    damage: str = ""


def load_picture(content: bytes, image: Image.Image, memory: int = MEMORY_BYTES) -> Loaded:
    """Return the frame that ``image`` shows, loaded at the size that it was drafted to.

    Raises UndecodableError where less than half of it can be seen, and whatever a decoder raises where
    nothing can.
    """
    damage = find_damage(content, image)
    if image.format in JPEG_FORMATS:
        picture, broken = read_stream(content, image)
        if picture is not None and not damage:
            return Loaded(picture)
        damage = broken or damage
    if not damage or image.format not in ROW_BY_ROW:
        damage = _load(content, image, memory) or damage
    if not damage and image.format not in _SILENT:
        return Loaded(image)
    if image.format not in ROW_BY_ROW:
        return Loaded(image, damage)
    picture, seen = salvage(content, image, memory)
    if seen == 1.0 and not damage:
        return Loaded(image)
    damage = damage or defer("decode.part_missing")
    if seen < _MIN_SEEN:
        raise UndecodableError(Status.DAMAGED, defer("decode.mostly_lost", reason=damage))
    return Loaded(picture, damage)


def _load(content: bytes, image: Image.Image, memory: int) -> str:
    """Load a picture; return what went wrong, which is raised where nothing of the picture can be had.

    It is raised, too, where memory may have been short: with more of it the picture may be whole.
    """
    try:
        image.load()
    except Exception as error:
        if image.format not in ROW_BY_ROW or lacked_memory(error) or not has_room(content, image, memory):
            raise
        return describe(error)
    return ""


def load_as_far(content: bytes, image: Image.Image, memory: int = MEMORY_BYTES) -> Image.Image:
    """Return a picture loaded as far as possible, without strict checks; raises what a decoder raises."""
    return salvage(content, image, memory)[0] if _load(content, image, memory) else image


def is_damaged(content: bytes, image: Image.Image, memory: int = MEMORY_BYTES) -> bool:
    """Return whether something of a file is broken that can be told without loading its picture."""
    if find_damage(content, image):
        return True
    if image.format in JPEG_FORMATS:
        return bool(read_stream(content, image)[1])
    return image.format in _SILENT and salvage(content, image, memory)[1] < 1.0


def find_damage(content: bytes, image: Image.Image) -> str:
    """Return the damage that the container of a picture shows, empty for none."""
    pixels = image.width * image.height
    match image.format:
        case "PNG":
            return find_chunk_damage(content)
        case "GIF":
            return find_gif_damage(content)
        case "WEBP":
            return find_riff_damage(content) or find_webp_zeros(content, pixels)
        case "JXL" if not content.startswith(CONTAINER):
            return ""
        case "JXL" | "JPEG2000":
            return find_box_damage(content)
        case "HEIF" | "AVIF":
            return find_box_damage(content) or find_heif_zeros(content, pixels)
        case "JPEG" | "MPO":
            return find_jpeg_zeros(content)
        case "TIFF":
            return find_strip_damage(content)
    return ""
