"""Embedded preview: the smaller picture that cameras store in a JPEG beside the main one.

It is an entry of the MPF index (CIPA DC-007) or the EXIF thumbnail.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PIL import ExifTags, Image

from dpm_tui.pipeline.containers.jpeg_header import JpegHeader, read_header
from dpm_tui.pipeline.decoding.edit_signs import was_edited
from dpm_tui.pipeline.decoding.exif import check_orientation, read_exif
from dpm_tui.pipeline.decoding.icc_profile import changes_colours
from dpm_tui.pipeline.decoding.jpeg_quality import estimate_quality, scale_luminance
from dpm_tui.pipeline.loading.safe_open import JPEG_FORMATS, MEMORY_BYTES, open_picture
from dpm_tui.pipeline.loading.strict_loading import find_damage

MIN_SIDE = 512
"""Pixels of the longer side from which a preview makes a thumbnail as good as the main picture does, and
of the shorter one of that from which it is decoded at a reduced scale anyway."""
_MAIN_TIMES = 2.0
"""Sides of the main picture that a preview has at most: decoding a larger one would spare nothing."""
_MAX_STRETCH = 0.005
"""Share by which the ratio of sides may differ: cameras round sides to whole blocks."""
_ENTRIES = 0xB002
_LARGE_THUMBNAILS = ("Large Thumbnail (VGA Equivalent)", "Large Thumbnail (Full HD Equivalent)")
_PREVIEWS = (*_LARGE_THUMBNAILS, "Undefined")
_THUMBNAIL_AT, _THUMBNAIL_BYTES = 513, 514
_EXIF_HEAD = b"Exif\0\0"


@dataclass(frozen=True, slots=True)
class EmbeddedPreview:
    """A preview that may show what the main picture shows, not decoded yet.

    ``header`` is that of the main picture. ``camera`` is a number for what wrote the file: the make, model
    and software, the way in which both pictures are coded and the size of the preview. Another program that
    wrote the file again, and kept the EXIF data, codes in its own way.
    """

    jpeg: bytes
    header: JpegHeader
    camera: int


def find_preview(content: bytes, memory: int = MEMORY_BYTES) -> EmbeddedPreview | None:
    """Return the preview in a file from a camera, None where there is none that can stand for the picture.

    The stream of the main picture must be whole as far as that can be told without decoding it. Raises
    whatever a decoder raises.
    """
    header = read_header(content)
    if header is None:
        return None
    with open_picture(content, memory) as image:
        exif = read_exif(image)
        source = _read_source(exif)
        if image.format not in JPEG_FORMATS or image.mode not in ("RGB", "L") or not source:
            return None
        if was_edited(exif, image.info.get("xmp") or b"") or find_damage(content, image):
            return None
        for jpeg, kind in sorted(_previews(content, image, exif, header), key=lambda found: len(found[0])):
            with contextlib.suppress(Exception):  # another one may be fit
                if how := _fit(jpeg, image, exif, memory):
                    named = "\0".join((*source, header.coding, _name_tables(image), kind, how))
                    number = hashlib.sha256(named.encode("utf-8", "replace")).digest()[:4]
                    return EmbeddedPreview(jpeg, header, int.from_bytes(number, "big") or 1)
    return None


def _read_source(exif: Image.Exif) -> tuple[str, ...]:
    """Return make, model and software, nothing where no camera is named."""
    tags = (ExifTags.Base.Make, ExifTags.Base.Model, ExifTags.Base.Software)
    make, model, software = (str(exif.get(tag) or "").strip("\0 ") for tag in tags)
    return (make, model, software) if make and model else ()


def _name_tables(image: Image.Image) -> str:
    """Return the quality of the scaled example tables, which most programs use; empty for a camera's own.

    Those of a camera may differ from picture to picture.
    """
    tables: dict[int, Any] = getattr(image, "quantization", None) or {}
    quality = estimate_quality(tables)
    scaled = bool(quality) and tuple(tables[0]) == scale_luminance(quality)
    return str(quality) if scaled else ""


def _previews(
    content: bytes, image: Image.Image, exif: Image.Exif, header: JpegHeader
) -> Iterator[tuple[bytes, str]]:
    """Yield the smaller pictures of a file, each with the name of its kind.

    None where the main picture does not end where the index says, or without an index at the end of the file:
    a part of it may be missing.
    """
    entries: list[Any] = []
    with contextlib.suppress(Exception):  # an index may say anything
        entries = list(getattr(image, "mpinfo", {})[_ENTRIES]) if header.index else []
    size = int(entries[0]["Size"]) if entries else len(content)
    if not header.end <= size <= len(content) or content[header.end : size].strip(b"\0\xff"):
        return
    for entry in entries[1:]:
        kind, at = str(entry["Attribute"]["MPType"]), header.index + int(entry["DataOffset"])
        if kind in _PREVIEWS and at >= header.end:
            yield content[at : at + int(entry["Size"])], kind
    with contextlib.suppress(Exception):  # so may EXIF data
        first = exif.get_ifd(ExifTags.IFD.IFD1)
        at = int(first[_THUMBNAIL_AT]) + len(_EXIF_HEAD)
        jpeg = image.info["exif"][at : at + int(first[_THUMBNAIL_BYTES])]
        if jpeg and image.info["exif"].startswith(_EXIF_HEAD):
            yield jpeg, "thumbnail"


def _fit(jpeg: bytes, image: Image.Image, exif: Image.Exif, memory: int) -> str:
    """Return how a preview is coded if it can stand for the main picture, else an empty text."""
    header = read_header(jpeg)
    if header is None:
        return ""
    with open_picture(jpeg, memory) as preview:
        own, long = read_exif(preview).get(ExifTags.Base.Orientation), max(preview.size)
        stretch = preview.width * image.height / (preview.height * image.width) - 1.0
        profiles = {each.info.get("icc_profile") or b"" for each in (preview, image)}
        fits = (
            preview.mode == image.mode
            and min(image.size) >= MIN_SIDE
            and MIN_SIDE <= long <= max(image.size) / _MAIN_TIMES
            and abs(stretch) <= _MAX_STRETCH
            and (len(profiles) == 1 or not any(map(changes_colours, profiles)))
            and own in (None, check_orientation(exif.get(ExifTags.Base.Orientation, 1)))
        )
        return f"{header.coding} {long}" if fits else ""
