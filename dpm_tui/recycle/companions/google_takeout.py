"""Takeout: how Google's export names its metadata files, and the pictures that were edited there."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace

_TEXT = b".supplemental-metadata"
_MAX_LETTERS = 46
"""Longest name before ``.json``: the export cuts off longer ones."""
_NUMBERED = re.compile(rb"(.+)(\(\d{1,4}\))", re.DOTALL)
_EDITED = tuple(
    word.encode()
    for word in (
        "-edited", "-bearbeitet", "-modifié", "-modifie", "-editado", "-modificato", "-bewerkt", "-edytowane",
        "-redigerad", "-redigeret", "-отредактировано", "-編集済み", "-已编辑", "-已修改",
    )
)  # fmt: skip
"""Suffixes of edited pictures, which have no metadata file of their own."""


@dataclass(frozen=True, slots=True)
class ExportName:
    """The name of a picture in parts: ``X(1).jpg`` is the second that was called ``X.jpg``."""

    stem: bytes
    number: bytes
    ending: bytes

    @classmethod
    def of(cls, name: bytes) -> ExportName:
        """Return the parts of a name."""
        stem, ending = os.path.splitext(name)
        numbered = _NUMBERED.fullmatch(stem)
        return cls(numbered[1], numbered[2], ending) if numbered else cls(stem, b"", ending)

    @property
    def title(self) -> bytes:
        """The name without its number."""
        return self.stem + self.ending

    @property
    def full_stem(self) -> bytes:
        """The stem with its number."""
        return self.stem + self.number

    def text(self, middle: bytes) -> bytes:
        """Return the name of its metadata file if the number is part of the picture's own name."""
        return self.full_stem + self.ending + middle + b".json"

    def numbered_text(self, middle: bytes) -> bytes:
        """Return the name of its metadata file if the number stands at the end."""
        return self.title + middle + self.number + b".json"

    @property
    def readings(self) -> tuple[tuple[bytes, bytes], ...]:
        """What ``read_text`` returns for the names that its metadata file may have."""
        whole = self.full_stem + self.ending, b""
        return (whole, (self.title, self.number)) if self.number else (whole,)

    @property
    def cut_text(self) -> bytes:
        """The name of its metadata file if its title is too long for the export, else empty."""
        letters = self.title.decode("utf-8", "surrogateescape")
        if len(letters) <= _MAX_LETTERS:
            return b""
        return letters[:_MAX_LETTERS].encode("utf-8", "surrogateescape") + self.number + b".json"

    def original(self) -> ExportName | None:
        """Return the name that a picture had before it was edited, None for one that was not."""
        for word in _EDITED if self.stem.endswith(_EDITED) else ():
            if self.stem.endswith(word) and len(self.stem) > len(word):
                return replace(self, stem=self.stem[: -len(word)])
        return None


def read_text(name: bytes) -> set[tuple[bytes, bytes]]:
    """Return title and number of each picture whose metadata file may have this name, if any."""
    if not name.endswith(b".json"):
        return set()
    whole = name[: -len(b".json")]
    numbered = _NUMBERED.fullmatch(whole)
    found = set()
    for base, number in ((whole, b""), (numbered[1], numbered[2]) if numbered else (whole, b"")):
        found.add((base, number))
        title, dot, rest = base.rpartition(b".")
        # The export cuts the last word off anywhere, down to its dot.
        if dot and _TEXT.startswith(dot + rest):
            found.add((title, number))
    return found


def follow_text(text: bytes, picture: bytes, other: bytes) -> bytes:
    """Return the name that the metadata file of ``picture`` would have beside ``other``, or empty."""
    mine, theirs = ExportName.of(picture), ExportName.of(other)
    names = [(mine, theirs)]
    if before := mine.original():
        names.append((before, theirs.original() or theirs))
    for own, wanted in names:
        for length in range(len(_TEXT) + 1):
            middle = _TEXT[:length]
            if text == own.text(middle):
                return wanted.text(middle)
            if text == own.numbered_text(middle):
                return wanted.numbered_text(middle)
    return b""
