"""Applying a plan: proof, index, moves; each victim right after its own proof."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from dpm_tui.names import display_name
from dpm_tui.recycle.bin_folder import BIN, TREE, BinFolder, new_batch_id, time_of
from dpm_tui.recycle.bin_index import BinIndex, write_index
from dpm_tui.recycle.folders import folder_below, join, same_file, split, status, sync, sync_below
from dpm_tui.recycle.proof import Held, Inode, check_move, prove, prove_keeper
from dpm_tui.recycle.refusal import BinError, Refused, bin_error_of, reason_of, refusal_of
from dpm_tui.recycle.removal_log import Action, LogEntry, RemovalLog
from dpm_tui.recycle.rename import move_in, move_out
from dpm_tui.recycle.results import BatchResult, Skipped
from dpm_tui.review.plan import Move, Plan

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]


@dataclass(slots=True)
class _Run:
    """One batch on its way: where it lies, what has moved, and the folders to be synced at the end."""

    bin: BinFolder
    folder: int
    leaving: Collection[Inode]
    moved: list[Move] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    made: set[bytes] = field(default_factory=set)
    touched_in_bin: set[bytes] = field(default_factory=set)
    touched_in_root: set[bytes] = field(default_factory=set)

    def move(self, move: Move) -> None:
        """Prove and move one victim; raises Refused or OSError with the victim in its old place."""
        folder, name = split(move.victim.path)
        place = join(TREE, folder)
        with (
            prove(self.bin.root, move.victim) as victim,
            prove_keeper(self.bin.root, move.keeper, victim.status, self.leaving) as keeper,
            folder_below(
                self.folder,
                place,
                make=None if place in self.made else 0o700,
                touched=self.touched_in_bin,
            ) as target,
        ):
            self.made.add(place)
            self.touched_in_bin.add(place)
            self.touched_in_root.add(folder)
            move_in(victim.folder, name, target, name)
            _check_after(victim, keeper, target, move)

    def sync(self) -> None:
        """Make the moves survive a power cut: first the names in the bin, then those that went."""
        for base, folders, shown in (
            (self.folder, self.touched_in_bin, BIN),
            (self.bin.root, self.touched_in_root, b""),
        ):
            for path, error in sync_below(base, folders):
                values = {"reason": reason_of(error)}
                self.skipped.append(Skipped(join(shown, path) or b".", "not_synced", values))


def apply_plan(
    opened: BinFolder,
    log: RemovalLog,
    plan: Plan,
    *,
    redo_of: str = "",
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> BatchResult:
    """Move every victim of ``plan`` whose proof holds into a new batch of the open bin.

    The index is on the disk before the first move. A file that fails is skipped with its reason and
    the rest goes on. A kill at any moment leaves each file in exactly one place.

    Raises BinError before anything has moved.
    """
    moves, skipped = _sound_moves(plan)
    if not moves:
        return BatchResult("", skipped=tuple(skipped))
    batch = new_batch_id()
    index = BinIndex(batch, time_of(batch), tuple(moves), redo_of)
    with contextlib.ExitStack() as stack:
        folder = _begin(opened, index, stack)
        leaving = frozenset((m.victim.stamp.device, m.victim.stamp.inode) for m in plan.moves)
        run = _Run(opened, folder, leaving, skipped=skipped)
        _run_moves(run, moves, progress, cancelled)
        run.sync()
    if len(run.moved) < len(moves):
        gone = {move.victim.path for move in run.moved}
        opened.remove_empty_folders(batch, {m.victim.path for m in moves} - gone)
    if not run.moved:
        opened.remove_if_empty(batch)
        return BatchResult("", skipped=tuple(run.skipped))
    log.append(applied_entries(index, run.moved))
    return BatchResult(
        batch,
        moved=tuple(move.victim.path for move in run.moved),
        skipped=tuple(run.skipped),
        size=sum(move.victim.stamp.size for move in run.moved),
    )


def applied_entries(index: BinIndex, moved: list[Move], *, known: bool = False) -> list[LogEntry]:
    """Return what the log says of ``moved``; with ``known`` it says already that the batch was applied."""
    entries = [] if known else [LogEntry(Action.APPLIED, index.batch, redo_of=index.redo_of)]
    for move in moved:
        victim = move.victim
        entries.append(
            LogEntry(Action.RECYCLED, index.batch, path=victim.path, size=victim.stamp.size, move=move)
        )
    return entries


def _begin(opened: BinFolder, index: BinIndex, stack: contextlib.ExitStack) -> int:
    """Make the batch's folder with its index, on the disk; return its descriptor, closed by ``stack``."""
    name = index.batch.encode()
    try:
        os.mkdir(name, 0o700, dir_fd=opened.bin)
        folder = stack.enter_context(folder_below(opened.bin, name))
        write_index(folder, index)
        sync(opened.bin)
    except OSError as error:
        opened.remove_if_empty(index.batch)
        raise bin_error_of(error, BIN) from error
    except ValueError as error:
        opened.remove_if_empty(index.batch)
        raise BinError("plan_too_large", count=len(index.moves)) from error
    return folder


def _sound_moves(plan: Plan) -> tuple[list[Move], list[Skipped]]:
    victims = {move.victim.path for move in plan.moves}
    seen: set[bytes] = set()
    sound: list[Move] = []
    skipped: list[Skipped] = []
    for move in plan.moves:
        try:
            check_move(move, victims)
            if move.victim.path in seen:
                raise Refused("twice_in_plan")
            seen.add(move.victim.path)
            sound.append(move)
        except Refused as refused:
            skipped.append(refused.skipped(move.victim.path))
    return sound, skipped


def _run_moves(run: _Run, moves: list[Move], progress: Progress | None, cancelled: Cancelled | None) -> None:
    for done, move in enumerate(moves):
        try:
            if cancelled is not None and cancelled():
                raise Refused("cancelled")
            run.move(move)
            run.moved.append(move)
        except Refused as refused:
            run.skipped.append(refused.skipped(move.victim.path))
        except OSError as error:
            run.skipped.append(refusal_of(error).skipped(move.victim.path))
        if progress is not None:
            progress(done + 1, len(moves))


def _check_after(victim: Held, keeper: Held, target: int, move: Move) -> None:
    """Move back what turns out not to be the proven file, or to have lost its keeper meanwhile."""
    if not same_file(status(victim.name, target), victim.status):
        refused = Refused("swapped")
    elif not keeper.in_place():
        refused = Refused("keeper_gone", keeper=display_name(move.keeper.path))
    else:
        return
    try:
        move_out(target, victim.name, victim.folder, victim.name)
    except OSError as error:
        raise Refused("not_moved_back", reason=reason_of(error)) from error
    raise refused
