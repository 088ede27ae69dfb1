"""The paths of very many files as one text: a word is found in all of them at once.

Case is ignored, and so is the Unicode normal form of accented letters. Names are searched as
they are shown, never as raw bytes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.file_selection import FileSelection
from dpm_tui.file_names import display_name

_END = b"\0"
"""Stands behind every path; occurs in no path and in no search word."""
_ROWS_AT_ONCE = 8192
_BYTES_AT_ONCE = 1 << 20


def fold(text: str) -> str:
    """Return a text as it is compared."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


class PathText:
    """Each path once, folded and encoded; file ``row`` lies from ``starts[row]`` to ``starts[row + 1]``.

    Its name begins at ``name_starts[row]``.
    """

    def __init__(self, files: FileSelection) -> None:
        self.text = bytearray()
        self.starts = np.zeros(len(files) + 1, np.int64)
        self.name_starts = np.zeros(len(files), np.int64)
        numbers, words = files.words("folder")
        folders = [_fold_bytes(folder) + b"/" if folder else b"" for folder in words]
        # In blocks of many paths: single objects for all of them would take much more memory than the text.
        for first in range(0, len(files), _ROWS_AT_ONCE):
            here = slice(first, first + _ROWS_AT_ONCE)
            self._add(files.names_in(here), [folders[number] for number in numbers[here].tolist()], first)
        self._bytes = np.frombuffer(self.text, np.uint8)
        self._frequencies: list[int] = _count_bytes(self._bytes)

    def _add(self, names: Sequence[bytes], folders: Sequence[bytes], first: int) -> None:
        """Take over the paths of rows from the ``first`` on: names, and the folders of them as compared."""
        own = [_fold_bytes(name) + _END for name in names]
        heads, tails = (np.fromiter(map(len, parts), np.int64, len(parts)) for parts in (folders, own))
        here = slice(first, first + len(own))
        ends = np.cumsum(heads + tails) + len(self.text)
        self.starts[first + 1 : first + len(own) + 1] = ends
        self.name_starts[here] = ends - tails
        self.text += b"".join(chain.from_iterable(zip(folders, own, strict=True)))

    def holding(self, word: str) -> NDArray[np.bool_]:
        """Return for each file whether its path holds a word."""
        return self._any(self._places(word))

    def named(self, word: str) -> NDArray[np.bool_]:
        """Return for each file whether its name, without the folder, holds a word."""
        places = self._places(word)
        owner = np.searchsorted(self.starts, places, side="right") - 1
        return self._any(places[places >= self.name_starts[owner]])

    def below(self, word: str) -> NDArray[np.bool_]:
        """Return for each file whether the path of its folder, with a slash at the end, holds a word."""
        places = self._places(word)
        owner = np.searchsorted(self.starts, places, side="right") - 1
        ends = places + len(_encode(fold(word)))
        return self._any(places[ends <= self.name_starts[owner]])

    def ending(self, *words: str) -> NDArray[np.bool_]:
        """Return for each file whether its path ends with one of some words."""
        ends = np.zeros(len(self.name_starts), np.bool_)
        for word in words:
            ends |= self._any(self._places(word, _END))
        return ends

    def name(self, row: int) -> bytes:
        """Return the name of a file, without its folder, as it is compared."""
        return bytes(self.text[self.name_starts[row] : self.starts[row + 1] - 1])

    def _places(self, word: str, end: bytes = b"") -> NDArray[np.int64]:
        """Return where a word begins, by checking the places of its rarest byte."""
        wanted = _encode(fold(word))
        if _END in wanted:
            return np.zeros(0, np.int64)
        if not wanted:
            return self.starts[:-1]
        wanted += end
        rarest = min(range(len(wanted)), key=lambda at: self._frequencies[wanted[at]])
        text = self._bytes
        places = np.flatnonzero(text == wanted[rarest]) - rarest
        places = places[(places >= 0) & (places <= len(text) - len(wanted))]
        for at in sorted(range(len(wanted)), key=lambda at: self._frequencies[wanted[at]])[1:]:
            places = places[text[places + at] == wanted[at]]
        return np.asarray(places, np.int64)

    def _any(self, places: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return for each file whether any of the sorted places lies in its path."""
        bounds = np.searchsorted(places, self.starts)
        some: NDArray[np.bool_] = bounds[1:] > bounds[:-1]
        return some


def _fold_bytes(name: bytes) -> bytes:
    if name.isascii() and (text := name.decode()).isprintable():
        return text.lower().encode()
    return _encode(fold(display_name(name)))


def _count_bytes(text: NDArray[np.uint8]) -> list[int]:
    """Return how often each byte occurs; some at a time, as each takes eight while numpy counts it."""
    counts = np.zeros(256, np.int64)
    for first in range(0, len(text), _BYTES_AT_ONCE):
        counts += np.bincount(text[first : first + _BYTES_AT_ONCE], minlength=256)
    frequencies: list[int] = counts.tolist()
    return frequencies


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
