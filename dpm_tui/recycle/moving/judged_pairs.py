"""Judged pairs: the verdicts that every move of a plan must rest on, whoever wrote the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from dpm_tui.catalog.content_index import ContentIndex
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.group import Pair, pair_key
from dpm_tui.catalog.image_file import ImageFile, read_stamp
from dpm_tui.catalog.pair_columns import PairColumns
from dpm_tui.catalog.verdict import Kind
from dpm_tui.file_names import display_name
from dpm_tui.pipeline.scan.inventory import endings_of
from dpm_tui.pipeline.scan.open_roots import Base
from dpm_tui.recycle.companions.companions import find_companions
from dpm_tui.recycle.filesystem.nofollow import digest_of
from dpm_tui.recycle.moving.progress import Cancelled
from dpm_tui.recycle.proof import about_keeper, hold
from dpm_tui.recycle.refusal import Refused, refusal_of
from dpm_tui.recycle.results import Skipped
from dpm_tui.review.marks.plan import Companion, Move, Plan, Witness


class JudgedPairs:
    """Every pair of ``files`` that was judged here and that no decision speaks against.

    A plan is a file that anybody may have written. What it says of a pair counts only if the same was found
    here for these contents, or if both files have the same bytes now.
    """

    def __init__(
        self, files: Mapping[int, ImageFile], pairs: Iterable[Pair], extensions: Iterable[str]
    ) -> None:
        self._files = FileColumns.of(files)
        self._pairs = PairColumns.of(pairs)
        self._extensions = tuple(extensions)
        self._endings = endings_of(self._extensions)

    def confirm(
        self, root: Base, moves: Iterable[Move], cancelled: Cancelled | None = None
    ) -> tuple[list[Move], list[Skipped]]:
        """Return the moves that rest on a judged pair, and why the others do not.

        Below the open ``root`` only files are read of which the state knows another content, or none.
        """
        skipped: list[Skipped] = []
        valid = self._identified(root, moves, skipped, cancelled)
        kinds = self._kinds(valid)
        alone = Plan(tuple(valid)).alone()
        beside = {move.victim.path: move for move in find_companions(root, alone, self._extensions).moves}
        confirmed = []
        for move in valid:
            try:
                judged = _with_judged_kind(move, kinds)
                _check_companions(judged, beside[move.victim.path].companions)
                confirmed.append(judged)
            except Refused as refused:
                skipped.append(refused.skipped(move.victim.path))
        return confirmed, skipped

    def _identified(
        self, root: Base, moves: Iterable[Move], skipped: list[Skipped], cancelled: Cancelled | None
    ) -> list[Move]:
        """Return the moves of pictures, with content and stamp corrected where the plan is wrong."""
        moves = list(moves)
        ids = self._files.find(path for move in moves for path in (move.victim.path, move.keeper.path))
        known = {path: self._files[id_] for path, id_ in ids.items()}
        identified = []
        for move in moves:
            try:
                if cancelled is not None and cancelled():
                    raise Refused("cancelled")
                victim = self._identify(root, move.victim, known)
                try:
                    keeper = self._identify(root, move.keeper, known)
                except (Refused, OSError) as error:
                    raise about_keeper(refusal_of(error), move.keeper) from error
                identified.append(replace(move, victim=victim, keeper=keeper))
            except (Refused, OSError) as error:
                skipped.append(refusal_of(error).skipped(move.victim.path))
        return identified

    def _identify(self, root: Base, witness: Witness, known: Mapping[bytes, ImageFile]) -> Witness:
        """Return a file with its content digest: from the state, or else read now."""
        if not witness.path.lower().endswith(self._endings):
            raise Refused("no_picture")
        file = known.get(witness.path)
        if file and witness.digest and (file.facts.digest, file.stamp) == (witness.digest, witness.stamp):
            return witness
        with hold(root, witness.path) as held:
            stamp = read_stamp(held.status)
            if stamp.size != witness.stamp.size:
                raise Refused("changed")
            digest = digest_of(held.descriptor)
        if witness.digest not in ("", digest):
            raise Refused("changed")
        return Witness(witness.path, stamp, digest)

    def _kinds(self, moves: list[Move]) -> dict[tuple[str, str], Kind]:
        """Return the kinds of the pairs of contents that moves speak of, in both orders."""
        contents = ContentIndex(self._files)
        wanted = {(move.victim.digest, move.keeper.digest) for move in moves}
        firsts = {digest: (contents.ids(digest) or [0])[0] for pair in wanted for digest in pair}
        ids = np.array(sorted({*firsts.values()}), np.int64)
        columns = self._pairs
        near = np.isin(columns.firsts, ids) & np.isin(columns.seconds, ids)
        kinds = {(pair.a, pair.b): pair.kind for pair in columns.take(np.flatnonzero(near))}
        found = {pair: kinds.get(pair_key(firsts[pair[0]], firsts[pair[1]])) for pair in wanted}
        return {pair: kind for pair, kind in found.items() if kind is not None}


def _with_judged_kind(move: Move, kinds: Mapping[tuple[str, str], Kind]) -> Move:
    """Return a move of the kind that its two contents were judged to be, or are.

    Raises Refused if they were not judged, or judged otherwise.
    """
    if move.victim.digest == move.keeper.digest:
        return replace(move, kind=Kind.IDENTICAL, similarity=1.0)
    keeper = display_name(move.keeper.path)
    judged = kinds.get((move.victim.digest, move.keeper.digest))
    if judged is None:
        raise Refused("not_judged", keeper=keeper)
    if judged is not move.kind:
        raise Refused("judged_otherwise", keeper=keeper, judged=judged.value, planned=move.kind.value)
    return move


def _check_companions(move: Move, beside: tuple[Companion, ...]) -> None:
    """Raise Refused unless all companions that a move names lie beside its picture and belong to it.

    Their twins must have the same content: without a twin a person has to be asked.
    """
    own = {each.file.path: each.twin for each in beside}
    for planned in move.companions:
        shown = display_name(planned.file.path)
        if planned.file.path not in own:
            raise Refused("no_companion", companion=shown)
        twin = own[planned.file.path]
        if planned.twin is not None and (twin is None or twin.path != planned.twin.path):
            raise Refused("companion_doubtful", companion=shown)
