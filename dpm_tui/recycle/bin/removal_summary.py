"""The record of removals: what the log tells a person, newest first."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from dpm_tui.recycle.bin.removal_log import Action, LogEntry
from dpm_tui.recycle.results import Removal
from dpm_tui.review.marks.plan import Move

_TOLD = (Action.RECYCLED, Action.RESTORED, Action.PURGED, Action.KEPT, Action.MISSING)


def tell_removals(entries: Sequence[LogEntry]) -> Iterator[Removal]:
    """Yield what happened to files, newest first; a file that came back or went for good names its move."""
    moves: dict[tuple[str, bytes], Move] = {}
    for entry in entries:
        if entry.move is not None:
            moves[entry.batch, entry.path] = entry.move
    for entry in reversed(entries):
        if entry.action not in _TOLD:
            continue
        move = moves.get((entry.batch, entry.path))
        yield Removal(
            time=entry.time,
            action=entry.action.value,
            batch=entry.batch,
            path=entry.path,
            size=entry.size,
            to=os.path.join(entry.below, entry.to) if entry.below else entry.to,
            keeper=move.keeper.path if move else b"",
            kind=move.kind.value if move else "",
            rule=move.rule if move else "",
        )
