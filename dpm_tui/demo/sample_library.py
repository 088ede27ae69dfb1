"""Sample library: writes the sample library and says what a search for duplicates should find in it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from dpm_tui.catalog.verdict import Kind
from dpm_tui.demo import copy_edits
from dpm_tui.demo.original_pictures import FIRST_TAKEN, ORIGINALS, Original
from dpm_tui.demo.scenes import cast
from dpm_tui.demo.scenes.portrait import Character, paint_character
from dpm_tui.errors import UsageError
from dpm_tui.file_names import display_name
from dpm_tui.state.disk.atomic_write import write_atomic

MARKER = b".dpm-tui-demo"
"""The file that tells a folder made here from any other."""
DAMAGED = b"holiday/phone/IMG_2077.jpg"
"""The file that cannot be decoded."""
_WEEK = 7 * 24 * 3600

_Make = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class DemoLibrary:
    """What the folder holds; paths are relative to it.

    Each of ``groups`` starts with its original, the rest in order of path; ``kinds`` gives the kind of
    each pair (original, other). A group of variants is related, but holds no copies.
    """

    files: int
    groups: tuple[tuple[bytes, ...], ...]
    kinds: Mapping[tuple[bytes, bytes], Kind]


def _draw(character: Character) -> _Make:
    def make(content: bytes) -> bytes:
        return Original(".png", FIRST_TAKEN, lambda: paint_character(character)).encode()

    return make


_DERIVED: tuple[tuple[str, str, Kind | None, _Make], ...] = (
    ("holiday/IMG_2041 (1).jpg", "holiday/IMG_2041.jpg", Kind.IDENTICAL, copy_edits.copy_bytes),
    ("from friends/lake by Anna.jpg", "holiday/IMG_2041.jpg", Kind.EDITED, copy_edits.add_watermark),
    ("holiday/phone/IMG-20250714-WA0007.jpg", "holiday/IMG_2045.jpg", Kind.COPY, copy_edits.send_by_chat),
    (
        "holiday/phone/Screenshot_20250714-193205.png",
        "holiday/IMG_2045.jpg",
        Kind.CROP,
        copy_edits.take_screenshot,
    ),
    ("from friends/lighthouse.jpg", "holiday/IMG_2052.jpg", Kind.CROP, copy_edits.crop),
    ("from friends/IMG_2052_mirrored.jpg", "holiday/IMG_2052.jpg", Kind.TURNED, copy_edits.mirror),
    ("holiday/IMG_2058_rotated.jpg", "holiday/IMG_2058.jpg", Kind.TURNED, copy_edits.turn),
    ("from friends/lost again.jpg", "holiday/IMG_2058.jpg", Kind.CROP, copy_edits.add_caption),
    ("holiday/phone/IMG_2063_small.jpg", "holiday/IMG_2063.jpg", Kind.COPY, copy_edits.halve),
    ("from friends/fruit_bw.jpg", "holiday/IMG_2063.jpg", Kind.EDITED, copy_edits.drain_colour),
    ("holiday/phone/IMG_2070.jpg", "holiday/IMG_2070.jpg", Kind.COPY, copy_edits.tag_orientation),
    ("from friends/balloons_square.jpg", "holiday/IMG_2070.jpg", Kind.CROP, copy_edits.frame_square),
    ("wallpapers/city-night.png", "wallpapers/city-night.jpg", Kind.PIXELS, copy_edits.save_lossless),
    ("wallpapers/planet.webp", "wallpapers/planet.jpg", Kind.COPY, copy_edits.save_webp),
    ("characters/mika_laughing.png", "characters/mika.png", Kind.VARIANT, _draw(cast.MIKA_LAUGHING)),
    ("characters/mika_green.png", "characters/mika.png", Kind.VARIANT, _draw(cast.MIKA_IN_GREEN)),
    (DAMAGED.decode(), "wallpapers/dunes.jpg", None, copy_edits.cut_short),
)
"""Path, original, kind of the pair (None: not a pair), and how the content is made of the original's."""


def make_library(folder: bytes, made: Callable[[int, int], None] = lambda done, total: None) -> DemoLibrary:
    """Make the sample library in ``folder``, or what is missing of it; return what it holds.

    ``made`` is told how many of how many pictures are there. Nothing that exists is
    changed. Raises UsageError for a folder that holds anything else, and OSError.
    """
    _claim(folder)
    originals = {original.path: original for original in ORIGINALS}

    @cache
    def content(path: str) -> bytes:
        return originals[path].encode()

    library = expect_library()
    for number, original in enumerate(ORIGINALS, 1):
        if _missing(folder, original.path):
            _write(folder, original.path, content(original.path), original.taken)
        made(number, library.files)
    for number, (path, source, _, make) in enumerate(_DERIVED, len(ORIGINALS) + 1):
        if _missing(folder, path):
            _write(folder, path, make(content(source)), originals[source].taken + _WEEK)
        made(number, library.files)
    return library


def expect_library() -> DemoLibrary:
    """Return what ``make_library`` makes, without making it."""
    kinds = {(source.encode(), path.encode()): kind for path, source, kind, _ in _DERIVED if kind is not None}
    groups: dict[bytes, list[bytes]] = {}
    for source, path in kinds:
        groups.setdefault(source, []).append(path)
    return DemoLibrary(
        files=len(ORIGINALS) + len(_DERIVED),
        groups=tuple((source, *sorted(others)) for source, others in sorted(groups.items())),
        kinds=MappingProxyType(kinds),
    )


def _claim(folder: bytes) -> None:
    """Make sure that the folder exists and is ours."""
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        names = []
    except NotADirectoryError as error:
        raise UsageError("demo_folder_used", path=display_name(folder)) from error
    if MARKER not in names:
        if names:
            raise UsageError("demo_folder_used", path=display_name(folder))
        os.makedirs(folder, exist_ok=True)
        write_atomic(os.path.join(folder, MARKER), b"Made by dpm-tui demo.\n", 0o644)


def _missing(folder: bytes, path: str) -> bool:
    return not os.path.lexists(os.path.join(folder, path.encode()))


def _write(folder: bytes, path: str, content: bytes, modified: int) -> None:
    target = os.path.join(folder, path.encode())
    os.makedirs(os.path.dirname(target), exist_ok=True)
    write_atomic(target, content, 0o644)
    os.utime(target, (modified, modified))
