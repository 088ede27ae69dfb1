"""Runs the pipeline in a thread of the worker and keeps the checkpoint of its progress."""

from __future__ import annotations

import contextlib
import datetime
import os
import threading
import traceback
from collections.abc import Callable
from dataclasses import replace

import psutil

from dpm_tui.errors import DpmError
from dpm_tui.names import display_name
from dpm_tui.neural.manifest import load_cards
from dpm_tui.pipeline.fingerprint import Embedder
from dpm_tui.pipeline.image_file import FAILED, Status
from dpm_tui.pipeline.intake import StoppedAtError
from dpm_tui.pipeline.judge import AlignedJudge
from dpm_tui.pipeline.pace import Cancelled
from dpm_tui.pipeline.run import RunSettings, Survey, Tools, run_stages
from dpm_tui.state.checkpoint import Checkpoint
from dpm_tui.state.config import Config
from dpm_tui.state.root_identity import known_identity, mark_root, read_identity
from dpm_tui.state.root_state import RootState
from dpm_tui.worker.decoder_pool import DecoderPool
from dpm_tui.worker.manners import worker_count
from dpm_tui.worker.protocol import LogLine, RunStatus
from dpm_tui.worker.results import Results, compute_results
from dpm_tui.worker.run_reporter import RunReporter

_WORTH_LOADING = 50
"""So many new files hardly are all copies of known ones: the models will be needed."""
_GUARD = "mount_guard"


class Runner:
    """At most one run at a time; ``status`` and ``take_lines`` may be called at any time.

    ``finished`` is called from the run's thread with the new results, or None if there are none.
    """

    def __init__(
        self, state: RootState, pool: DecoderPool, finished: Callable[[Results | None], None]
    ) -> None:
        self._state = state
        self._pool = pool
        self._finished = finished
        self._thread: threading.Thread | None = None
        self._runs = 0
        self._process = psutil.Process()
        self._reporter = RunReporter(_resting_status(state.checkpoint))
        self._resting = self._reporter.status
        self._folders: tuple[bytes, ...] = state.checkpoint.unreadable_folders
        self._identity = known_identity(state.checkpoint)
        self._missing = state.checkpoint.missing
        self._reader = state.checkpoint.reader
        self._embedder: tuple[str, str, Embedder] | None = None
        self._loading = threading.Lock()

    @property
    def running(self) -> bool:
        """Tell whether a run is under way or paused."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def status(self) -> RunStatus:
        """The newest status with what the processes use."""
        status = self._reporter.status if self.running else self._resting
        memory, cpu = self._usage()
        return replace(status, memory=memory, cpu=cpu, pid=os.getpid())

    def take_lines(self) -> list[LogLine]:
        """Return the log lines since the last call."""
        return self._reporter.take_lines()

    def log(self, level: str, key: str, **values: object) -> None:
        """Add a line to the log."""
        self._reporter.log(level, key, **values)

    def start(self, config: Config, *, accept_missing: bool = False) -> None:
        """Start a run with these settings unless one is under way."""
        if self.running:
            return
        self._runs += 1
        # Until the run knows better, the numbers are those of the last one.
        first = RunStatus(
            run=self._runs,
            phase="running",
            files=self._resting.files,
            pictures=self._resting.pictures,
            pairs=self._resting.pairs,
            groups=self._resting.groups,
            model=config.model,
            threshold=config.threshold,
            device=config.device,
        )
        self._reporter = RunReporter(first, self._reporter)
        self._thread = threading.Thread(
            target=self._run, args=(config, self._reporter, accept_missing), name="run", daemon=True
        )
        self._thread.start()

    def pause(self, paused: bool) -> None:
        """Hold the run or let it go on."""
        if self.running:
            self._reporter.pause(paused)

    def stop(self) -> None:
        """Checkpoint and end the run; returns when its thread has ended."""
        self._reporter.stop()
        if self._thread is not None:
            self._thread.join()

    def rest(self, results: Results) -> None:
        """Take over the numbers of results that changed without a run."""
        self._resting = self._count(replace(self._resting, threshold=results.threshold), results)
        self._save(self._resting)

    def _run(self, config: Config, reporter: RunReporter, accept_missing: bool) -> None:
        phase, results = "failed", None
        try:
            self._save(reporter.status)
            phase = self._run_to_end(config, reporter, accept_missing)
            results = compute_results(self._state, config.threshold)
        except DpmError as error:
            reporter.log("error", "failed", reason=str(error))
        except OSError as error:
            name = display_name(error.filename) if isinstance(error.filename, bytes | str) else ""
            reporter.log("error", "failed", reason=f"{error.strerror or error} {name}".strip())
        except Exception as error:
            traceback.print_exc()
            reporter.log("error", "failed", reason=f"{type(error).__name__}: {error}")
        finally:
            self._conclude(phase, results, reporter)

    def _conclude(self, phase: str, results: Results | None, reporter: RunReporter) -> None:
        over = replace(reporter.status, phase=phase, latest=(), ended=_now())
        status = self._resting = self._count(over, results)
        try:
            self._state.sync()
            self._save(status)
        except OSError as error:
            reporter.log("error", "failed", reason=error.strerror or str(error))
        if phase == "finished":
            reporter.log("info", "finished", groups=status.groups, pairs=status.pairs)
        self._finished(results)

    def _run_to_end(self, config: Config, reporter: RunReporter, accept_missing: bool) -> str:
        """Return the phase that the run ended in."""
        try:
            self._run_stages(config, reporter, accept_missing)
        except StoppedAtError as error:
            reporter.log("error", "stopped_at_error", path=display_name(error.path), reason=error.reason)
            return "stopped"
        except Cancelled:
            return "stopped"
        self._reader = self._pool.reader
        return "finished"

    def _run_stages(self, config: Config, reporter: RunReporter, accept_missing: bool) -> None:
        now = read_identity(self._state.layout)
        cards = load_cards()
        used = cards if config.model == "auto" else {config.model: cards[config.model]}
        settings = RunSettings(
            root=self._state.layout.root,
            extensions=config.extensions,
            choice=config.model,
            models=used,
            threads=worker_count(config),
            stop_at_first_error=config.stop_at_first_error,
            accept_missing=accept_missing,
            root_moved=self._identity.is_other(now),
            root_devices=frozenset({self._identity.device, now.device}),
            retry=FAILED if self._reader != self._pool.reader else frozenset({Status.UNREADABLE}),
        )
        tools = Tools(self._pool, lambda: self._load_embedder(config), AlignedJudge)

        def surveyed(survey: Survey) -> None:
            self._folders = tuple(survey.inventory.unreadable)[:1000]
            reporter.surveyed(survey)
            if survey.alarm is None:
                self._identity = mark_root(self._state.layout, now)
            if len(survey.changes.added) + len(survey.changes.changed) >= _WORTH_LOADING:
                # Torch takes seconds to load; meanwhile the decoders are at work.
                threading.Thread(target=self._load_ahead, args=(config,), daemon=True).start()

        reporter.on_stage = lambda: self._save(reporter.status)
        run_stages(settings, self._state, tools, reporter, surveyed)
        self._state.remove_outdated()

    def _load_ahead(self, config: Config) -> None:
        # Whoever needs the embedder will meet the same error and report it.
        with contextlib.suppress(Exception):
            self._load_embedder(config)

    def _load_embedder(self, config: Config) -> Embedder:
        with self._loading:
            return self._load_unlocked(config)

    def _load_unlocked(self, config: Config) -> Embedder:
        if self._embedder is None or self._embedder[:2] != (config.model, config.device):
            from dpm_tui.neural.embedder import NeuralEmbedder

            embedder = NeuralEmbedder(config.model, device=config.device, threads=worker_count(config))
            self._embedder = (config.model, config.device, embedder)
        return self._embedder[2]

    def _count(self, status: RunStatus, results: Results | None) -> RunStatus:
        if results is None:
            return status
        readable, self._missing = results.count(Status.OK), results.count(Status.MISSING)
        guarded = status.attention == _GUARD
        return replace(
            status,
            attention="" if guarded and not self._missing else status.attention,
            pictures=readable,
            unreadable=len(results.files) - readable - self._missing + len(self._folders),
            pairs=len(results.pairs),
            groups=len(results.groups),
            broken=_broken(results, len(self._folders)),
        )

    def _save(self, status: RunStatus) -> None:
        self._state.save_checkpoint(
            Checkpoint(
                phase=status.phase,
                stage=status.stage,
                model=status.model,
                threshold=status.threshold,
                files=status.files,
                pictures=status.pictures,
                unreadable=status.unreadable,
                pairs=status.pairs,
                groups=status.groups,
                missing=self._missing,
                marker=self._identity.marker,
                device=self._identity.device,
                inode=self._identity.inode,
                updated=status.ended or _now(),
                unreadable_folders=self._folders,
                reader=self._reader,
            )
        )

    def _usage(self) -> tuple[int, float]:
        memory, cpu = self._process.memory_info().rss, self._process.cpu_percent()
        for pid in self._pool.pids:
            try:
                memory += psutil.Process(pid).memory_info().rss
            except psutil.Error:
                continue
        return memory, cpu


def _resting_status(checkpoint: Checkpoint) -> RunStatus:
    phase = "stopped" if checkpoint.phase in ("running", "paused") else checkpoint.phase
    return RunStatus(
        phase=phase or "idle",
        stage=checkpoint.stage,
        files=checkpoint.files,
        pictures=checkpoint.pictures,
        unreadable=checkpoint.unreadable,
        pairs=checkpoint.pairs,
        groups=checkpoint.groups,
        model=checkpoint.model,
        threshold=checkpoint.threshold,
        gone=checkpoint.missing,
        attention=_GUARD if checkpoint.missing else "",
        ended=checkpoint.updated if checkpoint.phase in ("finished", "stopped", "failed") else "",
    )


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _broken(results: Results, folders: int) -> dict[str, int]:
    """Return how many files could not be read by their status, and how many folders."""
    counts = {status.value: results.count(status) for status in sorted(FAILED)}
    return {reason: count for reason, count in (*counts.items(), ("folder", folders)) if count}
