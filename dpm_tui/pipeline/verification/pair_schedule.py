"""Pair schedule: the order in which candidates are judged, and which need not be judged at all.

A group needs a pair of each member with its keeper, and no more. So the best picture of a family is held
against the others first, as in leader clustering (Hartigan 1975, chapter 3); pictures that turn out to be
copies, crops or edits of one better picture need no pair with each other. A part of a picture stands for
nothing, however large it is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from dpm_tui.catalog.content_digest import DigestPair
from dpm_tui.catalog.group import TIER_OF, Better
from dpm_tui.catalog.verdict import Verdict

SMALL = 3
"""Relatives of a picture up to which all pairs of a family are judged: another keeper costs nothing then."""
BLOCK = 384
"""Pictures whose pairs are judged together, so that what is worked out of one serves all of its pairs."""
BURST = 0.5
"""Share of the pairs of a block that reach into the one before, from which both are judged as one: the best
pictures of a burst spare most of its pairs if theirs come first."""
_VARIANT_TIER = 2

Weigh = Callable[[DigestPair, Verdict], Better]
"""Returns which of a picture and a part of it is the better."""


@dataclass(frozen=True)
class Candidates:
    """Pairs of contents with their cosines, and which of them are among the closest of one of the two.

    The closest are judged although both are variants of one better picture: copies of a variant are there.
    """

    cosines: dict[DigestPair, float] = field(default_factory=dict)
    closest: set[DigestPair] = field(default_factory=set)


class PairSchedule:
    """Yields candidates, the pairs of the best pictures first, and leaves out what no group needs.

    ``places`` is the order of keepers, the best first, as far as files alone tell; ``weigh`` tells more of
    crops. ``alike`` are the pairs that have a verdict already.
    Only similarities from ``threshold`` on count: from a higher one more pairs are needed. ``spared`` counts
    the pairs that were left out so far.
    """

    def __init__(
        self,
        candidates: Candidates,
        places: Mapping[str, int],
        alike: Iterable[tuple[DigestPair, Verdict]] = (),
        threshold: float = 0.0,
        weigh: Weigh = lambda pair, verdict: Better.EITHER,
    ) -> None:
        self._candidates = candidates
        self._places = places
        self._threshold = threshold
        self._weigh = weigh
        self.spared = 0
        # Pairs are taken by the threads that hand them to judges, and settled by another one.
        self._lock = threading.Lock()
        self._relatives: dict[str, set[str]] = {}
        self._leaders: dict[str, set[str]] = {}
        self._variants: dict[str, set[str]] = {}
        for pair, verdict in alike:
            self.settle(pair, verdict)

    def blocks(self) -> Iterator[Iterator[DigestPair]]:
        """Yield blocks of pairs to judge, each about the same pictures.

        Whoever judges tells what was found by ``settle`` meanwhile. Several blocks may be judged at once.
        """
        pairs = self._candidates.cosines
        ranks = _ranks(pairs, self._places)
        levels = _levels(pairs, self._places)

        def block(pair: DigestPair) -> int:
            one, other = pair
            return max(ranks[one], ranks[other]) // BLOCK

        def order(pair: DigestPair) -> tuple[int, int, int, DigestPair]:
            one, other = pair
            return block(pair), levels[self._better(pair)], ranks[one] + ranks[other], pair

        together: list[DigestPair] = []
        for number, found in groupby(sorted(pairs, key=order), block):
            fresh = list(found)
            reaching = sum(min(ranks[one], ranks[other]) // BLOCK == number - 1 for one, other in fresh)
            if together and reaching < BURST * len(fresh):
                yield self._open(together)
                together = []
            together += fresh
        yield self._open(together)

    def _open(self, pairs: Iterable[DigestPair]) -> Iterator[DigestPair]:
        """Yield the pairs that are not spared when their turn comes."""
        for pair in pairs:
            with self._lock:
                spared = self._is_spared(pair)
                self.spared += spared
            if not spared:
                yield pair

    def settle(self, pair: DigestPair, verdict: Verdict | None) -> None:
        """Take note of what was found of a pair."""
        if verdict is None or verdict.similarity < self._threshold:
            return
        variants = TIER_OF[verdict.kind] == _VARIANT_TIER
        table = self._variants if variants else self._relatives
        better = self._weigh(pair, verdict)
        one, other = pair
        with self._lock:
            table.setdefault(one, set()).add(other)
            table.setdefault(other, set()).add(one)
            if not variants and better.of(True):
                self._leaders.setdefault(other, set()).add(one)
            if not variants and better.of(False):
                self._leaders.setdefault(one, set()).add(other)

    def _better(self, pair: DigestPair) -> str:
        return min(pair, key=self._places.__getitem__)

    def _is_spared(self, pair: DigestPair) -> bool:
        """Return whether a better picture stands for both."""
        best = self._places[self._better(pair)]
        mine, theirs = (self._leaders.get(digest, set()) for digest in pair)
        if any(self._stands_for(leader, best) for leader in mine & theirs):
            return True
        if pair in self._candidates.closest:
            return False
        near = [self._leaders.get(digest, set()) | self._variants.get(digest, set()) for digest in pair]
        leaders = (near[0] & near[1]) - (mine & theirs)
        return any(
            self._places.get(leader, best) < best and len(self._related(leader)) > SMALL for leader in leaders
        )

    def _stands_for(self, leader: str, best: int) -> bool:
        return self._places.get(leader, best) < best and len(self._relatives[leader]) > SMALL

    def _related(self, digest: str) -> set[str]:
        """Return the relatives and the variants of a picture."""
        return self._relatives.get(digest, set()) | self._variants.get(digest, set())


def _ranks(candidates: Collection[DigestPair], places: Mapping[str, int]) -> dict[str, int]:
    """Return an order of pictures in which each comes after the better ones that it is paired with, or near.

    The best picture that is left takes all that are paired with it.
    """
    near: dict[str, list[str]] = {}
    for one, other in candidates:
        near.setdefault(one, []).append(other)
        near.setdefault(other, []).append(one)
    ranks: dict[str, int] = {}
    for start in sorted(near, key=places.__getitem__):
        for digest in (start, *sorted(near[start], key=places.__getitem__)):
            ranks.setdefault(digest, len(ranks))
    return ranks


def _levels(candidates: Iterable[DigestPair], places: Mapping[str, int]) -> dict[str, int]:
    """Return for each picture the length of the longest way to it, each step to a poorer neighbour.

    The pairs of a picture come after those of every better one that may stand for it.
    """
    better: dict[str, list[str]] = {}
    for pair in candidates:
        one, other = sorted(pair, key=places.__getitem__)
        better.setdefault(one, [])
        better.setdefault(other, []).append(one)
    levels: dict[str, int] = {}
    for digest in sorted(better, key=places.__getitem__):
        levels[digest] = max((levels[other] + 1 for other in better[digest]), default=0)
    return levels
