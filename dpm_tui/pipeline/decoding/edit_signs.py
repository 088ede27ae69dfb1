"""Signs in EXIF and XMP data that a program wrote the picture again after the camera did."""

from __future__ import annotations

import contextlib
import datetime
import re

from PIL import ExifTags, Image

_SOFTWARE = re.compile(
    r"adobe|photoshop|lightroom|camera raw|gimp|snapseed|picasa|google|capture one|darktable|rawtherapee"
    r"|acdsee|affinity|paint|windows|microsoft|apple photos|photos \d|luminar|dxo|pixelmator|faststone"
    r"|irfanview|xnview|imagemagick|digikam|gwenview|shotwell|polarr|vsco|meitu|instagram|facetune|editor"
    r"|corel|on1|topaz|nikon transfer|viewnx|capture nx|digital photo professional|silkypix|imaging edge",
    re.IGNORECASE,
)
_XMP = re.compile(rb"CreatorTool|xmpMM:History|photoshop:|camera-raw-settings|stEvt:|MetadataDate")
_MAX_SECONDS = 60.0
"""From the start of an exposure until the file is written."""


def was_edited(exif: Image.Exif, xmp: bytes | str) -> bool:
    """Return whether an editor, or a date of change, says that the picture is not as the camera wrote it.

    Without both dates it counts as edited: nothing speaks for it.
    """
    names = (exif.get(ExifTags.Base.Software), exif.get(ExifTags.Base.ProcessingSoftware))
    if any(_SOFTWARE.search(str(name)) for name in names if name) or names[1]:
        return True
    if _XMP.search(xmp.encode("utf-8", "replace") if isinstance(xmp, str) else xmp):
        return True
    with contextlib.suppress(Exception):  # the data may hold anything
        taken = _read(exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal])
        written = _read(exif[ExifTags.Base.DateTime])
        return abs((written - taken).total_seconds()) > _MAX_SECONDS
    return True


def _read(text: object) -> datetime.datetime:
    date, _, time = str(text).strip("\0 ")[:19].partition(" ")
    return datetime.datetime.fromisoformat(f"{date.replace(':', '-')} {time}")
