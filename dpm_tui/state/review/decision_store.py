"""Decisions by content: pairs that a person called "not duplicates" or "variants, keep all"."""

from __future__ import annotations

import contextlib
import datetime
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

from dpm_tui.catalog.content_digest import is_digest
from dpm_tui.errors import DpmError
from dpm_tui.file_names import from_json, to_json
from dpm_tui.review.decisions.decision import VERDICTS, Contents, Decision, subtract
from dpm_tui.review.decisions.decision_table import DecisionTable
from dpm_tui.state.disk.atomic_write import write_atomic
from dpm_tui.state.disk.held_folder import Where
from dpm_tui.state.disk.journal import Journal, JournalRecords, encode_frame, encode_frames, read_frames

MAX_DIGESTS = 1000
"""In one record: a line of the journal must stay short enough to be read."""
_MAX_NAMES_BYTES = 1 << 19
"""Names are for people; where they would make a line too long the record goes without."""


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

    def __init__(self, path: Where, previous: Where, *, writable: bool = True) -> None:
        self._table = DecisionTable()
        current, earlier = read_generation(path), read_generation(previous)
        records = merge_generations(earlier.records, current.records)
        self.rejected = current.rejected
        self.rejected_earlier = earlier.rejected
        self.rescued = len(records) - len(current.records)
        for record in records:
            decision = read_decision(record)
            if decision is None or not self._table.add(decision):
                self.rejected += 1
        self._journal = Journal(path) if writable else None
        if writable and (records != earlier.records or earlier.rejected):
            # A full disk must not prevent opening: the journal is there, and the next start tries again.
            with contextlib.suppress(OSError):
                write_atomic(previous, encode_frames(records))

    def decide(self, digests: Iterable[str], verdict: str, time: str = "") -> None:
        """Store ``verdict`` for every pair of ``digests``; an empty verdict revokes.

        ``time`` is when it was decided, now if empty. It survives a crash once this returns.
        """
        self.change([Decision(tuple(sorted(set(digests))), verdict, time)])

    def change(self, decisions: Iterable[Decision]) -> tuple[Decision, ...]:
        """Decide and revoke in this order; return the decisions that take all of it back.

        Invalid digests are ignored. All of it survives a crash once this returns. A failed write raises
        OSError; then nothing is decided, neither here nor in the journal. More than can be remembered
        raises DpmError, with nothing decided.
        """
        known = (decision.narrow(set(filter(is_digest, decision.digests))) for decision in decisions)
        changes = [decision for decision in known if len(decision.digests) > 1]
        self._make_sure_of_room(changes)
        before = self._table.before(changes)
        now = _now()
        for decision in changes:
            self._record(decision, now)
        if self._journal is not None:
            try:
                self._journal.sync()
            except OSError:
                for decision in before:
                    self._record(decision, now)
                raise
        return before

    def add(self, decision: Decision) -> bool:
        """Decide the pairs of ``decision`` that are not decided yet; return whether there were any.

        It survives a crash once the store is closed. More than can be remembered raises DpmError, with
        nothing decided.
        """
        decided = [known.digests for known in self._table.within(decision.digests)]
        parts = [decision.narrow(part) for part in subtract(decision.digests, decided)]
        self._make_sure_of_room(parts)
        for part in parts:
            self._record(part, _now())
        return bool(parts)

    def verdict(self, first: str, second: str) -> str:
        """Return the decision on two digests, empty if there is none."""
        return self._table.verdict(first, second)

    def standing(self) -> Iterator[Decision]:
        """Yield what is decided now in the order in which it was, in parts where some of it was changed."""
        return self._table.standing()

    def close(self) -> None:
        """Sync and close the journal."""
        if self._journal is not None:
            self._journal.close()

    def _make_sure_of_room(self, decisions: Iterable[Decision]) -> None:
        pieces = [each.narrow(part) for each in decisions for part in _in_records(each.digests)]
        if not self._table.takes(pieces):
            raise DpmError("decisions_full")

    def _record(self, decision: Decision, now: str) -> None:
        time = decision.time or now
        for part in _in_records(decision.digests):
            piece = replace(decision.narrow(part), time=time)
            self._table.add(piece)
            if self._journal is not None:
                self._journal.append(_encode(piece))


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
    """Return the decision or revocation of a record, None if it is invalid."""
    match value:
        case {"digests": [_, _, *_] as digests, "verdict": str(verdict)}:
            time = value.get("time", "")
            known = not verdict or verdict in VERDICTS
            if known and is_time(time) and len(digests) <= MAX_DIGESTS and all(map(is_digest, digests)):
                different = tuple(sorted(set(digests)))
                names = _read_names(value.get("names"), digests, different)
                return Decision(different, verdict, time, names) if len(different) > 1 else None
    return None


def is_sound(decision: Decision) -> bool:
    """Return whether a decision from outside is valid and can be recorded."""
    digests = decision.digests
    named = len(decision.names) in (0, len(digests))
    known = not decision.verdict or decision.verdict in VERDICTS
    return known and named and is_time(decision.time) and list(digests) == sorted(set(digests))


def is_time(value: object) -> bool:
    """Return whether ``value`` is a time as decisions carry it, or empty."""
    if not isinstance(value, str) or len(value) > 40 or not value.isascii():
        return False
    try:
        return not value or datetime.datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def read_generation(path: Where) -> JournalRecords:
    """Return the content of one file; invalid records count as rejected lines.

    Raises DamagedError, OSError.
    """
    frames = read_frames(path)
    good = [record for record in frames.records if read_decision(record) is not None]
    return JournalRecords(good, frames.rejected + len(frames.records) - len(good))


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")


def _encode(decision: Decision) -> dict[str, object]:
    record: dict[str, object] = {
        "digests": list(decision.digests),
        "verdict": decision.verdict,
        "time": decision.time,
    }
    names = list(map(to_json, decision.names))
    return record | {"names": names} if names and len(json.dumps(names)) < _MAX_NAMES_BYTES else record


def _read_names(value: Any, digests: list[str], different: Contents) -> tuple[bytes, ...]:
    """Return the names in the order of the digests; invalid names are left out."""
    if not isinstance(value, list) or len(value) != len(digests):
        return ()
    try:
        names = dict(zip(digests, map(from_json, value), strict=True))
    except ValueError:
        return ()
    return tuple(names[digest] for digest in different)


def _in_records(digests: Contents) -> Iterator[Contents]:
    """Yield sets small enough for one record that together hold every pair of ``digests``."""
    if len(digests) <= MAX_DIGESTS:
        if len(digests) > 1:
            yield digests
        return
    half = MAX_DIGESTS // 2
    parts = [digests[at : at + half] for at in range(0, len(digests), half)]
    for one, other in combinations(parts, 2):
        yield tuple(sorted(one + other))
