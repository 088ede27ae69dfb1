"""Recovery: brings what a kill or a power cut left half done into a state that undo and restore can use."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable

from dpm_tui.file_names import is_safe_path
from dpm_tui.recycle.bin.bin_folder import PARTIAL_INDEX, BinFile
from dpm_tui.recycle.bin.bin_index import BinIndex
from dpm_tui.recycle.bin.bin_listing import indexes_of
from dpm_tui.recycle.bin.bin_set import BinSet
from dpm_tui.recycle.bin.removal_log import Action, LogEntry, RemovalLog
from dpm_tui.recycle.bin.undo_history import History
from dpm_tui.recycle.filesystem.disk_reserve import keep_reserve
from dpm_tui.recycle.filesystem.nofollow import folder_below, split, status
from dpm_tui.recycle.moving.apply_plan import recycled_entries
from dpm_tui.recycle.repair.unfinished_links import finish_links
from dpm_tui.recycle.repair.unfinished_moves import Unfinished
from dpm_tui.recycle.results import Recovery

_LEFT = (Action.RESTORED, Action.PURGED, Action.MISSING, Action.STAYED)


class _Run(Unfinished):
    """Also logs what became of files that have no line yet."""

    def complete_log(self, batch: str, indexes: Iterable[BinIndex]) -> None:
        """Log the files in ``batch`` that the log does not know."""
        known = self.history.files.get(batch, {})
        new = {path for path in self.lying[batch] if path not in known}
        applied = batch in self.history.done or batch in self.history.undone
        for index in indexes:
            missed = recycled_entries(index, new)
            if missed and not applied:
                self.add(LogEntry(Action.APPLIED, batch, redo_of=index.redo_of))
                applied = True
            for entry in missed:
                self.add(entry)
        for file in self.lying[batch].values():
            last = known.get(file.path)
            if last is not None and last.action in _LEFT:
                size = file.status.st_size
                self.add(LogEntry(Action.KEPT, batch, path=file.path, size=size))

    def note_gone(self) -> None:
        """Log what became of files that the log still has in the bin."""
        for batch, files in list(self.history.files.items()):
            lying = self.lying.get(batch, {})
            for path, last in list(files.items()):
                if path in lying or last.action in _LEFT or self.bins.is_away(path):
                    continue
                undo = batch in self.history.undoing
                self.add(self._whereabouts(batch, path, undo))
            if batch in self.history.undoing and not lying and not any(map(self.bins.is_away, files)):
                self.add(LogEntry(Action.UNDONE, batch))

    def _whereabouts(self, batch: str, path: bytes, undo: bool) -> LogEntry:
        """Return the line for a file that left the bin: restored if the same inode is at its old place."""
        if announced := self.arrived.get((batch, path)):
            return announced
        witness = self.history.witness_of(batch, path)
        folder, name = split(path)
        with contextlib.suppress(OSError):
            if witness is not None and is_safe_path(path):
                before = witness.stamp
                with folder_below(self.bins.root, folder) as origin:
                    found = status(name, origin)
                if found is not None and (found.st_ino, found.st_size) == (before.inode, before.size):
                    return LogEntry(Action.RESTORED, batch, path=path, size=found.st_size, to=path, undo=undo)
        return LogEntry(Action.MISSING, batch, path=path)


def recover(bins: BinSet, log: RemovalLog, root: bytes) -> Recovery:
    """Repair what was half done; return what was done. Deletes only verified second or partial copies.

    Nothing outside of ``root``, the path of the open root, is opened: see ``finish_restores_to``.

    Empty batches and partial indexes and copies are removed, a file with a name both in the bin and
    outside loses the one in the bin, and the log learns what it missed. The caller holds the lock:
    a batch that another process is just making would look half done.
    """
    if bins.own.descriptor is None:
        return Recovery()
    entries = log.salvage()
    run = _Run(bins, entries, History.of(entries), root)
    batches, ours = bins.batches(), {*bins.own_batches()}
    for batch in batches:
        run.lying[batch] = {file.path: file for file in bins.lying(batch)}
    run.finish_copies()
    run.finish_restores()
    removed = 0
    parts = 0
    for batch in batches:
        for home in bins.folders:
            with contextlib.suppress(OSError), folder_below(home.bin, batch.encode()) as folder:
                os.unlink(PARTIAL_INDEX, dir_fd=folder)
                parts += 1
        finish_links(run, batch)
        run.drop_second_names(batch)
        if batch in ours:
            run.complete_log(batch, indexes_of(bins, batch).values())
        lying = {file.home.top for file in run.lying[batch].values()}
        gone = [home.remove_if_empty(batch) for home in bins.folders if home.top not in lying]
        removed += not lying and all(gone)
    run.note_gone()
    if run.added:
        log.append(run.added)
    keep_reserve(bins.own.bin)
    return Recovery(removed, run.names, run.parts + parts, len(run.added))


def finish_restores_to(bins: BinSet, log: RemovalLog, root: bytes, folder: bytes) -> list[LogEntry]:
    """Put right what a restore to ``folder`` left half done, now that the user names it again.

    Return what had arrived there and lay in the bin all the same.
    """
    entries = log.salvage()
    run = _Run(bins, entries, History.of(entries), root, folder)
    left: list[BinFile] = []
    for batch in {entry.batch for entry in entries if entry.below == folder}:
        run.lying[batch] = {file.path: file for file in bins.lying(batch)}
        left += run.lying[batch].values()
    run.finish_restores()
    log.append(run.added)
    bins.tidy([file for file in left if file.path not in run.lying[file.batch]])
    return [entry for entry in run.added if entry.action is Action.RESTORED]
