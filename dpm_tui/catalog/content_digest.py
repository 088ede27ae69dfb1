"""The SHA-256 of a content: its digits, its prefix as a number, and the key of two contents.

The prefix is the first eight bytes, so that millions are searched at once. Among a million pictures the
chance that two contents share a prefix is about one in forty million. Then a file is kept that might have
gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.image_file import DIGEST_BYTES

_DIGEST = re.compile(r"[0-9a-f]{64}")
_PREFIX_DIGITS = 16

DigestPair = tuple[str, str]
Prefixes = NDArray[np.uint64]


def is_digest(value: object) -> TypeGuard[str]:
    """Return whether ``value`` is the SHA-256 of some content, 64 lower-case hex digits.

    What is not one never becomes a key or a file name.
    """
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def digest_pair(first: str, second: str) -> DigestPair:
    """Return the key of two content digests, whatever their order."""
    return (first, second) if first < second else (second, first)


def hex_digest(raw: bytes) -> str:
    """Return a digest as text; numpy leaves the zeros at its end away."""
    return raw.ljust(DIGEST_BYTES, b"\0").hex() if raw else ""


def prefix_of(digest: str) -> int:
    """Return the prefix of a digest that is given in hexadecimal digits."""
    return int(digest[:_PREFIX_DIGITS], 16)


def prefixes_of(digests: Iterable[str]) -> Prefixes:
    """Return the prefixes of digests that are given in hexadecimal digits."""
    return np.array([prefix_of(digest) for digest in digests], np.uint64)


def prefixes_in(digests: bytes) -> Prefixes:
    """Return the prefixes of raw digests that follow one another."""
    return np.frombuffer(digests, ">u8").reshape(-1, DIGEST_BYTES // 8)[:, 0].astype(np.uint64)


def both_known(pairs: Iterable[tuple[str, str]], known: Prefixes) -> list[bool]:
    """Return for each pair of digests whether both are among the known ones."""
    halves = prefixes_of([digest for pair in pairs for digest in pair])
    found: NDArray[np.bool_] = np.isin(halves, known).reshape(-1, 2)
    return [bool(both) for both in found[:, 0] & found[:, 1]]
