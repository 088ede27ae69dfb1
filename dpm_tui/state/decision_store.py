"""Decisions by content: pairs that a person called "not duplicates" or "variants, keep all"."""

from __future__ import annotations

import contextlib
import datetime
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from dpm_tui.pipeline.match import DigestPair, digest_pair
from dpm_tui.state.atomic import write_atomic
from dpm_tui.state.digest import is_digest
from dpm_tui.state.frames import Frames, Journal, encode_frame, encode_frames, read_frames

VERDICTS = ("not_duplicates", "variants")
DIGESTS_AT_MOST = 1000
"""In one record: its pairs grow with the square, and the journal may lie on a shared folder."""
PAIRS_AT_MOST = 4_000_000
"""Decided pairs held in memory; nobody decides so many."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One verdict on every pair of ``digests``, which are sorted; ``time`` is ISO 8601 UTC or empty."""

    digests: tuple[str, ...]
    verdict: str
    time: str = ""

    @property
    def pairs(self) -> Iterator[DigestPair]:
        """Yield every pair that is decided."""
        return (digest_pair(first, second) for first, second in combinations(self.digests, 2))

    @property
    def pair_count(self) -> int:
        """Number of pairs that are decided."""
        return len(self.digests) * (len(self.digests) - 1) // 2


class DecisionStore:
    """Append-only journal with its previous generation; the last decision on a pair counts.

    ``rejected`` and ``rejected_earlier`` count the lines of both that could not be read, ``rescued``
    the records that only the previous generation has.

    Decisions cannot be made again, so nothing ever rewrites the journal in place. The previous
    generation is replaced when a writable store opens, by all that was read then: whatever happens
    to one of both files, no decision made before that is lost. While the journal holds all that the
    previous generation holds, it alone counts, so that what was revoked stays revoked; otherwise
    what only the previous generation has comes first. Raises DamagedError, OSError.
    """

    def __init__(self, path: bytes, previous: bytes, *, writable: bool = True) -> None:
        self._decided: dict[DigestPair, Decision] = {}
        self._past: list[Decision] = []
        current, earlier = read_generation(path), read_generation(previous)
        records = merge_generations(earlier.records, current.records)
        self.rejected = current.rejected
        self.rejected_earlier = earlier.rejected
        self.rescued = len(records) - len(current.records)
        for record in records:
            decision = read_decision(record)
            if decision is None or not self._apply(decision):
                self.rejected += 1
        self._journal = Journal(path) if writable else None
        if writable and (records != earlier.records or earlier.rejected):
            # A full disk is no reason not to open: the journal is there, and the next start tries again.
            with contextlib.suppress(OSError):
                write_atomic(previous, encode_frames(records))

    def __len__(self) -> int:
        return len(self._decided)

    def decide(self, digests: Iterable[str], verdict: str, time: str = "") -> None:
        """Remember ``verdict`` for every pair of ``digests``; an empty verdict revokes.

        ``time`` is when it was decided, now if empty. It survives a crash once this returns.
        """
        self._record(digests, verdict, time)
        if self._journal is not None:
            self._journal.sync()

    def add(self, decision: Decision) -> bool:
        """Decide the pairs of ``decision`` that are not decided yet; tell whether there were any.

        It survives a crash once the store is closed.
        """
        open_ = [pair for pair in decision.pairs if pair not in self._decided]
        if len(open_) == decision.pair_count:
            self._record(decision.digests, decision.verdict, decision.time)
        else:
            for pair in open_:
                self._record(pair, decision.verdict, decision.time)
        return bool(open_)

    def verdict(self, first: str, second: str) -> str:
        """Return the decision on two digests, empty if there is none."""
        decision = self._decided.get(digest_pair(first, second))
        return decision.verdict if decision is not None else ""

    def standing(self) -> Iterator[Decision]:
        """Yield what is decided now in the order in which it was: as sets, in pairs where one was changed."""
        holds = Counter(id(decision) for decision in self._decided.values())
        for decision in self._past:
            if holds[id(decision)] == decision.pair_count:
                yield decision
            elif holds[id(decision)]:
                for pair in decision.pairs:
                    if self._decided.get(pair) is decision:
                        yield Decision(pair, decision.verdict, decision.time)

    def close(self) -> None:
        """Sync and close the journal."""
        if self._journal is not None:
            self._journal.close()

    def _record(self, digests: Iterable[str], verdict: str, time: str) -> None:
        time = time or datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        for part in _in_records(sorted(set(filter(is_digest, digests)))):
            self._apply(Decision(tuple(part), verdict, time))
            if self._journal is not None:
                self._journal.append({"digests": part, "verdict": verdict, "time": time})

    def _apply(self, decision: Decision) -> bool:
        """Take over a decision; False if there are too many."""
        if decision.verdict not in VERDICTS:
            for pair in decision.pairs:
                self._decided.pop(pair, None)
            return True
        if len(self._decided) + decision.pair_count > PAIRS_AT_MOST:
            return False
        self._past.append(decision)
        self._decided.update(dict.fromkeys(decision.pairs, decision))
        return True


def merge_generations(previous: list[Any], current: list[Any]) -> list[Any]:
    """Return the records of both generations, each once.

    A journal that holds all of the previous generation in its order is whole and is returned as it
    is; of another the records that the previous generation lacks follow that.
    """
    rest = iter(current)
    if all(record in rest for record in previous):
        return current
    known = Counter(map(encode_frame, previous))
    merged = list(previous)
    for record in current:
        frame = encode_frame(record)
        if known[frame]:
            known[frame] -= 1
        else:
            merged.append(record)
    return merged


def read_decision(value: Any) -> Decision | None:
    """Return the decision or revocation that a record holds, None if it makes no sense."""
    match value:
        case {"digests": [_, _, *_] as digests, "verdict": str(verdict)}:
            time = value.get("time", "")
            known = not verdict or verdict in VERDICTS
            if known and is_time(time) and len(digests) <= DIGESTS_AT_MOST and all(map(is_digest, digests)):
                different = tuple(sorted(set(digests)))
                return Decision(different, verdict, time) if len(different) > 1 else None
    return None


def is_time(value: object) -> bool:
    """Tell whether ``value`` is a time as decisions carry it, or empty."""
    if not isinstance(value, str) or len(value) > 40 or not value.isascii():
        return False
    try:
        return not value or datetime.datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def read_generation(path: bytes) -> Frames:
    """Return what one file holds; records that make no sense count as rejected lines.

    Raises DamagedError, OSError.
    """
    frames = read_frames(path)
    good = [record for record in frames.records if read_decision(record) is not None]
    return Frames(good, frames.rejected + len(frames.records) - len(good))


def _in_records(digests: list[str]) -> Iterator[list[str]]:
    """Yield sets small enough for one record that together hold every pair of ``digests``."""
    if len(digests) <= DIGESTS_AT_MOST:
        if len(digests) > 1:
            yield digests
        return
    half = DIGESTS_AT_MOST // 2
    parts = [digests[at : at + half] for at in range(0, len(digests), half)]
    for one, other in combinations(parts, 2):
        yield one + other
