"""Applying a plan: proof, index, moves; each victim right after its own proof."""

from __future__ import annotations

import contextlib
import errno
import os
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from dpm_tui.names import display_name
from dpm_tui.recycle.bin_folder import BIN, TREE, BinFolder, new_batch_id, time_of
from dpm_tui.recycle.bin_index import BinIndex, encode_index, write_index
from dpm_tui.recycle.bins import Bins
from dpm_tui.recycle.copying import copy_in
from dpm_tui.recycle.folders import folder_below, join, same_file, split, status, sync, sync_below
from dpm_tui.recycle.proof import Held, Inode, check_plan, prove, prove_companion, prove_keeper
from dpm_tui.recycle.refusal import BinError, Refused, bin_error_of, reason_of, refusal_of
from dpm_tui.recycle.removal_log import Action, LogEntry, RemovalLog
from dpm_tui.recycle.rename import move_in, move_out
from dpm_tui.recycle.reserve import check_room, keep_reserve
from dpm_tui.recycle.results import BatchResult, OtherDisks, Skipped
from dpm_tui.review.plan import Move, Plan

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]

_BLOCK = 4096


@dataclass(slots=True)
class _Run:
    """One batch in one bin on its way: what has moved, and the folders to be synced at the end."""

    root: int
    home: BinFolder
    folder: int
    batch: str
    leaving: Collection[Inode]
    log: RemovalLog | None
    moved: list[Move] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    made: set[bytes] = field(default_factory=set)
    touched_in_bin: set[bytes] = field(default_factory=set)
    touched_in_root: set[bytes] = field(default_factory=set)

    def move(self, move: Move) -> None:
        """Prove and move one victim with its companions; raises Refused or OSError with all in place."""
        with contextlib.ExitStack() as stack:
            victim = stack.enter_context(prove(self.root, move.victim))
            keeper = stack.enter_context(prove_keeper(self.root, move.keeper, victim.status, self.leaving))
            files = [(move.victim.path, victim)]
            for companion in move.companions:
                held = stack.enter_context(prove_companion(self.root, companion, self.leaving))
                files.append((companion.file.path, held))
            taken: list[tuple[bytes, Held]] = []
            try:
                for path, held in files:
                    self._take(path, held, move)
                    taken.append((path, held))
                if not keeper.in_place():
                    raise Refused("keeper_gone", keeper=display_name(move.keeper.path))
            except (Refused, OSError):
                self._put_all_back(taken)
                raise

    def _take(self, path: bytes, held: Held, move: Move) -> None:
        """Move one proven file; what turns out to be another file is moved back."""
        folder, name = split(path)
        place = join(TREE, split(self.home.local(path))[0])
        made = None if place in self.made else 0o700
        with folder_below(self.folder, place, make=made, touched=self.touched_in_bin) as target:
            self.made.add(place)
            self.touched_in_bin.add(place)
            self.touched_in_root.add(folder)
            try:
                move_in(held.folder, name, target, name)
            except OSError as error:
                if error.errno != errno.EXDEV or self.log is None:
                    raise
                entry = LogEntry(Action.COPYING, self.batch, path=path, size=held.status.st_size)
                digest = move.victim.digest if path == move.victim.path else ""
                copy_in(held, self.folder, target, self.log, entry, digest)
                return
            if same_file(status(name, target), held.status):
                return
        self._put_back(path, held)
        raise Refused("swapped")

    def _put_all_back(self, taken: list[tuple[bytes, Held]]) -> None:
        stuck: Refused | None = None
        for path, held in reversed(taken):
            try:
                self._put_back(path, held)
            except Refused as refused:
                stuck = refused
        if stuck is not None:
            raise stuck

    def _put_back(self, path: bytes, held: Held) -> None:
        place = join(TREE, split(self.home.local(path))[0])
        try:
            with folder_below(self.folder, place) as target:
                move_out(target, held.name, held.folder, held.name)
        except OSError as error:
            raise Refused("not_moved_back", reason=reason_of(error)) from error

    def finish(self, moves: list[Move]) -> None:
        """Make the moves survive a power cut, first the names in the bin, and tidy what stayed empty."""
        for base, folders, shown in (
            (self.folder, self.touched_in_bin, join(self.home.top, BIN)),
            (self.root, self.touched_in_root, b""),
        ):
            for path, error in sync_below(base, folders):
                values = {"reason": reason_of(error)}
                self.skipped.append(Skipped(join(shown, path) or b".", "not_synced", values))
        if len(self.moved) < len(moves):
            gone = set(paths_of(self.moved))
            self.home.tidy(self.batch, [path for path in paths_of(moves) if path not in gone])


def apply_plan(
    bins: Bins,
    log: RemovalLog,
    plan: Plan,
    *,
    other_disks: OtherDisks = OtherDisks.BIN,
    redo_of: str = "",
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> BatchResult:
    """Move every victim of ``plan`` whose proof holds into a new batch of the open bins.

    The index is on the disk before the first move. A file that fails is skipped with its reason and
    the rest goes on. A kill at any moment leaves each file in exactly one place.

    Raises BinError before anything has moved.
    """
    moves, skipped = check_plan(plan)
    if not moves:
        return BatchResult("", skipped=tuple(skipped))
    batch = new_batch_id()
    leaving = _leaving(plan)
    done = 0
    moved: list[Move] = []
    for home, own in _sort_by_home(bins, moves, other_disks, skipped):
        index = BinIndex(batch, time_of(batch), tuple(own), redo_of, home.top)
        with contextlib.ExitStack() as stack:
            try:
                folder = _begin(home, index, stack)
            except BinError as error:
                if not moved and not done and home is bins.own:
                    raise
                skipped.extend(_all_refused(own, home, error))
                continue
            copying = log if other_disks is OtherDisks.COPY else None
            run = _Run(bins.root, home, folder, batch, leaving, copying)
            done = _run_moves(run, own, done, len(moves), progress, cancelled)
            run.finish(own)
        moved += run.moved
        skipped += run.skipped
        if not run.moved:
            home.remove_if_empty(batch)
        else:
            # Recovery derives these lines from the index, so they need not wait for the disk.
            log.append(applied_entries(index, set(paths_of(run.moved))), sync=False)
    if not moved:
        return BatchResult("", skipped=tuple(skipped))
    return BatchResult(
        batch,
        moved=tuple(move.victim.path for move in moved),
        skipped=tuple(skipped),
        size=Plan(tuple(moved)).size,
        companions=tuple(each.file.path for move in moved for each in move.companions),
    )


def applied_entries(index: BinIndex, paths: Collection[bytes], *, known: bool = False) -> list[LogEntry]:
    """Return what the log says of the files of ``index`` that lie in the bin under ``paths``.

    With ``known`` it says already that the batch was applied.
    """
    entries = [] if known else [LogEntry(Action.APPLIED, index.batch, redo_of=index.redo_of)]
    for move in index.moves:
        victim = move.victim
        if victim.path in paths:
            entries.append(
                LogEntry(Action.RECYCLED, index.batch, path=victim.path, size=victim.stamp.size, move=move)
            )
        for companion in move.companions:
            file = companion.file
            if file.path in paths:
                size = file.stamp.size
                entries.append(
                    LogEntry(Action.RECYCLED, index.batch, path=file.path, size=size, of=victim.path)
                )
    return entries


def paths_of(moves: Collection[Move]) -> list[bytes]:
    """Return the paths of the victims of ``moves`` and of their companions."""
    return [
        path
        for move in moves
        for path in (move.victim.path, *(companion.file.path for companion in move.companions))
    ]


def _leaving(plan: Plan) -> frozenset[Inode]:
    stamps = [move.victim.stamp for move in plan.moves]
    stamps += [companion.file.stamp for move in plan.moves for companion in move.companions]
    return frozenset((stamp.device, stamp.inode) for stamp in stamps)


def _sort_by_home(
    bins: Bins, moves: list[Move], other_disks: OtherDisks, skipped: list[Skipped]
) -> list[tuple[BinFolder, list[Move]]]:
    """Return the moves under the bins that they go to, the root's own first."""
    by_top: dict[bytes, list[Move]] = defaultdict(list)
    homes = {b"": bins.own}
    for move in moves:
        home = bins.own
        try:
            if other_disks is OtherDisks.BIN:
                home = bins.home_of(split(move.victim.path)[0])
        except Refused as refused:
            skipped.append(refused.skipped(move.victim.path))
            continue
        except OSError as error:
            skipped.append(refusal_of(error).skipped(move.victim.path))
            continue
        homes[home.top] = home
        by_top[home.top].append(move)
    return [(homes[top], by_top[top]) for top in sorted(by_top)]


def _begin(home: BinFolder, index: BinIndex, stack: contextlib.ExitStack) -> int:
    """Make the batch's folder with its index, on the disk; return its descriptor, closed by ``stack``."""
    name = index.batch.encode()
    shown = join(home.top, BIN)
    try:
        content = encode_index(index)
        folders = {split(path)[0] for path in paths_of(index.moves)}
        keep_reserve(home.bin)
        check_room(home.bin, len(content) + (len(folders) + 4) * _BLOCK)
        os.mkdir(name, 0o700, dir_fd=home.bin)
        folder = stack.enter_context(folder_below(home.bin, name))
        os.mkdir(TREE, 0o700, dir_fd=folder)
        write_index(folder, content)
        sync(home.bin)
    except OSError as error:
        home.remove_if_empty(index.batch)
        raise bin_error_of(error, shown) from error
    except ValueError as error:
        home.remove_if_empty(index.batch)
        raise BinError("plan_too_large", count=len(index.moves)) from error
    return folder


def _run_moves(
    run: _Run,
    moves: list[Move],
    done: int,
    total: int,
    progress: Progress | None,
    cancelled: Cancelled | None,
) -> int:
    for move in moves:
        try:
            if cancelled is not None and cancelled():
                raise Refused("cancelled")
            run.move(move)
            run.moved.append(move)
        except Refused as refused:
            run.skipped.append(refused.skipped(move.victim.path))
        except OSError as error:
            run.skipped.append(refusal_of(error).skipped(move.victim.path))
        done += 1
        if progress is not None:
            progress(done, total)
    return done


def _all_refused(moves: list[Move], home: BinFolder, error: BinError) -> list[Skipped]:
    values = {"folder": display_name(home.top), "reason": error.message}
    return [Skipped(move.victim.path, "no_bin_there", values) for move in moves]
