"""Unfinished links: what a kill or a power cut left on its way between a batch and a name in the library."""

from __future__ import annotations

import contextlib
import os

from dpm_tui.recycle.bin.bin_folder import LINK_PART, LINKS, BinFile
from dpm_tui.recycle.bin.bin_listing import indexes_of
from dpm_tui.recycle.filesystem.exclusive_rename import move_out
from dpm_tui.recycle.filesystem.nofollow import (
    digest_of,
    folder_below,
    open_file,
    remove_empty,
    same_file,
    split,
    status,
)
from dpm_tui.recycle.moving.restore import free_names
from dpm_tui.recycle.proof import check_path
from dpm_tui.recycle.refusal import Refused
from dpm_tui.recycle.repair.unfinished_moves import Unfinished, same_content
from dpm_tui.state.disk.held_folder import sync_names


def finish_links(run: Unfinished, batch: str) -> None:
    """Take back what was half done about links of ``batch``.

    A file whose name is free comes back to it. The link is deleted only where its bytes exist under another
    name as well; else it gets a free name beside the file.
    """
    for home in run.bins.folders:
        links = list(home.links(batch))
        written = _written(run, batch) if links else {}
        for link in links:
            with contextlib.suppress(OSError, Refused):
                check_path(link.path)
                _finish(run, link, written.get(link.path, ""))
        with contextlib.suppress(OSError), folder_below(home.bin, batch.encode()) as folder:
            if links:
                remove_empty(folder, LINKS)
            # Whole links have a name of their own: this one was never of use.
            os.unlink(LINK_PART, dir_fd=folder)
            run.parts += 1


def _written(run: Unfinished, batch: str) -> dict[bytes, str]:
    """Return the side files that moves of ``batch`` write: paths and SHA-256."""
    moves = (move for index in indexes_of(run.bins, batch).values() for move in index.moves)
    return {move.side.new.path: move.side.new.digest for move in moves if move.side is not None}


def _finish(run: Unfinished, link: BinFile, written: str) -> None:
    folder, name = split(link.path)
    with (
        folder_below(run.bins.root, folder) as place,
        folder_below(link.home.bin, split(link.place)[0]) as waiting,
    ):
        victim = run.lying.get(link.batch, {}).get(link.path)
        if victim is not None and status(name, place) is None:
            with folder_below(victim.home.bin, split(victim.place)[0]) as source:
                move_out(source, name, place, name)
            run.came_back(victim)
            victim = None
        # A side file that was written is made of others that are all there.
        if not (_has_digest(waiting, name, written) or _is_elsewhere(link, waiting, place, victim)):
            _rescue(waiting, place, name)
            sync_names(place)
            return
        sync_names(place)
        os.unlink(name, dir_fd=waiting)
        run.names += 1


def _has_digest(folder: int, name: bytes, digest: str) -> bool:
    descriptor = open_file(name, folder)
    try:
        return bool(digest) and digest_of(descriptor) == digest
    finally:
        os.close(descriptor)


def _is_elsewhere(link: BinFile, waiting: int, place: int, victim: BinFile | None) -> bool:
    """Return whether the bytes of a link exist under another name, of its own or of its victim."""
    name = split(link.path)[1]
    found = status(name, waiting)
    if found is not None and found.st_nlink > 1:
        return True
    if victim is None:
        other = status(name, place)
        return other is not None and same_content(waiting, name, place, name)
    with folder_below(victim.home.bin, split(victim.place)[0]) as source:
        return not same_file(found, victim.status) and same_content(waiting, name, source, name)


def _rescue(waiting: int, place: int, name: bytes) -> None:
    """Give a link that holds something of its own a free name in the folder of the library."""
    for candidate in free_names(name):
        with contextlib.suppress(FileExistsError):
            move_out(waiting, name, place, candidate)
            return
