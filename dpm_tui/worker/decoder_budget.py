"""The decoder budget: how many decoders run and how much memory each may take."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import psutil

CHILD_AT_LEAST = 512 << 20
CHILD_AT_MOST = 2 << 30
"""Enough for 100 megapixels of any format with a file of half a gigabyte."""
SPARE_AT_MOST = 4 << 30
_CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


@dataclass(frozen=True, slots=True)
class DecoderBudget:
    """``count`` decoders of ``child`` bytes each, and a spare one of ``spare`` bytes for what needs more.

    Together they stay within the memory that was planned with, unless that is too little for one
    decoder and the spare.
    """

    count: int
    child: int
    spare: int

    @classmethod
    def plan(cls, workers: int, memory: int = 0) -> DecoderBudget:
        """Return the budget for at most ``workers`` decoders and ``memory`` bytes, 0 for half of the RAM."""
        memory = memory or computer_memory() // 2
        # The spare gets as much as two: it decides on what one decoder had too little memory for.
        count = max(min(workers, memory // CHILD_AT_LEAST - 2), 1)
        child = min(max(memory // (count + 2), CHILD_AT_LEAST), CHILD_AT_MOST)
        spare = min(max(memory - count * child, child), SPARE_AT_MOST)
        return cls(count, child, spare)


def computer_memory() -> int:
    """Return the bytes of RAM, or what the container that this runs in may use of it."""
    memory = int(psutil.virtual_memory().total)
    for path in _CGROUP_LIMITS:
        with contextlib.suppress(OSError, ValueError), open(path, encoding="ascii") as file:
            memory = min(memory, int(file.read()))
    return memory
