"""A chunk: some thousand image files in columns, a third of the memory that objects would take.

What a column cannot carry (the reason why a picture could not be read, numbers beyond their range) is
kept as the whole object beside them; its columns then hold as much as fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.content_digest import hex_digest
from dpm_tui.catalog.image_file import (
    DIGEST_BYTES,
    HOLDINGS,
    PREVIEWS,
    STAMP_FIELDS,
    Facts,
    ImageFile,
    Stamp,
    Status,
)

FILES_PER_CHUNK = 4096
"""Ids of one chunk: the chunk of an id is ``id // FILES_PER_CHUNK``."""
STATUSES = tuple(Status)
_STATUS_CODES = {status: code for code, status in enumerate(STATUSES)}
ROW = np.dtype(
    [
        ("id", "<i8"), ("size", "<u8"), ("mtime_ns", "<i8"), ("ctime_ns", "<i8"), ("device", "<u8"),
        ("inode", "<u8"), ("folder", "<u4"), ("name_at", "<u4"), ("name_bytes", "<u2"), ("width", "<u4"),
        ("height", "<u4"), ("frames", "<u4"), ("quality", "u1"), ("has_exif", "?"), ("format", "u1"),
        ("status", "u1"), ("digest", "S32"), ("pixels", "S32"), ("taken", "S19"),
        ("depth", "u1"), ("colours", "u2"), ("lossy", "?"), ("alpha", "?"), ("damaged", "?"), ("holds", "u1"),
        ("preview", "u1"), ("camera", "<u4"),
    ]
)  # fmt: skip
"""One file. Digests are raw, all zero where there is none; ``folder`` and ``format`` number words that
the chunks share; the name is a part of the chunk's names."""
Rows = NDArray[np.void]


class StringPool:
    """Byte strings by number, each once; numbers never change, so that chunks may be copied and shared."""

    def __init__(self) -> None:
        self._words: list[bytes] = []
        self._numbers: dict[bytes, int] = {}

    def __getitem__(self, number: int) -> bytes:
        return self._words[number]

    def __len__(self) -> int:
        return len(self._words)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._words)

    def number(self, word: bytes) -> int:
        """Return the number of a word, a new one if need be."""
        number = self._numbers.get(word)
        if number is None:
            number = self._numbers[word] = len(self._words)
            self._words.append(word)
        return number


class FileChunk:
    """The files of one range of ids. ``odd`` holds those that do not fit, by row."""

    __slots__ = ("alive", "count", "names", "odd", "row_of", "rows", "shared", "used")

    def __init__(self) -> None:
        self.rows: Rows = np.zeros(64, ROW)
        self.used = 0
        self.count = 0
        self.row_of: NDArray[np.int16] = np.full(FILES_PER_CHUNK, -1, np.int16)
        self.alive: NDArray[np.bool_] = np.zeros(FILES_PER_CHUNK, np.bool_)
        self.names = bytearray()
        self.odd: dict[int, ImageFile] = {}
        self.shared = False

    @classmethod
    def of(cls, rows: Rows, names: bytes, odd: dict[int, ImageFile]) -> FileChunk:
        """Return the chunk of whole rows, whose ids are of one chunk and different."""
        chunk = cls()
        chunk.rows, chunk.used, chunk.count = rows, len(rows), len(rows)
        slots = rows["id"] % FILES_PER_CHUNK
        chunk.row_of[slots] = np.arange(len(rows), dtype=np.int16)
        chunk.alive[slots] = True
        chunk.names, chunk.odd = bytearray(names), odd
        return chunk

    def copy(self) -> FileChunk:
        """Return a chunk of its own with the same files."""
        copy = FileChunk()
        copy.rows, copy.used, copy.count = self.rows.copy(), self.used, self.count
        copy.row_of, copy.alive = self.row_of.copy(), self.alive.copy()
        copy.names, copy.odd = self.names[:], dict(self.odd)
        return copy

    def row(self, slot: int) -> int:
        """Return the row of the ``slot``-th id of the chunk, -1 if there is no such file."""
        return int(self.row_of[slot]) if self.alive[slot] else -1

    def live_rows(self) -> NDArray[np.int16]:
        """Return the numbers of the rows of the files that there are, in order of id."""
        return self.row_of[self.alive]

    def live(self) -> Rows:
        """Return the rows of the files that there are, in order of id."""
        return self.rows[self.live_rows()]

    def put(self, file: ImageFile, folders: StringPool, formats: StringPool) -> bool:
        """Add or replace a file; return whether it is new."""
        slot = file.id % FILES_PER_CHUNK
        row = int(self.row_of[slot])
        if row < 0:
            row = self._new_row()
            self.row_of[slot] = row
        folder, slash, name = file.path.rpartition(b"/")
        at = self._place(row, name)
        whole = (at, len(name)) if len(name) < 1 << 16 else (0, 0)
        try:
            values = (file.id, *file.stamp.numbers, folders.number(folder), *whole, *_facts(file, formats))
            self.rows[row] = values
            fits = not file.reason and bool(slash) == bool(folder) and whole[1] == len(name)
            fits = fits and self.rows[row].item() == values
        except (OverflowError, ValueError):
            self.rows[row] = _what_fits(file, folders.number(folder), whole)
            fits = False
        if fits:
            self.odd.pop(row, None)
        else:
            self.odd[row] = file
        new = not self.alive[slot]
        self.alive[slot] = True
        self.count += bool(new)
        return bool(new)

    def remove(self, slot: int) -> bool:
        """Forget the ``slot``-th file; return whether there was one."""
        if not self.alive[slot]:
            return False
        self.alive[slot] = False
        self.count -= 1
        self.odd.pop(int(self.row_of[slot]), None)
        return True

    def build(self, row: int, folders: StringPool, formats: StringPool) -> ImageFile:
        """Return the file in a row as its columns have it."""
        return build_file(self.rows[row].item(), self.names, folders, formats)

    def _new_row(self) -> int:
        if self.used == len(self.rows):
            grown = np.zeros(min(2 * self.used, FILES_PER_CHUNK), ROW)
            grown[: self.used] = self.rows
            self.rows = grown
        self.used += 1
        return self.used - 1

    def _place(self, row: int, name: bytes) -> int:
        """Return where a name lies among the names: where it lay, or at their end."""
        at, length = int(self.rows["name_at"][row]), int(self.rows["name_bytes"][row])
        if length == len(name) and self.names[at : at + length] == name:
            return at
        at = len(self.names)
        self.names += name
        return at


def build_file(
    row: tuple[Any, ...], names: bytes | bytearray, folders: StringPool, formats: StringPool
) -> ImageFile:
    """Return the file of a row, which is given as a tuple of its fields."""
    folder, name = folders[row[6]], bytes(names[row[7] : row[7] + row[8]])
    return ImageFile(
        id=row[0],
        path=folder + b"/" + name if folder else name,
        stamp=Stamp(*row[1:6]),
        status=STATUSES[row[15]],
        facts=Facts(
            digest=hex_digest(row[16]),
            format=formats[row[14]].decode("ascii"),
            width=row[9],
            height=row[10],
            frames=row[11],
            quality=row[12],
            taken=row[18].decode("ascii"),
            has_exif=row[13],
            pixels=hex_digest(row[17]),
            depth=row[19],
            colours=row[20],
            lossy=row[21],
            alpha=row[22],
            damaged=row[23],
            holds=name_holdings(row[24]),
            preview=PREVIEWS[row[25]],
            camera=row[26],
        ),
    )


def number_holdings(holds: Sequence[str]) -> int:
    """Return what a file holds as a column has it: a bit each; raises ValueError for an unknown word."""
    return sum(1 << HOLDINGS.index(word) for word in holds)


def name_holdings(number: int) -> tuple[str, ...]:
    """Return the words for the bits of a column."""
    return tuple(word for bit, word in enumerate(HOLDINGS) if number >> bit & 1)


def _facts(file: ImageFile, formats: StringPool) -> tuple[object, ...]:
    facts = file.facts
    return (
        facts.width, facts.height, facts.frames, facts.quality, facts.has_exif,
        formats.number(facts.format.encode("ascii")), _STATUS_CODES[file.status],
        _raw(facts.digest), _raw(facts.pixels), facts.taken.encode("ascii"),
        facts.depth, facts.colours, facts.lossy, facts.alpha, facts.damaged, number_holdings(facts.holds),
        PREVIEWS.index(facts.preview), facts.camera,
    )  # fmt: skip


def _raw(digest: str) -> bytes:
    """Return the bytes of a digest as its column gives them back; raises ValueError for any other text."""
    raw = bytes.fromhex(digest)
    stripped = raw.rstrip(b"\0")
    if digest and (not stripped or len(raw) != DIGEST_BYTES or raw.hex() != digest):
        raise ValueError("not a digest")
    return stripped


def _what_fits(file: ImageFile, folder: int, name: tuple[int, int]) -> tuple[object, ...]:
    """Return the row of a file that does not fit, with what does fit, so that searches find it."""
    stamp = []
    for field, value in zip(STAMP_FIELDS, file.stamp.numbers, strict=True):
        bounds = np.iinfo(ROW[field])
        stamp.append(min(max(value, int(bounds.min)), int(bounds.max)))
    digests = []
    for digest in (file.facts.digest, file.facts.pixels):
        try:
            digests.append(bytes.fromhex(digest))
        except ValueError:
            digests.append(b"")
    code = _STATUS_CODES[file.status]
    still, damaged = file.facts.frames == 1, file.facts.damaged
    holds = number_holdings([word for word in HOLDINGS if word in file.facts.holds])
    return (
        file.id, *stamp, folder, *name, 0, 0, still, 0, False, 0, code, *digests, b"",
        0, 0, False, False, damaged, holds, *_preview_of(file),
    )  # fmt: skip


def _preview_of(file: ImageFile) -> tuple[int, int]:
    known = file.facts.preview in PREVIEWS and 0 <= file.facts.camera < 1 << 32
    return (PREVIEWS.index(file.facts.preview), file.facts.camera) if known else (0, 0)
