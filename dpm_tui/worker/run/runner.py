"""Runs the pipeline in a thread of the worker and keeps the checkpoint of its progress."""

from __future__ import annotations

import os
import threading
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from dataclasses import replace

import psutil

from dpm_tui.catalog.content_digest import DigestPair
from dpm_tui.catalog.formats import find_lacking_endings
from dpm_tui.catalog.image_file import FAILED, Status
from dpm_tui.errors import DpmError, Stopped, is_full, reason_of
from dpm_tui.file_names import display_name
from dpm_tui.memory import freed_memory_kept
from dpm_tui.neural.model_manifest import load_cards
from dpm_tui.pipeline.checkpointing import Cancelled
from dpm_tui.pipeline.reporter import Stage
from dpm_tui.pipeline.run import compare_pairs
from dpm_tui.pipeline.run_settings import RunSettings
from dpm_tui.pipeline.scan.ingest import StoppedAtError
from dpm_tui.pipeline.scan.survey import Survey
from dpm_tui.recycle.recycle_bin import RecycleBin
from dpm_tui.recycle.refusal import BinError
from dpm_tui.state.config import Config
from dpm_tui.state.other_roots import check_apart
from dpm_tui.state.root_identity import mark_root, read_identity
from dpm_tui.state.root_state import RootState
from dpm_tui.worker.decoders.decoder_pool import DecoderPool
from dpm_tui.worker.protocol.messages import LogLine, RunStatus
from dpm_tui.worker.run.idle_status import idle_status
from dpm_tui.worker.run.resource_policy import memory_of, reader_count, worker_count
from dpm_tui.worker.run.run_record import RunRecord, now
from dpm_tui.worker.run.run_reporter import RunReporter
from dpm_tui.worker.run.run_results import Results, compute_results
from dpm_tui.worker.run.stage_tools import StageTools

_WORTH_LOADING = 50
"""From so many new files on, some are surely new pictures: the models will be needed."""


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
        self._comparing: Future[bool] | None = None
        self._runs, self._concluded = 0, False
        self._process = psutil.Process()
        self._reporter = RunReporter(idle_status(state.checkpoint))
        self._resting = self._reporter.status
        self._record = RunRecord(state)
        self.tools = StageTools(state, pool)
        shared = state.layout.shared_bin
        self._bin = RecycleBin(state.layout.root, shared=shared, others=lambda: pool.root.others)
        self._threshold = 0.0

    @property
    def running(self) -> bool:
        """Return whether a run is under way or paused, or pairs are compared."""
        if self._comparing is not None:
            return not self._comparing.done()
        return self._thread is not None and not self._concluded and self._thread.is_alive()

    @property
    def status(self) -> RunStatus:
        """The newest status with what the processes use."""
        status = self._reporter.status if self.running else self._resting
        memory = memory_of((os.getpid(), *self._pool.all_pids))
        cpu = self._process.cpu_percent()
        return replace(status, memory=memory, cpu=cpu, pid=os.getpid(), nodes=self.tools.nodes)

    def take_lines(self) -> list[LogLine]:
        """Return the log lines since the last call."""
        return self._reporter.take_lines()

    def log(self, level: str, key: str, **values: object) -> None:
        """Add a line to the log."""
        self._reporter.log(level, key, **values)

    def start(self, config: Config, *, accept_missing: bool = False) -> None:
        """Start a run with these settings unless one is under way; it takes the place of a comparison."""
        comparing, self._comparing = self._comparing, None
        if comparing is not None:
            self._reporter.stop()
        elif self.running:
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
            damaged=self._state.damaged,
        )
        self._reporter = RunReporter(first, self._reporter, self._record.begin())
        self._threshold, self._concluded = config.threshold, False
        arguments = (config, self._reporter, accept_missing, comparing)
        self._thread = threading.Thread(target=self._run, args=arguments, name="run", daemon=True)
        self._thread.start()

    def compare(self, config: Config, pairs: Iterable[DigestPair]) -> Future[bool]:
        """Start to compare pairs of contents and return the future that tells whether any was new.

        The status counts them under the phase of the last run. Raises DpmError while a run is under way;
        so does the future if it is stopped.
        """
        if self.running:
            raise DpmError("compare_during_run")
        resting = replace(self._resting, stage=Stage.VERIFY.value, done=0, total=0)
        self._reporter = RunReporter(resting, self._reporter)
        self._comparing = Future()
        self._thread = threading.Thread(
            target=self._compare, args=(config, pairs, self._reporter, self._comparing), name="compare",
            daemon=True,
        )  # fmt: skip
        self._thread.start()
        return self._comparing

    def pause(self, paused: bool) -> None:
        """Hold the run or let it go on."""
        if self.running and self._comparing is None:
            self._reporter.pause(paused)

    def stop(self) -> None:
        """Checkpoint and end the run; returns when its thread has ended."""
        self._reporter.stop()
        if self._thread is not None:
            self._thread.join()

    def show_from(self, threshold: float) -> None:
        """Have the run under way use another threshold for its results."""
        self._threshold = threshold

    def rest(self, results: Results) -> None:
        """Update the status for results that changed without a run."""
        self._resting = self._record.count(replace(self._resting, threshold=results.threshold), results)
        self._record.save(self._resting)

    def _compare(
        self, config: Config, pairs: Iterable[DigestPair], reporter: RunReporter, done: Future[bool]
    ) -> None:
        threads = worker_count(config)
        try:
            with self._pool.root.held():
                new = compare_pairs(
                    pairs, self._state, self.tools.here(config), reporter,
                    threads=threads, inspect=config.inspect,
                )  # fmt: skip
        except Cancelled:
            done.set_exception(Stopped("compare_stopped"))
        except BaseException as error:
            done.set_exception(error)
        else:
            done.set_result(new)

    def _run(
        self, config: Config, reporter: RunReporter, accept_missing: bool, before: Future[bool] | None
    ) -> None:
        wait([before] if before else [])
        phase, results = "failed", None
        try:
            self._record.save(reporter.status)
            self._log_damage(reporter)
            phase = self._run_to_end(config, reporter, accept_missing)
            results = compute_results(self._state, self._threshold, inspect=config.inspect)
        except DpmError as error:
            # Deferred: the reader of the log chooses the language.
            reporter.log("error", error.key, **error.values)
        except OSError as error:
            self._log_failure(reporter, error)
        except Exception as error:
            traceback.print_exc()
            reporter.log("error", "failed", reason=f"{type(error).__name__}: {error}")
        finally:
            self._conclude(phase, results, reporter)

    def _conclude(self, phase: str, results: Results | None, reporter: RunReporter) -> None:
        if self._state.is_lost():
            phase, results = "failed", None
            reporter.log("error", "state_gone", path=display_name(self._state.layout.folder))
        over = replace(reporter.last_status, phase=phase, threshold=self._threshold, ended=now())
        status = self._resting = self._record.count(over, results)
        try:
            self._state.sync()
            self._record.save(status)
        except DpmError as error:
            if phase != "failed":
                reporter.log("error", "failed", reason=str(error))
        except OSError as error:
            # A failed run has reported that already: the disk is still full.
            if phase != "failed":
                self._log_failure(reporter, error)
        if phase == "finished":
            reporter.log("info", "finished", groups=status.groups, pairs=status.pairs)
        self._concluded = True
        self._finished(results)

    def _log_damage(self, reporter: RunReporter) -> None:
        """Log damage: once for tables that a run makes again, at each run for decisions, which it cannot."""
        lasting = display_name(os.path.basename(self._state.layout.decisions))
        for name in self._state.damaged:
            reporter.log("error", "decisions_damaged" if name == lasting else "state_damaged", name=name)
        self._state.damaged = tuple(name for name in self._state.damaged if name == lasting)

    def _log_failure(self, reporter: RunReporter, error: OSError) -> None:
        if self._state.is_lost():
            return  # that is the reason, and is logged when the run ends
        if is_full(error):
            reporter.log("error", "disk_full", path=display_name(self._state.layout.folder))
            return
        name = display_name(error.filename) if isinstance(error.filename, bytes | str) else ""
        reporter.log("error", "failed", reason=f"{reason_of(error)} {name}".strip())

    def _run_to_end(self, config: Config, reporter: RunReporter, accept_missing: bool) -> str:
        """Return the phase that the run ended in."""
        try:
            self._run_stages(config, reporter, accept_missing)
        except StoppedAtError as error:
            reporter.log("error", "stopped_at_error", path=display_name(error.path), reason=error.reason)
            return "stopped"
        except Cancelled:
            return "stopped"
        self._record.finish(self._pool.reader)
        return "finished"

    def _run_stages(self, config: Config, reporter: RunReporter, accept_missing: bool) -> None:
        identity = read_identity(self._state.layout)
        check_apart(self._state.layout.root, config.other_folders)
        self._pool.root.others = config.other_folders
        self._pool.resize(reader_count(config, self._state.layout.root), config.memory << 20)
        cards = load_cards()
        self._record.quick = config.quick
        other_reader = self._record.reader != self._pool.reader
        settings = RunSettings(
            root=self._pool.root,
            extensions=config.extensions,
            choice=config.model,
            models=cards if config.model == "auto" else {config.model: cards[config.model]},
            threads=worker_count(config),
            threshold=config.threshold,
            stop_at_first_error=config.stop_at_first_error,
            accept_missing=accept_missing,
            root_moved=self._record.identity.is_other(identity),
            root_devices=frozenset({self._record.identity.device, identity.device}),
            retry=FAILED if other_reader else frozenset({Status.UNREADABLE}),
            complete=other_reader,
            inspect=config.inspect,
            quick=config.quick,
            lacking=find_lacking_endings(),
        )

        def surveyed(survey: Survey) -> None:
            self._record.note_folders({**survey.inventory.away, **survey.inventory.unreadable})
            reporter.surveyed(survey)
            if survey.alarm is None:
                self._record.identity = mark_root(self._state.layout, identity)
            fresh = len(survey.changes.added) + len(survey.changes.changed)
            # A first run has seen none of them before.
            if fresh >= (_WORTH_LOADING if self._record.reader else 1):
                self.tools.load_ahead(config)

        reporter.on_stage = lambda: self._record.save(reporter.status)
        with self._pool.root.held(), freed_memory_kept():
            self.tools.run(settings, config, reporter, surveyed)
        self._state.remove_outdated()
        self._clear_gone(config.model, reporter)

    def _clear_gone(self, choice: str, reporter: RunReporter) -> None:
        """Drop data that the run left unused; a failure does not matter: the next run tries again."""
        try:
            # Contents that lie in the recycle bin may come back from there.
            self._state.clear_gone(
                choice, lambda: [entry.digest for entry in self._bin.entries()], reporter.cancelled
            )
        except (Cancelled, BinError):
            return  # files in a bin that is refused may come back as well
        except OSError as error:
            self._log_failure(reporter, error)
