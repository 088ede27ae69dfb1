"""Folder completion: the folders and files that a typed beginning may mean, as texts that take its place."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Collection
from pathlib import Path

from dpm_tui.file_names import display_name
from dpm_tui.state.disk.layout import STATE_FOLDER

_MAX_FOUND = 200
_MAX_NAMES = 20_000
"""Looking through a folder with more names would keep a key waiting."""


def complete_path(text: str) -> list[str]:
    """Return paths of folders anywhere that begin as typed; ``~`` is the home folder."""
    parent, begun = os.path.split(text)
    if text == "~":
        return ["~/"]
    here = os.fsencode(Path(parent or ".").expanduser())
    return [os.path.join(parent, f"{name}/") for name in _names_in(here, begun)]


def complete_picture(extensions: Collection[str], text: str) -> list[str]:
    """Return the same, and pictures with one of these extensions."""
    parent, begun = os.path.split(text)
    here = os.fsencode(Path(parent or ".").expanduser())
    endings = tuple(f".{extension.lower()}" for extension in extensions)
    files = _names_in(here, begun, endings) if text != "~" else []
    return [*complete_path(text), *(os.path.join(parent, name) for name in files)]


def complete_below(root: bytes, text: str) -> list[str]:
    """Return folders that begin as typed, named from ``root``."""
    parent, begun = os.path.split(text)
    if os.path.isabs(parent) or ".." in parent.split("/"):
        return []
    names = _names_in(os.path.join(root, os.fsencode(parent)), begun)
    return [os.path.join(parent, name) for name in names]


def complete_list(complete: Callable[[str], list[str]], text: str) -> list[str]:
    """Return lists of folders, of which ``complete`` completes the last one."""
    done, comma, begun = text.rpartition(",")
    if len(next(csv.reader([text]), [])) != text.count(",") + 1:
        return []  # the comma is part of a name
    gap = begun[: len(begun) - len(begun.lstrip())]
    found = complete(begun.strip())
    return [f"{done}{comma}{gap}{folder}" for folder in found if not {",", '"'} & {*folder}]


def _names_in(folder: bytes, begun: str, endings: tuple[str, ...] = ()) -> list[str]:
    """Return the names of folders in a folder that begin so, but for hidden ones unless a dot was typed.

    With ``endings`` they are those of files that end so.
    """
    names: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for number, entry in enumerate(entries):
                if number >= _MAX_NAMES or len(names) >= _MAX_FOUND:
                    break
                name = os.fsdecode(entry.name)
                wanted = name.casefold().startswith(begun.casefold()) and _can_be_typed(name)
                hidden = name.startswith(".") and not begun.startswith(".")
                if not wanted or hidden or os.fsencode(name) == STATE_FOLDER:
                    continue
                if name.lower().endswith(endings) and entry.is_file() if endings else entry.is_dir():
                    names.append(name)
    except OSError:
        return []
    return sorted(names, key=str.casefold)


def _can_be_typed(name: str) -> bool:
    """Return whether a name is what it looks like: no escape codes, and letters of UTF-8 alone."""
    return display_name(name) == name
