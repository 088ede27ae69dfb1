"""Verdicts by content: what verification found for two digests; kept when files move."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from dpm_tui.pipeline.match import DigestPair, digest_pair
from dpm_tui.pipeline.verify import GRID, Kind, Verdict
from dpm_tui.state.digest import is_digest
from dpm_tui.state.frames import Journal, read_frames


class VerdictStore:
    """Digest pair -> verdict, or None where the two are not alike. Verdicts of another version are dropped.

    ``differs`` refers to the picture with the smaller digest.
    """

    def __init__(self, path: bytes, version: str, *, writable: bool = True) -> None:
        self._verdicts: dict[DigestPair, Verdict | None] = {}
        self._version = version
        frames = read_frames(path)
        self.rejected = frames.rejected
        stale = 0
        for record in frames.records:
            if not is_verdict(record):
                self.rejected += 1
            elif version and record["version"] != version:
                stale += 1
            else:
                self._verdicts[_pair(record)] = _decode(record)
        self._journal = Journal(path) if writable else None
        if self._journal is not None and (stale or self.rejected):
            self._journal.rewrite(self._encode(pair, verdict) for pair, verdict in self._verdicts.items())

    def __contains__(self, pair: DigestPair) -> bool:
        return pair in self._verdicts

    def __len__(self) -> int:
        return len(self._verdicts)

    def alike(self) -> Iterator[tuple[DigestPair, Verdict]]:
        """Yield the pairs that are alike, as they are now: a run may add to them meanwhile."""
        for pair, verdict in list(self._verdicts.items()):
            if verdict is not None:
                yield pair, verdict

    def put(self, pair: DigestPair, verdict: Verdict | None) -> None:
        """Add a verdict."""
        self._verdicts[pair] = verdict
        if self._journal is not None:
            self._journal.append(self._encode(pair, verdict))

    def clear(self) -> None:
        """Forget every verdict."""
        self._verdicts.clear()
        if self._journal is not None:
            self._journal.rewrite(())

    def sync(self) -> None:
        """Make the verdicts added so far survive a crash."""
        if self._journal is not None:
            self._journal.sync()

    def close(self) -> None:
        """Sync and close."""
        if self._journal is not None:
            self._journal.close()

    def _encode(self, pair: DigestPair, verdict: Verdict | None) -> dict[str, Any]:
        record: dict[str, Any] = {"a": pair[0], "b": pair[1], "version": self._version}
        if verdict is not None:
            record |= {"kind": verdict.kind.value, "similarity": round(verdict.similarity, 4)}
            if any(verdict.differs):
                record["differs"] = base64.b64encode(verdict.differs).decode("ascii")
        return record


def is_verdict(record: Any) -> bool:
    """Tell whether a record of the journal is a verdict, of whatever version."""
    try:
        _pair(record)
        _decode(record)
        return isinstance(record["version"], str)
    except (KeyError, TypeError, ValueError, OverflowError):
        return False


def _pair(record: dict[str, Any]) -> DigestPair:
    first, second = record["a"], record["b"]
    if not is_digest(first) or not is_digest(second):
        raise ValueError("not a digest")
    return digest_pair(first, second)


def _decode(record: dict[str, Any]) -> Verdict | None:
    if "kind" not in record:
        return None
    differs = base64.b64decode(record.get("differs", ""), validate=True) or bytes(GRID * GRID)
    similarity = float(record["similarity"])
    if len(differs) != GRID * GRID or not 0.0 <= similarity <= 1.0:
        raise ValueError("verdict out of range")
    return Verdict(Kind(record["kind"]), similarity, differs)
