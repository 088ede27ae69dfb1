"""Missing files: how many a run did not find any more, perhaps because their disk is not there."""

from __future__ import annotations

from collections.abc import Sequence

from dpm_tui.worker.protocol.messages import LogLine, RunStatus


def count_missing(log: Sequence[LogLine], status: RunStatus) -> tuple[int, int]:
    """Return how many files are missing of how many that were known, both 0 where nothing tells."""
    for line in reversed(log):
        gone, known = line.values.get("gone"), line.values.get("known")
        if line.key.startswith("mount_guard") and isinstance(gone, int) and isinstance(known, int):
            return gone, known
    return (status.gone, status.files - status.added + status.gone) if status.gone else (0, 0)
