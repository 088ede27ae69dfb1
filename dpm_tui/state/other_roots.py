"""Other roots: folders elsewhere whose pictures are compared with those of the root.

No picture may be seen under two names: it would be taken for a copy of itself. So no root lies in another,
neither by its path nor through a link or a mount.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence

from dpm_tui.errors import UsageError
from dpm_tui.file_names import display_name
from dpm_tui.pipeline.scan.junk_folders import is_junk_folder
from dpm_tui.state.disk.layout import check_root

_Identity = tuple[int, int]


def check_roots(root: bytes, others: Sequence[bytes], known: Collection[bytes] = ()) -> None:
    """Raise DpmError unless ``others`` are folders that can be read, apart from ``root`` and each other.

    Those that are ``known`` may be away for now.
    """
    for folder in others:
        if folder not in known:
            check_root(folder)
    check_apart(root, others)


def check_apart(root: bytes, others: Iterable[bytes]) -> None:
    """Raise UsageError if two of the folders are the same, or one lies in another, or in a bin or snapshot.

    What cannot be reached now is passed over.
    """
    seen: list[tuple[bytes, list[_Identity]]] = []
    for folder in (root, *others):
        try:
            above = _identities_upwards(folder)
        except OSError:
            continue
        shown = display_name(folder)
        if folder != root and any(map(is_junk_folder, folder.split(b"/"))):
            raise UsageError("roots_junk", path=shown)
        for other, its in seen:
            names = {"path": shown, "other": display_name(other)}
            if above[0] == its[0]:
                raise UsageError("roots_same", **names)
            if its[0] in above:
                raise UsageError("roots_nested", **names)
            if above[0] in its:
                raise UsageError("roots_nested", path=names["other"], other=shown)
        seen.append((folder, above))


def _identities_upwards(folder: bytes) -> list[_Identity]:
    """Return device and inode number of a folder and of all above it; raises OSError."""
    path = os.path.realpath(folder)
    found = []
    while True:
        status = os.stat(path)
        found.append((status.st_dev, status.st_ino))
        above = os.path.dirname(path)
        if above == path:
            return found
        path = above
