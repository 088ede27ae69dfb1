"""The table of image formats: what is decoded, by which endings it is found, and what a person calls it.

To add a format, add its row, and the packages that give Pillow its decoder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """One format. ``names`` are those that Pillow gives its files, the first one is that of its decoder.

    ``extensions`` are the endings of files that are scanned unless the settings say otherwise. ``words``
    are what a person may call the format in a rule. ``lossless`` applies to files whose samples were not
    examined yet.
    """

    names: tuple[str, ...]
    extensions: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    lossless: bool = False
    decodable: bool = True


TABLE: tuple[Format, ...] = (
    Format(("JPEG",), ("jpg", "jpeg", "jpe", "jfif"), ("jpeg", "jpg")),
    Format(("PNG",), ("png", "apng"), ("png",), lossless=True),
    Format(("BMP", "DIB"), ("bmp", "dib"), ("bmp",), lossless=True),
    Format(("WEBP",), ("webp",), ("webp",)),
    Format(("TIFF",), ("tif", "tiff"), ("tiff", "tif"), lossless=True),
    Format(("GIF",), ("gif",), ("gif",), lossless=True),
    Format(("AVIF",), ("avif",), ("avif",)),
    Format(("HEIF", "HEIC"), ("heic", "heif", "hif"), ("heic", "heif")),
    Format(("JXL",), words=("jxl",), decodable=False),
)

DECODERS: tuple[str, ...] = tuple(each.names[0] for each in TABLE if each.decodable)
"""The decoders of Pillow that may run at all; formats with interpreters of their own (EPS ...) never do."""
EXTENSIONS: tuple[str, ...] = tuple(ending for each in TABLE for ending in each.extensions)
"""The endings of files that are scanned unless the settings say otherwise."""
LOSSLESS: frozenset[str] = frozenset(name for each in TABLE if each.lossless for name in each.names)
"""The formats whose files are taken to be lossless as long as they were not examined."""
NAMES_BY_WORD: Mapping[str, tuple[str, ...]] = {word: each.names for each in TABLE for word in each.words}
"""How a person may call a format -> its names in the facts of a file."""
