"""Applying a plan: which bin each victim goes to, the index of the batch, and then its moves."""

from __future__ import annotations

import contextlib
import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial

from dpm_tui.catalog.image_file import Stamp
from dpm_tui.file_names import display_name
from dpm_tui.recycle.bin.bin_folder import BIN, TREE, BinFolder, new_batch_id, time_of
from dpm_tui.recycle.bin.bin_index import BinIndex, encode_index, write_index
from dpm_tui.recycle.bin.bin_set import BinSet
from dpm_tui.recycle.bin.removal_log import Action, LogEntry, RemovalLog
from dpm_tui.recycle.filesystem.disk_reserve import check_room, keep_reserve
from dpm_tui.recycle.filesystem.nofollow import folder_below, join, split
from dpm_tui.recycle.linking.link_proof import check_possible, left_reflinks
from dpm_tui.recycle.linking.new_side_file import SideFileMaker, no_side_files
from dpm_tui.recycle.moving.batch_moves import Moves, paths_of
from dpm_tui.recycle.moving.judged_pairs import JudgedPairs
from dpm_tui.recycle.moving.progress import BatchSteps, Cancelled, Progress
from dpm_tui.recycle.moving.proven_move import prove_move, traces_leaving
from dpm_tui.recycle.proof import check_plan
from dpm_tui.recycle.refusal import BinError, Refused, bin_error_of, refusal_of
from dpm_tui.recycle.results import BatchResult, OtherDisks, Skipped
from dpm_tui.review.marks.link import Link
from dpm_tui.review.marks.plan import Move, Plan
from dpm_tui.state.disk.held_folder import sync_names

_BLOCK = 4096


def apply_plan(
    bins: BinSet,
    log: RemovalLog,
    plan: Plan,
    *,
    other_disks: OtherDisks = OtherDisks.BIN,
    protected: Callable[[bytes], bool] = lambda path: False,
    judged: JudgedPairs | None = None,
    redo_of: str = "",
    side_files: SideFileMaker = no_side_files,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> BatchResult:
    """Move every victim of ``plan`` whose proof holds into a new batch of the open bins; return the result.

    With ``judged`` only what rests on one of these pairs moves. ``side_files`` makes those that keepers get.
    The index is on the disk before the first move. A file that fails is skipped with its reason and
    the rest goes on. A kill at any moment leaves each file in exactly one place.

    Raises BinError before anything has moved.
    """
    moves, skipped = _sound_moves(bins, plan, protected, judged, cancelled)
    if not moves:
        return BatchResult("", skipped=tuple(skipped))
    made = side_files(moves)
    moves, skipped = made.moves, [*skipped, *made.skipped]
    batch = new_batch_id()
    leaving = traces_leaving([*plan.moves], moves)
    reflinks = _reflinks_before(moves, log)
    steps = BatchSteps(len(moves), progress, cancelled)
    moved: list[Move] = []
    for home, own in _sort_by_home(bins, moves, other_disks, skipped):
        index = BinIndex(batch, time_of(batch), tuple(own), redo_of, home.top)
        with contextlib.ExitStack() as stack:
            try:
                folder = _begin(home, index, stack)
            except BinError as error:
                if home is bins.own:  # the first batch
                    raise
                skipped.extend(_all_refused(own, home, error))
                continue
            copying = log if other_disks is OtherDisks.COPY else None
            run = Moves(bins.root, home, folder, batch, leaving, reflinks, made.contents, copying)
            for move in own:
                refused = steps.take(partial(run.move, move))
                if refused is None:
                    run.moved.append(move)
                else:
                    run.skipped.append(refused.skipped(move.victim.path))
            run.finish(own)
        moved += run.moved
        skipped += run.skipped
        if not run.moved:
            home.remove_if_empty(batch)
        else:
            # Recovery derives these lines from the index, so they need not wait for the disk.
            applied = LogEntry(Action.APPLIED, batch, redo_of=redo_of)
            log.append([applied, *recycled_entries(index, set(paths_of(run.moved)))], sync=False)
    if not moved:
        return BatchResult("", skipped=tuple(skipped))
    return BatchResult(
        batch,
        moved=tuple(move.victim.path for move in moved),
        skipped=tuple(skipped),
        size=Plan(tuple(moved)).size,
        companions=tuple(each.file.path for move in moved for each in move.companions),
        linked=tuple(move.victim.path for move in moved if move.link),
        noted=sum(move.side is not None for move in moved),
    )


def recycled_entries(index: BinIndex, paths: Collection[bytes]) -> list[LogEntry]:
    """Return what the log says of the files of ``index`` that lie in the bin under ``paths``."""
    entries: list[LogEntry] = []
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
        old = None if move.side is None else move.side.old
        if old is not None and old.path in paths:
            size = old.stamp.size
            entries.append(LogEntry(Action.RECYCLED, index.batch, path=old.path, size=size, of=victim.path))
    return entries


def check_moves(
    bins: BinSet,
    plan: Plan,
    *,
    other_disks: OtherDisks = OtherDisks.BIN,
    protected: Callable[[bytes], bool] = lambda path: False,
    judged: JudgedPairs | None = None,
) -> tuple[Plan, list[Skipped]]:
    """Return what ``apply_plan`` would move now, and what it would skip; nothing is moved or made."""
    moves, skipped = _sound_moves(bins, plan, protected, judged, None)
    leaving = traces_leaving([*plan.moves], moves)
    reflinks = _reflinks_before(moves, bins.log)
    proven: list[Move] = []
    for move in moves:
        try:
            if other_disks is OtherDisks.REFUSE and bins.is_elsewhere(split(move.victim.path)[0]):
                raise Refused("other_file_system")
            with prove_move(bins.root, move, leaving, reflinks) as held:
                if move.link:
                    check_possible(move, held.victim, held.keeper)
                proven.append(move)
        except (Refused, OSError) as error:
            skipped.append(refusal_of(error).skipped(move.victim.path))
    return Plan(tuple(proven)), skipped


def _sound_moves(
    bins: BinSet,
    plan: Plan,
    protected: Callable[[bytes], bool],
    judged: JudgedPairs | None,
    cancelled: Cancelled | None,
) -> tuple[list[Move], list[Skipped]]:
    """Return the moves that agree with each other and rest on judged pairs, and why others are skipped."""
    moves, skipped = check_plan(plan, protected)
    if judged is None:
        return moves, skipped
    confirmed, refused = judged.confirm(bins.root, moves, cancelled)
    return confirmed, [*skipped, *refused]


def _sort_by_home(
    bins: BinSet, moves: list[Move], other_disks: OtherDisks, skipped: list[Skipped]
) -> list[tuple[BinFolder, list[Move]]]:
    """Return the moves under the bins that they go to, the root's own first."""
    by_top: dict[bytes, list[Move]] = defaultdict(list)
    homes = {b"": bins.own}
    for move in moves:
        home = bins.own
        try:
            if other_disks is OtherDisks.BIN:
                home = bins.home_of(split(move.victim.path)[0])
        except (Refused, OSError) as error:
            skipped.append(refusal_of(error).skipped(move.victim.path))
            continue
        if move.side is not None and not _lies_beside(bins, home, move.side.new.path):
            skipped.append(Skipped(move.side.new.path, "side_file_elsewhere"))
            move = replace(move, side=None)
        homes[home.top] = home
        by_top[home.top].append(move)
    return [(homes[top], by_top[top]) for top in sorted(by_top)]


def _reflinks_before(moves: Iterable[Move], log: RemovalLog) -> Mapping[bytes, Stamp]:
    """Return the reflinks that were left before; a long log is read only where a move is to leave one."""
    return left_reflinks(log.salvage()) if any(move.link is Link.REFLINK for move in moves) else {}


def _lies_beside(bins: BinSet, home: BinFolder, path: bytes) -> bool:
    """Return whether the bin ``home`` is the one for a file at ``path``, too."""
    with contextlib.suppress(Refused, OSError):
        return bins.home_of(split(path)[0]) is home
    return False


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
        sync_names(home.bin)
    except OSError as error:
        home.remove_if_empty(index.batch)
        raise bin_error_of(error, shown) from error
    except ValueError as error:
        home.remove_if_empty(index.batch)
        raise BinError("plan_too_large", count=len(index.moves)) from error
    return folder


def _all_refused(moves: list[Move], home: BinFolder, error: BinError) -> list[Skipped]:
    values = {"folder": display_name(home.top), "reason": error.message}
    return [Skipped(move.victim.path, "no_bin_there", values) for move in moves]
