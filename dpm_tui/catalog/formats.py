"""The table of image formats: what is decoded, by which endings it is found, and what a person calls it.

To add a format, add its row, and the packages that give Pillow its decoder.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec


@dataclass(frozen=True, slots=True)
class Format:
    """One format. ``names`` are what the facts of its files call it, the first one is that of its decoder.

    ``extensions`` are the endings of files that are scanned unless the settings say otherwise. ``words``
    are what a person may call the format in a rule. ``lossless`` applies to files whose samples were not
    examined yet. ``pillow`` says that Pillow opens its files; others have a reader of their own in
    ``pipeline.loading`` or ``pipeline.decoding``. A format that not everybody keeps has a
    ``module`` that decodes it, of a ``package`` that is there only with an ``extra`` of this one.
    """

    names: tuple[str, ...]
    extensions: tuple[str, ...]
    words: tuple[str, ...]
    lossless: bool = False
    pillow: bool = True
    extra: str = ""
    module: str = ""
    package: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether what reads it is installed."""
        return not self.module or find_spec(self.module) is not None


RAW_ENDINGS: tuple[str, ...] = (
    "3fr", "ari", "arw", "bay", "cr2", "cr3", "crw", "dcr", "dng", "erf", "fff", "gpr", "iiq", "k25", "kdc",
    "mef", "mos", "mrw", "nef", "nrw", "orf", "pef", "raf", "raw", "rw2", "rwl", "sr2", "srf", "srw", "x3f",
)  # fmt: skip
"""The endings of files that hold the data of a camera's sensor."""

TABLE: tuple[Format, ...] = (
    Format(("JPEG",), ("jpg", "jpeg", "jpe", "jfif"), ("jpeg", "jpg")),
    Format(("PNG",), ("png", "apng"), ("png",), lossless=True),
    Format(("BMP", "DIB"), ("bmp", "dib"), ("bmp",), lossless=True),
    Format(("WEBP",), ("webp",), ("webp",)),
    Format(("TIFF",), ("tif", "tiff"), ("tiff", "tif"), lossless=True),
    Format(("GIF",), ("gif",), ("gif",), lossless=True),
    Format(("AVIF",), ("avif",), ("avif",)),
    Format(("HEIF", "HEIC"), ("heic", "heif", "hif"), ("heic", "heif")),
    Format(("JPEG2000",), ("jp2", "j2k", "jpf", "jpx", "j2c", "jpc"), ("jpeg2000", "jp2")),
    Format(("PSD",), ("psd",), ("psd",), lossless=True, pillow=False),
    Format(
        ("JXL",), ("jxl",), ("jxl",), pillow=False, extra="jxl", module="pillow_jxl",
        package="pillow-jxl-plugin",
    ),
    Format(
        ("PSB",), ("psb",), ("psb",), lossless=True, pillow=False,
        extra="psd", module="psd_tools", package="psd-tools",
    ),
    Format(
        tuple(ending.upper() for ending in RAW_ENDINGS), RAW_ENDINGS, ("raw",), lossless=True,
        pillow=False, extra="raw", module="rawpy", package="rawpy",
    ),
)  # fmt: skip

DECODERS: tuple[str, ...] = tuple(each.names[0] for each in TABLE if each.pillow)
"""The decoders of Pillow that may run at all; formats with interpreters of their own (EPS ...) never do."""
EXTENSIONS: tuple[str, ...] = tuple(ending for each in TABLE for ending in each.extensions)
"""The endings of files that are scanned unless the settings say otherwise."""
LOSSLESS: frozenset[str] = frozenset(name for each in TABLE if each.lossless for name in each.names)
"""The formats whose files are taken to be lossless as long as they were not examined."""
NAMES_BY_WORD: Mapping[str, tuple[str, ...]] = {word: each.names for each in TABLE for word in each.words}
"""How a person may call a format -> its names in the facts of a file."""
EXTRAS: Mapping[str, Format] = {each.extra: each for each in TABLE if each.extra}
"""The extras of this package -> the format that each makes readable."""


def find_lacking_endings() -> dict[str, str]:
    """Return the ending of each format that nothing installed here reads -> the extra that would."""
    return {ending: each.extra for each in TABLE if not each.is_ready for ending in each.extensions}


def is_installed(extra: str) -> bool:
    """Return whether an extra of this package is installed; raises KeyError for one that reads no format."""
    return EXTRAS[extra].is_ready


def find_modules() -> tuple[str, ...]:
    """Return the modules of further packages that read formats, as far as they are installed."""
    return tuple(each.module for each in TABLE if each.module and each.is_ready)


def name_readers() -> str:
    """Return the further packages that read formats with their versions, as far as they are installed."""
    from importlib.metadata import PackageNotFoundError, version  # the app starts without it

    named: list[str] = []
    for each in TABLE:
        if each.module and each.is_ready:
            with suppress(PackageNotFoundError):
                named.append(f"{each.package} {version(each.package)}")
    return ", ".join(named)
