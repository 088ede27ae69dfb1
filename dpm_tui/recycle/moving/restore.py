"""Restoring: files leave the bin for their origin or another folder and never replace anything."""

from __future__ import annotations

import contextlib
import errno
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from dpm_tui.errors import is_full, reason_of
from dpm_tui.pipeline.scan.open_roots import Base
from dpm_tui.recycle.bin.bin_folder import BinFile
from dpm_tui.recycle.bin.bin_listing import ListedFile, indexes_of
from dpm_tui.recycle.bin.bin_set import BinSet
from dpm_tui.recycle.bin.removal_log import Action, LogEntry, RemovalLog
from dpm_tui.recycle.companions.side_files import follow_picture
from dpm_tui.recycle.filesystem.disk_reserve import give_up_reserve
from dpm_tui.recycle.filesystem.exclusive_rename import move_out
from dpm_tui.recycle.filesystem.nofollow import folder_below, join, same_file, split, status, sync_below
from dpm_tui.recycle.filesystem.verified_copy import copy_verified
from dpm_tui.recycle.linking.link_removal import link_put_away, side_file_put_away
from dpm_tui.recycle.moving.partial_name import PART, passing_name
from dpm_tui.recycle.moving.progress import BatchSteps, Cancelled, Progress
from dpm_tui.recycle.proof import check_path, leads_into_state
from dpm_tui.recycle.refusal import Refused
from dpm_tui.recycle.results import Restored, RestoreResult, Skipped
from dpm_tui.review.marks.plan import Move, SideFile, Witness
from dpm_tui.state.disk.held_folder import sync_names

_NAME_BYTES = 255
_EXTENSION_BYTES = 16
_MAX_CONFLICTS = 9999


@dataclass(frozen=True, slots=True)
class Target:
    """The open folder below which files come back; ``path`` is empty for the roots, else absolute."""

    descriptor: Base
    path: bytes


@dataclass(slots=True)
class _Run:
    bins: BinSet
    log: RemovalLog
    target: Target
    undo: bool
    logged: list[LogEntry] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    touched: set[bytes] = field(default_factory=set)
    left: list[BinFile] = field(default_factory=list)
    announced: LogEntry | None = None
    renamed: dict[tuple[str, bytes], bytes] = field(default_factory=dict)
    copies: dict[str, defaultdict[bytes, list[Move]]] = field(default_factory=dict)

    def restore(self, listed: ListedFile) -> None:
        """Bring one file back; raises Refused or OSError with the file still in the bin."""
        file = listed.file
        check_path(file.path)
        folder, name = split(file.path)
        if self.target.path:
            folder = folder.lstrip(b"/")  # what came from another root lies there under its full path
        try:
            self._make(folder)
        except OSError as error:
            if not is_full(error) or not give_up_reserve(self.bins.own.bin):
                raise
            self._make(folder)
        with (
            folder_below(file.home.bin, split(file.place)[0]) as source,
            folder_below(self.target.descriptor, folder) as place,
        ):
            if not same_file(status(name, source), file.status):
                raise Refused("gone")
            entry = LogEntry(
                Action.RESTORED, file.batch, path=file.path, size=file.status.st_size,
                below=self.target.path, undo=self.undo, of=b"" if listed.is_side_file else listed.picture,
            )  # fmt: skip
            # Below another folder nothing of ours has the name.
            move = None if self.target.path else listed.move
            with (
                link_put_away(self.bins.root, file, move, source, place),
                side_file_put_away(self.bins.root, file, self._side_file_of(listed)),
            ):
                entry = self._place(source, name, place, folder, entry)
        self.announced = None
        self.touched.add(folder)
        self.left.append(file)
        self.logged.append(entry)
        self.renamed[file.batch, file.path] = split(entry.to)[1]

    def _side_file_of(self, listed: ListedFile) -> SideFile | None:
        """Return the side file that goes as a file comes back: once all copies of its picture are back.

        Raises Refused for the side file of before if it has to wait for that.
        """
        if listed.move is None or self.target.path:
            return None
        file, side, alone = listed.file, None, True
        for move in self._copies_of(file.batch, listed.move.keeper.path):
            side = side or move.side
            alone = alone and (move.victim.path == file.path or self._is_back(move.victim))
        if listed.is_side_file and not alone:
            raise Refused("side_file_needed")
        return side if alone else None

    def _copies_of(self, batch: str, keeper: bytes) -> list[Move]:
        if batch not in self.copies:
            self.copies[batch] = defaultdict(list)
            for index in indexes_of(self.bins, batch).values():
                for move in index.moves:
                    self.copies[batch][move.keeper.path].append(move)
        return self.copies[batch][keeper]

    def _is_back(self, witness: Witness) -> bool:
        folder, name = split(witness.path)
        with contextlib.suppress(OSError), folder_below(self.bins.root, folder) as place:
            found = status(name, place)
            looks = (witness.stamp.size, witness.stamp.mtime_ns)
            return found is not None and (found.st_size, found.st_mtime_ns) == looks
        return False

    def _make(self, folder: bytes) -> None:
        with folder_below(self.target.descriptor, folder, make=0o777, touched=self.touched):
            pass

    def _wanted_name(self, entry: LogEntry, name: bytes) -> bytes:
        """Return the name for a restored file: a companion takes over its picture's new name."""
        picture = self.renamed.get((entry.batch, entry.of))
        if not entry.of or picture is None:
            return name
        return follow_picture(name, split(entry.of)[1], picture)

    def _place(self, source: int, name: bytes, place: int, folder: bytes, entry: LogEntry) -> LogEntry:
        for candidate in free_names(self._wanted_name(entry, name)):
            now = replace(entry, to=join(folder, candidate))
            try:
                move_out(source, name, place, candidate, lambda now=now: self._announce(now))  # type: ignore[misc]
            except FileExistsError:
                if not drop_second_name(source, name, status(candidate, place)):
                    continue
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                return self._copy(source, name, place, folder, entry)
            return now
        raise Refused("no_free_name")

    def _copy(self, source: int, name: bytes, place: int, folder: bytes, entry: LogEntry) -> LogEntry:
        first = replace(entry, to=join(folder, name))
        part = passing_name(first, PART)
        self._announce(replace(first, part=part))
        copy_verified(source, name, place, part)
        try:
            for number, candidate in enumerate(free_names(self._wanted_name(entry, name))):
                now = replace(entry, to=join(folder, candidate), part=part)
                if number or candidate != name:
                    self._announce(now)
                with contextlib.suppress(FileExistsError):
                    move_out(place, part, place, candidate)
                    # From here on the announcement holds: recovery drops the bin's name if we cannot.
                    self.announced = None
                    sync_names(place)
                    os.unlink(name, dir_fd=source)
                    return replace(now, part=b"")
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(part, dir_fd=place)
            raise
        os.unlink(part, dir_fd=place)
        raise Refused("no_free_name")

    def _announce(self, entry: LogEntry) -> None:
        # A second name in the original place can be found without the log.
        if entry.part or entry.below or entry.to != entry.path:
            self.announced = replace(entry, action=Action.RESTORING)
            self.log.append([self.announced])

    def refuse(self, file: BinFile, refused: Refused) -> None:
        """Note why ``file`` stays in the bin, and take back what was announced for it."""
        self.skipped.append(refused.skipped(file.path))
        if self.announced is not None:
            kept = replace(self.announced, action=Action.KEPT, to=b"", below=b"", part=b"")
            self.logged.append(kept)
            self.announced = None

    def finish(self) -> None:
        """Sync what was touched, places first, then write the log and tidy the bin."""
        for path, error in sync_below(self.target.descriptor, self.touched):
            self.skipped.append(Skipped(path or b".", "not_synced", {"reason": reason_of(error)}))
        self.log.append(self.logged)
        self.bins.tidy(self.left)


def restore_files(
    bins: BinSet,
    log: RemovalLog,
    files: list[ListedFile],
    target: Target,
    *,
    undo: bool = False,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> RestoreResult:
    """Bring ``files`` back below ``target`` under their original relative paths; return the result.

    Nothing is ever replaced: a file whose name is taken comes back as ``name (restored 1).ext``. Only a
    link that took the name of the file, and is as it was made, gives way to it. Missing folders are made.
    On another file system it is a verified copy. A file that fails stays in the bin and is reported; the
    rest goes on. Pictures come before their companions, which take over the picture's new name.
    ``Restored.now`` is absolute for a target other than the root.
    """
    run = _Run(bins, log, target, undo)
    pictures_first = sorted(files, key=lambda listed: listed.companion is not None)
    steps = BatchSteps(len(files), progress, cancelled)
    for listed in pictures_first:
        refused = steps.take(partial(run.restore, listed))
        if refused is not None:
            run.refuse(listed.file, refused)
    run.finish()
    restored = (
        Restored(entry.path, os.path.join(entry.below, entry.to) if entry.below else entry.to)
        for entry in run.logged
        if entry.action is Action.RESTORED
    )
    return RestoreResult(tuple(restored), tuple(run.skipped))


def takes_restored_files(folder: bytes) -> bool:
    """Return whether ``folder`` may be a target: an absolute path that does not lead into ``_image_temp``."""
    if not os.path.isabs(folder) or b"\0" in folder:
        return False
    return not leads_into_state(os.path.realpath(folder))


def drop_second_name(folder: int, name: bytes, other: os.stat_result | None) -> bool:
    """Remove ``name`` from a folder of the bin if ``other`` is the same file; return whether it did.

    The link count must say so too: a bind mount shows one single name under two paths.
    """
    found = status(name, folder)
    if other is None or found is None or not same_file(found, other) or found.st_nlink < 2:
        return False
    os.unlink(name, dir_fd=folder)
    return True


def free_names(name: bytes) -> Iterator[bytes]:
    """Yield ``name``, then its variants for when it is taken, none longer than a file system allows."""
    yield name
    stem, extension = os.path.splitext(name)
    if len(extension) > _EXTENSION_BYTES:
        stem, extension = name, b""
    for number in range(1, _MAX_CONFLICTS + 1):
        ending = b" (restored %d)%s" % (number, extension)
        yield _shortened(stem, _NAME_BYTES - len(ending)) + ending


def _shortened(stem: bytes, length: int) -> bytes:
    if len(stem) <= length:
        return stem
    while length and stem[length] & 0xC0 == 0x80:  # never cut inside a UTF-8 character
        length -= 1
    return stem[:length]
