"""Tally: what went to the recycle bin since the app was started, for its last line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Tally:
    """``moved`` are pictures, ``freed`` bytes."""

    moved: int = 0
    freed: int = 0

    def add(self, pictures: int, size: int) -> None:
        """Count pictures that went."""
        self.moved += pictures
        self.freed += size

    def take_back(self, pictures: int, size: int) -> None:
        """Count pictures that came back; they may have gone before the app was started."""
        self.moved = max(self.moved - pictures, 0)
        self.freed = max(self.freed - size, 0)
