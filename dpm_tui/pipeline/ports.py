"""What a run needs of a store: protocols that ``state`` implements on disk and tests in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.content_digest import DigestPair, Prefixes
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.catalog.inspection import Inspection
from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.catalog.verdict import Verdict


class FileTable(Protocol):
    """Image files by id."""

    @property
    def files(self) -> FileColumns:
        """Id -> image file."""

    def new_id(self) -> int:
        """Return an id never used before."""

    def put(self, file: ImageFile) -> None:
        """Add or replace a file."""

    def remove(self, id_: int) -> None:
        """Forget a file."""


class ThumbnailTable(Protocol):
    """Thumbnails by content digest."""

    def has(self, digest: str) -> bool:
        """Return whether there is one."""

    def put(self, digest: str, jpeg: bytes) -> None:
        """Store one."""

    def get(self, digest: str) -> bytes | None:
        """Return one, or None."""

    def discard(self, digest: str) -> None:
        """Remove one that cannot be read."""


class VectorTable(Protocol):
    """Vectors of one model by content digest; rows keep their numbers."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[str]: ...
    def __contains__(self, digest: str) -> bool: ...

    def digest_at(self, row: int) -> str:
        """Return the digest of a row, empty for one that was lost."""

    def read(self, start: int, end: int) -> NDArray[np.float16]:
        """Return the rows from ``start`` to ``end``, shape (end - start, dims)."""

    def take(self, numbers: NDArray[np.int64]) -> NDArray[np.float16]:
        """Return the rows with these numbers."""

    def known_rows(self, known: Prefixes) -> NDArray[np.bool_]:
        """Return the mask of the rows whose digest begins with one of the prefixes."""

    def fits(self, digest: str) -> bool:
        """Return whether the row was added as one that fits."""

    def discard(self, digest: str) -> None:
        """Forget the row of a digest: another one may follow."""

    def shared(self, digest: str) -> bool:
        """Return whether the picture should have a vector of every model."""

    def add(self, digest: str, vector: NDArray[np.float32], *, fits: bool, shared: bool = False) -> None:
        """Append a row."""


class CandidateTable(Protocol):
    """Candidates of one model, by row numbers of its vectors."""

    @property
    def rows(self) -> int:
        """The number of rows that the table of vectors had at least."""

    @property
    def near(self) -> NeighbourPairs:
        """The candidates, each pair once."""

    def matched(self, rows: int) -> NDArray[np.bool_]:
        """Return the mask of rows that were matched, for a table of so many rows."""

    def add_block(self, rows: NDArray[np.int64], near: NeighbourPairs) -> None:
        """Record for good that these rows were matched, and what lies near them."""

    def forget(self, gone: NDArray[np.int64], again: NDArray[np.int64]) -> None:
        """Drop the candidates of rows that are gone; those in ``again`` are matched again."""

    def clear(self) -> None:
        """Forget every candidate; matching begins anew."""


class VerdictTable(Protocol):
    """Verdicts by pair of content digests; None where the two are not alike."""

    def __contains__(self, pair: DigestPair) -> bool: ...

    def alike(self) -> Iterator[tuple[DigestPair, Verdict]]:
        """Yield the pairs that are alike."""

    def put(self, pair: DigestPair, verdict: Verdict | None) -> None:
        """Add a verdict."""


class InspectionTable(Protocol):
    """The results of comparing pairs at full size, by pair of content digests."""

    def __contains__(self, pair: DigestPair) -> bool: ...

    def get(self, pair: DigestPair) -> Inspection | None:
        """Return what was found of a pair; None where it was not inspected, or could not be."""

    def put(self, pair: DigestPair, inspection: Inspection | None) -> None:
        """Add what was found, None where one of the two cannot be decoded."""


class Store(Protocol):
    """All tables of one root."""

    @property
    def files(self) -> FileTable: ...
    @property
    def thumbnails(self) -> ThumbnailTable: ...
    @property
    def verdicts(self) -> VerdictTable: ...
    @property
    def inspections(self) -> InspectionTable: ...

    def vectors(self, choice: str, model: str, identity: str, dims: int) -> VectorTable:
        """Return the vectors of ``model`` under one choice of models and one set of weights."""

    def candidates(self, choice: str, model: str, identity: str) -> CandidateTable:
        """Return the candidates that were found under the rule and weights that ``identity`` names."""

    def judge_anew(self, digests: Collection[str]) -> None:
        """Forget for good what was found of pairs with one of these contents."""

    def sync(self) -> None:
        """Make everything put so far survive a crash."""
