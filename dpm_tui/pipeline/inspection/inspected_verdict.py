"""Inspected verdicts: what remains of a verdict once both pictures were looked at at full size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from dpm_tui.catalog.content_digest import DigestPair, digest_pair
from dpm_tui.catalog.group import TIER_OF, Better
from dpm_tui.catalog.inspection import Inspection
from dpm_tui.catalog.verdict import Kind, Verdict, only_colours
from dpm_tui.pipeline.quality.tone_votes import Inspections, better_by
from dpm_tui.pipeline.verification.pair_schedule import SMALL

CHANGED = 0.5
"""Logarithm of the odds from which something differs and the pair is a variant."""
SURE = 1.5
"""Logarithm of the odds from which one of two is the better."""
MAX_VARIANT = 0.85
"""Similarity of a variant at most."""
PROVABLE = (Kind.VARIANT, Kind.EDITED)
"""Kinds that thumbnails make of a picture whose colours were cut down: where a proof at full size says so,
it is a copy. A crop or a turned picture is none, whatever else it is."""
MIN_COPY = 0.95
"""Similarity of a copy at least."""
PLAINLY = 2.0
"""By so much less must a copy differ from one picture than from another that both could be its original."""
MANY = 32
"""Copies of a picture up to which each may contest that it is a copy of another: the best of a burst has
thousands, of which those contest it that are something else than that other one."""
_NONE: frozenset[str] = frozenset()


class Compared(Protocol):
    """The pairs that have been judged, alike or not."""

    def __contains__(self, pair: DigestPair) -> bool: ...


@dataclass(frozen=True, slots=True)
class InspectedVerdict:
    """A verdict on two contents, and which of them holds more: the first has the smaller digest."""

    pair: DigestPair
    verdict: Verdict
    better: Better = Better.EITHER
    reason: str = ""
    amount: float = 0.0


def inspect_verdicts(
    judged: Iterable[tuple[DigestPair, Verdict]],
    inspections: Inspections | None,
    compared: Compared = frozenset(),
) -> list[InspectedVerdict]:
    """Return each verdict as the inspection of its pair leaves it.

    A copy in which something differs is a variant. A picture that may be a copy of two that are no copies of
    each other is one of that which it differs least from, if that is plain; else it cannot be told. None for
    ``inspections`` changes nothing. ``compared`` are the pairs that have been judged, alike or not.
    """
    if inspections is None:
        return [InspectedVerdict(pair, verdict) for pair, verdict in judged]
    judged = [(pair, prove_verdict(verdict, inspections.get(pair))) for pair, verdict in judged]
    near = paired_with(pair for pair, verdict in judged if verdict.kind is Kind.COPY)
    found = [_inspect(pair, verdict, near, inspections) for pair, verdict in judged]
    kin = paired_with(pair for pair, verdict in judged if TIER_OF[verdict.kind] < TIER_OF[Kind.VARIANT])
    return _settle_contested(found, _Known.of(found, kin, compared, inspections))


def prove_verdict(verdict: Verdict, inspection: Inspection | None) -> Verdict:
    """Return a verdict as a proof at full size leaves it: a copy that differs nowhere, or as it is."""
    if inspection is None or not inspection.proved or verdict.kind not in (*PROVABLE, Kind.COPY):
        return verdict
    return Verdict(Kind.COPY, max(verdict.similarity, MIN_COPY))


def _inspect(
    pair: DigestPair,
    verdict: Verdict,
    near: Mapping[str, set[str]],
    inspections: Inspections,
) -> InspectedVerdict:
    if verdict.kind is not Kind.COPY:
        return InspectedVerdict(pair, verdict)
    inspection = inspections.get(pair)
    if inspection is None:
        return InspectedVerdict(pair, verdict, Better.UNSEEN)
    if inspection.changed >= CHANGED:
        return InspectedVerdict(pair, _as_variant(verdict, inspection))
    better = Better.UNTOLD
    odds = better_by(*pair, near[pair[0]] | near[pair[1]], inspections)
    if abs(odds) >= SURE:
        better = Better.FIRST if odds > 0 else Better.SECOND
    return InspectedVerdict(pair, verdict, better, inspection.reason, inspection.amount)


def _as_variant(verdict: Verdict, inspection: Inspection | None) -> Verdict:
    differs = inspection.differs if inspection is not None and any(inspection.differs) else verdict.differs
    similarity = min(verdict.similarity, MAX_VARIANT)
    return replace(verdict, kind=Kind.VARIANT, similarity=similarity, differs=differs)


def _settle_contested(found: list[InspectedVerdict], known: _Known) -> list[InspectedVerdict]:
    inspections = known.inspections
    settled: list[InspectedVerdict] = []
    for each in found:
        if each.verdict.kind is Kind.COPY and inspections.get(each.pair) is not None:
            for copy, original in (each.pair, each.pair[::-1]):
                if _is_poorer(copy, original, inspections) and (rivals := known.rivals(copy, original)):
                    each = _contest(each, copy, rivals, inspections)
        settled.append(each)
    return settled


@dataclass(frozen=True, slots=True)
class _Known:
    """Which contents are copies of each other and which are something else, as far as verdicts tell.

    ``kin`` are those that each is alike and no variant of by thumbnails.
    """

    copies: dict[str, set[str]]
    others: dict[str, set[str]]
    kin: dict[str, set[str]]
    recoloured: set[DigestPair]
    compared: Compared
    inspections: Inspections

    @classmethod
    def of(
        cls,
        found: Sequence[InspectedVerdict],
        kin: dict[str, set[str]],
        compared: Compared,
        inspections: Inspections,
    ) -> _Known:
        """Return what some verdicts tell."""
        # The look at full size compares lightness: what other colours tell apart it cannot join again.
        recoloured = {
            each.pair
            for each in found
            if each.verdict.kind is Kind.VARIANT and only_colours(each.verdict.differs)
        }
        return cls(
            paired_with(each.pair for each in found if each.verdict.kind is Kind.COPY),
            paired_with(each.pair for each in found if each.verdict.kind is not Kind.COPY),
            kin,
            recoloured,
            compared,
            inspections,
        )

    def rivals(self, copy: str, original: str) -> set[str]:
        """Return the pictures besides the original that a copy may be one of and that are not the same."""
        near, others = self.copies[copy], self.others.get(original, _NONE)
        if len(near) <= MANY:
            others = near - self.copies[original] - {original}
        return {rival for rival in near & others if self._is_apart(rival, original)}

    def _is_apart(self, one: str, other: str) -> bool:
        """Return whether two pictures that are no copies of each other show different things.

        They do not where nothing differs at full size. Nor do they where nobody compared them, as a picture
        that both are copies of stood for both (see ``pair_schedule``).
        """
        pair = digest_pair(one, other)
        if pair in self.recoloured:
            return True
        inspection = self.inspections.get(pair)
        if inspection is not None and inspection.changed < CHANGED:
            return False
        if other in self.others.get(one, _NONE) or pair in self.compared:
            return True
        return all(len(self.kin[third]) <= SMALL for third in self.copies[one] & self.copies[other])


def paired_with(pairs: Iterable[DigestPair]) -> dict[str, set[str]]:
    """Return the contents that each content has a pair with."""
    near: dict[str, set[str]] = {}
    for one, other in pairs:
        near.setdefault(one, set()).add(other)
        near.setdefault(other, set()).add(one)
    return near


def _is_poorer(copy: str, original: str, inspections: Inspections) -> bool:
    """Return whether a picture is coarse beside another one and may hide what tells that from a third."""
    inspection = inspections.get(digest_pair(copy, original))
    if inspection is None:
        return True
    ahead = inspection.better if digest_pair(copy, original)[0] == copy else -inspection.better
    return ahead < SURE


def _contest(
    each: InspectedVerdict,
    copy: str,
    rivals: set[str],
    inspections: Inspections,
) -> InspectedVerdict:
    """Return the verdict on a copy that may be one of other pictures, its rivals, as well."""
    own = inspections.get(each.pair)
    if own is None:
        return each
    for rival in sorted(rivals):
        other = inspections.get(digest_pair(copy, rival))
        if other is None or abs(own.changed - other.changed) < PLAINLY:
            each = replace(each, better=Better.UNTOLD, reason="contested", amount=0.0)
        elif own.changed > other.changed:
            return InspectedVerdict(each.pair, _as_variant(each.verdict, own))
    return each
