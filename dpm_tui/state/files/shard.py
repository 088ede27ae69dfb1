"""Shards: the files of one range of ids in columns, one file on the disk each.

A shard is written once and never changed; the manifest has its SHA-256. It is a line of JSON, then the
columns that the line names, little-endian, and the names of the files with a NUL between them. A column in
which all have the same value is written as that one value, and not at all where that is zero. Files that do
not fit into columns also stand in the line, as records of the journal.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.file_chunk import FILES_PER_CHUNK, ROW, STATUSES, FileChunk, Rows, StringPool
from dpm_tui.catalog.image_file import PREVIEWS, ImageFile
from dpm_tui.file_names import from_json, to_json
from dpm_tui.state.files.file_record import check_path, check_word, decode_file, encode_file

MAX_SHARD_BYTES = 1 << 26
"""Ours have less than a megabyte unless most names are very long."""
_STORED = tuple(name for name in ROW.names or () if name not in ("name_at", "name_bytes"))
_END = b"\n"


def encode_shard(chunk: FileChunk, folders: StringPool, formats: StringPool) -> bytes:
    """Return the content of the shard of a chunk."""
    rows = chunk.live()
    names = chunk.names
    spans = zip(rows["name_at"].tolist(), rows["name_bytes"].tolist(), strict=True)
    joined = b"\0".join(bytes(names[at : at + length]) for at, length in spans)
    used, rows["folder"] = np.unique(rows["folder"], return_inverse=True)
    kinds, rows["format"] = np.unique(rows["format"], return_inverse=True)
    columns: list[tuple[str, str, bool]] = []
    parts: list[bytes] = []
    for name in _STORED:
        column = np.ascontiguousarray(rows[name])
        single = bool((column == column[0]).all())
        if not single or column[:1].tobytes().strip(b"\0"):
            columns.append((name, column.dtype.str, single))
            parts.append(column[: 1 if single else None].tobytes())
    head = {
        "files": len(rows),
        "folders": [to_json(folders[number]) for number in used.tolist()],
        "formats": [formats[number].decode("ascii") for number in kinds.tolist()],
        "statuses": [status.value for status in STATUSES],
        "columns": columns,
        "names": len(joined),
        "odd": [encode_file(file) for file in chunk.odd.values()],
    }
    return json.dumps(head, separators=(",", ":")).encode("ascii") + _END + b"".join(parts) + joined


def decode_shard(content: bytes, number: int, folders: StringPool, formats: StringPool) -> FileChunk:
    """Return the chunk of shard ``number``.

    Raises ValueError for content that no run wrote: a checksum that holds does not make it ours.
    """
    try:
        head, _, _ = content.partition(_END)
        return _decode(json.loads(head), content, len(head) + 1, number, folders, formats)
    except (KeyError, TypeError, AttributeError, OverflowError, IndexError, RecursionError) as error:
        raise ValueError(f"no shard: {error}") from error


def check_ids(ids: NDArray[np.int64], number: int) -> None:
    """Raise ValueError unless these are ids of shard ``number`` in order, one at least."""
    first = number * FILES_PER_CHUNK
    if not len(ids) or ids[0] < first or ids[-1] >= first + FILES_PER_CHUNK or (np.diff(ids) <= 0).any():
        raise ValueError("ids of another shard")


def find_names(joined: bytes, count: int) -> NDArray[np.int64]:
    """Return where each name ends that is written with a NUL behind it but for the last one.

    Raises ValueError for names that no file has.
    """
    ends: NDArray[np.int64] = np.flatnonzero(np.frombuffer(joined + b"\0", np.uint8) == 0)
    fence = b"\0" + joined.lower() + b"\0"
    bad = (b"\0\0", b"\0.\0", b"\0..\0", b"\0_image_temp\0", b"/")
    if len(ends) != count or any(map(fence.__contains__, bad)):
        raise ValueError("names that no file has")
    if (np.diff(ends, prepend=-1) > 1 << 16).any():
        raise ValueError("no file system has such a name")
    return ends


def number_folders(paths: list[bytes], folders: StringPool) -> NDArray[np.int64]:
    """Return the numbers of some folders; raises ValueError for one outside of the root."""
    for path in paths:
        if path:
            check_path(path)
    return np.array([folders.number(path) for path in paths], np.int64)


def number_formats(words: list[Any], formats: StringPool) -> NDArray[np.int64]:
    """Return the numbers of some formats; raises ValueError for a word that may not be shown."""
    return np.array([formats.number(check_word(word).encode("ascii")) for word in words], np.int64)


def number_odd(records: list[Any], ids: NDArray[np.int64]) -> dict[int, ImageFile]:
    """Return by their rows the files that do not fit into columns; raises as ``decode_file``, KeyError."""
    places = {id_: row for row, id_ in enumerate(ids.tolist())} if records else {}
    return {places[file.id]: file for file in map(decode_file, records)}


def _decode(
    head: dict[str, Any], content: bytes, at: int, number: int, folders: StringPool, formats: StringPool
) -> FileChunk:
    count = head["files"]
    if type(count) is not int or not 0 < count <= FILES_PER_CHUNK:
        raise ValueError("no number of files")
    rows: Rows = np.zeros(count, ROW)
    for name, kind, single in head["columns"]:
        dtype = ROW[name]
        if kind != dtype.str or name not in _STORED:
            raise ValueError("another kind of column")
        values = 1 if single else count
        flag = dtype.kind == "b"
        column = np.frombuffer(content, np.dtype(np.uint8) if flag else dtype, values, at)
        rows[name] = column != 0 if flag else column
        at += values * dtype.itemsize
    names = content[at:]
    if len(names) != head["names"]:
        raise ValueError("no columns")
    ids = np.ascontiguousarray(rows["id"])
    check_ids(ids, number)
    ends = find_names(names, count)
    rows["name_at"][1:], rows["name_bytes"] = ends[:-1] + 1, np.diff(ends, prepend=-1) - 1
    rows["folder"] = number_folders(list(map(from_json, head["folders"])), folders)[rows["folder"]]
    rows["format"] = number_formats(head["formats"], formats)[rows["format"]]
    codes = np.array([STATUSES.index(status) for status in head["statuses"]], np.uint8)
    rows["status"] = codes[rows["status"]]
    rows["preview"][rows["preview"] >= len(PREVIEWS)] = 0
    rows["taken"][_unfit_words(np.ascontiguousarray(rows["taken"]))] = b""
    return FileChunk.of(rows, names, number_odd(head["odd"], ids))


def _unfit_words(words: NDArray[np.bytes_]) -> NDArray[np.bool_]:
    """Return which words may not be shown as they are: pictures may contain anything."""
    octets = words.view(np.uint8).reshape(len(words), -1)
    shown = (octets >= ord(" ")) & (octets <= ord("~"))
    behind = octets == 0
    gap = behind[:, :-1] & ~behind[:, 1:]
    unfit: NDArray[np.bool_] = ~(shown | behind).all(axis=1) | gap.any(axis=1)
    return unfit
