"""Asked files: the pictures that a path stands for, and what the system says of each."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from dpm_tui.catalog.image_file import read_stamp
from dpm_tui.errors import DpmError, reason_of
from dpm_tui.file_names import display_name
from dpm_tui.pipeline.reporter import CancellingReporter
from dpm_tui.pipeline.scan.found_files import FoundFile
from dpm_tui.pipeline.scan.inventory import scan_inventory
from dpm_tui.pipeline.scan.root_folder import RootFolder, stat_beneath


@dataclass(frozen=True, slots=True)
class AskedFiles:
    """A folder, an absolute path without links, the names of pictures below it, and what cannot be read."""

    folder: bytes
    names: tuple[bytes, ...]
    unreadable: Mapping[bytes, str]


def list_asked(path: bytes, extensions: Collection[str], gone: Callable[[], bool]) -> AskedFiles:
    """Return the file at an absolute path, whatever its name, or all pictures of a folder as a scan walks it.

    Links in the path itself are followed: somebody asked for what they lead to. Raises DpmError.
    """
    shown = display_name(path)
    if not os.path.isabs(path):
        raise DpmError("protocol_nonsense")
    path = os.path.realpath(path)
    try:
        if not stat.S_ISDIR(os.stat(path).st_mode):
            return AskedFiles(os.path.dirname(path), (os.path.basename(path),), {})
        found = scan_inventory(RootFolder(path), extensions, CancellingReporter(gone))
    except OSError as error:
        raise DpmError("asked_unreadable", path=shown, reason=reason_of(error)) from error
    return AskedFiles(path, tuple(found.found.paths()), found.unreadable)


def stat_asked(folder: RootFolder, names: Iterable[bytes]) -> tuple[list[FoundFile], dict[bytes, str]]:
    """Return the files by their absolute paths, and why others cannot be read by their names.

    Raises OSError if the folder cannot be opened.
    """
    found: list[FoundFile] = []
    failed: dict[bytes, str] = {}
    with folder.opened() as base:
        for name in dict.fromkeys(names):
            try:
                status = stat_beneath(base, name)
            except OSError as error:
                failed[name] = reason_of(error)
            else:
                found.append(FoundFile(os.path.join(folder.path, name), read_stamp(status)))
    return found, failed
