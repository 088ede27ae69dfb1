"""Odd values: the true values of files whose values do not fit into the columns."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.content_digest import is_digest
from dpm_tui.catalog.image_file import HOLDINGS, STAMP_FIELDS, ImageFile

_MOST = int(np.iinfo(np.int64).max)
_LAST_BIT = 62


def with_odd_values(
    column: NDArray[Any], name: str, rows: Sequence[int], files: Collection[ImageFile]
) -> NDArray[Any]:
    """Return a column in which the rows of some files have their true values, as far as 64 bits go.

    Holdings have a bit each, and two digests are equal where their texts are.
    """
    match name:
        case "holds":
            values: list[Any] = _bits_of_holdings(files)
        case "digest":
            values = [_bytes_of_digest(file.facts.digest) for file in files]
        case "taken":
            values = [file.facts.taken.encode("utf-8", "surrogatepass") for file in files]
        case _:
            home = "stamp" if name in STAMP_FIELDS else "facts"
            values = [clip(getattr(getattr(file, home), name)) for file in files]
    if column.dtype.kind == "S":
        column = column.astype(f"S{max(column.dtype.itemsize, *map(len, values))}")
    else:
        column = column.copy()
    column[list(rows)] = values
    return column


def clip(number: int) -> int:
    """Return a number, or the nearest one that 64 bits hold, with either sign."""
    return min(max(number, -_MOST), _MOST)


def _bits_of_holdings(files: Collection[ImageFile]) -> list[int]:
    """Return what each file holds as bits: those of the columns, and further ones for further words."""
    words = dict.fromkeys((*HOLDINGS, *(word for file in files for word in file.facts.holds)))
    bits = {word: 1 << min(bit, _LAST_BIT) for bit, word in enumerate(words)}
    return [sum({bits[word] for word in file.facts.holds}) for file in files]


def _bytes_of_digest(digest: str) -> bytes:
    """Return a digest as a column has it; any other text becomes the digest of itself."""
    raw = bytes.fromhex(digest) if is_digest(digest) else b""
    return (
        raw if raw.rstrip(b"\0") or not digest else hashlib.sha256(digest.encode("utf-8", "replace")).digest()
    )
