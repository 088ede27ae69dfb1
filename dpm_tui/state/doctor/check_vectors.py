"""Checks the tables of vectors and the candidates that were found among them."""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass

from dpm_tui.errors import DpmError
from dpm_tui.file_names import display_name
from dpm_tui.state.disk.atomic_write import write_atomic
from dpm_tui.state.disk.finding import Finding
from dpm_tui.state.disk.held_folder import HeldPath
from dpm_tui.state.disk.journal import read_frames
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.quarantine import Quarantine
from dpm_tui.state.disk.regular_file import open_regular
from dpm_tui.state.vectors.vector_store import CHECKSUM_BYTES, HEAD_BYTES, MAX_BYTES, checksum_of

_MAX_DIMS = 1 << 14


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows of ``row_bytes``, the numbers of those that do not check, and whether a torn row follows."""

    rows: int
    row_bytes: int
    bad: tuple[int, ...] = ()
    torn: bool = False


def check_arrays(layout: Layout, quarantine: Quarantine) -> list[Finding]:
    """Return a finding for each file in the folder of vectors."""
    try:
        names = layout.vectors.names()
    except FileNotFoundError:
        return []
    except (DpmError, OSError) as error:
        return [quarantine.refuse(layout.vectors, error, "will_remake")]
    return [_check_file(layout.vectors.place(name), quarantine) for name in names]


def _check_file(place: HeldPath, quarantine: Quarantine) -> Finding:
    name = display_name(os.path.join(place.folder.name, place.name))
    try:
        if place.name.endswith(b".f16"):
            return _check_vectors(place, name, quarantine)
        if place.name.endswith(b".near.jsonl"):
            return _check_candidates(place, name, quarantine)
    except (DpmError, OSError) as error:
        return quarantine.refuse(place, error, "will_remake")
    values = {"name": name, "count": 1}
    if place.name.endswith(b".part"):
        return Finding(False, "leftovers", values, "will_quarantine", lambda: [quarantine.take(place)])
    return Finding(True, "unknown", values)


def _check_vectors(place: HeldPath, name: str, quarantine: Quarantine) -> Finding:
    table = _read_table(place)
    values: dict[str, object] = {"name": name}
    if table is None:
        return Finding(False, "vectors_unknown", values, "will_remake", lambda: [quarantine.take(place)])
    counts = values | {"count": table.rows - len(table.bad), "rejected": len(table.bad) + table.torn}
    if not table.bad and not table.torn:
        return Finding(True, "vectors", counts)

    def repair() -> list[Finding]:
        content = _mended(place, table)
        moved = quarantine.take(place)
        write_atomic(place, content)
        return [moved, Finding(True, "rewritten", counts)]

    return Finding(False, "vectors_damaged", counts, "will_keep_readable", repair)


def _check_candidates(place: HeldPath, name: str, quarantine: Quarantine) -> Finding:
    frames = read_frames(place)
    values = {"name": name, "count": len(frames.records), "rejected": frames.rejected}
    if not frames.rejected:
        return Finding(True, "journal", values)
    return Finding(False, "journal_damaged", values, "will_remake", lambda: [quarantine.take(place)])


def _read_table(place: HeldPath) -> _Table | None:
    """Return what a file of vectors holds, None if no row of any length checks at its start."""
    with open(open_regular(place, at_most=MAX_BYTES), "rb") as file:
        row_bytes = _measure_row(file.read(HEAD_BYTES + 2 * _MAX_DIMS + CHECKSUM_BYTES))
        size = os.fstat(file.fileno()).st_size
        if not size:
            return _Table(0, 0)
        if not row_bytes:
            return None
        bad: list[int] = []
        file.seek(0)
        rows = size // row_bytes
        for row in range(rows):
            content = file.read(row_bytes)
            if checksum_of(content[:-CHECKSUM_BYTES]) != content[-CHECKSUM_BYTES:]:
                bad.append(row)
        return _Table(rows, row_bytes, tuple(bad), bool(size % row_bytes))


def _measure_row(start: bytes) -> int:
    """Return the length of a first row whose checksum holds, 0 if there is none: the file does not say."""
    checksum = zlib.crc32(start[:HEAD_BYTES])
    for end in range(HEAD_BYTES + 2, len(start) - CHECKSUM_BYTES + 1, 2):
        checksum = zlib.crc32(start[end - 2 : end], checksum)
        if checksum.to_bytes(CHECKSUM_BYTES, "little") == start[end : end + CHECKSUM_BYTES]:
            return end + CHECKSUM_BYTES
    return 0


def _mended(place: HeldPath, table: _Table) -> bytes:
    """Return the whole rows of a table; in place of a bad one, whose number must not change, an empty one."""
    with open(open_regular(place, at_most=MAX_BYTES), "rb") as file:
        content = bytearray(file.read(table.rows * table.row_bytes))
    empty = bytes(table.row_bytes - CHECKSUM_BYTES)
    for row in table.bad:
        content[row * table.row_bytes : (row + 1) * table.row_bytes] = empty + checksum_of(empty)
    return bytes(content)
