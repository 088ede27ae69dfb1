"""Checks the recycle bins of a root and says what a repair would do; checking changes nothing.

A repair never touches a picture: it rebuilds indexes and logs from the files in the bin, and sets the
damaged file aside.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from functools import partial

from dpm_tui.file_names import display_name
from dpm_tui.pipeline.scan.open_roots import Base
from dpm_tui.recycle.bin.bin_folder import BIN, INDEX, PARTIAL_INDEX, BinFolder, is_batch_id, time_of
from dpm_tui.recycle.bin.bin_index import BinIndex, encode_index, write_index
from dpm_tui.recycle.bin.bin_listing import indexes_of
from dpm_tui.recycle.bin.bin_set import MEMORY, BinSet, BinsOfRoot
from dpm_tui.recycle.bin.removal_log import LOG, Action, LogEntry, RemovalLog, encode_entry
from dpm_tui.recycle.bin.undo_history import History
from dpm_tui.recycle.filesystem.disk_reserve import NAME as RESERVE
from dpm_tui.recycle.filesystem.nofollow import folder_below, join, status
from dpm_tui.recycle.moving.batch_moves import paths_of
from dpm_tui.recycle.refusal import BinError
from dpm_tui.state.disk.atomic_write import write_atomic
from dpm_tui.state.disk.finding import Finding
from dpm_tui.state.disk.held_folder import HeldFolder
from dpm_tui.state.disk.journal import encode_frames
from dpm_tui.state.disk.layout import STATE_FOLDER
from dpm_tui.state.disk.mounts import read_mounts
from dpm_tui.state.disk.quarantine import Quarantine
from dpm_tui.units import long_size

_NAMES_SHOWN = 5


def check_bins(root: bytes, *, shared: bool = False, others: tuple[bytes, ...] = ()) -> list[Finding]:
    """Return what is found in the recycle bins below ``root`` and in the ``others``."""
    bin_ = BinsOfRoot(os.path.abspath(root), shared, others)
    try:
        with bin_.open() as bins:
            if bins.own.descriptor is None:
                return [Finding(True, "bin_none")]
            return [*_check_log(bin_, bins.log), *_check_others(bin_, bins), *_check_batches(bin_, bins)]
    except BinError as error:
        return [Finding(False, "bin_refused", {"reason": error.message}, "bin_will_be_left")]


def _check_log(bin_: BinsOfRoot, log: RemovalLog) -> Iterator[Finding]:
    try:
        count, rejected = len(log.read()), log.rejected
    except BinError as error:
        refused = {"name": display_name(LOG), "reason": error.message}
        yield Finding(False, "unreadable", refused, "will_quarantine", partial(_set_aside_log, bin_))
        return
    values: dict[str, object] = {"name": display_name(LOG), "count": count, "rejected": rejected}
    if rejected:
        yield Finding(False, "bin_log_damaged", values, "bin_will_keep_log", partial(_rewrite_log, bin_))
    else:
        yield Finding(True, "journal", values)


def _set_aside_log(bin_: BinsOfRoot) -> list[Finding]:
    with bin_.open() as bins:
        return [_set_aside(bin_.root, bins.own, LOG)]


def _set_aside(root: bytes, home: BinFolder, *names: bytes) -> Finding:
    """Move a file of a bin to the quarantine beside the bin and return the finding; raises OSError."""
    with folder_below(home.base, STATE_FOLDER) as descriptor:
        state = HeldFolder.over(descriptor, os.path.join(root, home.top, STATE_FOLDER))
    folder = home.held(root)
    for name in names[:-1]:
        folder = folder.below(name)
    return Quarantine(state).take(folder.place(names[-1]))


def _rewrite_log(bin_: BinsOfRoot) -> list[Finding]:
    with bin_.open() as bins:
        log = bins.log
        entries = log.read()
        moved = _set_aside(bin_.root, bins.own, LOG)
        write_atomic(bins.own.held(bin_.root).place(LOG), encode_frames(map(encode_entry, entries)))
    values = {"name": display_name(LOG), "count": len(entries), "rejected": log.rejected}
    return [moved, Finding(True, "rewritten", values)]


def _check_batches(bin_: BinsOfRoot, bins: BinSet) -> Iterator[Finding]:
    """Yield findings on batches whose files are in no index, and on how much all batches hold."""
    total = size = 0
    for batch in bins.batches():
        indexes = indexes_of(bins, batch)
        for home in bins.folders:
            sizes = [file.status.st_size for file in home.lying(batch)]
            total += len(sizes)
            size += sum(sizes)
            if sizes and home.top not in indexes:
                values = {"batch": batch, "count": len(sizes)}
                repair = partial(_rebuild_index, bin_, batch, home.top)
                yield Finding(False, "bin_index_lost", values, "bin_will_rebuild", repair)
    yield Finding(True, "bin_holds", {"count": total, "size": long_size(size)})


def _rebuild_index(bin_: BinsOfRoot, batch: str, top: bytes) -> list[Finding]:
    """Rebuild the index from what the log says of the files in the batch; return the findings."""
    with bin_.open() as bins:
        entries = bins.log.salvage()
        home = next(folder for folder in bins.folders if folder.top == top)
        lying = {file.path for file in home.lying(batch)}
        told = History.of(entries).moves.get(batch, {}).values()
        moves = tuple(move for move in told if not lying.isdisjoint(paths_of([move])))
        index = BinIndex(batch, time_of(batch), moves, _redo_of(entries, batch), top)
        with folder_below(home.bin, batch.encode()) as folder:
            done: list[Finding] = []
            if status(INDEX, folder) is not None:
                done.append(_set_aside(bin_.root, home, batch.encode(), INDEX))
            with contextlib.suppress(FileNotFoundError):
                os.unlink(PARTIAL_INDEX, dir_fd=folder)
            write_index(folder, encode_index(index))
    known = set(paths_of(moves))
    values = {"batch": batch, "count": len(lying & known), "unknown": len(lying - known)}
    return [*done, Finding(True, "bin_index_rebuilt", values)]


def _redo_of(entries: list[LogEntry], batch: str) -> str:
    applied = (entry for entry in entries if entry.action is Action.APPLIED and entry.batch == batch)
    return next((entry.redo_of for entry in applied), "")


def _check_others(bin_: BinsOfRoot, bins: BinSet) -> Iterator[Finding]:
    """Yield findings on bins of other file systems that are away or forgotten, and on foreign files."""
    for top, why in bins.away.items():
        place = {"path": display_name(top)}
        if why:
            yield Finding(False, "bin_refused_there", {**place, "reason": why}, "bin_will_be_left")
        else:
            yield Finding(True, "bin_away", place)
    known = {home.top for home in bins.folders} | set(bins.away)
    for top in (*_mounted_below(bin_.root), *bins.root.others):
        if top not in known and _has_bin(bins.root, top):
            repair = partial(_remember, bin_, top)
            yield Finding(False, "bin_forgotten", {"path": display_name(top)}, "bin_will_remember", repair)
    for home in bins.folders:
        strangers = sorted(_strangers(home))
        if strangers:
            names = ", ".join(display_name(name, 60) for name in strangers[:_NAMES_SHOWN])
            yield Finding(True, "unknown", {"name": names, "count": len(strangers)})


def _mounted_below(root: bytes) -> list[bytes]:
    """Return the folders below ``root`` where file systems begin; none if the system does not tell."""
    base = os.path.realpath(root).rstrip(b"/") + b"/"
    with contextlib.suppress(OSError):
        return [mount.point[len(base) :] for mount in read_mounts() if mount.point.startswith(base)]
    return []


def _has_bin(root: Base, top: bytes) -> bool:
    with contextlib.suppress(OSError), folder_below(root, join(top, BIN)) as folder:
        return any(is_batch_id(name) for name in os.listdir(folder))
    return False


def _remember(bin_: BinsOfRoot, top: bytes) -> list[Finding]:
    with bin_.open() as bins:
        bins.remember(top)
    return [Finding(True, "bin_remembered", {"path": display_name(top)})]


def _strangers(home: BinFolder) -> set[bytes]:
    ours = {LOG, RESERVE, MEMORY}
    names = {os.fsencode(name) for name in os.listdir(home.bin)}
    return {name for name in names - ours if not is_batch_id(os.fsdecode(name))}
