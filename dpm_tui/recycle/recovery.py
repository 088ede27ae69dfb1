"""Recovery: brings what a kill or a power cut left half done into a state that undo and restore know."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from dpm_tui.names import is_safe_relative
from dpm_tui.recycle.applying import applied_entries
from dpm_tui.recycle.bin_folder import PARTIAL_INDEX, Lying, is_batch_id
from dpm_tui.recycle.bin_index import BinIndex
from dpm_tui.recycle.bins import Bins
from dpm_tui.recycle.copying import is_aside_name
from dpm_tui.recycle.file_copy import is_part_name
from dpm_tui.recycle.folders import folder_below, open_folder, same_file, split, status, sync
from dpm_tui.recycle.history import History
from dpm_tui.recycle.listing import indexes_of
from dpm_tui.recycle.proof import check_path, digest_of, leads_into_state
from dpm_tui.recycle.refusal import BinError, Refused
from dpm_tui.recycle.removal_log import Action, LogEntry, RemovalLog
from dpm_tui.recycle.rename import move_out
from dpm_tui.recycle.reserve import keep_reserve
from dpm_tui.recycle.restoring import drop_second_name, takes_restored_files
from dpm_tui.recycle.results import Recovery

_LEFT = (Action.RESTORED, Action.PURGED, Action.MISSING, Action.STAYED)


@dataclass(slots=True)
class _Run:
    bins: Bins
    entries: list[LogEntry]
    history: History
    added: list[LogEntry] = field(default_factory=list)
    names: int = 0
    parts: int = 0
    lying: dict[str, dict[bytes, Lying]] = field(default_factory=dict)
    arrived: dict[tuple[str, bytes], LogEntry] = field(default_factory=dict)

    def finish_copies(self) -> None:
        """Bring the sources of unfinished copies back to their places, and drop the copies."""
        open_: dict[tuple[str, bytes], LogEntry] = {}
        for entry in self.entries:
            key = (entry.batch, entry.path)
            if entry.action is Action.COPYING:
                open_[key] = entry
            elif entry.path:
                open_.pop(key, None)
        for entry in open_.values():
            # A disk that is not there now is looked at the next time.
            with contextlib.suppress(OSError, Refused):
                check_path(entry.path)
                self._finish_copy(entry)

    def _finish_copy(self, entry: LogEntry) -> None:
        own, (folder, name), aside = self.bins.own, split(entry.path), split(entry.to)[1]
        if is_part_name(entry.part) and is_batch_id(entry.batch):
            with contextlib.suppress(OSError), folder_below(own.bin, entry.batch.encode()) as batch:
                os.unlink(entry.part, dir_fd=batch)
                self.parts += 1
        copy = self.lying.get(entry.batch, {}).get(entry.path)
        with folder_below(self.bins.root, folder) as place:
            if is_aside_name(aside) and status(aside, place) is not None:
                try:
                    move_out(place, aside, place, name)
                except FileExistsError:  # another file took the place meanwhile: the move stands
                    self._drop_copied(copy, place, aside, drop_copy=False)
                    return
                self.names += 1
            if status(name, place) is None or not self._drop_copied(copy, place, name, drop_copy=True):
                return
        self._add(LogEntry(Action.STAYED, entry.batch, path=entry.path, size=entry.size))

    def _drop_copied(self, copy: Lying | None, place: int, name: bytes, *, drop_copy: bool) -> bool:
        """Remove the copy in the bin, or else the source, if both are there and alike; tell whether one
        of them is left alone."""
        if copy is None:
            return True
        folder, last = split(copy.place)
        with folder_below(copy.home.bin, folder) as source:
            if not _same_content(place, name, source, last):
                return False
            if drop_copy:
                sync(place)
                os.unlink(last, dir_fd=source)
                del self.lying[copy.batch][copy.path]
            else:
                sync(source)
                os.unlink(name, dir_fd=place)
        self.names += 1
        return True

    def finish_restores(self) -> None:
        """Remove partial copies, and the bin's name of what already has its new one."""
        open_: dict[tuple[str, bytes], list[LogEntry]] = {}
        for entry in self.entries:
            key = (entry.batch, entry.path)
            if entry.action is Action.RESTORING:
                open_.setdefault(key, []).append(entry)
            elif entry.path:
                open_.pop(key, None)
        for (batch, path), announced in open_.items():
            # A disk that is not there now may hold a partial copy: it is looked at the next time.
            with contextlib.suppress(OSError):
                for entry in announced:
                    self._finish_restore(entry)
                if file := self.lying.get(batch, {}).get(path):
                    self._add(LogEntry(Action.KEPT, batch, path=path, size=file.status.st_size))

    def _finish_restore(self, entry: LogEntry) -> None:
        if not is_safe_relative(entry.to) or leads_into_state(entry.to):
            return
        if entry.below and not takes_restored_files(entry.below):
            return
        folder, name = split(entry.to)
        base = open_folder(entry.below) if entry.below else os.dup(self.bins.root)
        try:
            with folder_below(base, folder) as place:
                if is_part_name(entry.part):
                    with contextlib.suppress(FileNotFoundError):
                        os.unlink(entry.part, dir_fd=place)
                        sync(place)
                        self.parts += 1
                self._drop_if_arrived(entry, place, name)
        finally:
            os.close(base)

    def _drop_if_arrived(self, entry: LogEntry, place: int, name: bytes) -> None:
        file = self.lying.get(entry.batch, {}).get(entry.path)
        arrived = status(name, place)
        if arrived is None or not stat.S_ISREG(arrived.st_mode):
            return
        restored = replace(entry, action=Action.RESTORED, part=b"")
        if file is None:
            if arrived.st_size == entry.size:
                self.arrived[entry.batch, entry.path] = restored
            return
        folder, last = split(file.place)
        with folder_below(file.home.bin, folder) as source:
            if not drop_second_name(source, last, arrived):
                if same_file(arrived, file.status) or not _same_content(place, name, source, last):
                    return
                sync(place)
                os.unlink(last, dir_fd=source)
        self._dropped(file, restored)

    def drop_second_names(self, batch: str) -> None:
        """Remove the bin's name of files that also have their old one."""
        for file in list(self.lying[batch].values()):
            if file.status.st_nlink < 2:
                continue
            folder, name = split(file.path)
            with (
                contextlib.suppress(OSError),
                folder_below(self.bins.root, folder) as origin,
                folder_below(file.home.bin, split(file.place)[0]) as source,
            ):
                if drop_second_name(source, name, status(name, origin)):
                    self._dropped(file, _restored(file))

    def _dropped(self, file: Lying, entry: LogEntry) -> None:
        self.names += 1
        self.lying[file.batch].pop(file.path, None)
        if file.path in self.history.files.get(file.batch, {}):
            self._add(entry)

    def complete_log(self, batch: str, indexes: Iterable[BinIndex]) -> None:
        """Add what the log does not know of the files that lie in ``batch``."""
        known = self.history.files.get(batch, {})
        new = {path for path in self.lying[batch] if path not in known}
        applied = batch in self.history.done or batch in self.history.undone
        for index in indexes:
            missed = applied_entries(index, new, known=True)
            if missed and not applied:
                self._add(LogEntry(Action.APPLIED, batch, redo_of=index.redo_of))
                applied = True
            for entry in missed:
                self._add(entry)
        for file in self.lying[batch].values():
            last = known.get(file.path)
            if last is not None and last.action in _LEFT:
                size = file.status.st_size
                self._add(LogEntry(Action.KEPT, batch, path=file.path, size=size))

    def note_gone(self) -> None:
        """Add what became of files that the log still has in the bin."""
        for batch, files in list(self.history.files.items()):
            lying = self.lying.get(batch, {})
            for path, last in list(files.items()):
                if path in lying or last.action in _LEFT or self.bins.is_away(path):
                    continue
                undo = batch in self.history.undoing
                self._add(self._whereabouts(batch, path, undo))
            if batch in self.history.undoing and not lying and not any(map(self.bins.is_away, files)):
                self._add(LogEntry(Action.UNDONE, batch))

    def _whereabouts(self, batch: str, path: bytes, undo: bool) -> LogEntry:
        """A rename keeps the inode, so the file at its old place tells that it was restored."""
        if announced := self.arrived.get((batch, path)):
            return announced
        witness = self.history.witness_of(batch, path)
        folder, name = split(path)
        with contextlib.suppress(OSError):
            if witness is not None and is_safe_relative(path):
                before = witness.stamp
                with folder_below(self.bins.root, folder) as origin:
                    found = status(name, origin)
                if found is not None and (found.st_ino, found.st_size) == (before.inode, before.size):
                    return LogEntry(Action.RESTORED, batch, path=path, size=found.st_size, to=path, undo=undo)
        return LogEntry(Action.MISSING, batch, path=path)

    def _add(self, entry: LogEntry) -> None:
        self.added.append(entry)
        if entry.path:
            self.history.files.setdefault(entry.batch, {})[entry.path] = entry


def recover(bins: Bins, log: RemovalLog) -> Recovery:
    """Put right what was half done; no content ever goes but a verified second copy or a partial one.

    Empty batches and partial indexes and copies are removed, a file with a name both in the bin and
    outside loses the one in the bin, and the log learns what it missed. The caller holds the lock:
    a batch that another process is just making would look half done.
    """
    if bins.own.descriptor is None:
        return Recovery()
    try:
        entries = log.read()
    except BinError:
        entries = []
    run = _Run(bins, entries, History.of(entries))
    batches = bins.batches()
    for batch in batches:
        run.lying[batch] = {file.path: file for file in bins.lying(batch)}
    run.finish_copies()
    run.finish_restores()
    removed = 0
    parts = 0
    for batch in batches:
        for home in bins.folders:
            if home.descriptor is not None:
                with contextlib.suppress(OSError), folder_below(home.descriptor, batch.encode()) as folder:
                    os.unlink(PARTIAL_INDEX, dir_fd=folder)
                    parts += 1
        run.drop_second_names(batch)
        run.complete_log(batch, indexes_of(bins, batch).values())
        lying = {file.home.top for file in run.lying[batch].values()}
        gone = [home.remove_if_empty(batch) for home in bins.folders if home.top not in lying]
        removed += not lying and all(gone)
    run.note_gone()
    if run.added:
        log.append(run.added)
    keep_reserve(bins.own.bin)
    return Recovery(removed, run.names, run.parts + parts, len(run.added))


def _restored(file: Lying) -> LogEntry:
    return LogEntry(Action.RESTORED, file.batch, path=file.path, size=file.status.st_size, to=file.path)


def _same_content(first: int, name: bytes, second: int, other: bytes) -> bool:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with contextlib.ExitStack() as stack:
        digests = []
        for folder, file in ((first, name), (second, other)):
            descriptor = os.open(file, flags, dir_fd=folder)
            stack.callback(os.close, descriptor)
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return False
            digests.append(digest_of(descriptor))
        return digests[0] == digests[1]
