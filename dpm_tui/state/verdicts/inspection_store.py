"""Inspections by content: what looking at two copies at full size found; kept when files move."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dpm_tui.catalog.content_digest import DigestPair, Prefixes, both_known, digest_pair, is_digest
from dpm_tui.catalog.inspection import Inspection, decode_inspection, encode_inspection
from dpm_tui.state.disk.held_folder import Where
from dpm_tui.state.disk.journal import Journal, read_frames


class InspectionStore:
    """Digest pair -> inspection, or None where one of the two could not be decoded.

    ``revision`` is another one after each change. Those of another version are dropped; an empty version
    accepts all. Opening raises DamagedError, OSError.
    """

    def __init__(self, path: Where, version: str, *, writable: bool = True) -> None:
        self._version = version
        self._found: dict[DigestPair, Inspection | None] = {}
        self.revision = 0
        frames = read_frames(path)
        self.rejected = frames.rejected
        stale = 0
        for record in frames.records:
            try:
                pair, inspection, own_version = decode_record(record)
            except ValueError:
                self.rejected += 1
                continue
            if version and own_version != version:
                stale += 1
            else:
                self._found[pair] = inspection
        self._journal = Journal(path) if writable else None
        if self._journal is not None and (stale or self.rejected):
            self._journal.rewrite(self._records())

    def __contains__(self, pair: DigestPair) -> bool:
        return pair in self._found

    def __len__(self) -> int:
        return len(self._found)

    def get(self, pair: DigestPair) -> Inspection | None:
        """Return what was found of a pair; None where it was not looked at, or could not be."""
        return self._found.get(pair)

    def put(self, pair: DigestPair, inspection: Inspection | None) -> None:
        """Add what was found."""
        self._found[pair] = inspection
        self.revision += 1
        if self._journal is not None:
            self._journal.append(encode_record(pair, inspection, self._version))

    def snapshot(self) -> dict[DigestPair, Inspection | None]:
        """Return all that is known now: a run may add to it meanwhile."""
        return self._found.copy()

    def keep(self, known: Prefixes) -> None:
        """Forget for good every pair of which one is not among the known digests; raises OSError."""
        pairs = list(self._found)
        kept = {
            pair: self._found[pair]
            for pair, both in zip(pairs, both_known(pairs, known), strict=True)
            if both
        }
        if len(kept) == len(pairs):
            return
        self._found = kept
        self.revision += 1
        if self._journal is not None:
            self._journal.rewrite(self._records())

    def clear(self) -> None:
        """Forget everything."""
        self._found.clear()
        self.revision += 1
        if self._journal is not None:
            self._journal.rewrite(())

    def sync(self) -> None:
        """Make what was added so far survive a crash."""
        if self._journal is not None:
            self._journal.sync()

    def close(self) -> None:
        """Sync and close."""
        if self._journal is not None:
            self._journal.close()

    def _records(self) -> Iterator[dict[str, Any]]:
        for pair, inspection in self._found.items():
            yield encode_record(pair, inspection, self._version)


def encode_record(pair: DigestPair, inspection: Inspection | None, version: str) -> dict[str, Any]:
    """Return the record of an inspection, None where one of the two could not be decoded."""
    record: dict[str, Any] = {"a": pair[0], "b": pair[1], "version": version}
    return record if inspection is None else record | encode_inspection(inspection)


def decode_record(record: Any) -> tuple[DigestPair, Inspection | None, str]:
    """Return pair, inspection and version of a record; raises ValueError for what is none."""
    try:
        first, second, version = record["a"], record["b"], record["version"]
        if not is_digest(first) or not is_digest(second) or first == second or not isinstance(version, str):
            raise ValueError("no inspection")
        inspection = decode_inspection(record) if "better" in record else None
        return digest_pair(first, second), inspection, version
    except (KeyError, TypeError, OverflowError) as error:
        raise ValueError("no inspection") from error
