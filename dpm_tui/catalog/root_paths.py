"""Root paths: how the paths of image files say which root they lie below.

A path below the root is relative to it. One below another root, whose pictures are compared with those of the
first, is absolute. So every file has one name in all tables, whatever folder it lies in.
"""

from __future__ import annotations

from collections.abc import Iterable


def split_root(path: bytes, others: Iterable[bytes]) -> tuple[bytes, bytes]:
    """Return which of the ``others`` a path lies below, empty for the root itself, and the rest of it.

    An absolute path that lies below none is returned as it is.
    """
    if path.startswith(b"/"):
        for root in others:
            if path == root or path.startswith(root + b"/"):
                return root, path[len(root) + 1 :]
    return b"", path
