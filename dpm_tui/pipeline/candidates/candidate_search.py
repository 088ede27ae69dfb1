"""Matching: the tables of vectors in use, each with its candidates and the rule that finds them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.neighbour_pairs import Near
from dpm_tui.pipeline.candidates import crop_search, nearest_neighbours
from dpm_tui.pipeline.candidates.fingerprint import ModelCard
from dpm_tui.pipeline.candidates.search_space import Field, MatchedRows
from dpm_tui.pipeline.checkpointing import Pace
from dpm_tui.pipeline.ports import CandidateTable, Store, VectorTable
from dpm_tui.pipeline.reporter import Stage


@dataclass(frozen=True, slots=True)
class Rule:
    """How candidates are found, and which rows must be compared anew when others are gone."""

    find: Callable[[Field, float], Iterator[MatchedRows]]
    find_bereft: Callable[[Near, NDArray[np.bool_], float], NDArray[np.int64]]


WHOLE = Rule(nearest_neighbours.match_vectors, nearest_neighbours.find_bereft)
PARTS = Rule(crop_search.match_parts, crop_search.find_bereft)


@dataclass(frozen=True, slots=True)
class Matching:
    """Vectors of one kind and what was found near among them."""

    vectors: VectorTable
    candidates: CandidateTable
    threshold: float
    rule: Rule

    def survey(self, known: Container[str]) -> Field:
        """Return what there is to compare, once what left the library is forgotten.

        ``known`` are the contents of the library, ``missing`` files included.
        """
        live = np.fromiter((digest in known for digest in self.vectors), np.bool_, len(self.vectors))
        matched = self.candidates.matched(len(live))
        gone = matched & ~live
        if gone.any():
            bereft = self.rule.find_bereft(self.candidates.near, gone, self.threshold)
            self.candidates.forget(np.flatnonzero(gone), bereft)
            matched = self.candidates.matched(len(live))
        return Field(self.vectors, live, live & ~matched, self.candidates.near)

    def match(self, field: Field, pace: Pace) -> None:
        """Match the open rows; raises Cancelled."""
        for block in self.rule.find(field, self.threshold):
            self.candidates.add_block(block.rows, block.near)
            pace.step(len(block.rows))

    def near(self) -> Iterator[tuple[str, str, float]]:
        """Yield the digests of each candidate with their cosine."""
        near = self.candidates.near
        digest_at = cache(self.vectors.digest_at)  # one text for all pairs of a picture
        for first, second, cosine in zip(
            near.firsts.tolist(), near.seconds.tolist(), near.cosines.tolist(), strict=True
        ):
            yield digest_at(first), digest_at(second), cosine


def open_matching(store: Store, choice: str, card: ModelCard) -> Matching:
    """Return the matching of whole pictures by one model."""
    vectors = store.vectors(choice, card.name, card.identity, card.dims)
    found_by = f"{card.identity}-{card.threshold}-{nearest_neighbours.RULE}"
    candidates = _open_candidates(store, choice, card.name, found_by, vectors)
    return Matching(vectors, candidates, card.threshold, WHOLE)


def open_parts(store: Store, choice: str, card: ModelCard) -> Matching:
    """Return the matching of parts with whole pictures, all by the model of the card."""
    vectors = store.vectors(choice, crop_search.PARTS, card.identity, card.dims * (1 + crop_search.COUNT))
    found_by = f"{card.identity}-{crop_search.RULE}"
    candidates = _open_candidates(store, choice, crop_search.PARTS, found_by, vectors)
    return Matching(vectors, candidates, crop_search.SURE, PARTS)


def match_all(matchings: list[Matching], known: Container[str], pace: Pace) -> None:
    """Match what is open in every table, for the contents that are ``known``; raises Cancelled."""
    fields = [matching.survey(known) for matching in matchings]
    pace.start(Stage.MATCH, sum(int(field.open.sum()) for field in fields))
    for matching, field in zip(matchings, fields, strict=True):
        matching.match(field, pace)
    pace.finish()


def _open_candidates(
    store: Store, choice: str, name: str, found_by: str, vectors: VectorTable
) -> CandidateTable:
    candidates = store.candidates(choice, name, found_by)
    if candidates.rows > len(vectors):
        candidates.clear()  # they speak of rows that were lost
    return candidates
