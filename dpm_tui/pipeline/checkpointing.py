"""Checkpointing: makes long loops checkpoint often enough and stop when asked."""

from __future__ import annotations

import time
from collections.abc import Callable

from dpm_tui.pipeline.reporter import Reporter, Stage

MIN_SECONDS, MAX_SECONDS = 0.5, 5.0
"""Bounds of the time between two checkpoints: a sitting of a few seconds should get on, too."""
SHARE = 20
"""Times as long as the last checkpoint took is the time to the next: a slow disk costs a twentieth."""
CHECKPOINT_STEPS = 1000


class Cancelled(Exception):
    """The reporter asked to stop; everything done so far is in the store."""


class Checkpointer:
    """Counts the steps of one stage; every 1,000 steps or few seconds it calls ``checkpoint``."""

    def __init__(self, checkpoint: Callable[[], None], reporter: Reporter) -> None:
        self._checkpoint = checkpoint
        self._reporter = reporter
        self._since = time.monotonic()
        self._seconds = MIN_SECONDS
        self._steps = 0
        self._stage = Stage.INVENTORY
        self._done = 0
        self._total = 0

    def start(self, stage: Stage, total: int) -> None:
        """Begin a stage of ``total`` steps."""
        self._stage, self._done, self._total = stage, 0, total
        self._reporter.started(stage, total)

    def step(self, count: int = 1) -> None:
        """Count work that was put into the store; raises Cancelled if the run should stop."""
        self._done += count
        self._steps += count
        self._reporter.progressed(self._stage, self._done, self._total)
        if self._steps >= CHECKPOINT_STEPS or time.monotonic() - self._since >= self._seconds:
            self.checkpoint()
        if self._reporter.cancelled():
            raise Cancelled

    def finish(self) -> None:
        """End the stage with a checkpoint."""
        self.checkpoint()
        self._reporter.finished(self._stage)

    def checkpoint(self) -> None:
        """Make everything survive a crash now."""
        began = time.monotonic()
        self._checkpoint()
        self._since = time.monotonic()
        self._seconds = min(max(SHARE * (self._since - began), MIN_SECONDS), MAX_SECONDS)
        self._steps = 0
