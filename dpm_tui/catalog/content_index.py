"""Content index: which files hold the same bytes, found by sorting digests, without an object per file."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.content_digest import Prefixes, hex_digest, prefixes_in
from dpm_tui.catalog.file_chunk import STATUSES
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.file_selection import FileSelection
from dpm_tui.catalog.image_file import DIGEST_BYTES, HOLDINGS, PREVIEWS, SAME_BYTES, ImageFile, Status


class ContentIndex(Mapping[str, list[ImageFile]]):
    """Content digest -> the files that hold it, in order of id; contents in order of their first file.

    Which files those are is settled when it is made; what is known of them is looked up when asked.
    ``readable`` takes only files with status ok, otherwise all those of which there are facts; ``unseen``
    also takes files that were read although their picture could not be decoded, unless they are empty.
    """

    def __init__(self, files: FileColumns, *, readable: bool = True, unseen: bool = False) -> None:
        self._files = files
        ids, digests, status, format_, size = files.gather("id", "digest", "status", "format", "size")
        if readable:
            wanted = status == STATUSES.index(Status.OK)
            if unseen:
                wanted |= np.isin(status, [STATUSES.index(one) for one in SAME_BYTES]) & (
                    np.asarray(size, np.uint64) > 0
                )
            wanted &= digests != b""
        else:
            named = np.array([bool(word) for word in files.formats] or [False])
            wanted = named[format_] & (digests != b"")
        if not wanted.all():
            ids, digests = ids[wanted], digests[wanted]
        keys, order = _sorted_order(digests)
        self._ids: NDArray[np.int64] = ids[order].astype(np.int64, copy=False)
        digests = digests[order]
        fresh = np.ones(len(digests), np.bool_)
        again = 1 + np.flatnonzero(keys[1:] == keys[:-1])
        fresh[again] = digests[again] != digests[again - 1]
        self._starts = np.append(np.flatnonzero(fresh), len(digests))
        self._digests = digests if fresh.all() else digests[fresh]
        self._keys = keys if fresh.all() else keys[fresh]
        self._sought = memoryview(self._keys.data)

    def __len__(self) -> int:
        return len(self._digests)

    def __contains__(self, digest: object) -> bool:
        return isinstance(digest, str) and self._place(digest) >= 0

    def __iter__(self) -> Iterator[str]:
        for place in np.argsort(self._ids[self._starts[:-1]], kind="stable"):
            yield hex_digest(bytes(self._digests[place]))

    def __getitem__(self, digest: str) -> list[ImageFile]:
        ids = self.ids(digest)
        if not ids:
            raise KeyError(digest)
        return [self._files[id_] for id_ in ids if id_ in self._files]

    def ids(self, digest: str) -> list[int]:
        """Return the ids of the files that hold a content, none if there is none."""
        place = self._place(digest)
        return self._run(place) if place >= 0 else []

    def first_files(self, digests: Sequence[str]) -> FileSelection:
        """Return the first file of each of several contents, in their order; raises KeyError without one."""
        places = self.places(digests)
        if (places < 0).any():
            raise KeyError(digests[int(np.argmin(places))])
        return FileSelection.of(self._files, self.firsts()[places])

    def repeated(self) -> Iterator[list[int]]:
        """Yield the ids of each content that several files hold."""
        for place in np.flatnonzero(np.diff(self._starts) > 1).tolist():
            yield self._run(place)

    def firsts(self) -> NDArray[np.int64]:
        """Return the first id of each content."""
        ids: NDArray[np.int64] = self._ids[self._starts[:-1]]
        return ids

    def prefixes(self) -> Prefixes:
        """Return the prefix of each content."""
        return self._keys

    def places(self, digests: Sequence[str]) -> NDArray[np.int64]:
        """Return the place of each of several contents among all of them, -1 for one that is not there."""
        try:
            raw = bytes.fromhex("".join(digests))
        except ValueError:
            raw = b""
        if (
            not len(self)
            or len(raw) != DIGEST_BYTES * len(digests)
            or {len(one) for one in digests} - {2 * DIGEST_BYTES}
        ):
            return np.array([self._place(digest) for digest in digests], np.int64)
        wanted = np.frombuffer(raw, f"S{DIGEST_BYTES}")
        keys, key = self._keys, prefixes_in(wanted.tobytes())
        places = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
        alike = self._digests[places] == wanted
        for doubtful in np.flatnonzero(~alike & (keys[places] == key)).tolist():
            places[doubtful] = self._place(digests[doubtful])
            alike[doubtful] = places[doubtful] >= 0
        return np.where(alike, places, -1)

    def product_sizes(self, ones: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many pairs ``product`` makes of each two places."""
        counts = np.append(np.diff(self._starts), 0)
        sizes: NDArray[np.int64] = counts[ones] * counts[others]
        return sizes

    def product(self, ones: NDArray[np.int64], others: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
        """Return every pair of a file that holds one content with a file that holds the other.

        ``ones`` and ``others`` are places, those at the same number belong together; -1 has no files.
        Returns the number, the file that holds the one and the file that holds the other, as arrays.
        """
        numbers = np.flatnonzero((ones >= 0) & (others >= 0))
        starts, counts = self._starts[:-1], np.diff(self._starts)
        ones, others = ones[numbers], others[numbers]
        pairs = counts[ones] * counts[others]
        own = np.repeat(np.arange(len(numbers)), pairs)
        within = np.arange(len(own)) - np.repeat(np.cumsum(pairs) - pairs, pairs)
        step, rest = np.divmod(within, counts[others][own])
        return numbers[own], self._ids[starts[ones][own] + step], self._ids[starts[others][own] + rest]

    def _run(self, place: int) -> list[int]:
        ids: list[int] = self._ids[self._starts[place] : self._starts[place + 1]].tolist()
        return ids

    def _place(self, digest: str) -> int:
        try:
            raw = bytes.fromhex(digest)
        except ValueError:
            return -1
        key, wanted = int.from_bytes(raw[:8]), raw.rstrip(b"\0")
        place = bisect_left(self._sought, key)
        while place < len(self._sought) and self._sought[place] == key:
            if self._digests[place] == wanted:
                return place
            place += 1
        return -1


def unread_contents(files: FileColumns) -> frozenset[str]:
    """Return the contents of which only a preview was read."""
    if not files.count_preview("read"):
        return frozenset()
    digests, previews = files.gather("digest", "preview")
    return frozenset(hex_digest(bytes(digest)) for digest in digests[previews == PREVIEWS.index("read")])


def raw_contents(files: FileColumns) -> frozenset[str]:
    """Return the contents that hold the data of a camera's sensor."""
    digests, holds = files.gather("digest", "holds")
    raw = np.asarray(holds, np.int64) >> HOLDINGS.index("raw") & 1
    return frozenset(hex_digest(bytes(digest)) for digest in digests[raw.astype(np.bool_)])


def _sorted_order(digests: NDArray[np.generic]) -> tuple[Prefixes, NDArray[np.int64]]:
    """Return the prefixes of digests in order, and the order that sorts digests, equal ones as they come.

    Numbers sort several times faster than strings, and the first eight bytes nearly always do.
    """
    keys = prefixes_in(digests.tobytes())
    order: NDArray[np.int64] = np.argsort(keys, kind="stable")
    keys = keys[order]
    again = np.flatnonzero(keys[1:] == keys[:-1])
    if (digests[order[again]] != digests[order[again + 1]]).any():
        words = np.frombuffer(digests.tobytes(), ">u8").reshape(-1, DIGEST_BYTES // 8).astype(np.uint64)
        order = np.asarray(np.lexsort(words.T[::-1]))
    return keys, order
