"""The paths of very many files as one text: a word is found in all of them at once.

Upper and lower case are one, and so are the two ways of writing an accented letter. Names are searched as
they are shown, never as raw bytes.
"""

from __future__ import annotations

import unicodedata

import numpy as np
from numpy.typing import NDArray

from dpm_tui.names import display_name
from dpm_tui.pipeline.file_rows import FileRows

_END = b"\0"
"""Stands behind every path; in none of them, and in no word that is looked for."""


def fold(text: str) -> str:
    """Return a text as it is compared."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


class PathText:
    """Each path once, folded and encoded; file ``row`` lies from ``starts[row]`` to ``starts[row + 1]``."""

    def __init__(self, files: FileRows) -> None:
        folders = [_fold_bytes(folder) + b"/" if folder else b"" for folder in files.folders]
        rows, names = files.rows, files.names
        columns = (rows[name].tolist() for name in ("folder", "name_at", "name_bytes"))
        paths = []
        folder_bytes = []
        plain = _is_plain(names)
        for row, (folder, at, length) in enumerate(zip(*columns, strict=True)):
            start, name = folders[folder], names[at : at + length]
            if row in files.odd:
                whole = _fold_bytes(files.odd[row].path)
                start = whole[: whole.rfind(b"/") + 1]
                name = whole[len(start) :]
            else:
                name = name.lower() if plain else _fold_bytes(name)
            paths.append(start + name + _END)
            folder_bytes.append(len(start))
        self.text = b"".join(paths)
        self.starts = np.zeros(len(paths) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, paths), np.int64, len(paths)), out=self.starts[1:])
        self._bytes = np.frombuffer(self.text, np.uint8)
        self._frequencies: list[int] = np.bincount(self._bytes, minlength=256).tolist()
        self.name_starts = self.starts[:-1] + np.array(folder_bytes, np.int64)

    def holding(self, word: str) -> NDArray[np.bool_]:
        """Return for each file whether its path holds a word."""
        return self._any(self._places(word), self.starts)

    def named(self, word: str) -> NDArray[np.bool_]:
        """Return for each file whether its name, without the folder, holds a word."""
        places = self._places(word)
        owner = np.searchsorted(self.starts, places, side="right") - 1
        return self._any(places[places >= self.name_starts[owner]], self.starts)

    def below(self, word: str) -> NDArray[np.bool_]:
        """Return for each file whether the path of its folder, with a slash at the end, holds a word."""
        places = self._places(word)
        owner = np.searchsorted(self.starts, places, side="right") - 1
        ends = places + len(_encode(fold(word)))
        return self._any(places[ends <= self.name_starts[owner]], self.starts)

    def ending(self, *words: str) -> NDArray[np.bool_]:
        """Return for each file whether its path ends with one of some words."""
        ends = np.zeros(len(self.name_starts), np.bool_)
        for word in words:
            ends |= self._any(self._places(word, _END), self.starts)
        return ends

    def name(self, row: int) -> bytes:
        """Return the name of a file, without its folder, as it is compared."""
        return self.text[self.name_starts[row] : self.starts[row + 1] - 1]

    def _places(self, word: str, end: bytes = b"") -> NDArray[np.int64]:
        """Return where a word begins, by looking at the places of its rarest byte."""
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

    @staticmethod
    def _any(places: NDArray[np.int64], starts: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return for each stretch between two starts whether any of the sorted places lies in it."""
        bounds = np.searchsorted(places, starts)
        some: NDArray[np.bool_] = bounds[1:] > bounds[:-1]
        return some


def _is_plain(names: bytes) -> bool:
    return names.isascii() and names.decode().isprintable()


def _fold_bytes(name: bytes) -> bytes:
    if name.isascii() and (text := name.decode()).isprintable():
        return text.lower().encode()
    return _encode(fold(display_name(name)))


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
