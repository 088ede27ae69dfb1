"""Verdicts by content: what verification found for two digests; kept when files move."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import compress
from operator import not_

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.content_digest import DigestPair, Prefixes, both_known
from dpm_tui.catalog.image_file import DIGEST_BYTES
from dpm_tui.catalog.verdict import Verdict
from dpm_tui.errors import DamagedError
from dpm_tui.state.disk.held_folder import Where, place_of
from dpm_tui.state.disk.journal import Journal
from dpm_tui.state.verdicts.digest_pair_set import DigestPairSet
from dpm_tui.state.verdicts.unlike_table import UnlikeTable, open_table, save_table
from dpm_tui.state.verdicts.verdict_reader import Line, Lines, read_lines
from dpm_tui.state.verdicts.verdict_record import encode_verdict

ENDING = b".unlike.bin"
"""Of the table beside the journal."""
FOLD_PAIRS = 50_000
"""So many pairs in the journal, some 9 MB, are worth a table."""
_SHARE = 16
"""A table is written anew for a part of this size that is new."""


class VerdictStore:
    """Digest pair -> verdict, or None where the two are not alike. Verdicts of another version are dropped.

    ``differs`` refers to the picture with the smaller digest. Of two verdicts on a pair the one that calls
    them alike counts. Those that are not alike move from the journal into a table once they are many; that is
    read when somebody asks for one of them. ``revision`` is another one after each change of those that are
    alike. Opening raises DamagedError, OSError.
    """

    def __init__(self, path: Where, version: str, *, writable: bool = True) -> None:
        self._version = version
        self._alike: dict[bytes, Verdict] = {}
        self._recent = DigestPairSet()
        self.rejected = 0
        self.revision = 0
        place = place_of(path)
        self._place = place.folder.place(place.name.removesuffix(b".jsonl") + ENDING)
        table = self._open_table()
        stale_table = table is not None and bool(version) and table.version != version
        self._unread = None if stale_table else table
        self._tabled = self._unread.pairs if self._unread else 0
        self._listed = 0
        stale = self._load(place) or stale_table
        self._journal = Journal(place) if writable else None
        if self._journal is not None and (stale or self.rejected):
            self._sift(self._journal)
            if self._unread is None:
                self._drop_table()
        if self._journal is not None:
            self._fold_if_many()

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
            self._recent.add(pair)
            self._listed += 1
        else:
            self._alike[_raw(pair)] = verdict
            self.revision += 1
        if self._journal is not None:
            self._journal.append(encode_verdict(pair, verdict, self._version))

    def keep(self, known: Prefixes) -> None:
        """Forget for good every pair of which one is not among the known digests; raises OSError."""
        self.sync()
        unlike = self._unlike
        if self._journal is not None:
            self._sift(self._journal, known)
        unlike.keep(known)
        if self._journal is not None and self._place.exists():
            self._tabled = save_table(self._place, self._version, *unlike.columns).pairs
        self.revision += 1
        self._alike = dict(compress(self._alike.items(), both_known(map(_pair, self._alike), known)))

    def clear(self) -> None:
        """Forget every verdict."""
        self._alike.clear()
        self.revision += 1
        self._recent.clear()
        self._unread, self._tabled, self._listed = None, 0, 0
        if self._journal is not None:
            self._drop_table()
            self._journal.rewrite(())

    def sync(self) -> None:
        """Make the verdicts added so far survive a crash."""
        if self._journal is not None:
            self._journal.sync()

    def fold(self) -> None:
        """Move the pairs that are not alike from the journal into the table; raises OSError.

        Until the journal is replaced they are in both, which says the same.
        """
        if self._journal is None:
            return
        self._journal.sync()
        table = save_table(self._place, self._version, *self._unlike.columns)
        blocks = read_lines(self._journal.place, self._version)
        self._journal.replace(lines.pick(self._alike_lines(lines)) for lines in blocks)
        self._unread, self._recent = table, DigestPairSet()
        self._tabled, self._listed = table.pairs, 0

    def close(self) -> None:
        """Sync and close."""
        if self._journal is not None:
            try:
                self._journal.sync()
                self._fold_if_many()
            finally:
                self._journal.close()

    @property
    def _unlike(self) -> DigestPairSet:
        """All pairs that are not alike, those of the table too."""
        table, self._unread = self._unread, None
        if table is not None:
            try:
                self._recent.merge(*table.read())
            except (ValueError, DamagedError, OSError):
                # It was whole when this was opened: what is lost is judged anew.
                self.rejected += 1
        return self._recent

    def _open_table(self) -> UnlikeTable | None:
        """Return the table, None if it is missing or damaged."""
        try:
            table = open_table(self._place)
            if table is not None:
                table.check()
        except ValueError:
            self.rejected += 1
            return None
        return table

    def _drop_table(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._place.unlink()

    def _fold_if_many(self) -> None:
        """Fold if the journal has many pairs for the table; a full disk only leaves it as long as it is."""
        if self._version and self._listed > max(FOLD_PAIRS, self._tabled // _SHARE):
            with contextlib.suppress(OSError):
                self.fold()

    def _load(self, path: Where) -> int:
        """Read the journal; return how many verdicts are of another version."""
        stale = 0
        unlike: list[tuple[Prefixes, Prefixes]] = []
        for lines in read_lines(path, self._version):
            self.rejected += lines.rejected
            stale += int(lines.stale.sum())
            unlike.append((lines.firsts, lines.seconds))
            self._listed += len(lines.firsts)
            for line in lines.others.values():
                if not self._is_current(line):
                    stale += 1
                elif line.verdict is None:
                    self._recent.add(line.pair)
                    self._listed += 1
                else:
                    self._alike[_raw(line.pair)] = line.verdict
        self._recent.extend(unlike)
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

    def _alike_lines(self, lines: Lines) -> NDArray[np.bool_]:
        """Return the mask of the lines that call two pictures alike."""
        wanted = np.zeros(len(lines.ends), np.bool_)
        for number, line in lines.others.items():
            wanted[number] = self._is_current(line) and line.verdict is not None
        return wanted

    def _is_current(self, line: Line) -> bool:
        return not self._version or line.version == self._version


def _raw(pair: DigestPair) -> bytes:
    return bytes.fromhex(pair[0] + pair[1])


def _pair(raw: bytes) -> DigestPair:
    return raw[:DIGEST_BYTES].hex(), raw[DIGEST_BYTES:].hex()
