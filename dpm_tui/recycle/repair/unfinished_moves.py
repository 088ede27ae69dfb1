"""Unfinished work: copies and restores that a kill or a power cut left half done in the bins."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dpm_tui.file_names import is_safe_path, is_safe_relative
from dpm_tui.pipeline.scan.open_roots import Base
from dpm_tui.recycle.bin.bin_folder import BinFile, is_batch_id
from dpm_tui.recycle.bin.bin_set import BinSet
from dpm_tui.recycle.bin.removal_log import Action, LogEntry
from dpm_tui.recycle.bin.undo_history import History
from dpm_tui.recycle.filesystem.exclusive_rename import move_out
from dpm_tui.recycle.filesystem.nofollow import (
    digest_of,
    folder_below,
    open_file,
    open_folder,
    same_file,
    split,
    status,
)
from dpm_tui.recycle.moving.partial_name import LEAVING, PART, is_passing_name
from dpm_tui.recycle.moving.restore import drop_second_name, takes_restored_files
from dpm_tui.recycle.proof import check_path, leads_into_state
from dpm_tui.recycle.refusal import Refused
from dpm_tui.state.disk.held_folder import sync_names


@dataclass(slots=True)
class Unfinished:
    """What the log and the bins say, what was put right (``names``, ``parts``) and what the log must learn
    (``added``). ``lying`` holds the files of each batch by path, ``arrived`` what came back unlogged.

    Others may have written in the log: a folder that a line names is opened only if it lies below ``path``,
    that of the root, or is the one that the user has just ``named``.
    """

    bins: BinSet
    entries: list[LogEntry]
    history: History
    path: bytes
    named: bytes = b""
    added: list[LogEntry] = field(default_factory=list)
    names: int = 0
    parts: int = 0
    lying: dict[str, dict[bytes, BinFile]] = field(default_factory=dict)
    arrived: dict[tuple[str, bytes], LogEntry] = field(default_factory=dict)

    def _still_open(self, action: Action) -> dict[tuple[str, bytes], list[LogEntry]]:
        """Return, by batch and path, the lines that announce ``action`` and have no line on its end."""
        announced: dict[tuple[str, bytes], list[LogEntry]] = {}
        for entry in self.entries:
            if entry.action is action:
                announced.setdefault((entry.batch, entry.path), []).append(entry)
            elif entry.path:
                announced.pop((entry.batch, entry.path), None)
        return announced

    def finish_copies(self) -> None:
        """Bring the sources of unfinished copies back to their places, and drop the copies."""
        for announced in self._still_open(Action.COPYING).values():
            entry = announced[-1]
            # A disk that is not mounted now is checked the next time.
            with contextlib.suppress(OSError, Refused):
                check_path(entry.path)
                self._finish_copy(entry)

    def _finish_copy(self, entry: LogEntry) -> None:
        own, (folder, name), aside = self.bins.own, split(entry.path), split(entry.to)[1]
        if is_passing_name(entry.part, entry, PART) and is_batch_id(entry.batch):
            with contextlib.suppress(OSError), folder_below(own.bin, entry.batch.encode()) as batch:
                os.unlink(entry.part, dir_fd=batch)
                self.parts += 1
        copy = self.lying.get(entry.batch, {}).get(entry.path)
        with folder_below(self.bins.root, folder) as place:
            if is_passing_name(aside, entry, LEAVING) and status(aside, place) is not None:
                try:
                    move_out(place, aside, place, name)
                except FileExistsError:  # another file took the place meanwhile: the move stands
                    self._drop_copied(copy, place, aside, drop_copy=False)
                    return
                self.names += 1
            if status(name, place) is None or not self._drop_copied(copy, place, name, drop_copy=True):
                return
        self.add(LogEntry(Action.STAYED, entry.batch, path=entry.path, size=entry.size))

    def _drop_copied(self, copy: BinFile | None, place: int, name: bytes, *, drop_copy: bool) -> bool:
        """Remove the copy in the bin, or else the source, if both are there and alike; return whether one
        of them is left alone."""
        if copy is None:
            return True
        folder, last = split(copy.place)
        with folder_below(copy.home.bin, folder) as source:
            if not same_content(place, name, source, last):
                return False
            if drop_copy:
                sync_names(place)
                os.unlink(last, dir_fd=source)
                del self.lying[copy.batch][copy.path]
            else:
                sync_names(source)
                os.unlink(name, dir_fd=place)
        self.names += 1
        return True

    def finish_restores(self) -> None:
        """Remove partial copies, and the bin's name of what already has its new one.

        With a folder ``named`` only what was on its way to there.
        """
        for (batch, path), announced in self._still_open(Action.RESTORING).items():
            if self.named and announced[-1].below != self.named:
                continue
            file = self.lying.get(batch, {}).get(path)
            beyond = [entry for entry in announced if self._is_beyond(entry)]
            if announced[-1] in beyond and file is None:
                # The bin's name goes last, when the copy is whole and on the disk.
                self.arrived[batch, path] = _arrived(announced[-1])
            # A disk that is not mounted now may hold a partial copy: it is checked the next time.
            with contextlib.suppress(OSError):
                for entry in announced:
                    if entry not in beyond:
                        self._finish_restore(entry)
                # A restore to outside of the root waits for the user to name that folder again.
                if not beyond and (file := self.lying.get(batch, {}).get(path)):
                    self.add(LogEntry(Action.KEPT, batch, path=path, size=file.status.st_size))

    def _is_beyond(self, entry: LogEntry) -> bool:
        """Return whether a line leads to a folder that must not be opened."""
        below = entry.below
        return bool(below) and below != self.named and self._inside(below) is None

    def _inside(self, folder: bytes) -> bytes | None:
        """Return an absolute folder relative to the root, None if it is none of the root's."""
        for root in (self.path, os.path.realpath(self.path)):
            if folder == root:
                return b""
            above = os.path.join(root, b"")
            if folder.startswith(above) and is_safe_relative(inside := folder[len(above) :]):
                return inside
        return None

    @contextlib.contextmanager
    def _base_of(self, entry: LogEntry) -> Iterator[Base]:
        """Yield the open folder that a file was on its way to; raises OSError."""
        if not entry.below:
            yield self.bins.root
        elif entry.below == self.named:
            base = open_folder(entry.below)
            try:
                yield base
            finally:
                os.close(base)
        else:
            with folder_below(self.bins.root, self._inside(entry.below) or b"") as base:
                yield base

    def _finish_restore(self, entry: LogEntry) -> None:
        if not is_safe_path(entry.to) or leads_into_state(entry.to):
            return
        if entry.below and not takes_restored_files(entry.below):
            return
        folder, name = split(entry.to)
        with self._base_of(entry) as base, folder_below(base, folder) as place:
            if is_passing_name(entry.part, entry, PART):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(entry.part, dir_fd=place)
                    sync_names(place)
                    self.parts += 1
            self._drop_if_arrived(entry, place, name)

    def _drop_if_arrived(self, entry: LogEntry, place: int, name: bytes) -> None:
        file = self.lying.get(entry.batch, {}).get(entry.path)
        arrived = status(name, place)
        if arrived is None or not stat.S_ISREG(arrived.st_mode):
            return
        restored = _arrived(entry)
        if file is None:
            if arrived.st_size == entry.size:
                self.arrived[entry.batch, entry.path] = restored
            return
        folder, last = split(file.place)
        with folder_below(file.home.bin, folder) as source:
            if not drop_second_name(source, last, arrived):
                if entry.below and arrived.st_uid not in (os.geteuid(), file.status.st_uid):
                    return  # a copy of ours has our owner: a file of another user is not ours
                if same_file(arrived, file.status) or not same_content(place, name, source, last):
                    return
                sync_names(place)
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
                    self.came_back(file)

    def came_back(self, file: BinFile) -> None:
        """Note that a file is in its old place again."""
        undo = file.batch in self.history.undoing
        self._dropped(file, replace(_restored(file), undo=undo))

    def _dropped(self, file: BinFile, entry: LogEntry) -> None:
        self.names += 1
        self.lying[file.batch].pop(file.path, None)
        if file.path in self.history.files.get(file.batch, {}):
            self.add(entry)

    def add(self, entry: LogEntry) -> None:
        """Add a line that the log misses."""
        self.added.append(entry)
        if entry.path:
            self.history.files.setdefault(entry.batch, {})[entry.path] = entry


def _arrived(entry: LogEntry) -> LogEntry:
    """Return the line that follows ``entry`` once its announcement was carried out."""
    return replace(entry, action=Action.RESTORED, part=b"")


def _restored(file: BinFile) -> LogEntry:
    return LogEntry(Action.RESTORED, file.batch, path=file.path, size=file.status.st_size, to=file.path)


def same_content(first: int, name: bytes, second: int, other: bytes) -> bool:
    """Return whether files in two open folders are regular ones of the same bytes; raises OSError."""
    with contextlib.ExitStack() as stack:
        digests = []
        for folder, file in ((first, name), (second, other)):
            descriptor = open_file(file, folder)
            stack.callback(os.close, descriptor)
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return False
            digests.append(digest_of(descriptor))
        return digests[0] == digests[1]
