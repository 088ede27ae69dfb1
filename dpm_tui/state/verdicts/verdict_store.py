"""Verdicts by content: what verification found for two digests; kept when files move."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import compress
from operator import not_

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.content_digest import DigestPair, Prefixes, both_known
from dpm_tui.catalog.image_file import DIGEST_BYTES
from dpm_tui.catalog.verdict import Verdict
from dpm_tui.state.disk.held_folder import Where
from dpm_tui.state.disk.journal import Journal
from dpm_tui.state.verdicts.digest_pair_set import DigestPairSet
from dpm_tui.state.verdicts.verdict_reader import Line, Lines, read_lines
from dpm_tui.state.verdicts.verdict_record import encode_verdict


class VerdictStore:
    """Digest pair -> verdict, or None where the two are not alike. Verdicts of another version are dropped.

    ``differs`` refers to the picture with the smaller digest. Of two verdicts on a pair the one that calls
    them alike counts. Opening raises DamagedError, OSError.
    """

    def __init__(self, path: Where, version: str, *, writable: bool = True) -> None:
        self._version = version
        self._alike: dict[bytes, Verdict] = {}
        self._unlike = DigestPairSet()
        self.rejected = 0
        stale = self._load(path)
        self._journal = Journal(path) if writable else None
        if self._journal is not None and (stale or self.rejected):
            self._sift(self._journal)

    def __contains__(self, pair: DigestPair) -> bool:
        return pair in self._unlike or _raw(pair) in self._alike

    def __len__(self) -> int:
        return len(self._alike) + len(self._unlike)

    def alike(self) -> Iterator[tuple[DigestPair, Verdict]]:
        """Yield the pairs that are alike, as they are now: a run may add to them meanwhile."""
        for raw, verdict in list(self._alike.items()):
            yield _pair(raw), verdict

    def put(self, pair: DigestPair, verdict: Verdict | None) -> None:
        """Add a verdict."""
        if verdict is None:
            self._unlike.add(pair)
        else:
            self._alike[_raw(pair)] = verdict
        if self._journal is not None:
            self._journal.append(encode_verdict(pair, verdict, self._version))

    def keep(self, known: Prefixes) -> None:
        """Forget for good every pair of which one is not among the known digests; raises OSError."""
        self.sync()
        if self._journal is not None:
            self._sift(self._journal, known)
        self._unlike.keep(known)
        self._alike = dict(compress(self._alike.items(), both_known(map(_pair, self._alike), known)))

    def clear(self) -> None:
        """Forget every verdict."""
        self._alike.clear()
        self._unlike.clear()
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

    def _load(self, path: Where) -> int:
        """Read the journal; return how many verdicts are of another version."""
        stale = 0
        unlike: list[tuple[Prefixes, Prefixes]] = []
        for lines in read_lines(path, self._version):
            self.rejected += lines.rejected
            unlike.append((lines.firsts, lines.seconds))
            for line in lines.others.values():
                if not self._is_current(line):
                    stale += 1
                elif line.verdict is None:
                    self._unlike.add(line.pair)
                else:
                    self._alike[_raw(line.pair)] = line.verdict
        self._unlike.extend(unlike)
        return stale

    def _sift(self, journal: Journal, known: Prefixes | None = None) -> None:
        """Write the journal anew with the lines that count, and of those only pairs of known digests."""
        blocks = read_lines(journal.place, self._version)
        journal.replace(lines.pick(self._wanted(lines, known)) for lines in blocks)

    def _wanted(self, lines: Lines, known: Prefixes | None) -> NDArray[np.bool_]:
        """Return the mask of the lines to keep."""
        wanted = lines.valid
        for number, line in lines.others.items():
            wanted[number] = self._is_current(line)
        if known is not None:
            wanted[lines.plain] = np.isin(lines.firsts, known) & np.isin(lines.seconds, known)
            both = both_known((line.pair for line in lines.others.values()), known)
            wanted[list(compress(lines.others, map(not_, both)))] = False
        return wanted

    def _is_current(self, line: Line) -> bool:
        return not self._version or line.version == self._version


def _raw(pair: DigestPair) -> bytes:
    return bytes.fromhex(pair[0] + pair[1])


def _pair(raw: bytes) -> DigestPair:
    return raw[:DIGEST_BYTES].hex(), raw[DIGEST_BYTES:].hex()
