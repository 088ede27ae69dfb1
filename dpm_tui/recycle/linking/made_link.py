"""Made links: a link to the kept file waits in the batch until the victim has gone, then takes its name."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dpm_tui.catalog.image_file import read_stamp
from dpm_tui.file_names import display_name
from dpm_tui.recycle.bin.bin_folder import LINK_PART
from dpm_tui.recycle.filesystem.file_clone import clone
from dpm_tui.recycle.filesystem.file_metadata import copy_metadata, same_metadata
from dpm_tui.recycle.filesystem.nofollow import (
    create_file,
    digest_of,
    open_file,
    same_file,
)
from dpm_tui.recycle.linking.link_proof import linking
from dpm_tui.recycle.linking.waiting_file import WaitingFile, making_part, waiting_file
from dpm_tui.recycle.proof import OpenFile
from dpm_tui.recycle.refusal import Refused
from dpm_tui.review.marks.link import Link
from dpm_tui.review.marks.plan import Move, Witness


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A link that waits: whole, and equal to the victim.

    ``keeper`` and ``witness`` are the kept file as it is since: another name changes its time of change.
    """

    file: WaitingFile
    keeper: OpenFile
    witness: Witness


@contextlib.contextmanager
def make_link(batch: int, local: bytes, move: Move, victim: OpenFile, keeper: OpenFile) -> Iterator[MadeLink]:
    """Make the link of ``move`` in the open folder of its batch; ``local`` is the path of the victim there.

    Both files are read, and the link is what is read of the kept one: what takes the name of the victim has
    its bytes. If the link has not taken that name in the end, it is gone.

    Raises Refused and OSError.
    """
    with making_part(batch):
        _make(batch, move, victim, keeper)
        with waiting_file(batch, local) as waiting:
            found = os.fstat(keeper.descriptor)
            if (found.st_size, found.st_mtime_ns) != (keeper.status.st_size, keeper.status.st_mtime_ns):
                raise Refused("keeper_changed", keeper=display_name(move.keeper.path))
            witness = replace(move.keeper, stamp=read_stamp(found))
            yield MadeLink(waiting, replace(keeper, status=found), witness)


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
