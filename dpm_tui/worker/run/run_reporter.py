"""Keeps the status of a run up to date from the run's thread, and lets other threads stop or pause it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.file_names import display_name
from dpm_tui.pipeline.reporter import Reporter, Stage
from dpm_tui.pipeline.scan.survey import Survey
from dpm_tui.worker.protocol.messages import FoundPair, LogLine, RunStatus
from dpm_tui.worker.run.idle_status import GUARD
from dpm_tui.worker.run.run_forecast import RunForecast

_RATE_SECONDS = 8.0
_LOG_LINES = 2000
_STAGE_SECONDS = 5.0
_LATEST = 12
_TYPES_TOLD = 50


class RunReporter(Reporter):
    """Collects what the stages report; ``status`` and ``take_lines`` may be called from any thread.

    ``on_stage`` is called in the run's thread when a stage begins, and every few seconds in a long one.
    """

    def __init__(
        self,
        status: RunStatus,
        before: RunReporter | None = None,
        forecast: RunForecast | None = None,
    ) -> None:
        self.forecast = forecast or RunForecast()
        self.on_stage: Callable[[], None] = lambda: None
        self._status = status
        # Lines of the previous run may not have been fetched yet.
        self._lines: deque[LogLine] = before._lines if before is not None else deque(maxlen=_LOG_LINES)
        self._stop = threading.Event()
        self._go = threading.Event()
        self._go.set()
        self._began = time.monotonic()
        self._samples: deque[tuple[float, int]] = deque()
        self._latest: deque[tuple[ImageFile, ImageFile, str, float]] = deque(maxlen=_LATEST)
        self._called = self._began

    @property
    def status(self) -> RunStatus:
        """The newest status."""
        latest = tuple(
            FoundPair(
                display_name(first.path), display_name(second.path), kind, similarity, first.id, second.id
            )
            for first, second, kind, similarity in self._latest.copy()
        )
        status = replace(self.last_status, latest=latest)
        left = self.forecast.left() if status.phase in ("running", "paused") else None
        return replace(status, left_least=left.least, left_most=left.most) if left else status

    @property
    def last_status(self) -> RunStatus:
        """What is left to say once the run has ended."""
        return replace(self._status, elapsed=time.monotonic() - self._began)

    def take_lines(self) -> list[LogLine]:
        """Return the log lines since the last call."""
        lines = []
        while self._lines:
            lines.append(self._lines.popleft())
        return lines

    def stop(self) -> None:
        """Ask the run to checkpoint and return."""
        self._stop.set()
        self._go.set()

    def pause(self, paused: bool) -> None:
        """Hold the run at its next step, or let it go on."""
        if paused:
            self._go.clear()
        else:
            self._samples.clear()
            self._go.set()
        self.forecast.pause(paused)
        self._status = replace(self._status, phase="paused" if paused else "running")

    def log(self, level: str, key: str, **values: object) -> None:
        """Add a line to the log."""
        self._lines.append(LogLine(level, key, values, time.time()))

    def surveyed(self, survey: Survey) -> None:
        """Note the numbers of the inventory."""
        inventory, changes = survey.inventory, survey.changes
        self._status = replace(
            self._status,
            files=len(inventory.found),
            added=len(changes.added),
            changed=len(changes.changed),
            gone=len(changes.gone),
            skipped=dict(+inventory.skipped),
            lacking=dict(+inventory.lacking),
            other_types=dict(inventory.other_types.most_common(_TYPES_TOLD)),
            attention=GUARD if survey.alarm else "",
            known=survey.alarm.known if survey.alarm else 0,
        )
        self.log(
            "info", "surveyed", files=len(inventory.found), added=len(changes.added),
            changed=len(changes.changed), gone=len(changes.gone),
        )  # fmt: skip
        if (alarm := survey.alarm) is not None:
            self.log("warning", f"mount_guard_{alarm.cause}", gone=alarm.gone, known=alarm.known)
        for path, reason in (*inventory.away.items(), *inventory.unreadable.items()):
            self.failed(path, reason)

    def started(self, stage: Stage, total: int) -> None:
        """Begin a stage."""
        self._samples.clear()
        self.forecast.begin(stage, total)
        self._status = replace(
            self._status, stage=stage.value, done=0, total=total, rate=0.0, seconds_left=-1.0
        )
        self._called = time.monotonic()
        self.on_stage()

    def progressed(self, stage: Stage, done: int, total: int) -> None:
        """Note progress and estimate rate and time left over the last seconds."""
        self.forecast.step(stage, done, total)
        now = time.monotonic()
        if not self._samples or now - self._samples[-1][0] >= 0.1:
            self._samples.append((now, done))
            while now - self._samples[0][0] > _RATE_SECONDS:
                self._samples.popleft()
        seconds = now - self._samples[0][0]
        rate = (done - self._samples[0][1]) / seconds if seconds > 0 else 0.0
        left = (total - done) / rate if rate > 0 and total else -1.0
        files = done if stage is Stage.INVENTORY else self._status.files
        self._status = replace(
            self._status, done=done, total=total, rate=rate, seconds_left=left, files=files
        )
        if now - self._called >= _STAGE_SECONDS:
            self._called = now
            self.on_stage()

    def found(self, pairs: int) -> None:
        """Note the number of pairs."""
        self._status = replace(self._status, pairs=pairs)

    def paired(self, first: ImageFile, second: ImageFile, kind: str, similarity: float) -> None:
        """Remember the newest pairs that the threshold lets pass."""
        self.forecast.pair(first.path, second.path, kind)
        if similarity >= self._status.threshold:
            self._latest.append((first, second, kind, similarity))

    def recalled(self, rows: int, found: int, wanted: int) -> None:
        """Log the recall of a search by shards."""
        share = f"{100 * found / wanted if wanted else 100:.2f}"
        self.log("info", "cluster_recall", rows=rows, found=found, wanted=wanted, share=share)

    def failed(self, path: bytes, reason: str) -> None:
        """Log a file that could not be read."""
        self._status = replace(self._status, unreadable=self._status.unreadable + 1)
        self.log("error", "unreadable", path=display_name(path), reason=display_name(reason))

    def cancelled(self) -> bool:
        """Wait while paused; then return whether to stop."""
        self._go.wait()
        return self._stop.is_set()
