"""Every decision by the contents that it is about; a set of n contents takes n places, not n * n."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator

from dpm_tui.review.decisions.decision import VERDICTS, Contents, Decision, drop_contained, subtract

MAX_MENTIONS = 1_000_000
"""Contents named by all decisions together; a hostile journal could hold more. Revoking may take as many."""


class DecisionTable:
    """Decisions in the order in which they were made; the last one on a pair counts."""

    def __init__(self) -> None:
        self._past: list[Decision] = []
        self._numbers: dict[str, list[int]] = defaultdict(list)
        self._mentions = 0

    def add(self, decision: Decision) -> bool:
        """Add a decision or revocation; return whether there was room for it."""
        if not self.takes((decision,)):
            return False
        self._mentions += len(decision.digests)
        # Other threads may read meanwhile: a number must never lack its decision.
        self._past.append(decision)
        for digest in decision.digests:
            self._numbers[digest].append(len(self._past) - 1)
        return True

    def takes(self, decisions: Collection[Decision]) -> bool:
        """Return whether there is room for more decisions; there is always room to revoke existing ones."""
        needed = sum(len(decision.digests) for decision in decisions)
        revokes = not any(decision.verdict for decision in decisions)
        return self._mentions + needed <= MAX_MENTIONS * (2 if revokes else 1)

    def verdict(self, first: str, second: str) -> str:
        """Return the decision on two contents, empty if there is none."""
        if first not in self._numbers:
            return ""
        number = self._last(first, second)
        return self._past[number].verdict if number >= 0 else ""

    def standing(self) -> Iterator[Decision]:
        """Yield what is decided now in the order in which it was, in parts where some of it was changed."""
        for number in range(len(self._past)):
            yield from self._left_of(number, self._past[number].digests)

    def within(self, digests: Iterable[str]) -> list[Decision]:
        """Return what is decided now on the pairs of ``digests``."""
        wanted = tuple(sorted(set(digests)))
        touched = Counter(number for digest in wanted for number in self._numbers.get(digest, ()))
        found: list[Decision] = []
        for number in sorted(number for number, count in touched.items() if count > 1):
            common = set(wanted).intersection(self._past[number].digests)
            found += self._left_of(number, tuple(sorted(common)))
        return found

    def before(self, changes: Iterable[Decision]) -> tuple[Decision, ...]:
        """Return the decisions that take ``changes`` back, which are not made yet."""
        sets = drop_contained(change.digests for change in changes)
        revoked = [Decision(digests, "") for digests in sets]
        return (*revoked, *(decision for digests in sets for decision in self.within(digests)))

    def _left_of(self, number: int, digests: Contents) -> Iterator[Decision]:
        """Yield what later decisions have left of a part of one."""
        decision = self._past[number]
        if decision.verdict not in VERDICTS:
            return
        if len(digests) == 2:
            if self._last(*digests) == number:
                yield decision.narrow(digests)
            return
        later = Counter[int]()
        for digest in digests:
            known = self._numbers[digest]
            later.update(known[bisect_left(known, number + 1) :])
        others = (self._past[other] for other, count in later.items() if count > 1)
        # A set too large for one record is stored as several that overlap: they do not replace each other.
        same = (decision.verdict, decision.time)
        taken = [other.digests for other in others if (other.verdict, other.time) != same]
        for part in subtract(digests, drop_contained(taken)):
            yield decision.narrow(part)

    def _last(self, first: str, second: str) -> int:
        """Return the number of the last decision on two contents, -1 if there is none."""
        few, many = sorted((self._numbers.get(first, ()), self._numbers.get(second, ())), key=len)
        for number in reversed(few):
            place = bisect_left(many, number)
            if place < len(many) and many[place] == number:
                return number
        return -1
