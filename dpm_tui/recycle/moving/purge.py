"""Purging: the only code that deletes a picture, and only one that lies in the bin."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from functools import partial

from dpm_tui.recycle.bin.bin_folder import BinFile
from dpm_tui.recycle.bin.bin_set import BinSet
from dpm_tui.recycle.bin.removal_log import Action, LogEntry, RemovalLog
from dpm_tui.recycle.filesystem.nofollow import folder_below, same_file, split, status
from dpm_tui.recycle.moving.progress import BatchSteps, Cancelled, Progress
from dpm_tui.recycle.refusal import Refused
from dpm_tui.recycle.results import PurgeResult, Skipped


def purge_files(
    bins: BinSet,
    log: RemovalLog,
    files: list[BinFile],
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> PurgeResult:
    """Delete ``files`` of the bin for good; return the result.

    The log says so before the first one goes and is put right for those that stay. Each file is
    reached from the bin's own folder without following links and must be the one that was listed.
    """
    announced = [_entry(file) for file in files]
    written = log.append(announced)
    purged: list[BinFile] = []
    skipped: list[Skipped] = []
    kept: list[LogEntry] = []
    steps = BatchSteps(len(files), progress, cancelled)
    for file, entry in zip(files, announced, strict=True):
        refused = steps.take(partial(_delete, file))
        if refused is None:
            purged.append(file)
        else:
            skipped.append(refused.skipped(file.path))
            kept.append(replace(entry, action=Action.KEPT))
    if not written:  # a full disk has room now
        log.append([_entry(file) for file in purged])
    elif kept:
        log.append(kept)
    bins.tidy(purged)
    return PurgeResult(
        tuple(file.path for file in purged), tuple(skipped), sum(file.status.st_size for file in purged)
    )


def _entry(file: BinFile) -> LogEntry:
    return LogEntry(Action.PURGED, file.batch, path=file.path, size=file.status.st_size)


def _delete(file: BinFile) -> None:
    folder, name = split(file.place)
    with folder_below(file.home.bin, folder) as place:
        found = status(name, place)
        if found is None:
            raise Refused("gone")
        if not stat.S_ISREG(found.st_mode) or not same_file(found, file.status):
            raise Refused("not_regular")
        os.unlink(name, dir_fd=place)
