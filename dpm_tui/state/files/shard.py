"""Shards: the files of one range of ids as columns of JSON, one file on the disk each.

A shard is written once and never changed; the manifest has its SHA-256. Names and folders are written as
everywhere, digests as one run of hex digits, and files that do not fit into columns as records of the
journal.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from dpm_tui.catalog.file_chunk import FILES_PER_CHUNK, ROW, STATUSES, FileChunk, Rows, StringPool
from dpm_tui.catalog.image_file import PREVIEWS, STAMP_FIELDS, ImageFile
from dpm_tui.file_names import from_json, to_json
from dpm_tui.state.files.file_record import (
    FLAGS,
    FLAT,
    check_path,
    check_word,
    decode_file,
    encode_file,
    read_word,
)

MAX_SHARD_BYTES = 1 << 26
"""Ours have less than a megabyte unless most names are very long."""
_NUMBERS = ("id", *STAMP_FIELDS, "width", "height", "frames", "quality")
_COLUMNS = FLAGS | {name: name for name in ("depth", "colours", "holds")}
_SELDOM = ("preview", "camera")
"""Columns that are written only where they say something."""
_DIGESTS = ("digest", "pixels")
_HEX = 64


def encode_shard(chunk: FileChunk, folders: StringPool, formats: StringPool) -> bytes:
    """Return the content of the shard of a chunk."""
    rows = chunk.live()
    used, folder = np.unique(rows["folder"], return_inverse=True)
    kinds, kind = np.unique(rows["format"], return_inverse=True)
    table: dict[str, Any] = {name: rows[name].tolist() for name in _NUMBERS}
    table["folders"] = [to_json(folders[number]) for number in used.tolist()]
    table["folder"] = folder.tolist()
    table["name"] = list(map(to_json, _names(rows, bytes(chunk.names))))
    table["formats"] = [formats[number].decode("ascii") for number in kinds.tolist()]
    table["format"] = kind.tolist()
    table["status"] = rows["status"].tolist()
    table["statuses"] = [status.value for status in STATUSES]
    table["exif"] = rows["has_exif"].astype(np.uint8).tolist()
    for name, field in _COLUMNS.items():
        table[name] = rows[field].astype(np.uint16).tolist()
    table |= {name: rows[name].tolist() for name in _SELDOM if rows[name].any()}
    table["taken"] = rows["taken"].astype(str).tolist()
    for name in _DIGESTS:
        raw = np.ascontiguousarray(rows[name])
        table[name] = raw.tobytes().hex() if (raw != b"").any() else ""
    table["odd"] = [encode_file(file) for file in chunk.odd.values()]
    return json.dumps(table, separators=(",", ":")).encode("ascii")


def decode_shard(content: bytes, number: int, folders: StringPool, formats: StringPool) -> FileChunk:
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
    first = number * FILES_PER_CHUNK
    if not len(ids) or ids[0] < first or ids[-1] >= first + FILES_PER_CHUNK or (np.diff(ids) <= 0).any():
        raise ValueError("ids of another shard")
    folder_paths = list(map(from_json, table["folders"]))
    for path in folder_paths:
        if path:
            check_path(path)
    names, ends = _read_names(table["name"], len(ids))
    rows["name_at"][1:], rows["name_bytes"] = ends[:-1] + 1, np.diff(ends, prepend=-1) - 1
    rows["folder"] = _looked_up([folders.number(path) for path in folder_paths], table["folder"], len(ids))
    words = [check_word(word).encode("ascii") for word in table["formats"]]
    rows["format"] = _looked_up([formats.number(word) for word in words], table["format"], len(ids))
    codes = [STATUSES.index(status) for status in table["statuses"]]
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
    places = {id_: row for row, id_ in enumerate(ids.tolist())}
    odd: dict[int, ImageFile] = {}
    for file in map(decode_file, table["odd"]):
        odd[places[file.id]] = file
    return FileChunk.of(rows, names, odd)


def _names(rows: Rows, names: bytes) -> list[bytes]:
    starts, lengths = rows["name_at"].tolist(), rows["name_bytes"].tolist()
    return [names[at : at + length] for at, length in zip(starts, lengths, strict=True)]


def _numbers(values: Any, dtype: np.dtype[Any], count: int) -> np.ndarray[Any, Any]:
    """Return a column; raises ValueError for one of another length or with anything but numbers in it."""
    column = np.array(values, dtype)
    if column.shape != (count,) or not isinstance(values, list) or set(map(type, values)) - {int}:
        raise ValueError("no column of numbers")
    return column


def _looked_up(words: list[int], column: Any, count: int) -> np.ndarray[Any, Any]:
    """Return the own number for each number of a column; raises IndexError."""
    known: np.ndarray[Any, Any] = np.array(words, np.int64)
    return np.asarray(known[_numbers(column, np.dtype(np.uint32), count)])


def _read_names(values: list[Any], count: int) -> tuple[bytes, np.ndarray[Any, Any]]:
    """Return the names with a NUL between them, and where each ends."""
    try:
        joined = "\0".join(values).encode("utf-8")
    except TypeError:
        joined = b"\0".join(map(from_json, values))
    ends = np.flatnonzero(np.frombuffer(joined + b"\0", np.uint8) == 0)
    fence = b"\0" + joined.lower() + b"\0"
    bad = (b"\0\0", b"\0.\0", b"\0..\0", b"\0_image_temp\0", b"/")
    if len(values) != count or len(ends) != count or any(map(fence.__contains__, bad)):
        raise ValueError("names that no file has")
    if (np.diff(ends, prepend=-1) > 1 << 16).any():
        raise ValueError("no file system has such a name")
    return joined, ends


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
