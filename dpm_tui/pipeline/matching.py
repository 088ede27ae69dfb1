"""Matching: the tables of vectors in use, each with its candidates and the rule that finds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline import match, parts
from dpm_tui.pipeline.fingerprint import ModelCard
from dpm_tui.pipeline.match import MatchedRows
from dpm_tui.pipeline.pace import Pace
from dpm_tui.pipeline.reporter import Stage
from dpm_tui.pipeline.store import CandidateTable, Store, VectorTable

Rule = Callable[[NDArray[np.float16], int, float], Iterator[MatchedRows]]


@dataclass(frozen=True, slots=True)
class Matching:
    """Vectors of one kind and what was found near among them."""

    vectors: VectorTable
    candidates: CandidateTable
    threshold: float
    rule: Rule

    @property
    def open(self) -> int:
        """Number of rows that are not matched yet."""
        return max(len(self.vectors) - self.candidates.matched, 0)

    def match(self, pace: Pace) -> None:
        """Match the open rows; raises Cancelled."""
        if self.candidates.matched > len(self.vectors):
            self.candidates.clear()  # they speak of rows that were lost
        for block in self.rule(self.vectors.vectors, self.candidates.matched, self.threshold):
            self.candidates.add_block(block.start, block.end, block.near)
            pace.step(block.end - block.start)

    def near(self) -> Iterator[tuple[str, str, float]]:
        """Yield the digests of each candidate with their cosine."""
        digests = list(self.vectors)
        for candidate in self.candidates:
            if candidate.second < len(digests):
                yield digests[candidate.first], digests[candidate.second], candidate.cosine


def open_matching(store: Store, choice: str, card: ModelCard) -> Matching:
    """Return the matching of whole pictures by one model."""
    vectors = store.vectors(choice, card.name, card.identity, card.dims)
    found_by = f"{card.identity}-{card.threshold}-{match.RULE}"
    candidates = store.candidates(choice, card.name, found_by)
    return Matching(vectors, candidates, card.threshold, match.match_vectors)


def open_parts(store: Store, choice: str, card: ModelCard) -> Matching:
    """Return the matching of parts with whole pictures, all by the model of the card."""
    vectors = store.vectors(choice, parts.PARTS, card.identity, card.dims * (1 + parts.COUNT))
    candidates = store.candidates(choice, parts.PARTS, f"{card.identity}-{parts.RULE}")
    return Matching(vectors, candidates, parts.SURE, parts.match_parts)


def match_all(matchings: list[Matching], pace: Pace) -> None:
    """Match every open row of every table; raises Cancelled."""
    pace.start(Stage.MATCH, sum(matching.open for matching in matchings))
    for matching in matchings:
        matching.match(pace)
    pace.finish()
