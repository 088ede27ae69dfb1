"""RAW twins: files with the data of a sensor beside the picture that the camera, or a person, made of them.

A twin goes where its picture goes and is no picture of its own. A RAW file alone is one.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable

from dpm_tui.catalog.formats import RAW_ENDINGS

RAW = frozenset(ending.encode("ascii") for ending in RAW_ENDINGS)


def split_ending(name: bytes) -> tuple[bytes, bytes]:
    """Return stem and extension, the latter lower case and without its dot."""
    stem, extension = os.path.splitext(name)
    return stem, extension[1:].lower()


def is_raw(name: bytes) -> bool:
    """Return whether a file of that name or path holds the data of a sensor."""
    return split_ending(name)[1] in RAW


def find_twins(pictures: Iterable[bytes]) -> set[bytes]:
    """Return which of some pictures, by their paths or by their names in one folder, are RAW twins."""
    raws: dict[bytes, list[bytes]] = defaultdict(list)
    stems: set[bytes] = set()
    for path in pictures:
        stem, ending = split_ending(path)
        if ending in RAW:
            raws[stem].append(path)
        else:
            stems.add(stem)
    return {path for stem in stems & raws.keys() for path in raws[stem]}
