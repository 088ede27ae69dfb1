"""Folders below the root as a user names them, and the files that lie in them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable

from dpm_tui.pipeline.image_file import ImageFile


def in_folders(folders: Iterable[str]) -> Callable[[ImageFile], bool]:
    """Return the test whether a file lies in one of ``folders`` (relative to the root) or below.

    ``.`` is the root itself. Letters with marks match however the file system spells them.
    """
    names = ["/".join(part for part in folder.split("/") if part not in ("", ".")) for folder in folders]
    if "" in names:
        return lambda file: True
    forms = {unicodedata.normalize(form, name) for name in names for form in ("NFC", "NFD")}
    prefixes = tuple(f"{name}/".encode("utf-8", "surrogateescape") for name in forms.union(names))
    return lambda file: file.path.startswith(prefixes) if prefixes else False


def in_folder(folder: str) -> Callable[[ImageFile], bool]:
    """Return the test whether a file lies in ``folder`` (relative to the root) or below."""
    return in_folders((folder,))


def protect_folders(folders: Iterable[str]) -> Callable[[ImageFile], bool]:
    """Return the test whether a file lies in a protected folder."""
    return in_folders(folder for folder in folders if folder)
