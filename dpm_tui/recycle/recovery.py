"""Recovery: brings what a kill or a power cut left half done into a state that undo and restore know."""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass, field, replace

from dpm_tui.names import is_safe_relative
from dpm_tui.recycle.applying import applied_entries
from dpm_tui.recycle.bin_folder import PARTIAL_INDEX, BinFolder, Lying, tree_of
from dpm_tui.recycle.bin_index import BinIndex, read_index
from dpm_tui.recycle.file_copy import is_part_name
from dpm_tui.recycle.folders import folder_below, join, open_folder, same_file, split, status, sync
from dpm_tui.recycle.history import History
from dpm_tui.recycle.proof import digest_of, leads_into_state
from dpm_tui.recycle.refusal import BinError
from dpm_tui.recycle.removal_log import Action, LogEntry, RemovalLog
from dpm_tui.recycle.restoring import drop_second_name, takes_restored_files
from dpm_tui.recycle.results import Recovery

_LEFT = (Action.RESTORED, Action.PURGED, Action.MISSING)


@dataclass(slots=True)
class _Run:
    bin: BinFolder
    entries: list[LogEntry]
    history: History
    added: list[LogEntry] = field(default_factory=list)
    names: int = 0
    parts: int = 0
    lying: dict[str, dict[bytes, Lying]] = field(default_factory=dict)
    arrived: dict[tuple[str, bytes], LogEntry] = field(default_factory=dict)

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
        base = open_folder(entry.below) if entry.below else os.dup(self.bin.root)
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
        folder, last = split(file.path)
        with folder_below(self.bin.bin, join(tree_of(file.batch), folder)) as source:
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
                folder_below(self.bin.root, folder) as origin,
                folder_below(self.bin.bin, join(tree_of(batch), folder)) as source,
            ):
                if drop_second_name(source, name, status(name, origin)):
                    self._dropped(file, _restored(file))

    def _dropped(self, file: Lying, entry: LogEntry) -> None:
        self.names += 1
        self.lying[file.batch].pop(file.path, None)
        if file.path in self.history.files.get(file.batch, {}):
            self._add(entry)

    def complete_log(self, batch: str, index: BinIndex | None) -> None:
        """Add what the log does not know of the files that lie in ``batch``."""
        known = self.history.files.get(batch, {})
        moves = {} if index is None else {move.victim.path: move for move in index.moves}
        new = [file for file in self.lying[batch].values() if file.path not in known]
        if index is not None and new:
            applied = batch in self.history.done or batch in self.history.undone
            moved = [moves[file.path] for file in new if file.path in moves]
            if moved:
                for entry in applied_entries(index, moved, known=applied):
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
                if path in lying or last.action in _LEFT:
                    continue
                undo = batch in self.history.undoing
                self._add(self._whereabouts(batch, path, undo))
            if batch in self.history.undoing and not lying:
                self._add(LogEntry(Action.UNDONE, batch))

    def _whereabouts(self, batch: str, path: bytes, undo: bool) -> LogEntry:
        """A rename keeps the inode, so the file at its old place tells that it was restored."""
        if announced := self.arrived.get((batch, path)):
            return announced
        move = self.history.moves.get(batch, {}).get(path)
        folder, name = split(path)
        with contextlib.suppress(OSError):
            if move is not None and is_safe_relative(path):
                before = move.victim.stamp
                with folder_below(self.bin.root, folder) as origin:
                    found = status(name, origin)
                if found is not None and (found.st_ino, found.st_size) == (before.inode, before.size):
                    return LogEntry(Action.RESTORED, batch, path=path, size=found.st_size, to=path, undo=undo)
        return LogEntry(Action.MISSING, batch, path=path)

    def _add(self, entry: LogEntry) -> None:
        self.added.append(entry)
        if entry.path:
            self.history.files.setdefault(entry.batch, {})[entry.path] = entry


def recover(opened: BinFolder, log: RemovalLog) -> Recovery:
    """Put right what was half done; no content ever goes but a verified second copy or a partial one.

    Empty batches and partial indexes and copies are removed, a file with a name both in the bin and
    outside loses the one in the bin, and the log learns what it missed. The caller holds the lock:
    a batch that another process is just making would look half done.
    """
    if opened.descriptor is None:
        return Recovery()
    try:
        entries = log.read()
    except BinError:
        entries = []
    run = _Run(opened, entries, History.of(entries))
    batches = opened.batches()
    for batch in batches:
        run.lying[batch] = {file.path: file for file in opened.lying(batch)}
    run.finish_restores()
    removed = 0
    parts = 0
    for batch in batches:
        index = None
        with contextlib.suppress(OSError), folder_below(opened.bin, batch.encode()) as folder:
            index = read_index(folder, batch)
            with contextlib.suppress(FileNotFoundError):
                os.unlink(PARTIAL_INDEX, dir_fd=folder)
                parts += 1
        run.drop_second_names(batch)
        run.complete_log(batch, index)
        if not run.lying[batch]:
            removed += opened.remove_if_empty(batch)
    run.note_gone()
    if run.added:
        log.append(run.added)
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
