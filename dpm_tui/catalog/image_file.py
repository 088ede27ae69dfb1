"""The image file: what is known of one picture under the root."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Whether a file's picture could be read; anything but ``ok`` is left out of comparing.

    ``missing`` files were known but not found while the root looked as if it were not all there.
    """

    OK = "ok"
    DAMAGED = "damaged"
    TOO_BIG = "too_big"
    UNSUPPORTED = "unsupported"
    CRASHED = "crashed"
    UNREADABLE = "unreadable"
    MISSING = "missing"


FAILED = frozenset({Status.DAMAGED, Status.TOO_BIG, Status.UNSUPPORTED, Status.CRASHED, Status.UNREADABLE})
"""What another version of the reader, or one with more memory, may be able to read."""

SAME_BYTES = FAILED - {Status.UNREADABLE}
"""Files that were read although their picture was not decoded: equal bytes still make them identical."""

DIGEST_BYTES = 32
"""Bytes of a content digest, SHA-256; as text it has twice as many hexadecimal digits."""

HOLDINGS = ("movie", "gain_map", "depth_map", "pages", "frames", "pictures", "edits", "raw")
"""What a file may hold besides its picture: the movie of a Motion Photo, the gain map of an HDR picture, a
depth map, further pages, frames of an animation, further or auxiliary pictures, edits that can be undone, the
data of a camera's sensor."""
PREVIEWS = ("", "read", "fits", "differs")
"""What became of the preview that is embedded in a picture: nothing; the thumbnail was made of it; both were
decoded and show the same, or not."""
MAX_COLOURS = 256
"""Colours that are counted: what a palette can hold."""

_COARSE_NS = 10_000_000


@dataclass(frozen=True, slots=True)
class Stamp:
    """The identity of a file's content as the file system reports it; times are ns since the epoch."""

    size: int
    mtime_ns: int
    ctime_ns: int
    device: int
    inode: int

    @property
    def is_coarse(self) -> bool:
        """Whether the time of change looks like that of FAT or exFAT, whose stamps prove little."""
        return self.ctime_ns % _COARSE_NS == 0

    @property
    def identity(self) -> tuple[int, int]:
        """Device and inode: equal for two names of one file."""
        return self.device, self.inode

    @property
    def numbers(self) -> tuple[int, int, int, int, int]:
        """The values in the order of ``STAMP_FIELDS``."""
        return self.size, self.mtime_ns, self.ctime_ns, self.device, self.inode


STAMP_FIELDS = ("size", "mtime_ns", "ctime_ns", "device", "inode")
"""The fields of a stamp in the order in which every table and record has them."""


def read_stamp(status: os.stat_result) -> Stamp:
    """Return the stamp of a file from its status."""
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_dev, status.st_ino)


@dataclass(frozen=True, slots=True)
class Facts:
    """What decoding found.

    ``width`` and ``height`` are in pixels after EXIF orientation. ``digest`` is the SHA-256 of the
    file's bytes; ``pixels`` that of its oriented pixels at full size, empty where decoding was
    scaled (JPEG) and it was not needed yet, where samples were cut to 8 bits, and where there are
    several frames. ``quality`` is the JPEG quality estimated from its tables, 0 where there is none.
    ``taken`` is the EXIF date, ``YYYY-MM-DD HH:MM:SS`` or empty.

    ``depth`` is the number of bits a sample, 0 where it was not looked at yet. ``colours`` is the number of
    different colours of a picture that has at most MAX_COLOURS, 0 for one of more. ``lossy`` says that
    the samples went through a lossy codec, whatever the container. ``alpha`` says that some of the picture
    is transparent. ``damaged`` says that most of the picture can be seen, but not all of it. ``holds``
    names what the file holds besides the picture, in the order of HOLDINGS.

    ``preview`` is one of PREVIEWS: of a picture that was ``read`` by its preview the samples were not
    decoded, and nothing proves that they are whole. ``camera`` is the number of what wrote the file then.
    """

    digest: str
    format: str
    width: int
    height: int
    frames: int = 1
    quality: int = 0
    taken: str = ""
    has_exif: bool = False
    pixels: str = ""
    depth: int = 0
    colours: int = 0
    lossy: bool = False
    alpha: bool = False
    damaged: bool = False
    holds: tuple[str, ...] = ()
    preview: str = ""
    camera: int = 0

    @property
    def is_quick(self) -> bool:
        """Whether the picture was read by its preview."""
        return self.preview == "read"


NO_FACTS = Facts(digest="", format="", width=0, height=0)


@dataclass(frozen=True, slots=True)
class ImageFile:
    """One file under the root; ``path`` is relative to it, ``/``-separated; ids are never reused.

    In another root, whose pictures are compared with those of the first, the path is absolute.
    """

    id: int
    path: bytes
    stamp: Stamp
    status: Status = Status.OK
    reason: str = ""
    facts: Facts = NO_FACTS

    @property
    def folder(self) -> bytes:
        """The folder below the root, empty for the root itself."""
        return self.path.rpartition(b"/")[0]

    @property
    def name(self) -> bytes:
        """The name without its folder."""
        return self.path.rpartition(b"/")[2]

    @property
    def shape(self) -> tuple[int, int]:
        """Width and height of the picture in pixels, zeros where they are not known."""
        return self.facts.width, self.facts.height

    @property
    def pixel_count(self) -> int:
        """Width times height."""
        return self.facts.width * self.facts.height
