"""Candidate search: the tables of vectors in use, each with its candidates and the rule that finds them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs, rank
from dpm_tui.pipeline.candidates import crop_search, nearest_neighbours
from dpm_tui.pipeline.candidates.block_search import Means
from dpm_tui.pipeline.candidates.fingerprint import ModelCard
from dpm_tui.pipeline.candidates.screen import NumpyScreen, Screen
from dpm_tui.pipeline.candidates.search_space import MatchedRows, SearchSpace
from dpm_tui.pipeline.candidates.shards import Shards
from dpm_tui.pipeline.checkpointing import Checkpointer
from dpm_tui.pipeline.ports import CandidateTable, Store, VectorTable
from dpm_tui.pipeline.reporter import Stage

Order = Callable[[list[str]], list[int]]
"""Returns the place of each of some contents, the best first."""
_WORTH_LOADING = 1 << 30
"""Pairs of pictures to compare that are worth the seconds that a quick screen takes to load."""
_MANY = 1 << 20
"""Pictures whose vectors take a gigabyte."""
CLOSEST = 1
"""Nearest candidates of a picture that are judged whatever else is known of it: true copies are there."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How candidates are found, and which rows must be compared anew when others are gone."""

    find: Callable[[SearchSpace, float, Means], Iterator[MatchedRows]]
    find_bereft: Callable[[NeighbourPairs, NDArray[np.bool_], float], NDArray[np.int64]]
    in_turn: bool
    """Whether it matters to the rule which rows come first."""


WHOLE = Rule(nearest_neighbours.match_vectors, nearest_neighbours.rows_to_search_again, in_turn=True)
PARTS = Rule(crop_search.match_parts, crop_search.rows_to_search_again, in_turn=False)


@dataclass(frozen=True, slots=True)
class CandidateSearch:
    """Vectors of one kind and what was found near among them."""

    vectors: VectorTable
    candidates: CandidateTable
    threshold: float
    rule: Rule

    def survey(self, known: Container[str], order: Order) -> SearchSpace:
        """Return what there is to compare, once what left the library is forgotten.

        ``known`` are the contents of the library, ``missing`` files included, ``order`` returns their places.
        """
        live = np.fromiter((digest in known for digest in self.vectors), np.bool_, len(self.vectors))
        matched = self.candidates.matched(len(live))
        gone = matched & ~live
        if gone.any():
            again = self.rule.find_bereft(self.candidates.near, gone, self.threshold)
            self.candidates.forget(np.flatnonzero(gone), again)
            matched = self.candidates.matched(len(live))
        open_ = live & ~matched
        places = np.zeros(len(live), np.int64)
        numbers = np.flatnonzero(open_) if self.rule.in_turn else np.zeros(0, np.int64)
        places[numbers] = order([self.vectors.digest_at(number) for number in numbers.tolist()])
        return SearchSpace(self.vectors, live, open_, self.candidates.near, places)

    def match(self, field: SearchSpace, pace: Checkpointer, means: Means) -> None:
        """Match the open rows; raises Cancelled."""
        for block in self.rule.find(field, self.threshold, means):
            self.candidates.add_block(block.rows, block.near)
            pace.step(len(block.rows))

    def near(self, known: Container[str]) -> Iterator[tuple[str, str, float, bool]]:
        """Yield each candidate of two contents that are ``known``.

        That is their digests, its cosine, and whether it is among the closest of either.
        """
        near = self.candidates.near
        closest = np.zeros(len(near), np.bool_)
        for side in (near, near.swapped()) if self.rule is WHOLE else ():
            order, places = rank(side)
            closest[order] |= places < CLOSEST
        # A picture has many candidates: it is looked up once.
        live = np.fromiter((digest in known for digest in self.vectors), np.bool_, len(self.vectors))
        wanted = live[near.firsts] & live[near.seconds]
        near, closest = near.only(wanted), closest[wanted]
        digest_at = cache(self.vectors.digest_at)  # one text for all pairs of a picture
        columns = (near.firsts, near.seconds, near.cosines, closest)
        for first, second, cosine, close in zip(*(column.tolist() for column in columns), strict=True):
            yield digest_at(first), digest_at(second), cosine, close


def open_whole_search(store: Store, choice: str, card: ModelCard) -> CandidateSearch:
    """Return the matching of whole pictures by one model."""
    vectors = store.vectors(choice, card.name, card.identity, card.dims)
    found_by = f"{card.identity}-{card.threshold}-{nearest_neighbours.RULE}"
    candidates = _open_candidates(store, choice, card.name, found_by, vectors)
    return CandidateSearch(vectors, candidates, card.threshold, WHOLE)


def open_crop_search(store: Store, choice: str, card: ModelCard) -> CandidateSearch:
    """Return the matching of parts with whole pictures, all by the model of the card."""
    vectors = store.vectors(choice, crop_search.PARTS, card.identity, card.dims * (1 + crop_search.COUNT))
    found_by = f"{card.identity}-{crop_search.RULE}"
    candidates = _open_candidates(store, choice, crop_search.PARTS, found_by, vectors)
    return CandidateSearch(vectors, candidates, crop_search.SURE, PARTS)


def match_all(
    matchings: list[CandidateSearch],
    known: Container[str],
    order: Order,
    pace: Checkpointer,
    load_screen: Callable[[], Screen] = NumpyScreen,
    threads: int = 1,
    shards: Shards | None = None,
) -> list[tuple[CandidateSearch, SearchSpace]]:
    """Match what is open in every table, for the contents that are ``known``; raises Cancelled.

    Contents come in their ``order``, so that the best of a crowd has a pair with all of it. A quick screen is
    loaded only if there is much to compare, for which ``threads`` blocks are worked at the same time. Where
    ``shards`` are given they search what is much, or too large for one process. Return the searches that they
    did, each with what there was to compare.
    """
    fields = [matching.survey(known, order) for matching in matchings]
    pace.start(Stage.MATCH, sum(int(field.open.sum()) for field in fields))
    products = sum(int(field.open.sum()) * int(field.live.sum()) for field in fields)
    much = products >= _WORTH_LOADING
    means = Means(load_screen() if much and shards is None else NumpyScreen(), threads)
    by_shards = []
    for matching, field in zip(matchings, fields, strict=True):
        shared = shards is not None and (much or int(field.live.sum()) > _MANY)
        matching.match(field, pace, replace(means, shards=shards if shared else None))
        if shared and field.open.any():
            by_shards.append((matching, field))
    pace.finish()
    return by_shards


def _open_candidates(
    store: Store, choice: str, name: str, found_by: str, vectors: VectorTable
) -> CandidateTable:
    candidates = store.candidates(choice, name, found_by)
    if candidates.rows > len(vectors):
        candidates.clear()  # they speak of rows that were lost
    return candidates
