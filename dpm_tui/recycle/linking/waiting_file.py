"""Waiting files: what is made in a batch and takes a name in the library once a victim has gone."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass

from dpm_tui.recycle.bin.bin_folder import LINK_PART, LINKS
from dpm_tui.recycle.filesystem.exclusive_rename import move_in, move_out
from dpm_tui.recycle.filesystem.nofollow import folder_below, join, split


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A whole file that waits as ``name`` in the open folder ``waiting``."""

    waiting: int
    name: bytes

    def take_name(self, folder: int) -> None:
        """Give the file its name in the open ``folder``; raises OSError, FileExistsError if it is taken."""
        move_out(self.waiting, self.name, folder, self.name)


@contextlib.contextmanager
def waiting_file(batch: int, local: bytes) -> Iterator[WaitingFile]:
    """Let ``LINK_PART`` of an open batch, which is whole, wait below ``LINKS`` under the path ``local``.

    If it has not taken its name in the end, it is gone. Raises OSError.
    """
    folder, name = split(local)
    with folder_below(batch, join(LINKS, folder), make=0o700) as waiting:
        move_in(batch, LINK_PART, waiting, name)
        try:
            yield WaitingFile(waiting, name)
        finally:
            drop(name, waiting)


@contextlib.contextmanager
def making_part(batch: int) -> Iterator[None]:
    """Have ``LINK_PART`` of an open batch made; nothing of it is left after an error."""
    drop(LINK_PART, batch)
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            drop(LINK_PART, batch)
        raise


def drop(name: bytes, folder: int) -> None:
    """Remove a name from an open folder, if it is there; raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)
