"""A cache of pairs on the disk, so that making them can stop at any moment and go on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.training.inspection.change_pairs import ChangePair
from models.training.inspection.quality_pairs import QualityPair

Table = dict[str, NDArray[Any]]
PICTURES_PER_PART = 50
"""Pictures whose pairs are written together."""


def parts_of(paths: Sequence[Path]) -> Iterator[tuple[int, Sequence[Path]]]:
    """Yield the pictures in numbered parts."""
    for number, start in enumerate(range(0, len(paths), PICTURES_PER_PART)):
        yield number, paths[start : start + PICTURES_PER_PART]


def write_table(path: Path, table: Table) -> None:
    """Write a table whole or not at all."""
    partial = path.with_suffix(".part")
    with partial.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **table)
    partial.replace(path)


def read_tables(paths: Iterable[Path]) -> Table:
    """Return several tables as one; numbers of pairs go on from table to table."""
    tables = [dict(np.load(path)) for path in sorted(paths)]
    before = 0
    for table in tables:
        if "pair" in table:
            table["pair"] = table["pair"] + before
            before += len(table["changed"])
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}


def quality_table(pairs: Iterable[QualityPair]) -> Table:
    """Return pairs of originals and copies in columns."""
    rows = list(pairs)
    return {
        "original": np.array([row.original for row in rows], np.float32),
        "copy": np.array([row.copy for row in rows], np.float32),
        "pairs": np.array([row.pair for row in rows], np.float32),
        "source": np.array([row.source for row in rows]),
        "degradation": np.array([row.degradation for row in rows]),
    }


def change_table(pairs: Iterable[ChangePair]) -> Table:
    """Return spots in columns, ``pair`` being the number of the pair of each, and what is known of pairs."""
    rows = list(pairs)
    return {
        "spots": np.concatenate([row.spots for row in rows]).astype(np.float32),
        "hits": np.concatenate([row.hits for row in rows]),
        "pair": np.concatenate([np.full(len(row.hits), number) for number, row in enumerate(rows)]),
        "changed": np.array([row.changed for row in rows]),
        "width": np.array([row.width for row in rows], np.float32),
        "source": np.array([row.source for row in rows]),
        "copied": np.array([row.copied for row in rows]),
        "edit": np.array([row.edit for row in rows]),
        "share": np.array([row.share for row in rows], np.float32),
        "contrast": np.array([row.contrast for row in rows], np.float32),
    }
