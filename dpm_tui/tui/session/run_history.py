"""The history of a run: how fast it goes, how long its stages took, and how much of it is behind."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

from dpm_tui.worker.protocol.messages import LogLine, RunStatus


def count_missing(log: Sequence[LogLine], status: RunStatus) -> tuple[int, int]:
    """Return how many files are missing of how many that were known, both 0 where nothing tells."""
    for line in reversed(log):
        gone, known = line.values.get("gone"), line.values.get("known")
        if line.key.startswith("mount_guard") and isinstance(gone, int) and isinstance(known, int):
            return gone, known
    return (status.gone, status.files - status.added + status.gone) if status.gone else (0, 0)


_MAX_SAMPLES = 240
_SAMPLE_SECONDS = 1.0
_CALM_SECONDS = 6.0
"""Over how long a rate is smoothed: longer would hide a change, shorter lets the time left jump."""
_MIN_SAMPLES = 3


class RunHistory:
    """Learns from each status of one run, ``run``; times are in seconds, -1 where nothing can be said yet.

    ``rates`` is the work of the current stage in each of the last seconds, ``spent`` the time that
    each stage took so far; ``share`` is how much of the whole run is behind, which never falls.
    """

    def __init__(self, run: int = 0) -> None:
        self.run = run
        self.rates: deque[float] = deque(maxlen=_MAX_SAMPLES)
        self.spent: dict[str, float] = {}
        self.rate = 0.0
        self.stage_left = -1.0
        self.share = 0.0
        self._stage = ""
        self._seen = 0.0
        self._since = 0.0
        self._done = 0

    def note(self, status: RunStatus) -> None:
        """Learn from the newest status."""
        if status.stage != self._stage:
            self._begin(status)
        if status.phase == "running":
            self.spent[status.stage] = self.spent.get(status.stage, 0.0) + max(status.elapsed - self._seen, 0)
            if status.elapsed - self._since >= _SAMPLE_SECONDS:
                self._sample(status)
        if status.phase != "running" or not status.done:
            # In a pause, or while the model is loaded, no work could be done.
            self._since, self._done = status.elapsed, status.done
        self._seen = status.elapsed
        self._estimate(status)

    def _begin(self, status: RunStatus) -> None:
        self.rates.clear()
        self._stage, self.rate = status.stage, 0.0
        self._since, self._done = status.elapsed, status.done

    def _sample(self, status: RunStatus) -> None:
        seconds = status.elapsed - self._since
        fresh = max(status.done - self._done, 0) / seconds
        weight = 1 - math.exp(-seconds / _CALM_SECONDS)
        self.rate = fresh if not self.rates else self.rate + (fresh - self.rate) * weight
        self.rates.append(fresh)
        self._since, self._done = status.elapsed, status.done

    def _estimate(self, status: RunStatus) -> None:
        known = len(self.rates) >= _MIN_SAMPLES and status.total and self.rate > 0
        self.stage_left = max(status.total - status.done, 0) / self.rate if known else -1.0
        if status.left_most >= 0:
            left = (status.left_least + status.left_most) / 2
            self.share = max(self.share, status.elapsed / max(status.elapsed + left, 1e-9))
