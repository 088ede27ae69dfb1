"""Made links: a link to the kept file waits in the batch until the victim has gone, then takes its name."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dpm_tui.catalog.image_file import read_stamp
from dpm_tui.file_names import display_name
from dpm_tui.recycle.bin.bin_folder import LINK_PART, LINKS
from dpm_tui.recycle.filesystem.exclusive_rename import move_in, move_out
from dpm_tui.recycle.filesystem.file_clone import clone
from dpm_tui.recycle.filesystem.file_metadata import copy_metadata, same_metadata
from dpm_tui.recycle.filesystem.nofollow import (
    create_file,
    digest_of,
    folder_below,
    join,
    open_file,
    same_file,
    split,
)
from dpm_tui.recycle.linking.link_proof import linking
from dpm_tui.recycle.proof import OpenFile
from dpm_tui.recycle.refusal import Refused
from dpm_tui.review.marks.link import Link
from dpm_tui.review.marks.plan import Move, Witness


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A link that waits as ``name`` in the open folder ``waiting``: whole, and equal to the victim.

    ``keeper`` and ``witness`` are the kept file as it is since: another name changes its time of change.
    """

    waiting: int
    name: bytes
    keeper: OpenFile
    witness: Witness

    def take_name(self, victim: OpenFile) -> None:
        """Give the link the name that the victim had; raises OSError, FileExistsError if it is taken."""
        move_out(self.waiting, self.name, victim.folder, victim.name)


@contextlib.contextmanager
def make_link(batch: int, local: bytes, move: Move, victim: OpenFile, keeper: OpenFile) -> Iterator[MadeLink]:
    """Make the link of ``move`` in the open folder of its batch, below ``LINKS`` under the path ``local``.

    Both files are read, and the link is what is read of the kept one: what takes the name of the victim has
    its bytes. If the link has not taken that name in the end, it is gone.

    Raises Refused and OSError.
    """
    folder, name = split(local)
    _drop(LINK_PART, batch)
    try:
        _make(batch, move, victim, keeper)
        with folder_below(batch, join(LINKS, folder), make=0o700) as waiting:
            move_in(batch, LINK_PART, waiting, name)
            try:
                found = os.fstat(keeper.descriptor)
                if (found.st_size, found.st_mtime_ns) != (keeper.status.st_size, keeper.status.st_mtime_ns):
                    raise Refused("keeper_changed", keeper=display_name(move.keeper.path))
                witness = replace(move.keeper, stamp=read_stamp(found))
                yield MadeLink(waiting, name, replace(keeper, status=found), witness)
            finally:
                _drop(name, waiting)
    except BaseException:
        with contextlib.suppress(OSError):
            _drop(LINK_PART, batch)
        raise


def _make(batch: int, move: Move, victim: OpenFile, keeper: OpenFile) -> None:
    """Make the link as ``LINK_PART``, all of it on the disk."""
    with linking(move):
        if move.link is Link.HARD:
            os.link(keeper.name, LINK_PART, src_dir_fd=keeper.folder, dst_dir_fd=batch, follow_symlinks=False)
            descriptor = open_file(LINK_PART, batch)
        else:
            descriptor = create_file(LINK_PART, batch, os.O_RDWR)
    try:
        if move.link is Link.HARD:
            if not same_file(os.fstat(descriptor), keeper.status):
                raise Refused("keeper_changed", keeper=display_name(move.keeper.path))
        else:
            with linking(move):
                clone(keeper.descriptor, descriptor)
        _check_bytes(move, victim, descriptor)
        if move.link is not Link.HARD:
            copy_metadata(victim.descriptor, descriptor)
            if not same_metadata(victim.descriptor, descriptor):
                raise Refused("link_metadata")
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check_bytes(move: Move, victim: OpenFile, link: int) -> None:
    """Raise Refused unless the victim and the open link hold the same bytes, those that were compared."""
    digest = digest_of(victim.descriptor)
    if read_stamp(os.fstat(victim.descriptor)) != read_stamp(victim.status):
        raise Refused("changed")
    if digest_of(link) != digest:
        raise Refused("digests_differ", keeper=display_name(move.keeper.path))
    if digest != (move.victim.digest or digest):
        raise Refused("changed")


def _drop(name: bytes, folder: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)
