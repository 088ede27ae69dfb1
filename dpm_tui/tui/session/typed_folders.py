"""Folders as typed: lists of them, how they are named below the root, and which are not there."""

from __future__ import annotations

import csv
import os
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

_MAX_TEXT = 1 << 16


def read_folders(text: str) -> tuple[str, ...]:
    """Return the folders of a typed list: separated by commas, one with a comma in double quotes."""
    lines = csv.reader([text[:_MAX_TEXT]], skipinitialspace=True)
    names = (name.strip() for line in lines for name in line)
    return tuple(name.rstrip("/") for name in names if name.strip("/"))


def read_roots(text: str) -> tuple[str, ...]:
    """Return the full paths of the folders of a typed list; ``~`` is the home folder."""
    return tuple(map(full_path, read_folders(text)))


def full_path(folder: str) -> str:
    """Return the full path of a folder as typed; ``~`` is the home folder."""
    return os.path.abspath(Path(folder).expanduser())


def join_names(folders: Iterable[str]) -> str:
    """Return folders as a list that ``read_folders`` reads."""
    return ", ".join(_quoted(folder) if {",", '"'} & {*folder} else folder for folder in folders)


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def name_below(root: bytes, folder: str, others: Sequence[str] = ()) -> str:
    """Return a folder as it is named below ``root``, which a full path loses; ``.`` is the root itself.

    One of the ``others`` or below it keeps its full path.
    """
    if any(folder == other or folder.startswith(f"{other}/") for other in others):
        return folder
    top = os.fsdecode(root).rstrip("/")
    if folder == top or folder.startswith(f"{top}/"):
        return folder[len(top) :].strip("/") or "."
    return folder.strip("/")


def find_missing(root: bytes, folders: Iterable[str]) -> list[str]:
    """Return those folders that are not there below ``root``, in the letters that were typed.

    Full paths are those of other roots.
    """
    return [folder for folder in folders if not _is_there(b"/" if folder.startswith("/") else root, folder)]


def _is_there(root: bytes, folder: str) -> bool:
    """Return whether a folder is there; names are compared by letter, even where the disk knows no case."""
    here = root
    for part in folder.split("/"):
        if part in ("", "."):
            continue
        try:
            names = os.listdir(here)
        except OSError:
            return False
        same = (name for name in names if _composed(os.fsdecode(name)) == _composed(part))
        found = next(same, None)
        if found is None:
            return False
        here = os.path.join(here, found)
        if os.path.islink(here):  # what lies behind it is not in the library
            return False
    return os.path.isdir(here)


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)
