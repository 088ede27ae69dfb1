"""The sections of a Photoshop file (PSD, PSB): where the flattened picture lies, and what is beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SIGNATURE = b"8BPS"
EXIF, XMP, PROFILE = 1058, 1060, 1039
"""Numbers of resources."""

_HEAD = 26
_VERSION_INFO = 1057
_MAX_RESOURCES = 4096
_RAW, _RUNS = 0, 1
_MODES = (1, 2, 3, 4, 8, 9)
"""Grey, palette, RGB, CMYK, duotone and Lab, of which 8 bits are read by Pillow as they should be."""


@dataclass(frozen=True, slots=True)
class PsdSections:
    """What lies where in a file; ``large`` is a PSB.

    ``resources`` maps numbers to what they hold, ``layers`` says where the layers begin and end, and
    ``flattened`` where the flattened picture begins, of which ``is_real`` says that it was saved.
    ``transparent`` says that its last channel tells how opaque it is; else further channels are selections
    and spot colours.
    """

    width: int
    height: int
    channels: int
    depth: int
    mode: int
    large: bool
    resources: Mapping[int, bytes]
    layers: tuple[int, int]
    flattened: int
    compression: int
    has_layers: bool
    transparent: bool

    @property
    def is_real(self) -> bool:
        """Whether the flattened picture shows what the layers show; some files have a blank one."""
        info = self.resources.get(_VERSION_INFO, b"")
        return not self.has_layers or len(info) < 5 or info[4] != 0

    @property
    def is_plain(self) -> bool:
        """Whether Pillow reads the flattened picture."""
        coded = self.compression in (_RAW, _RUNS)
        return not self.large and self.depth == 8 and self.mode in _MODES and coded


def read_sections(content: bytes) -> PsdSections:
    """Return the sections of a Photoshop file; raises ValueError for one that is broken."""
    if len(content) < _HEAD or not content.startswith(SIGNATURE):
        raise ValueError("no header")
    version = int.from_bytes(content[4:6], "big")
    channels, depth, mode = (int.from_bytes(content[at : at + 2], "big") for at in (12, 22, 24))
    height, width = (int.from_bytes(content[at : at + 4], "big") for at in (14, 18))
    if version not in (1, 2) or not (width and height and channels):
        raise ValueError("no header")
    _, after_colours = _section(content, _HEAD, 4)
    resources = _section(content, after_colours, 4)
    layers = _section(content, resources[1], 4 * version)
    flattened = layers[1]
    if flattened + 2 > len(content):
        raise ValueError("no flattened picture")
    count = _count_layers(content, layers, 4 * version)
    return PsdSections(
        width, height, channels, depth, mode, version == 2, _read_resources(content, resources), layers,
        flattened, int.from_bytes(content[flattened : flattened + 2], "big"), count != 0, count < 0,
    )  # fmt: skip


def without_layers(content: bytes, sections: PsdSections) -> bytes:
    """Return a file with the flattened picture alone: nothing else of it has to be read."""
    length = 8 if sections.large else 4
    return content[: sections.layers[0] - length] + bytes(length) + content[sections.flattened :]


def _section(content: bytes, at: int, length: int) -> tuple[int, int]:
    """Return where a section begins and ends whose length stands at a place."""
    start = at + length
    end = start + int.from_bytes(content[at:start], "big")
    if end > len(content):
        raise ValueError("a section leads out of the file")
    return start, end


def _read_resources(content: bytes, place: tuple[int, int]) -> dict[int, bytes]:
    """Return number -> what the resource holds; what is broken of them ends the list."""
    resources: dict[int, bytes] = {}
    at, end = place
    while at + 12 <= end and len(resources) < _MAX_RESOURCES:
        number = int.from_bytes(content[at + 4 : at + 6], "big")
        name = 1 + content[at + 6]
        start = at + 6 + name + name % 2 + 4
        stop = start + int.from_bytes(content[start - 4 : start], "big")
        if stop > end:
            break
        resources[number] = content[start:stop]
        at = stop + (stop - start) % 2
    return resources


def _count_layers(content: bytes, place: tuple[int, int], length: int) -> int:
    """Return the number of layers, negative where the flattened picture is transparent.

    Of files of more than 8 bits the layers lie in a block of their own, behind an empty list.
    """
    start, end = place
    if end - start < length + 2:
        return 0
    listed = int.from_bytes(content[start : start + length], "big")
    if listed:
        return int.from_bytes(content[start + length : start + length + 2], "big", signed=True)
    for key in (b"Lr16", b"Lr32", b"Layr"):
        at = content.find(b"8BIM" + key, start, end)
        if at >= 0:
            at += 8 + length
            return int.from_bytes(content[at : at + 2], "big", signed=True)
    return 0
