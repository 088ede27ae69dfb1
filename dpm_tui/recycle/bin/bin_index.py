"""The index of one batch: which files are to move and why, written before the first move.

An index is written once and never changed. Paths in it are never trusted: they are only compared with the
batch's tree, or looked up below the root.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dpm_tui.file_names import from_json, to_json
from dpm_tui.recycle.bin.bin_folder import INDEX, PARTIAL_INDEX
from dpm_tui.recycle.bin.move_record import decode_move, encode_move
from dpm_tui.recycle.filesystem.nofollow import create_file, join, open_file
from dpm_tui.review.marks.plan import Companion, Move, SideFile, Witness
from dpm_tui.state.disk.atomic_write import fill_and_close
from dpm_tui.state.disk.held_folder import sync_names

SCHEMA = "dpm-tui/recycle/1"
MAX_BYTES = 1 << 27
"""A larger index is not read, so a larger one is not written either: about 200,000 moves."""

_SLICE = 512
_MOVES = b',"moves":['
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class BinIndex:
    """The moves of one batch as they were planned; ``redo_of`` names the batch that this one redoes.

    ``top`` is the folder, relative to the root, of the file system whose bin holds this index.
    """

    batch: str
    time: str
    moves: tuple[Move, ...]
    redo_of: str = ""
    top: bytes = b""

    def seen_from(self, top: bytes) -> BinIndex:
        """Return this index with its paths as seen where its file system begins at ``top`` instead.

        A folder inside of one root may be opened as a root of its own.
        """
        if top == self.top:
            return self
        return replace(self, top=top, moves=tuple(self._seen(move, top) for move in self.moves))

    def _seen(self, move: Move, top: bytes) -> Move:
        companions = tuple(
            Companion(self._rebased(each.file, top), each.twin and self._rebased(each.twin, top))
            for each in move.companions
        )
        victim, keeper = self._rebased(move.victim, top), self._rebased(move.keeper, top)
        side = move.side and SideFile(
            self._rebased(move.side.new, top), move.side.old and self._rebased(move.side.old, top)
        )
        return replace(move, victim=victim, keeper=keeper, companions=companions, side=side)

    def _rebased(self, witness: Witness, top: bytes) -> Witness:
        path = witness.path
        if self.top and not path.startswith(self.top + b"/"):
            return witness
        local = path[len(self.top) + 1 :] if self.top else path
        return replace(witness, path=join(top, local))


def encode_index(index: BinIndex) -> bytes:
    """Return the file content of ``index``; raises ValueError if it would be too large to read back."""
    moves = b"[%s]" % b",".join(_slices(index.moves))
    fields = {"schema": SCHEMA, "batch": index.batch, "time": index.time, "redo_of": index.redo_of}
    head = _text({**fields, "top": to_json(index.top)} if index.top else fields)
    checksum = hashlib.sha256(moves).hexdigest()
    content = b'%s,"sha256":"%s","moves":%s}\n' % (head[:-1], checksum.encode(), moves)
    if len(content) > MAX_BYTES:
        raise ValueError("too many moves for one batch")
    return content


def decode_index(content: bytes, batch: str) -> BinIndex:
    """Return the index of ``batch``; raises ValueError for anything that ``encode_index`` did not write."""
    try:
        head, mark, text = content.partition(_MOVES)
        value, text = json.loads(head + b"}"), mark[-1:] + text
        if value["schema"] != SCHEMA or value["batch"] != batch or not text.endswith(b"]}\n"):
            raise ValueError("another schema, batch or layout")
        if hashlib.sha256(text[:-2]).hexdigest() != value["sha256"]:
            raise ValueError("checksum differs")
        moves = tuple(_read_moves(text.decode("ascii")))
        top = from_json(value.get("top", ""))
        return BinIndex(batch, str(value["time"]), moves, str(value["redo_of"]), top)
    except (LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(repr(error)) from error


def write_index(folder: int, content: bytes) -> None:
    """Write an index's ``content`` into the open batch folder and wait until the disk has it.

    After a crash there is the whole index or none. Raises OSError.
    """
    fill_and_close(create_file(PARTIAL_INDEX, folder), [content])
    os.rename(PARTIAL_INDEX, INDEX, src_dir_fd=folder, dst_dir_fd=folder)
    sync_names(folder)


def read_index(folder: int, batch: str) -> BinIndex | None:
    """Return the index in the open batch folder, None where there is none that can be trusted."""
    with contextlib.suppress(OSError, ValueError):
        descriptor = open_file(INDEX, folder)
        with open(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_BYTES:
                return None
            return decode_index(file.read(MAX_BYTES + 1), batch)
    return None


def _read_moves(text: str) -> Iterator[Move]:
    """Yield the moves of a list of them, which is followed by the end of the index, one after the other."""
    at = 1
    while text[at] != "]":
        value, at = _DECODER.raw_decode(text, at)
        yield decode_move(value)
        at += text[at] == ","


def _slices(moves: Sequence[Move]) -> Iterator[bytes]:
    """Yield the text of some moves at a time: between two slices other threads get their turn."""
    for start in range(0, len(moves), _SLICE):
        yield _text([encode_move(move) for move in moves[start : start + _SLICE]])[1:-1]


def _text(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("ascii")
