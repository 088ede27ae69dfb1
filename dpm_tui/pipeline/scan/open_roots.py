"""Open roots: the folders that the path of an image file may lie below, as descriptors."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass, field

from dpm_tui.catalog.root_paths import split_root


@dataclass(frozen=True, slots=True)
class OpenRoots:
    """Descriptors of the root and, by their absolute paths, of the other folders that can be reached."""

    own: int
    others: dict[bytes, int] = field(default_factory=dict)


Base = int | OpenRoots
"""An open folder that paths are relative to, or several of which each path says the one it lies below."""


def reach(base: Base, path: bytes) -> tuple[int, bytes]:
    """Return the open folder that ``path`` lies below, and the path relative to it.

    Raises OSError, with ENXIO, for an absolute path that lies below none.
    """
    if isinstance(base, int):
        return base, path
    if not path.startswith(b"/"):
        return base.own, path
    root, inside = split_root(path, base.others)
    if not root:
        raise OSError(errno.ENXIO, os.strerror(errno.ENXIO), path)
    return base.others[root], inside
