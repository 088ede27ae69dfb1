"""Thumbnails by content digest: a moved or copied file shares the one that is there."""

from __future__ import annotations

import contextlib
import os
import shutil

_BYTES_AT_MOST = 1 << 20


class ThumbnailStore:
    """JPEG files under ``<folder>/<two digits>/<digest>.jpg``; all of them can be made again."""

    def __init__(self, folder: bytes) -> None:
        self._folder = folder
        self._made: set[bytes] = set()

    def path(self, digest: str) -> bytes:
        """Return where the thumbnail of ``digest`` lies."""
        name = digest.encode("ascii")
        if not name.isalnum():
            raise ValueError("not a digest")
        return os.path.join(self._folder, name[:2], name + b".jpg")

    def has(self, digest: str) -> bool:
        """Tell whether there is a thumbnail for ``digest``."""
        return os.path.exists(self.path(digest))

    def put(self, digest: str, jpeg: bytes) -> None:
        """Store a thumbnail; readers see a whole one or none. Raises OSError."""
        path = self.path(digest)
        folder = os.path.dirname(path)
        if folder not in self._made:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            self._made.add(folder)
        partial = path + b".part"
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with open(descriptor, "wb") as file:
            file.write(jpeg)
        os.replace(partial, path)

    def get(self, digest: str) -> bytes | None:
        """Return the JPEG bytes for ``digest``, or None."""
        try:
            with open(os.open(self.path(digest), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
                content = file.read(_BYTES_AT_MOST + 1)
        except (OSError, ValueError):
            return None
        return content if len(content) <= _BYTES_AT_MOST else None

    def discard(self, digest: str) -> None:
        """Remove a thumbnail that cannot be read."""
        with contextlib.suppress(OSError):
            os.unlink(self.path(digest))

    def clear(self) -> None:
        """Remove every thumbnail."""
        self._made.clear()
        if not os.path.islink(self._folder):
            shutil.rmtree(self._folder, ignore_errors=True)
