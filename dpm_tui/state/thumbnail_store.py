"""Thumbnails by content digest: a moved or copied file shares the one that is there."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable
from itertools import compress

import numpy as np

from dpm_tui.errors import DamagedError
from dpm_tui.state.atomic import create_partial
from dpm_tui.state.digest import is_digest
from dpm_tui.state.halves import Halves, halves_of
from dpm_tui.state.regular_file import read_regular
from dpm_tui.state.state_folder import check_own

BYTES_AT_MOST = 1 << 20


class ThumbnailStore:
    """JPEG files under ``<folder>/<two digits>/<digest>.jpg``; all of them can be made again."""

    def __init__(self, folder: bytes) -> None:
        self._folder = folder
        self._own: set[bytes] = set()

    def path(self, digest: str) -> bytes:
        """Return where the thumbnail of ``digest`` lies; raises ValueError for what is no digest."""
        if not is_digest(digest):
            raise ValueError("not a digest")
        name = digest.encode("ascii")
        return os.path.join(self._folder, name[:2], name + b".jpg")

    def has(self, digest: str) -> bool:
        """Tell whether there is a thumbnail for ``digest``."""
        path = self.path(digest)
        return self._is_own(os.path.dirname(path)) and os.path.exists(path)

    def put(self, digest: str, jpeg: bytes) -> None:
        """Store a thumbnail; readers see a whole one or none. Raises OSError."""
        path = self.path(digest)
        folder = os.path.dirname(path)
        if not self._is_own(folder):
            os.makedirs(folder, mode=0o700, exist_ok=True)
            if not self._is_own(folder):
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), folder)
        partial = path + b".part"
        with open(create_partial(partial), "wb") as file:
            file.write(jpeg)
        os.replace(partial, path)

    def get(self, digest: str) -> bytes | None:
        """Return the JPEG bytes for ``digest``, or None."""
        try:
            path = self.path(digest)
            return read_regular(path, BYTES_AT_MOST) if self._is_own(os.path.dirname(path)) else None
        except (OSError, ValueError, DamagedError):
            return None

    def discard(self, digest: str) -> None:
        """Remove a thumbnail that cannot be read."""
        with contextlib.suppress(OSError):
            os.unlink(self.path(digest))

    def keep(self, known: Halves, cancelled: Callable[[], bool]) -> None:
        """Remove the thumbnails of contents that are not known; stops early when cancelled."""
        for number in range(256):
            folder = os.path.join(self._folder, b"%02x" % number)
            if cancelled() or not self._is_own(folder):
                continue
            names = [os.fsdecode(name) for name in os.listdir(folder)]
            digests = [name[:-4] for name in names if name.endswith(".jpg") and is_digest(name[:-4])]
            gone = np.isin(halves_of(digests), known, invert=True)
            for digest in compress(digests, gone.tolist()):
                self.discard(digest)

    def clear(self) -> None:
        """Remove every thumbnail."""
        self._own.clear()
        if not os.path.islink(self._folder):
            shutil.rmtree(self._folder, ignore_errors=True)

    def _is_own(self, folder: bytes) -> bool:
        """Tell whether ``folder`` is there and neither it nor the one above it is a link."""
        if folder not in self._own:
            for path in (self._folder, folder):
                try:
                    check_own(path)
                except (OSError, DamagedError):
                    return False
            self._own.add(folder)
        return True
