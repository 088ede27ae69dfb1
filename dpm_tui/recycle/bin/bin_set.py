"""The bins of one root: its own, and one on each other file system that lies below it or in another root.

A file can only be renamed on its own file system. Where another one begins below the root (a mount, a bind
mount, a subvolume), removed files go to a recycle bin there, and the root's bin remembers that folder. The
same is done with each other root that is compared with it.
"""

from __future__ import annotations

import contextlib
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass

from dpm_tui.catalog.root_paths import split_root
from dpm_tui.errors import DamagedError, reason_of
from dpm_tui.file_names import display_name, from_json, is_safe_path, to_json
from dpm_tui.pipeline.scan.open_roots import OpenRoots
from dpm_tui.recycle.bin.bin_folder import BIN, BinFile, BinFolder, open_below
from dpm_tui.recycle.bin.bin_index import read_index
from dpm_tui.recycle.bin.removal_log import LOG, RemovalLog
from dpm_tui.recycle.filesystem.nofollow import folder_below, open_folder, split
from dpm_tui.recycle.refusal import BinError, Refused
from dpm_tui.state.disk.held_folder import HeldFolder, HeldPath
from dpm_tui.state.disk.journal import Journal, read_frames
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.lock import Lock

MEMORY = b"file_systems.jsonl"
"""Where the root's bin remembers the others."""

_Identity = tuple[int, int]
"""Device and mount of a folder: a bind mount has the device of its origin, a subvolume the mount."""

_TELLS_MOUNTS = os.path.isdir("/proc/self/fdinfo")


class BinSet:
    """Every recycle bin that can be reached from the open ``root`` and the others; the first is its own.

    ``away`` are the folders of other file systems whose bins are known but not used now, each with the
    reason, which is empty where the folder is missing. ``log`` is that of the root's own.
    """

    def __init__(
        self,
        root: OpenRoots,
        log: RemovalLog,
        own: BinFolder,
        stack: ExitStack,
        *,
        shared: bool = False,
        alone: bool = False,
    ) -> None:
        self.root = root
        self.folders = [own]
        self.away: dict[bytes, str] = {}
        self.log = log
        self._memory: HeldPath | None = None
        if own.descriptor is not None:
            held = HeldFolder.over(own.bin, os.path.dirname(log.path))
            stack.callback(held.close)
            self.log = self.log.lying_in(held)
            self._memory = held.place(MEMORY)
        self._stack = stack
        self._shared = shared
        self._alone = alone
        self._identities: dict[bytes, tuple[_Identity, bytes]] = {}
        for top in self._remembered() if own.descriptor is not None else ():
            self._reopen(top)

    @property
    def own(self) -> BinFolder:
        """The bin of the root itself."""
        return self.folders[0]

    def batches(self) -> list[str]:
        """Return the ids of the batches that exist anywhere, newest first; raises BinError."""
        return sorted({batch for folder in self.folders for batch in folder.batches()}, reverse=True)

    def own_batches(self) -> list[str]:
        """Return the same but for the batches of other libraries; raises BinError.

        Another root may be a library of its own, whose batches lie in the same bin.
        """
        return [batch for batch in self.batches() if not self._is_foreign(batch)]

    def lying(self, batch: str) -> Iterator[BinFile]:
        """Yield every regular file of ``batch`` in all bins."""
        for folder in self.folders:
            yield from folder.lying(batch)

    def tidy(self, left: Iterable[BinFile]) -> None:
        """Remove what became empty when the files ``left`` went, and sync what remains."""
        by_batch: dict[tuple[bytes, str], list[BinFile]] = defaultdict(list)
        for file in left:
            by_batch[file.home.top, file.batch].append(file)
        for (_, batch), files in by_batch.items():
            files[0].home.tidy(batch, [file.path for file in files])

    def is_away(self, path: bytes) -> bool:
        """Return whether ``path`` belongs to a file system whose bin cannot be reached now."""
        return any(path.startswith(top + b"/") for top in self.away)

    def home_of(self, folder: bytes) -> BinFolder:
        """Return the bin on the file system that ``folder``, relative to the root, lies on.

        It is made where there is none. Raises OSError if ``folder`` cannot be reached, Refused if no bin
        can be made there.
        """
        top = self._identify(folder)[1]
        for known in self.folders:
            if known.top == top:
                return known
        try:
            base = self._stack.enter_context(folder_below(self.root, top))
            descriptor = open_below(base, make=True, shared=self._shared)
            self.remember(top)
        except BinError as error:
            raise Refused("no_bin_there", folder=display_name(top), reason=error.message) from error
        except OSError as error:
            raise Refused("no_bin_there", folder=display_name(top), reason=reason_of(error)) from error
        assert descriptor is not None
        self._stack.callback(os.close, descriptor)
        self.folders.append(BinFolder(top, base, descriptor))
        return self.folders[-1]

    def is_elsewhere(self, folder: bytes) -> bool:
        """Return whether ``folder`` lies on another file system than the root; raises OSError."""
        return bool(self._identify(folder)[1])

    def _identify(self, folder: bytes) -> tuple[_Identity, bytes]:
        """Return the file system of ``folder`` and the topmost folder that lies on it."""
        if folder not in self._identities:
            with folder_below(self.root, folder) as descriptor:
                mine = _identity(descriptor)
            if folder in (b"", *self.root.others):
                self._identities[folder] = (mine, folder)
            else:
                above, top = self._identify(split(folder)[0])
                self._identities[folder] = (mine, top if above == mine else folder)
        return self._identities[folder]

    def _is_foreign(self, batch: str) -> bool:
        """Return whether a batch lies in other roots alone, and those have made it themselves."""
        for home in self.folders:
            try:
                with folder_below(home.bin, batch.encode()) as folder:
                    index = read_index(folder, batch) if home.top.startswith(b"/") else None
            except FileNotFoundError:
                continue
            except OSError:
                return False
            if index is None or index.top == home.top:
                return False
        return True

    def _remembered(self) -> list[bytes]:
        tops: dict[bytes, None] = {}
        with contextlib.suppress(OSError):
            for record in read_frames(self._memory).records if self._memory is not None else ():
                with contextlib.suppress(ValueError, TypeError, KeyError):
                    top = from_json(record["top"])
                    if is_safe_path(top):
                        tops[top] = None
        return list(tops)

    def remember(self, top: bytes) -> None:
        """Note that a file system with a bin begins at ``top``; raises OSError."""
        if self._memory is not None and top not in self._remembered():
            journal = Journal(self._memory)
            journal.append({"top": to_json(top)})
            journal.close()

    def _reopen(self, top: bytes) -> None:
        try:
            if top.startswith(b"/") and not split_root(top, self.root.others)[0]:
                # What lies in a bin can come back, though its folder is compared no more.
                self._add_root(top)
            base = self._stack.enter_context(folder_below(self.root, top))
            # The record may be forged: a bin in a folder where no file system begins belongs to another root.
            begins = self._identify(top)[1] == top
            descriptor = open_below(base, make=False, shared=self._shared) if begins else None
        except BinError as error:
            self.away[top] = error.message
            return
        except OSError:
            descriptor = None
        if descriptor is None:
            self.away[top] = ""
            return
        self._stack.callback(os.close, descriptor)
        self.folders.append(BinFolder(top, base, descriptor))

    def _add_root(self, path: bytes) -> None:
        """Open another root, ``alone`` if the set is; raises OSError, HeldError."""
        if self._alone:
            _keep_others_out(path, self._stack)
        descriptor = self.root.others[path] = open_folder(path)
        self._stack.callback(os.close, descriptor)


@contextlib.contextmanager
def open_bins(
    root: bytes,
    log: RemovalLog,
    *,
    make: bool = False,
    shared: bool = False,
    others: Iterable[bytes] = (),
    alone: bool = False,
) -> Iterator[BinSet]:
    """Open the recycle bins of ``root``; with ``make`` the root's own is created if missing.

    ``log`` is that of the root's own; ``shared`` accepts bins that are shared with a group. Of the
    ``others``, which are roots as well, those that cannot be reached now are passed over. A set that is
    opened ``alone`` keeps other processes out of these roots: each may have a state of its own, with the same
    bin.

    Raises BinError: the root is missing, or ``_image_temp`` or the bin is a link, not a folder or
    cannot be used. Raises HeldError if another process has one of the others.
    """
    with contextlib.ExitStack() as stack:
        try:
            base = open_folder(root)
        except OSError as error:
            key = {FileNotFoundError: "root_missing", NotADirectoryError: "root_not_folder"}
            raise BinError(
                key.get(type(error), "root_unreadable"), path=display_name(root), reason=reason_of(error)
            ) from error
        stack.callback(os.close, base)
        descriptor = open_below(base, make=make, shared=shared)
        if descriptor is not None:
            stack.callback(os.close, descriptor)
        roots = OpenRoots(base)
        for other in others:
            if alone:
                _keep_others_out(other, stack)
            with contextlib.suppress(OSError):
                roots.others[other] = open_folder(other)
                stack.callback(os.close, roots.others[other])
        yield BinSet(roots, log, BinFolder(b"", base, descriptor), stack, shared=shared, alone=alone)


@dataclass(frozen=True)
class BinsOfRoot:
    """The recycle bins of a root and the ``others``, opened anew for each use."""

    root: bytes
    shared: bool = False
    others: tuple[bytes, ...] = ()

    def open(self) -> AbstractContextManager[BinSet]:
        """Return the context of all open bins, with the log in the root's own; raises as ``open_bins``."""
        log = RemovalLog(os.path.join(self.root, BIN, LOG))
        return open_bins(self.root, log, shared=self.shared, others=self.others)


def _keep_others_out(root: bytes, stack: ExitStack) -> None:
    """Hold the lock of the state in a root, if it has one, until ``stack`` ends; raises HeldError."""
    layout = Layout(root, root)
    with contextlib.suppress(OSError, DamagedError):
        if os.path.isdir(layout.folder):
            stack.callback(Lock(layout.lock).release)


def _identity(descriptor: int) -> _Identity:
    """Return the file system of an open folder; raises OSError where it cannot be told."""
    mount = 0
    if _TELLS_MOUNTS:
        with open(f"/proc/self/fdinfo/{descriptor}", "rb") as lines:
            mount = next((int(line[7:]) for line in lines if line.startswith(b"mnt_id:")), 0)
    return os.fstat(descriptor).st_dev, mount
