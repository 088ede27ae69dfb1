"""Search tables: what a search finds is kept beside the tables of the library, which stay as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from dpm_tui.catalog.content_digest import DigestPair
from dpm_tui.catalog.inspection import Inspection
from dpm_tui.catalog.verdict import Verdict


class Stored(Protocol):
    """Thumbnails that are there already."""

    def get(self, digest: str) -> bytes | None:
        """Return one, or None."""


class SearchThumbnails:
    """Thumbnails of pictures that are asked for, and those of the library."""

    def __init__(self, library: Stored) -> None:
        self._library = library
        self._own: dict[str, bytes] = {}

    def has(self, digest: str) -> bool:
        """Return whether there is one."""
        return self.get(digest) is not None

    def get(self, digest: str) -> bytes | None:
        """Return one, or None."""
        return self._own.get(digest) or self._library.get(digest)

    def put(self, digest: str, jpeg: bytes) -> None:
        """Keep one."""
        self._own[digest] = jpeg

    def discard(self, digest: str) -> None:
        """Forget one of those that are kept here."""
        self._own.pop(digest, None)


class SearchVerdicts:
    """Verdicts on one picture that is asked for; ``known`` are those of the library on its content."""

    def __init__(self, known: Mapping[DigestPair, Verdict]) -> None:
        self._found: dict[DigestPair, Verdict | None] = dict(known)

    def __contains__(self, pair: DigestPair) -> bool:
        return pair in self._found

    def alike(self) -> Iterator[tuple[DigestPair, Verdict]]:
        """Yield the pairs that are alike."""
        for pair, verdict in list(self._found.items()):
            if verdict is not None:
                yield pair, verdict

    def put(self, pair: DigestPair, verdict: Verdict | None) -> None:
        """Add a verdict."""
        self._found[pair] = verdict


class SearchInspections:
    """Inspections that a search made, and those of the library."""

    def __init__(self, library: Mapping[DigestPair, Inspection | None]) -> None:
        self._library = library
        self._own: dict[DigestPair, Inspection | None] = {}

    def __contains__(self, pair: DigestPair) -> bool:
        return pair in self._own or pair in self._library

    def get(self, pair: DigestPair) -> Inspection | None:
        """Return what was found of a pair; None where it was not inspected, or could not be."""
        return self._own[pair] if pair in self._own else self._library.get(pair)

    def put(self, pair: DigestPair, inspection: Inspection | None) -> None:
        """Add what was found."""
        self._own[pair] = inspection
