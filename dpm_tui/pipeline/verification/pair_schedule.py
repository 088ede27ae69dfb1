"""Pair schedule: the order in which candidates are judged, and which need not be judged at all.

A group needs a pair of each member with its keeper, and no more. So the best picture of a family is held
against the others first, as in leader clustering (Hartigan 1975, chapter 3); pictures that turn out to be
copies, crops or edits of one better picture need no pair with each other. A part of a picture stands for
nothing, however large it is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby

from dpm_tui.catalog.content_digest import DigestPair
from dpm_tui.catalog.group import TIER_OF, Better
from dpm_tui.catalog.verdict import Verdict
from dpm_tui.pipeline.decoding.decoder import Wait

SMALL = 8
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


@dataclass
class _Kinship:
    """Which pictures are alike, and which of two is the better, as far as verdicts tell."""

    relatives: dict[str, set[str]] = field(default_factory=dict)
    leaders: dict[str, set[str]] = field(default_factory=dict)
    variants: dict[str, set[str]] = field(default_factory=dict)

    def add(self, pair: DigestPair, verdict: Verdict, better: Better) -> None:
        """Take note of a pair that is alike."""
        variants = TIER_OF[verdict.kind] == _VARIANT_TIER
        table = self.variants if variants else self.relatives
        one, other = pair
        table.setdefault(one, set()).add(other)
        table.setdefault(other, set()).add(one)
        if not variants and better.of(True):
            self.leaders.setdefault(other, set()).add(one)
        if not variants and better.of(False):
            self.leaders.setdefault(one, set()).add(other)


@dataclass
class _Block:
    """Pairs about the same pictures, and what was found of them: nothing that other blocks found counts.

    ``under_way`` counts the pairs that were handed out and not settled.
    """

    pairs: list[DigestPair]
    found: _Kinship = field(default_factory=_Kinship)
    under_way: int = 0


class PairSchedule:
    """Yields candidates, the pairs of the best pictures first, and leaves out what no group needs.

    ``places`` is the order of keepers, the best first, as far as files alone tell; ``weigh`` tells more of
    crops. ``alike`` are the pairs that have a verdict already.
    Only similarities from ``threshold`` on count: from a higher one more pairs are needed. ``spared`` counts
    the pairs that were left out so far.

    Which pairs are left out does not depend on who judges, on how many do, or on how quickly they answer.
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
        self._known = _Kinship()
        self._block_of: dict[DigestPair, _Block] = {}
        for pair, verdict in alike:
            if verdict.similarity >= threshold:
                self._known.add(pair, verdict, weigh(pair, verdict))

    def blocks(self) -> Iterator[Iterator[Sequence[DigestPair] | Wait]]:
        """Yield blocks of pairs to judge, each about the same pictures, in waves.

        Whoever judges tells what was found by ``settle`` meanwhile. The pairs of a wave may be judged at
        once; until all of them are settled, LATER comes in the place of the next. Several blocks may be
        judged at once.
        """
        pairs = self._candidates.cosines
        ranks = _ranks(pairs, self._places)
        known = ((one, other) for one, others in self._near_known() for other in others)
        levels = _levels(chain(pairs, known), self._places)

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
                yield self._waves(_Block(together), levels)
                together = []
            together += fresh
        yield self._waves(_Block(together), levels)

    def _near_known(self) -> Iterator[tuple[str, set[str]]]:
        """Yield pictures with those that they are known to be alike, as far as they have a place."""
        for table in (self._known.relatives, self._known.variants):
            for one, others in table.items():
                if one in self._places:
                    yield one, {other for other in others if other in self._places}

    def _waves(self, block: _Block, levels: Mapping[str, int]) -> Iterator[Sequence[DigestPair] | Wait]:
        """Yield the pairs of each level that are not spared, once those before it are settled."""
        for _, level in groupby(block.pairs, lambda pair: levels[self._better(pair)]):
            while block.under_way:
                yield Wait.LATER
            fresh = list(level)
            with self._lock:
                wave = [pair for pair in fresh if not self._is_spared(pair, block)]
                self.spared += len(fresh) - len(wave)
                block.under_way = len(wave)
                self._block_of.update(dict.fromkeys(wave, block))
            if wave:
                yield wave

    def settle(self, pair: DigestPair, verdict: Verdict | None) -> None:
        """Take note of what was found of a pair, None for nothing that is alike."""
        with self._lock:
            block = self._block_of.pop(pair, None)
            if block is None:
                return
            if verdict is not None and verdict.similarity >= self._threshold:
                block.found.add(pair, verdict, self._weigh(pair, verdict))
            block.under_way -= 1

    def _better(self, pair: DigestPair) -> str:
        return min(pair, key=self._places.__getitem__)

    def _is_spared(self, pair: DigestPair, block: _Block) -> bool:
        """Return whether a better picture stands for both."""
        best = self._places[self._better(pair)]
        known, found = self._known, block.found
        mine, theirs = (_both(known.leaders, found.leaders, digest) for digest in pair)
        for leader in mine & theirs:
            relatives = _both(known.relatives, found.relatives, leader)
            if self._places.get(leader, best) < best and len(relatives) > SMALL:
                return True
        if pair in self._candidates.closest:
            return False
        near = [
            leaders | _both(known.variants, found.variants, digest)
            for leaders, digest in zip((mine, theirs), pair, strict=True)
        ]
        leaders = (near[0] & near[1]) - (mine & theirs)
        return any(
            self._places.get(leader, best) < best and len(self._related(leader, block)) > SMALL
            for leader in leaders
        )

    def _related(self, digest: str, block: _Block) -> set[str]:
        """Return the relatives and the variants of a picture."""
        known, found = self._known, block.found
        relatives = _both(known.relatives, found.relatives, digest)
        return relatives | _both(known.variants, found.variants, digest)


def _both(known: Mapping[str, set[str]], found: Mapping[str, set[str]], digest: str) -> set[str]:
    """Return what two tables hold of a picture."""
    if digest not in found:
        return known.get(digest, _NONE)
    return known[digest] | found[digest] if digest in known else found[digest]


_NONE: set[str] = set()


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
