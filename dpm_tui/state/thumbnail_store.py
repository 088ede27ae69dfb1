"""Thumbnails by content digest: moved and copied files share one."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from itertools import compress

import numpy as np

from dpm_tui.catalog.content_digest import Prefixes, is_digest, prefixes_of
from dpm_tui.errors import DamagedError
from dpm_tui.state.disk.atomic_write import create_partial
from dpm_tui.state.disk.held_folder import HeldFolder, HeldPath, folder_of
from dpm_tui.state.disk.regular_file import read_regular

MAX_BYTES = 1 << 20


class ThumbnailStore:
    """JPEG files under ``<folder>/<two digits>/<digest>.jpg``; all of them can be made again."""

    def __init__(self, folder: bytes | HeldFolder) -> None:
        self._folder = folder_of(folder)

    def place(self, digest: str) -> HeldPath:
        """Return where the thumbnail of ``digest`` lies; raises ValueError for an invalid digest."""
        if not is_digest(digest):
            raise ValueError("not a digest")
        name = digest.encode("ascii")
        return self._folder.below(name[:2]).place(name + b".jpg")

    def has(self, digest: str) -> bool:
        """Return whether there is a thumbnail for ``digest``."""
        try:
            return self.place(digest).exists()
        except (OSError, DamagedError):
            return False

    def put(self, digest: str, jpeg: bytes) -> None:
        """Store a thumbnail; readers see a whole one or none. Raises OSError, DamagedError."""
        place = self.place(digest)
        try:
            descriptor = create_partial(place.part)
        except FileNotFoundError:
            self._folder.make()
            place.folder.make()
            descriptor = create_partial(place.part)
        with open(descriptor, "wb") as file:
            file.write(jpeg)
        place.folder.replace(place.part.name, place.name)

    def get(self, digest: str) -> bytes | None:
        """Return the JPEG bytes for ``digest``, or None."""
        try:
            return read_regular(self.place(digest), MAX_BYTES)
        except (OSError, ValueError, DamagedError):
            return None

    def discard(self, digest: str) -> None:
        """Remove a thumbnail that cannot be read."""
        with contextlib.suppress(OSError, DamagedError):
            self.place(digest).unlink()

    def keep(self, known: Prefixes, cancelled: Callable[[], bool]) -> None:
        """Remove the thumbnails of contents that are not known; stops early when cancelled."""
        for number in range(256):
            if cancelled():
                return
            folder = self._folder.below(b"%02x" % number)
            try:
                names = list(map(os.fsdecode, folder.names()))
            except (FileNotFoundError, DamagedError):
                continue
            digests = [name[:-4] for name in names if name.endswith(".jpg") and is_digest(name[:-4])]
            gone = np.isin(prefixes_of(digests), known, invert=True)
            for digest in compress(digests, gone.tolist()):
                self.discard(digest)

    def clear(self) -> None:
        """Remove every thumbnail."""
        with contextlib.suppress(OSError, DamagedError):
            self._folder.empty()
