"""Folders below the roots as a user names them, and the files that lie in them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from dpm_tui.catalog.image_file import ImageFile


class FolderSet:
    """The test whether a file lies in one of some folders or below.

    Folders are relative to the root, which is ``.``, or absolute in another root. One with a slash in front
    may mean either, and means both. Accented letters match in every Unicode normal form.
    """

    def __init__(self, folders: Iterable[str]) -> None:
        folders = [*folders]
        names = {_trimmed(folder) for folder in folders}
        names |= {f"/{_trimmed(folder)}" for folder in folders if folder.startswith("/")}
        names |= {unicodedata.normalize(form, name) for name in names for form in ("NFC", "NFD")}
        self._whole_root = "" in names
        # A slash behind every name, so that no folder is taken for one whose name only begins so.
        self._prefixes = tuple(f"{name}/".encode("utf-8", "surrogateescape") for name in names if name)

    def __bool__(self) -> bool:
        """Return whether there are folders."""
        return self._whole_root or bool(self._prefixes)

    def __call__(self, file: ImageFile) -> bool:
        """Return whether a file lies in one of the folders."""
        return self.holds(file.folder)

    def covers(self, path: bytes) -> bool:
        """Return whether the file at a path lies in one of the folders."""
        return self.holds(path.rpartition(b"/")[0])

    def holds(self, folder: bytes) -> bool:
        """Return whether the files of a folder lie in one of the folders."""
        if self._whole_root and not folder.startswith(b"/"):
            return True
        return (folder + b"/").startswith(self._prefixes)


def _trimmed(folder: str) -> str:
    """Return a folder without needless slashes and dots."""
    return "/".join(part for part in folder.split("/") if part not in ("", "."))


def protect_folders(folders: Iterable[str]) -> FolderSet:
    """Return the test whether a file lies in a protected folder."""
    return FolderSet(folder for folder in folders if folder)
