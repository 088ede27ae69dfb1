"""Folders below the root as a user names them, and the files that lie in them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from dpm_tui.catalog.image_file import ImageFile


class FolderSet:
    """The test whether a file lies in one of some folders (relative to the root) or below.

    ``.`` is the root itself. Accented letters match in every Unicode normal form.
    """

    def __init__(self, folders: Iterable[str]) -> None:
        names = {"/".join(part for part in folder.split("/") if part not in ("", ".")) for folder in folders}
        names |= {unicodedata.normalize(form, name) for name in names for form in ("NFC", "NFD")}
        # A slash in front of every path: the root itself is a single slash.
        self._prefixes = tuple(
            b"/" + (f"{name}/".encode("utf-8", "surrogateescape") if name else b"") for name in names
        )

    def __bool__(self) -> bool:
        """Return whether there are folders."""
        return bool(self._prefixes)

    def __call__(self, file: ImageFile) -> bool:
        """Return whether a file lies in one of the folders."""
        return self.holds(file.folder)

    def covers(self, path: bytes) -> bool:
        """Return whether the file at a path lies in one of the folders."""
        return self.holds(path.rpartition(b"/")[0])

    def holds(self, folder: bytes) -> bool:
        """Return whether the files of a folder lie in one of the folders."""
        path = b"/" + folder + b"/" if folder else b"/"
        return path.startswith(self._prefixes) if self._prefixes else False


def protect_folders(folders: Iterable[str]) -> FolderSet:
    """Return the test whether a file lies in a protected folder."""
    return FolderSet(folder for folder in folders if folder)
