"""Candidate verifier: judges the candidates whose two contents are in the library."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from dpm_tui.catalog.content_digest import DigestPair, digest_pair
from dpm_tui.catalog.group import Better
from dpm_tui.catalog.image_file import Facts, ImageFile
from dpm_tui.catalog.verdict import MAX_HOLDS_MORE, Kind, Verdict
from dpm_tui.pipeline.checkpointing import Cancelled, Checkpointer
from dpm_tui.pipeline.decoding.decoder import Decoder, Judgement, Unjudged, VerificationOrder, Wait
from dpm_tui.pipeline.keeper_order import Ranking, order_contents
from dpm_tui.pipeline.ports import ThumbnailTable, VerdictTable
from dpm_tui.pipeline.reporter import Reporter, Stage
from dpm_tui.pipeline.verification.alteration_finder import weigh_altered
from dpm_tui.pipeline.verification.candidate_gate import ASKED_FOR
from dpm_tui.pipeline.verification.pair_schedule import Candidates, PairSchedule
from dpm_tui.pipeline.verification.pixel_equality import PixelProof

_BATCH = 12
"""Pairs that are judged in one go: fewer would be asked for more often, more would end late when stopped."""
_ORDERS = 6
"""Orders that even a small wave of pairs is shared out in."""
_MAX_ANIMATED = 0.85
"""Pictures with several frames are judged by their first alone: unless the pixels of all frames proved
equal, never more than a variant."""


@dataclass
class _Everything:
    """A schedule that leaves nothing out."""

    pairs: list[DigestPair]
    spared: int = 0

    def blocks(self) -> Iterator[Iterator[Sequence[DigestPair]]]:
        """Yield all pairs as one block."""
        yield iter([self.pairs])

    def settle(self, pair: DigestPair, verdict: Verdict | None) -> None:
        """Take no note."""


@dataclass
class CandidateVerifier:
    """Puts a verdict into the store for each candidate that a group may need.

    ``count`` orders are carried out at the same time. Only similarities from ``threshold`` on count as found
    when a picture stands for others.

    ``unread`` are the contents of which only a preview was read. Pairs of theirs that are alike get no
    verdict: the pictures of the contents ``awaited`` are to be read in full first.
    """

    thumbnails: ThumbnailTable
    verdicts: VerdictTable
    decoder: Decoder
    proof: PixelProof
    rank: Ranking
    count: int = 1
    threshold: float = 0.0
    unread: frozenset[str] = frozenset()
    awaited: set[str] = field(default_factory=set)
    _lost: set[str] = field(default_factory=set)

    def verify(
        self,
        candidates: Candidates,
        by_digest: Mapping[str, list[ImageFile]],
        pace: Checkpointer,
        reporter: Reporter,
    ) -> list[str]:
        """Judge the candidates that groups need; raises Cancelled.

        None of them has a verdict. Return the digests whose thumbnail cannot be read; their pairs stay open.
        """
        alike = [(pair, verdict) for pair, verdict in self.verdicts.alike() if _known(pair, by_digest)]
        digests = {digest for pair in candidates.cosines for digest in pair}
        digests.update(digest for pair, _ in alike for digest in pair)
        places = order_contents(digests, by_digest, self.rank)

        def weigh(pair: DigestPair, verdict: Verdict) -> Better:
            if verdict.altered is None:
                return Better.EITHER
            first, second = (by_digest[digest][0].pixel_count for digest in pair)
            return weigh_altered(verdict.altered, first, second)

        schedule = PairSchedule(candidates, places, alike, self.threshold, weigh)
        return self._verify(candidates.cosines, schedule, by_digest, pace, reporter)

    def verify_all(
        self,
        pairs: Iterable[DigestPair] | Mapping[DigestPair, float],
        by_digest: Mapping[str, list[ImageFile]],
        pace: Checkpointer,
        reporter: Reporter,
    ) -> list[str]:
        """Judge every one of some pairs, as ``verify`` does.

        Those with a cosine get a first look, which may do; others are compared in any case.
        """
        cosines = pairs if isinstance(pairs, Mapping) else dict.fromkeys(pairs, ASKED_FOR)
        return self._verify(cosines, _Everything(sorted(cosines)), by_digest, pace, reporter)

    def _verify(
        self,
        cosines: Mapping[DigestPair, float],
        schedule: PairSchedule | _Everything,
        by_digest: Mapping[str, list[ImageFile]],
        pace: Checkpointer,
        reporter: Reporter,
    ) -> list[str]:
        alike = sum(1 for _ in self.verdicts.alike())
        done = 0
        pace.start(Stage.VERIFY, len(cosines))
        for judged, (pair, answer) in enumerate(self._answers(schedule, cosines, reporter), 1):
            if isinstance(answer, Unjudged):
                # One odd pair must not keep all others from being found; the next run tries it again.
                self._lost.update(answer.lost)
                for digest in answer.lost:
                    self.thumbnails.discard(digest)
                if answer.reason:
                    reporter.failed(by_digest[pair[0]][0].path, answer.reason)
                schedule.settle(pair, None)
            elif answer.verdict is not None and not self.unread.isdisjoint(pair):
                self.awaited |= self.unread.intersection(pair)
                schedule.settle(pair, answer.verdict)
            else:
                verdict = self._settle(pair, answer, by_digest)
                schedule.settle(pair, verdict)
                self.verdicts.put(pair, verdict)
                if verdict is not None:
                    alike += 1
                    reporter.found(alike)
                    one, other = (by_digest[digest][0] for digest in pair)
                    reporter.paired(one, other, verdict.kind.value, verdict.similarity)
            steps = judged + schedule.spared - done
            done += steps
            pace.step(steps)
        if reporter.cancelled():
            raise Cancelled
        pace.step(len(cosines) - done)
        pace.finish()
        return sorted(self._lost)

    def _answers(
        self,
        schedule: PairSchedule | _Everything,
        cosines: Mapping[DigestPair, float],
        reporter: Reporter,
    ) -> Iterator[tuple[DigestPair, Judgement | Unjudged]]:
        lanes = (_orders(block, cosines) for block in schedule.blocks())
        for asked, answers in self.decoder.verify(lanes, self.count, reporter.cancelled):
            judged = [(pair, answer) for (pair, _), answer in zip(asked.pairs, answers, strict=True)]
            self.proof.foresee((pair, answer.apart) for pair, answer in judged if _is_copy(answer))
            yield from judged

    def _settle(
        self, pair: DigestPair, judgement: Judgement, by_digest: Mapping[str, list[ImageFile]]
    ) -> Verdict | None:
        verdict = judgement.verdict
        if verdict is None:
            return None
        if verdict.kind is Kind.COPY and self.proof.holds(*pair, judgement.apart):
            return Verdict(Kind.PIXELS, 1.0)
        mine, theirs = (by_digest[digest][0].facts for digest in pair)
        if _moves(mine, theirs) or _moves(theirs, mine):
            similarity = min(verdict.similarity, _MAX_ANIMATED)
            return replace(verdict, kind=Kind.VARIANT, similarity=similarity, altered=None)
        if mine.holds != theirs.holds:
            return replace(verdict, similarity=min(verdict.similarity, MAX_HOLDS_MORE))
        return verdict


def _is_copy(answer: Judgement | Unjudged) -> TypeGuard[Judgement]:
    verdict = answer.verdict if isinstance(answer, Judgement) else None
    return verdict is not None and verdict.kind is Kind.COPY


def _known(pair: DigestPair, by_digest: Container[str]) -> bool:
    return pair[0] in by_digest and pair[1] in by_digest


def _orders(
    waves: Iterable[Sequence[DigestPair] | Wait], cosines: Mapping[DigestPair, float]
) -> Iterator[VerificationOrder | Wait]:
    """Yield the orders of each wave: several, so that one that is small is shared out as well."""
    for wave in waves:
        if isinstance(wave, Wait):
            yield wave
            continue
        size = min(max(len(wave) // _ORDERS, 1), _BATCH)
        for at in range(0, len(wave), size):
            yield VerificationOrder(tuple((pair, cosines[pair]) for pair in wave[at : at + size]))


def _moves(facts: Facts, other: Facts) -> bool:
    """Return whether one picture of a file does not stand for it beside another file.

    That of a HEIF file does beside a single one: its primary picture is the one that everybody sees.
    """
    return facts.frames > 1 and (facts.format != "HEIF" or other.frames > 1)


def pick_open(candidates: Iterable[tuple[str, str, float, bool]], verdicts: VerdictTable) -> Candidates:
    """Return the candidates without a verdict, each with the higher cosine of those that it comes with.

    They are looked at one by one: a million pictures have some millions, of which most are old.
    """
    picked = Candidates()
    for first, second, cosine, close in candidates:
        if first != second:
            pair = digest_pair(first, second)
            if pair not in verdicts:
                picked.cosines[pair] = max(cosine, picked.cosines.get(pair, -1.0))
                if close:
                    picked.closest.add(pair)
    return picked
