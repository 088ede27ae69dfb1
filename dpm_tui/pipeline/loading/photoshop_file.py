"""Photoshop files, opened as the flattened picture that they were saved with; layers are not read."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress

from PIL import ExifTags, Image, PsdImagePlugin

from dpm_tui.catalog.image_file import Status
from dpm_tui.deferred_text import defer
from dpm_tui.pipeline.containers.psd_sections import (
    EXIF,
    PROFILE,
    SIGNATURE,
    XMP,
    PsdSections,
    read_sections,
    without_layers,
)
from dpm_tui.pipeline.loading.pixel_bytes import DEEP, DEEP_PSD_BYTES
from dpm_tui.pipeline.loading.undecodable import UndecodableError, check_installed, check_size

_NAMES = {False: "PSD", True: "PSB"}


def is_photoshop(content: bytes) -> bool:
    """Return whether a file begins as a Photoshop file does."""
    return content.startswith(SIGNATURE)


def open_photoshop(content: bytes, memory: int) -> Image.Image:
    """Return the flattened picture of a Photoshop file; one of more than 8 bits is decoded, to 8 bits.

    Raises UndecodableError, also where the file was saved without a flattened picture.
    """
    try:
        sections = read_sections(content)
    except ValueError as error:
        raise UndecodableError(Status.DAMAGED, defer("decode.header")) from error
    if not sections.is_real:
        raise UndecodableError(Status.UNSUPPORTED, defer("decode.psd_layers_alone"))
    image = _open_plain(content, sections) if sections.is_plain else _decode_deep(content, sections, memory)
    if profile := sections.resources.get(PROFILE):
        image.info["icc_profile"] = profile
    if exif := sections.resources.get(EXIF):
        image.info["exif"] = b"Exif\0\0" + exif
        with suppress(Exception):  # such data may hold anything; Photoshop itself turns what it opens
            image.getexif().pop(ExifTags.Base.Orientation, None)
    if xmp := sections.resources.get(XMP):
        image.info["xmp"] = xmp
    return image


class _FlattenedFile(PsdImagePlugin.PsdImageFile):
    """Pillow's reader, to which every fourth channel is transparency."""

    def drop_alpha(self) -> None:
        """Take the fourth channel for a selection, which does not belong to the picture."""
        self._mode = "RGB"
        self.tile = self.tile[:3]


def _open_plain(content: bytes, sections: PsdSections) -> Image.Image:
    image = _FlattenedFile(io.BytesIO(content))
    if image.mode == "RGBA" and not sections.transparent:
        image.drop_alpha()
    return image


def _decode_deep(content: bytes, sections: PsdSections, memory: int) -> Image.Image:
    name = _NAMES[sections.large]
    check_installed("psd", defer("decode.psd_deep", bits=sections.depth, name=name))
    check_size(sections.width, sections.height, memory, DEEP_PSD_BYTES * max(sections.depth / 16, 1))
    image = _flatten(without_layers(content, sections))
    if image is None:
        colours = {"colours": sections.mode, "bits": sections.depth}
        raise UndecodableError(Status.UNSUPPORTED, defer("decode.other_colours", format=name, **colours))
    if image.mode in ("RGBA", "LA") and not sections.transparent:
        image = image.convert(image.mode.removesuffix("A"))
    image.format = name
    image.info = {DEEP: True} if sections.depth > 8 else {}
    return image


def _flatten(content: bytes) -> Image.Image | None:
    # Not everybody has it, and it takes a tenth of a second.
    from psd_tools import PSDImage

    read: Callable[..., Image.Image | None] = PSDImage.open(io.BytesIO(content)).topil
    return read(apply_icc=False)
