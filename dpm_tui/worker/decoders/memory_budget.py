"""Memory budget: how many decoders run and how much memory each may take."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import psutil

MIN_CHILD = 512 << 20
MAX_CHILD = 2 << 30
"""Enough for 200 megapixels of anything but WebP and AVIF, or for 100 of any format."""
MAX_SPARE = 4 << 30
"""Enough for 200 megapixels of any format. Whoever sets a memory gets all of it."""
_CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


@dataclass(frozen=True, slots=True)
class DecoderBudget:
    """``count`` decoders of ``child`` bytes each, and a spare one of ``spare`` bytes for what needs more.

    Together they stay within the memory that was planned with, unless that is not enough for one decoder
    and the spare.
    """

    count: int
    child: int
    spare: int

    @classmethod
    def plan(cls, workers: int, memory: int = 0) -> DecoderBudget:
        """Return the budget for at most ``workers`` decoders and ``memory`` bytes, 0 for half of the RAM."""
        at_most = memory or MAX_SPARE
        memory = memory or computer_memory() // 2
        # The spare gets as much as two: it tries files for which one decoder had too little memory.
        count = max(min(workers, memory // MIN_CHILD - 2), 1)
        child = min(max(memory // (count + 2), MIN_CHILD), MAX_CHILD)
        spare = min(max(memory - count * child, child), at_most)
        return cls(count, child, max(spare, child))


def memory_for(workers: int, needs: int) -> int:
    """Return the memory to plan with, a power of two, so that the spare decoder has what a picture needs."""
    memory = MIN_CHILD
    while DecoderBudget.plan(workers, memory).spare < needs:
        memory *= 2
    return memory


def computer_memory() -> int:
    """Return the bytes of RAM, or what the container that this runs in may use of it."""
    memory = int(psutil.virtual_memory().total)
    for path in _CGROUP_LIMITS:
        with contextlib.suppress(OSError, ValueError), open(path, encoding="ascii") as file:
            memory = min(memory, int(file.read()))
    return memory
