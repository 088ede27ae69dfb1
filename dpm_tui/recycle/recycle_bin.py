"""The recycle bin of one root: whatever is done to a user's files is done through it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from dpm_tui.errors import reason_of
from dpm_tui.file_names import display_name
from dpm_tui.recycle.bin.bin_folder import BIN, time_of
from dpm_tui.recycle.bin.bin_listing import check_keepers, entry_id, find_files, list_entries, list_files
from dpm_tui.recycle.bin.bin_set import BinSet, open_bins
from dpm_tui.recycle.bin.removal_log import LOG, Action, LogEntry, RemovalLog, list_removals
from dpm_tui.recycle.bin.undo_history import History
from dpm_tui.recycle.companions.companions import find_companions
from dpm_tui.recycle.filesystem.nofollow import open_folder
from dpm_tui.recycle.linking.new_side_file import SideFileMaker, no_side_files
from dpm_tui.recycle.moving.apply_plan import apply_plan, check_moves
from dpm_tui.recycle.moving.judged_pairs import JudgedPairs
from dpm_tui.recycle.moving.progress import Cancelled, Progress
from dpm_tui.recycle.moving.purge import purge_files
from dpm_tui.recycle.moving.restore import Target, restore_files, takes_restored_files
from dpm_tui.recycle.refusal import BinError
from dpm_tui.recycle.repair.crash_recovery import finish_restores_to, recover
from dpm_tui.recycle.results import (
    Batch,
    BatchResult,
    BinEntry,
    OtherDisks,
    PurgeCheck,
    PurgeResult,
    Recovery,
    Removal,
    Restored,
    RestoreResult,
    Skipped,
)
from dpm_tui.review.marks.plan import Plan


class RecycleBin:
    """The recycle bin below ``root``, ``_image_temp/recycle_bin/``: one folder a batch.

    Which files lie in it is read from the disk each time; nothing is kept in memory. The caller
    holds the root's lock while it changes anything. Expected trouble raises BinError; trouble with
    one file is reported in the result and never stops the others. A bin that is not the user's own is
    refused unless it is ``shared`` on purpose. ``others`` returns the other roots of now, each with a bin of
    its own.
    """

    def __init__(
        self, root: bytes, *, shared: bool = False, others: Callable[[], Iterable[bytes]] = tuple
    ) -> None:
        self.root = os.path.abspath(root)
        self._shared = shared
        self._others = others
        self.log = RemovalLog(os.path.join(self.root, BIN, LOG))

    def apply(
        self,
        plan: Plan,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
        other_disks: OtherDisks = OtherDisks.BIN,
        protected: Callable[[bytes], bool] = lambda path: False,
        judged: JudgedPairs | None = None,
        side_files: SideFileMaker = no_side_files,
    ) -> BatchResult:
        """Move the victims of ``plan`` to the bin as one batch, each after its proof; return the result.

        A victim moves only if it and its keeper are the files that were compared, by their stamps or
        else by their SHA-256, and the keeper is another file that stays. The guarantee covers what the file
        system reports truthfully; a keeper removed by another program after the move is only found by
        ``entries`` and ``check_purge``. Companions go with their picture or both stay. What lies in a
        ``protected`` path stays, and with ``judged`` whatever rests on none of these pairs.

        Raises BinError before the first move if the bin cannot be used.
        """
        with self.open(make=True, alone=True) as bins:
            return apply_plan(
                bins, bins.log, plan, other_disks=other_disks, protected=protected, judged=judged,
                side_files=side_files, progress=progress, cancelled=cancelled,
            )  # fmt: skip

    def check(
        self,
        plan: Plan,
        other_disks: OtherDisks = OtherDisks.BIN,
        protected: Callable[[bytes], bool] = lambda path: False,
        judged: JudgedPairs | None = None,
    ) -> tuple[Plan, list[Skipped]]:
        """Return what ``apply`` would move now, and what it would skip; moves and makes nothing.

        Raises BinError if the root cannot be read.
        """
        with self.open() as bins:
            return check_moves(bins, plan, other_disks=other_disks, protected=protected, judged=judged)

    def entries(self) -> list[BinEntry]:
        """Return what lies in the bin, newest batch first; files that no index knows have no kind."""
        with self.open() as bins:
            return list_entries(bins)

    def away(self) -> dict[bytes, str]:
        """Return the folders of other file systems whose bins are not used now, each with the reason.

        The reason is empty where nothing is there: the disk may not be mounted.
        """
        with self.open() as bins:
            return dict(bins.away)

    def batches(self) -> list[Batch]:
        """Return the batches that lie in the bin or can be redone, newest first."""
        with self.open() as bins:
            existing = set(bins.batches())
            history = self._history(bins)
            batches = []
            for batch in reversed(history.order):
                undone = batch in history.undone
                if batch in existing:
                    sizes = [file.status.st_size for file in bins.lying(batch)]
                else:
                    sizes = [move.victim.stamp.size for move in history.redo_moves(batch)] if undone else []
                if sizes:
                    batches.append(Batch(batch, time_of(batch), len(sizes), sum(sizes), undone))
            return batches

    def restore(
        self,
        ids: Iterable[str],
        to: bytes | None = None,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> RestoreResult:
        """Bring entries back to their origin, or below the absolute folder ``to``; return the result.

        Nothing is replaced: where the name is taken it becomes ``name (restored 1).ext``. On another
        file system a copy is read back before the bin's file goes.

        Raises BinError if the bin or ``to`` cannot be used.
        """
        with self.open(alone=True) as bins:
            with self._target(bins, to or b"") as target:
                arrived = self._finish_restores(bins, to) if to else {}
                listed, unknown = find_files(bins, [id_ for id_ in ids if id_ not in arrived])
                result = restore_files(bins, bins.log, listed, target, progress=progress, cancelled=cancelled)
            restored = (*arrived.values(), *result.restored)
            return RestoreResult(restored, result.skipped + _no_entries(unknown))

    def undo(self, progress: Progress | None = None, cancelled: Cancelled | None = None) -> RestoreResult:
        """Bring back the newest batch that stands; return the result. What cannot come back stays an entry.

        Where no batch stands any more, the leftovers of undone ones are tried again. Raises BinError
        if there are none.
        """
        with self.open(alone=True) as bins:
            batch = self._undoable(bins)
            if not batch:
                raise BinError("undo_nothing")
            bins.log.append([LogEntry(Action.UNDOING, batch)])
            target = Target(bins.root, b"")
            files = list_files(bins, [batch])
            result = restore_files(
                bins, bins.log, files, target, undo=True, progress=progress, cancelled=cancelled
            )
            stopped = any(skipped.is_rest for skipped in result.skipped)
            if result.restored and not stopped:
                bins.log.append([LogEntry(Action.UNDONE, batch)])
            return result

    def redo(
        self,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
        other_disks: OtherDisks = OtherDisks.BIN,
        protected: Callable[[bytes], bool] = lambda path: False,
        judged: JudgedPairs | None = None,
        side_files: SideFileMaker = no_side_files,
    ) -> BatchResult:
        """Move the files of the batch undone last again, as a new batch, proven anew; return the result.

        With ``judged`` only what rests on one of these pairs moves. Raises BinError if nothing can be redone.
        """
        with self.open(make=True, alone=True) as bins:
            history = History.of(bins.log.read(), bins.own_batches())
            batch = history.redoable()
            if not batch:
                raise BinError("redo_nothing")
            plan = Plan(history.redo_moves(batch))
            return apply_plan(
                bins, bins.log, plan, other_disks=other_disks, protected=protected, judged=judged,
                side_files=side_files, redo_of=batch, progress=progress, cancelled=cancelled,
            )  # fmt: skip

    def can_undo(self) -> bool:
        """Return whether a batch stands that undo would bring back."""
        with self.open() as bins:
            return bool(self._undoable(bins))

    def can_redo(self) -> bool:
        """Return whether redo has something to move."""
        with self.open() as bins:
            return bool(self._history(bins).redoable())

    def find_companions(self, plan: Plan, extensions: Iterable[str]) -> Plan:
        """Return ``plan`` with the sidecars, RAW twins and Live Photo movies beside its victims.

        ``extensions`` are those of scanned pictures, which are never companions. Raises BinError if
        the root cannot be read.
        """
        with self.open() as bins:
            return find_companions(bins.root, plan, extensions)

    def removals(self, limit: int) -> list[Removal]:
        """Return the record of everything removed, restored and purged, newest first.

        Raises BinError if the log cannot be read.
        """
        with self.open() as bins:
            return list(islice(list_removals(bins.log.read()), limit))

    def check_purge(self, ids: Iterable[str]) -> PurgeCheck:
        """Return what purging ``ids`` would delete and how many of them have no verified keeper now.

        A keeper is verified as before a move: by its stamp, else by its SHA-256.
        """
        with self.open() as bins:
            return check_keepers(bins, find_files(bins, ids)[0])

    def purge(
        self,
        ids: Iterable[str],
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
    ) -> PurgeResult:
        """Delete entries for good; return the result.

        Does not ask: callers ask first, with the numbers of ``check_purge``. Deletes only
        regular files in the trees of batches, reached without following links.
        """
        with self.open(alone=True) as bins:
            listed, unknown = find_files(bins, ids)
            files = [entry.file for entry in listed]
            result = purge_files(bins, bins.log, files, progress=progress, cancelled=cancelled)
            return PurgeResult(result.purged, result.skipped + _no_entries(unknown), result.size)

    def recover(self) -> Recovery:
        """Finish or take back half-done work; return what was done. To be called first, under the lock."""
        with self.open(alone=True) as bins:
            return recover(bins, bins.log, self.root)

    @contextlib.contextmanager
    def open(self, *, make: bool = False, alone: bool = False) -> Iterator[BinSet]:
        """Return the context of all open bins, with the log in the root's own; raises as ``open_bins``."""
        with open_bins(
            self.root, self.log, make=make, shared=self._shared, others=self._others(), alone=alone
        ) as bins:
            yield bins

    def _finish_restores(self, bins: BinSet, to: bytes) -> dict[str, Restored]:
        """Finish restores to ``to`` that were killed; return what had arrived there."""
        entries = finish_restores_to(bins, bins.log, self.root, to)
        return {
            entry_id(entry.batch, entry.path): Restored(entry.path, os.path.join(to, entry.to))
            for entry in entries
        }

    def _history(self, bins: BinSet) -> History:
        return History.of(bins.log.salvage(), bins.own_batches())

    def _undoable(self, bins: BinSet) -> str:
        history = self._history(bins)
        # What could not come back when its batch was undone is tried again after all others.
        candidates = [*reversed(history.done), *reversed(history.undone)]
        return next((batch for batch in candidates if next(bins.lying(batch), None)), "")

    @contextlib.contextmanager
    def _target(self, bins: BinSet, to: bytes) -> Iterator[Target]:
        if not to:
            yield Target(bins.root, b"")
            return
        if not takes_restored_files(to):
            raise BinError("restore_target_unfit", path=display_name(to))
        try:
            os.makedirs(to, exist_ok=True)
            descriptor = open_folder(to)
        except OSError as error:
            raise BinError(
                "restore_target_unusable", path=display_name(to), reason=reason_of(error)
            ) from error
        try:
            yield Target(descriptor, to)
        finally:
            os.close(descriptor)


def _no_entries(ids: Iterable[str]) -> tuple[Skipped, ...]:
    return tuple(Skipped(os.fsencode(id_), "no_entry", {"id": display_name(id_)}) for id_ in ids)
