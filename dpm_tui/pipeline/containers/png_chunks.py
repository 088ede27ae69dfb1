"""The chunks of a PNG, each with a checksum that says whether it arrived as it was written."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from dpm_tui.deferred_text import defer

SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk: its name, where it starts and ends in the file, and whether all of it is as written."""

    name: bytes
    start: int
    end: int
    whole: bool

    @property
    def is_critical(self) -> bool:
        """Whether the picture cannot be shown without it."""
        return not self.name[0] & 0x20


def read_chunks(content: bytes) -> Iterator[Chunk]:
    """Yield the chunks up to the last one, or up to what can be none."""
    at, view = len(SIGNATURE), memoryview(content)
    while at + 8 <= len(content):
        name = content[at + 4 : at + 8]
        if not (name.isascii() and name.isalpha()):
            return
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        said = int.from_bytes(content[end - 4 : end], "big")
        yield Chunk(name, at, end, end <= len(content) and zlib.crc32(view[at + 4 : end - 4]) == said)
        if name == b"IEND":
            return
        at = end


def find_chunk_damage(content: bytes) -> str:
    """Return what is broken of a PNG, empty if every chunk up to its end is whole."""
    last = b""
    for chunk in read_chunks(content):
        last = chunk.name
        if not chunk.whole:
            return defer("decode.checksum", chunk=last.decode("ascii"))
    return "" if last == b"IEND" else "the end of the file is missing"


def without_broken_additions(content: bytes) -> bytes:
    """Return a PNG without the broken chunks that its picture can be shown without."""
    kept = [content[: len(SIGNATURE)]]
    end = len(SIGNATURE)
    for chunk in read_chunks(content):
        if chunk.whole or chunk.is_critical:
            kept.append(content[chunk.start : chunk.end])
        end = chunk.end
    return b"".join([*kept, content[end:]])
