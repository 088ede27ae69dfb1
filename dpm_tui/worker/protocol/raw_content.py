"""Content: bytes that travel behind the line of their message as they are, without being spelled out."""

from __future__ import annotations

CONTENT_BYTES_AT_MOST = 1 << 30


class Content(bytearray):
    """The large part of a message; its line says only how many bytes follow it."""

    @classmethod
    def room(cls, size: object) -> Content:
        """Return zeros to be filled with what follows a line; raises ValueError for a size that is none."""
        if type(size) is not int or not 0 <= size <= CONTENT_BYTES_AT_MOST:
            raise ValueError("no size of a content")
        return cls(size)
