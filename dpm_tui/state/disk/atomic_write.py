"""Writes that leave either the old content or the new one, never a mixture."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable

from dpm_tui.state.disk.held_folder import Where, place_of


def write_atomic(path: Where, content: bytes, mode: int = 0o600) -> None:
    """Replace the file at ``path``; after a crash it holds the old or the new content, whole.

    Raises OSError, in which case the old content is untouched.
    """
    write_parts_atomic(path, (content,), mode)


def write_parts_atomic(path: Where, parts: Iterable[bytes], mode: int = 0o600) -> None:
    """Replace the file at ``path`` as ``write_atomic`` does; the parts may be read from the old file.

    Whatever stops them from being made stops the write, and nothing of it is left.
    """
    place = place_of(path)
    descriptor = create_partial(place.part, mode)
    try:
        fill_and_close(descriptor, parts)
        place.folder.replace(place.part.name, place.name)
    except BaseException:
        with contextlib.suppress(OSError):
            place.part.unlink()
        raise
    place.folder.sync()


def create_partial(path: Where, mode: int = 0o600) -> int:
    """Return a descriptor of a new, empty file at ``path`` in place of what an earlier write left there.

    What lies there is never opened: it may be a link to another file, or a pipe that nobody reads.
    Raises OSError.
    """
    place, flags = place_of(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        return place.open(flags, mode)
    except FileExistsError:
        place.unlink()
        return place.open(flags, mode)


def fill_and_close(descriptor: int, parts: Iterable[bytes]) -> None:
    """Write parts to an open file, wait until the disk has them, and close it even after an OSError."""
    try:
        for part in parts:
            write_all(descriptor, part)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, content: bytes) -> None:
    """Write every byte of ``content``: one ``write`` may take only a part without an error."""
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
