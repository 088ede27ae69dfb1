"""Results of a run: verified pairs of files and their groups, as the settings ask for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.content_digest import DigestPair, digest_pair
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.group import Group, Pair, pair_key
from dpm_tui.catalog.group_columns import GroupColumns
from dpm_tui.catalog.image_file import ImageFile, Status
from dpm_tui.catalog.pair_columns import PairColumns
from dpm_tui.catalog.verdict import Kind, Verdict
from dpm_tui.pipeline.clustering import group_pairs
from dpm_tui.pipeline.decided_apart import Decided
from dpm_tui.pipeline.decoding.preview_trust import CameraProofs
from dpm_tui.pipeline.file_pairs import pair_files
from dpm_tui.recycle.moving.judged_pairs import JudgedPairs
from dpm_tui.review.rules.keeper_ranking_columns import rank_best_rows
from dpm_tui.state.config import Config
from dpm_tui.state.root_state import RootState


@dataclass(frozen=True, slots=True)
class Results:
    """Files by id as they were then, all pairs at or above the threshold, and the groups that they make."""

    files: Mapping[int, ImageFile] = field(default_factory=dict)
    pairs: Sequence[Pair] = ()
    groups: Sequence[Group] = ()
    threshold: float = 0.0

    def count(self, status: Status) -> int:
        """Return how many files have a status."""
        return FileColumns.of(self.files).count_status(status)

    @property
    def previews(self) -> int:
        """How many pictures were read by the preview in their file."""
        return FileColumns.of(self.files).count_preview("read")

    @property
    def refused_cameras(self) -> int:
        """How many cameras have a preview that shows something else than the picture."""
        return len(CameraProofs(FileColumns.of(self.files)).refused)

    @property
    def index(self) -> dict[tuple[int, int], Pair]:
        """Pair by its two ids."""
        return {pair_key(pair.a, pair.b): pair for pair in self.pairs}


def compute_results(
    state: RootState, threshold: float, *, inspect: bool = True, settled: bool = False
) -> Results:
    """Return pairs and groups of what the state holds; fast enough for every change of the threshold.

    Without ``inspect`` copies count as they were verified, whether or not they were inspected. ``settled``
    leaves out what a run that is under way may still find to be something else.
    """
    files, pairs = pair_state(state, inspect=inspect, settled=settled)
    pairs = pairs.at_least(threshold)
    digests = frozenset(digest for decision in state.decisions.standing() for digest in decision.digests)
    decided = Decided(digests, state.decisions.verdict)
    groups = group_pairs(files, pairs, threshold, rank_best_rows, decided)
    return Results(files, pairs, groups, threshold)


def grouped_files(results: Results) -> NDArray[np.int64]:
    """Return the ids of the files that are in groups."""
    return GroupColumns.of(results.groups).ids


def pair_state(
    state: RootState, *, inspect: bool = True, settled: bool = False
) -> tuple[FileColumns, PairColumns]:
    """Return the files that the state knows as they are now, and every pair that was judged of them."""
    files = state.files.files.snapshot()
    inspections = state.inspections.snapshot() if inspect else None
    verdicts: Iterable[tuple[DigestPair, Verdict]] = state.verdicts.alike()
    if settled and inspections is not None:
        verdicts = settled_verdicts(list(verdicts), inspections)
    decided = state.decisions.verdict
    return files, pair_files(files, verdicts, decided, inspections, rank_best_rows, state.verdicts)


def settled_verdicts(
    verdicts: Sequence[tuple[DigestPair, Verdict]], inspections: Collection[DigestPair]
) -> Iterator[tuple[DigestPair, Verdict]]:
    """Yield the verdicts on contents whose copies were looked at at full size, or that have none.

    Copies that were not may turn out to differ, and the better of two is not known yet.
    """
    looked_at = {digest for pair in inspections for digest in pair}
    copies = (pair for pair, verdict in verdicts if verdict.kind is Kind.COPY)
    pending = {digest for pair in copies for digest in pair} - looked_at
    return ((pair, verdict) for pair, verdict in verdicts if pending.isdisjoint(pair))


def pair_contents(files: Mapping[int, ImageFile], wanted: Iterable[Sequence[int]]) -> Iterator[DigestPair]:
    """Yield the pairs of contents of files by their ids: the first of each sequence with all others of it."""
    for ids in wanted:
        digests = [files[id_].facts.digest for id_ in ids if id_ in files]
        for digest in digests[1:]:
            if digest and digests[0] not in ("", digest):
                yield digest_pair(digests[0], digest)


def judge_plans(state: RootState, config: Config) -> JudgedPairs:
    """Return the pairs that a plan may rest on, whatever the threshold."""
    return JudgedPairs(*pair_state(state, inspect=config.inspect), config.extensions)
