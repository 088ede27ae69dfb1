"""A proven move: all files that go, and the keeper, held open and proven to be unchanged."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Set as AbstractSet
from dataclasses import dataclass

from dpm_tui.catalog.image_file import Stamp
from dpm_tui.file_names import display_name
from dpm_tui.pipeline.scan.open_roots import Base
from dpm_tui.recycle.linking.link_proof import check_link
from dpm_tui.recycle.proof import OpenFile, Trace, prove, prove_companion, prove_keeper, traces_of
from dpm_tui.recycle.refusal import Refused
from dpm_tui.review.marks.plan import Move, Witness


@dataclass(frozen=True, slots=True)
class ProvenMove:
    """The victim, its keeper, and all files that go with their paths, the victim first."""

    victim: OpenFile
    keeper: OpenFile
    files: tuple[tuple[bytes, OpenFile], ...]


@contextlib.contextmanager
def prove_move(
    root: Base, move: Move, leaving: AbstractSet[Trace], reflinks: Mapping[bytes, Stamp]
) -> Iterator[ProvenMove]:
    """Return ``move`` with its files open and proven; ``leaving`` are the traces of all files in its batch.

    ``reflinks`` are those left before, as in ``left_reflinks``. Raises Refused, OSError.
    """
    with contextlib.ExitStack() as stack:
        victim = stack.enter_context(prove(root, move.victim))
        keeper = stack.enter_context(prove_keeper(root, move.keeper, victim.status, leaving))
        if move.link:
            check_link(move, victim, keeper, reflinks)
        files = [(move.victim.path, victim)]
        for companion in move.companions:
            held = stack.enter_context(prove_companion(root, companion, leaving))
            files.append((companion.file.path, held))
        if move.side is not None and move.side.old is not None:
            files.append((move.side.old.path, stack.enter_context(_prove_side_file(root, move.side.old))))
        yield ProvenMove(victim, keeper, tuple(files))


@contextlib.contextmanager
def _prove_side_file(root: Base, old: Witness) -> Iterator[OpenFile]:
    """Hold the side file open that is to be replaced: what was added to it must be what is there."""
    with contextlib.ExitStack() as stack:
        try:
            held = stack.enter_context(prove(root, old))
        except Refused as error:
            raise Refused("side_file_changed", name=display_name(old.path)) from error
        yield held


def traces_leaving(*batches: list[Move]) -> frozenset[Trace]:
    """Return the traces of all that goes with some moves."""
    moves = [move for batch in batches for move in batch]
    stamps = [move.victim.stamp for move in moves]
    stamps += [companion.file.stamp for move in moves for companion in move.companions]
    return frozenset(trace for stamp in stamps for trace in traces_of(stamp))
