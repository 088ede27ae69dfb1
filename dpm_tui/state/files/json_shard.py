"""Shards as older versions wrote them: the files of one range of ids as columns of JSON.

They are read, and written anew in the form of ``shard`` when their files change or the table is compacted.
Names and folders are written as everywhere, digests as one run of hex digits, and files that do not fit into
columns as records of the journal.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from dpm_tui.catalog.file_chunk import ROW, STATUSES, FileChunk, Rows, StringPool
from dpm_tui.catalog.image_file import PREVIEWS, STAMP_FIELDS
from dpm_tui.file_names import from_json
from dpm_tui.state.files.file_record import FLAGS, FLAT, read_word
from dpm_tui.state.files.shard import check_ids, find_names, number_folders, number_formats, number_odd

_NUMBERS = ("id", *STAMP_FIELDS, "width", "height", "frames", "quality")
_COLUMNS = FLAGS | {name: name for name in ("depth", "colours", "holds")}
_SELDOM = ("preview", "camera")
"""Columns that are written only where they say something."""
_DIGESTS = ("digest", "pixels")
_HEX = 64


def decode_json_shard(content: bytes, number: int, folders: StringPool, formats: StringPool) -> FileChunk:
    """Return the chunk of shard ``number``.

    Raises ValueError for content that no run wrote: a checksum that holds does not make it ours.
    """
    try:
        table = json.loads(content)
        return _decode(table, number, folders, formats)
    except (KeyError, TypeError, AttributeError, OverflowError, IndexError, RecursionError) as error:
        raise ValueError(f"no shard: {error}") from error


def _decode(table: dict[str, Any], number: int, folders: StringPool, formats: StringPool) -> FileChunk:
    ids = np.array(table["id"], np.int64)
    rows: Rows = np.zeros(len(ids), ROW)
    for name in _NUMBERS:
        rows[name] = _numbers(table[name], ROW[name], len(ids))
    check_ids(ids, number)
    names, ends = _read_names(table["name"], len(ids))
    rows["name_at"][1:], rows["name_bytes"] = ends[:-1] + 1, np.diff(ends, prepend=-1) - 1
    own_folders = number_folders(list(map(from_json, table["folders"])), folders)
    rows["folder"] = _looked_up(own_folders, table["folder"], len(ids))
    rows["format"] = _looked_up(number_formats(table["formats"], formats), table["format"], len(ids))
    codes = np.array([STATUSES.index(status) for status in table["statuses"]], np.int64)
    rows["status"] = _looked_up(codes, table["status"], len(ids))
    rows["has_exif"] = _numbers(table["exif"], np.dtype(np.uint8), len(ids)) != 0
    nothing = [0] * len(ids)
    for name, field in _COLUMNS.items():
        # Written by an older version without these columns: not read yet.
        rows[field] = _numbers(table.get(name, nothing), np.dtype(np.uint16), len(ids))
    for name in _SELDOM:
        rows[name] = _numbers(table.get(name, nothing), ROW[name], len(ids))
    rows["preview"][rows["preview"] >= len(PREVIEWS)] = 0
    flat = _numbers(table.get(FLAT, nothing), np.dtype(np.uint16), len(ids)) != 0
    rows["alpha"] |= flat
    rows["depth"][flat] = 0
    rows["taken"] = _read_words(table["taken"], len(ids))
    for name in _DIGESTS:
        rows[name] = _read_digests(table[name], len(ids))
    return FileChunk.of(rows, names, number_odd(table["odd"], ids))


def _numbers(values: Any, dtype: np.dtype[Any], count: int) -> np.ndarray[Any, Any]:
    """Return a column; raises ValueError for one of another length or with anything but numbers in it."""
    column = np.array(values, dtype)
    if column.shape != (count,) or not isinstance(values, list) or set(map(type, values)) - {int}:
        raise ValueError("no column of numbers")
    return column


def _looked_up(known: np.ndarray[Any, Any], column: Any, count: int) -> np.ndarray[Any, Any]:
    """Return the own number for each number of a column; raises IndexError."""
    return np.asarray(known[_numbers(column, np.dtype(np.uint32), count)])


def _read_names(values: list[Any], count: int) -> tuple[bytes, np.ndarray[Any, Any]]:
    """Return the names with a NUL between them, and where each ends."""
    try:
        joined = "\0".join(values).encode("utf-8")
    except TypeError:
        joined = b"\0".join(map(from_json, values))
    if len(values) != count:
        raise ValueError("no column of names")
    return joined, find_names(joined, count)


def _read_words(values: list[Any], count: int) -> np.ndarray[Any, Any]:
    if len(values) != count:
        raise ValueError("no column of words")
    text = "".join(values)
    if not text.isascii() or (text and not text.isprintable()):
        values = list(map(read_word, values))
    if max(map(len, values)) > ROW["taken"].itemsize:
        raise ValueError("words that are too long")
    return np.array(values, ROW["taken"])


def _read_digests(run: str, count: int) -> np.ndarray[Any, Any]:
    if not run:
        return np.zeros(count, "S32")
    raw = bytes.fromhex(run)
    if len(raw) * 2 != len(run) or len(raw) * 2 != _HEX * count:
        raise ValueError("no digests")
    return np.frombuffer(raw, "S32")
