"""The journal of verdicts, read many lines at a time: most of them say that two pictures are not alike.

A million pictures have some millions of verdicts; to read each as a record of its own takes a minute.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.content_digest import DigestPair, Prefixes
from dpm_tui.catalog.image_file import DIGEST_BYTES
from dpm_tui.catalog.verdict import Verdict
from dpm_tui.state.disk.held_folder import Where
from dpm_tui.state.disk.journal import MAX_LINE_BYTES, decode_frame
from dpm_tui.state.disk.regular_file import open_regular
from dpm_tui.state.verdicts.verdict_record import decode_verdict, encode_verdict

_BLOCK_BYTES = 1 << 23
_SEAL = slice(0, 8)
_DIGITS = 2 * DIGEST_BYTES
_NO_DIGIT = 255
_VALUES = np.full(256, _NO_DIGIT, np.uint8)
_VALUES[list(b"0123456789abcdef")] = range(16)


@dataclass(frozen=True, slots=True)
class Line:
    """One whole line: a verdict and the version of the judge that gave it."""

    pair: DigestPair
    verdict: Verdict | None
    version: str


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines of the journal. ``ends`` tells where in ``content`` each ends.

    The ``plain`` ones are valid, have the version that was asked for and say that two pictures are not
    alike; ``firsts`` and ``seconds`` are their digests. The ``stale`` ones say the same by another version:
    there are millions after a new judge came, and nobody looks at them any closer. ``others`` are the other
    valid ones by number.
    """

    content: bytes
    ends: NDArray[np.int64]
    plain: NDArray[np.bool_]
    stale: NDArray[np.bool_]
    firsts: Prefixes
    seconds: Prefixes
    others: dict[int, Line]

    @property
    def valid(self) -> NDArray[np.bool_]:
        """The mask of the lines that are verdicts and not stale."""
        valid = self.plain.copy()
        valid[list(self.others)] = True
        return valid

    @property
    def rejected(self) -> int:
        """The number of lines that are no verdict; empty ones do not count."""
        empty = np.diff(self.ends, prepend=0) == 1
        return int((~self.valid & ~self.stale & ~empty).sum())

    def pick(self, wanted: NDArray[np.bool_]) -> bytes:
        """Return the lines that are wanted."""
        content = np.frombuffer(self.content, np.uint8)
        return content[np.repeat(wanted, np.diff(self.ends, prepend=0))].tobytes()


def read_lines(path: Where, version: str) -> Iterator[Lines]:
    """Yield the lines of the journal at ``path``, none if it is missing.

    An empty version stands for that of the first line. Raises DamagedError, OSError.
    """
    try:
        descriptor = open_regular(path)
    except FileNotFoundError:
        return
    with open(descriptor, "rb") as file:
        first = _first_version(file)
        template = _Template(version or first)
        older = _Template(first) if version and first != version else None
        for content in _blocks(file):
            yield template.read(content, older)


class _Template:
    """The bytes that all plain lines share."""

    def __init__(self, version: str) -> None:
        pair = ("a" * _DIGITS, "b" * _DIGITS)
        text = json.dumps(encode_verdict(pair, None, version), separators=(",", ":"))
        line = b"0" * 8 + b" " + text.encode("ascii") + b"\n"
        self._pattern = np.frombuffer(line, np.uint8)
        self._starts = [line.index(digest.encode("ascii")) for digest in pair]
        self._free = np.zeros(len(line), np.bool_)
        self._free[_SEAL] = True
        for start in self._starts:
            self._free[start : start + _DIGITS] = True

    def read(self, content: bytes, older: _Template | None) -> Lines:
        """Return the verdicts of some lines, and which are those of an ``older`` version."""
        array = np.frombuffer(content, np.uint8)
        ends = np.flatnonzero(array == ord("\n")) + 1
        if content and not content.endswith(b"\n"):
            ends = np.append(ends, len(content))
        lengths = np.diff(ends, prepend=0)
        numbers, table, valid = self._find(array, ends, lengths)
        stale = np.zeros(len(ends), np.bool_)
        if older is not None:
            places, _, alike = older._find(array, ends, lengths)
            stale[places[alike]] = True
        firsts, seconds = (self._halves(table, start, valid) for start in self._starts)
        valid &= firsts < seconds
        valid[valid] = _checksums_match(table[valid])
        plain = np.zeros(len(ends), np.bool_)
        plain[numbers[valid]] = True
        others: dict[int, Line] = {}
        for number in np.flatnonzero(~plain & ~stale).tolist():
            end = int(ends[number])
            line = content[end - int(lengths[number]) : end]
            try:
                if not line.endswith(b"\n"):
                    raise ValueError("torn")
                others[number] = Line(*decode_verdict(decode_frame(line[:-1])))
            except ValueError:
                continue
        return Lines(content, ends, plain, stale, firsts[valid], seconds[valid], others)

    def _find(
        self, content: NDArray[np.uint8], ends: NDArray[np.int64], lengths: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.bool_]]:
        """Return the numbers of the lines of this length, their bytes, and which of them look plain."""
        numbers = np.flatnonzero(lengths == len(self._pattern))
        table = _rows(content, ends[numbers] - len(self._pattern), len(self._pattern))
        return numbers, table, (self._free | (table == self._pattern)).all(axis=1)

    def _halves(self, table: NDArray[np.uint8], start: int, valid: NDArray[np.bool_]) -> Prefixes:
        """Return the halves of the digests that begin at ``start``; lines with none are not valid."""
        values = _VALUES[table[:, start : start + _DIGITS]]
        valid &= (values != _NO_DIGIT).all(axis=1)
        octets = np.ascontiguousarray(values[:, 0:16:2] << 4 | values[:, 1:16:2])
        return octets.view(">u8")[:, 0].astype(np.uint64)


def _rows(content: NDArray[np.uint8], starts: NDArray[np.int64], length: int) -> NDArray[np.uint8]:
    """Return the pieces of one length that begin at ``starts``, one a row."""
    if not len(starts):
        return np.zeros((0, length), np.uint8)
    rows: NDArray[np.uint8] = np.lib.stride_tricks.sliding_window_view(content, length)[starts]
    return rows


def _checksums_match(table: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return for each line whether its checksum holds."""
    values = _VALUES[table[:, _SEAL]]
    whole = (values != _NO_DIGIT).all(axis=1)
    octets = np.ascontiguousarray(values[:, 0::2] << 4 | values[:, 1::2])
    view, length = memoryview(table.tobytes()), table.shape[1]
    seals = [zlib.crc32(view[at + 9 : at + length - 1]) for at in range(0, len(view), length)]
    found: NDArray[np.bool_] = whole & (octets.view(">u4")[:, 0] == np.array(seals, np.uint32))
    return found


def _first_version(file: BinaryIO) -> str:
    """Return the version of the first line, empty if it is no verdict; rewind the file."""
    line = file.readline(MAX_LINE_BYTES)
    file.seek(0)
    try:
        return Line(*decode_verdict(decode_frame(line[:-1]))).version
    except ValueError:
        return ""


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    """Yield a file in pieces that end where a line does; of a line that is too long only the beginning."""
    rest = b""
    while part := file.read(_BLOCK_BYTES):
        cut = part.rfind(b"\n") + 1
        if cut:
            yield rest + part[:cut]
            rest = part[cut:]
        else:
            rest = (rest + part)[: MAX_LINE_BYTES + 2]
    if rest:
        yield rest
