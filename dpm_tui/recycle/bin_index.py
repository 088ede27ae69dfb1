"""The index of one batch: what was to be moved and why, on the disk before the first move.

An index is written once and never changed. It is never followed: paths in it are only compared
with what lies in the batch's tree, or looked at below the root.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
from dataclasses import dataclass
from typing import Any

from dpm_tui.recycle.bin_folder import INDEX, PARTIAL_INDEX
from dpm_tui.recycle.folders import sync
from dpm_tui.recycle.move_record import decode_move, encode_move
from dpm_tui.review.plan import Move
from dpm_tui.state.atomic import write_all

SCHEMA = "dpm-tui/recycle/1"
BYTES_AT_MOST = 1 << 27
"""A larger index is not read, so a larger one is not written either: about 200,000 moves."""


@dataclass(frozen=True, slots=True)
class BinIndex:
    """The moves of one batch as they were planned; ``redo_of`` names the batch that this one redoes."""

    batch: str
    time: str
    moves: tuple[Move, ...]
    redo_of: str = ""


def encode_index(index: BinIndex) -> bytes:
    """Return the file content of ``index``; raises ValueError if it would be too large to read back."""
    moves = _text([encode_move(move) for move in index.moves])
    head = _text({"schema": SCHEMA, "batch": index.batch, "time": index.time, "redo_of": index.redo_of})
    checksum = hashlib.sha256(moves).hexdigest()
    content = b'%s,"sha256":"%s","moves":%s}\n' % (head[:-1], checksum.encode(), moves)
    if len(content) > BYTES_AT_MOST:
        raise ValueError("too many moves for one batch")
    return content


def decode_index(content: bytes, batch: str) -> BinIndex:
    """Return the index of ``batch``; raises ValueError for anything that ``encode_index`` did not write."""
    try:
        value = json.loads(content)
        if value["schema"] != SCHEMA or value["batch"] != batch:
            raise ValueError("another schema or batch")
        if hashlib.sha256(_text(value["moves"])).hexdigest() != value["sha256"]:
            raise ValueError("checksum differs")
        moves = tuple(decode_move(move) for move in value["moves"])
        return BinIndex(batch, str(value["time"]), moves, str(value["redo_of"]))
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(repr(error)) from error


def write_index(folder: int, index: BinIndex) -> None:
    """Write ``index`` into the open batch folder and wait until the disk has it.

    After a crash there is the whole index or none. Raises OSError, ValueError.
    """
    content = encode_index(index)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(PARTIAL_INDEX, flags, 0o600, dir_fd=folder)
    try:
        write_all(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    os.rename(PARTIAL_INDEX, INDEX, src_dir_fd=folder, dst_dir_fd=folder)
    sync(folder)


def read_index(folder: int, batch: str) -> BinIndex | None:
    """Return the index in the open batch folder, None where there is none that can be trusted."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with contextlib.suppress(OSError, ValueError):
        descriptor = os.open(INDEX, flags, dir_fd=folder)
        with open(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode) or found.st_size > BYTES_AT_MOST:
                return None
            return decode_index(file.read(BYTES_AT_MOST + 1), batch)
    return None


def _text(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("ascii")
