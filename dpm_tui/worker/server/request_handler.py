"""What a worker does for its clients: the answer to each request."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from dpm_tui.errors import DpmError, HeldError, Stopped
from dpm_tui.recycle.moving.plan_file import save_plan
from dpm_tui.recycle.recycle_bin import RecycleBin
from dpm_tui.review.library.folder_set import protect_folders
from dpm_tui.state.config import Config, check_config
from dpm_tui.state.other_roots import check_roots
from dpm_tui.state.review.decision_names import name_contents
from dpm_tui.state.review.decision_store import is_sound
from dpm_tui.state.root_state import RootState
from dpm_tui.worker.decoders.decoder_pool import DecoderPool
from dpm_tui.worker.finding.find_service import FindService
from dpm_tui.worker.protocol import messages
from dpm_tui.worker.protocol.messages import Answer, ConfigData, Done
from dpm_tui.worker.run.run_results import Results, pair_contents
from dpm_tui.worker.run.runner import Runner
from dpm_tui.worker.server.live_settings import LiveSettings
from dpm_tui.worker.server.move_service import MoveService
from dpm_tui.worker.server.note_service import NoteService
from dpm_tui.worker.server.picture_service import PictureService
from dpm_tui.worker.server.result_service import ResultService
from dpm_tui.worker.server.review_service import ReviewService

_AT_ONCE = (messages.GetStatus, messages.GetBin, messages.GetRemovals)
"""What is answered while groups are still being worked out: a large library takes long."""
_OF_RESULTS = (
    messages.GetLibrary, messages.GetThumbnail, messages.GetPicture, messages.GetDifference,
    messages.CompareWith, messages.FindPictures,
)  # fmt: skip
"""What cannot be answered without groups."""
_WITHOUT_STATE = (messages.GetStatus, messages.PauseRun, messages.StopRun, messages.StopBatch)
"""What is answered even where the state folder is not the one that was opened any more."""


class RequestHandler:
    """The state of one root, and the answers to all requests about it.

    ``changed`` is called when the groups are not what they were.
    """

    def __init__(
        self, state: RootState, pool: DecoderPool, runner: Runner, changed: Callable[[], None]
    ) -> None:
        self.state = state
        self.runner = runner
        self.settings = LiveSettings(state.layout.config)
        self.result_service = ResultService(state, lambda: self.config.inspect)
        self._pictures = PictureService(self.result_service, state.files, state.thumbnails, pool)
        self._finder = FindService(
            state, lambda: self.config, lambda: self.results.threshold, runner.tools.embedders
        )
        self._recovered = False
        self._run_config: Config = self.settings.config
        self._changed = changed
        shared = state.layout.shared_bin
        self._bin = RecycleBin(state.layout.root, shared=shared, others=lambda: self.config.other_folders)
        self._notes = NoteService(
            self._bin, pool,
            lambda: protect_folders(self.settings.protected()).covers, lambda: self.config.extensions,
        )  # fmt: skip
        self._mover = MoveService(self, self._bin, self._notes.make)
        self._review = ReviewService(state.layout)
        self._ending = False
        self._answers: dict[type[Any], Callable[[Any], Awaitable[Answer]]] = {
            messages.StartRun: self._start,
            messages.PauseRun: self._pause,
            messages.StopRun: self._stop,
            messages.GetStatus: self._status,
            messages.GetLibrary: self.result_service.library,
            messages.CompareWith: self._compare,
            messages.GetThumbnail: self._pictures.thumbnail,
            messages.GetPicture: self._pictures.picture,
            messages.GetDifference: self._pictures.difference,
            messages.FindCompanions: self._find_companions,
            messages.FindNotes: self._find_notes,
            messages.SavePlan: self._save_plan,
            messages.GetBin: self._get_bin,
            messages.GetRemovals: self._removals,
            messages.CheckPurge: self._check_purge,
            messages.Decide: self._decide,
            messages.GetDecisions: self._get_decisions,
            messages.StopBatch: self._stop_batch,
            messages.GetReview: self._review.get,
            messages.SaveReview: self._review.save,
            messages.SaveConfig: self._save_config,
            messages.ResetState: self._reset,
        }

    async def open(self) -> None:
        """Finish what a crash left half done and begin to compute the results of the last run."""
        with contextlib.suppress(HeldError):  # of another root: whoever moves files is told
            await self.recover()
        checkpoint = self.state.checkpoint
        self.result_service.begin(checkpoint.threshold if checkpoint.phase else self.config.threshold)

    @property
    def writable(self) -> bool:
        """Whether the root can be written now: a disk may be mounted again in another mode."""
        return os.access(self.state.layout.root, os.W_OK | os.X_OK)

    async def recover(self) -> None:
        """Finish what a crash left half done in the bin, once, as soon as the root can be written."""
        if not self._recovered and self.writable:
            await asyncio.to_thread(self._bin.recover)
            self._recovered = True

    @property
    def results(self) -> Results:
        """The newest results."""
        return self.result_service.results

    def take_over(self, results: Results) -> None:
        """Use the results of a run."""
        self.result_service.take(results)

    @property
    def threshold(self) -> float:
        """The similarity from which on pairs of the run count."""
        return self._run_config.threshold

    @property
    def config(self) -> Config:
        """The settings in force."""
        return self.settings.config

    @property
    def busy(self) -> bool:
        """Whether a run or a batch is under way."""
        return self.runner.running or self._mover.busy

    @property
    def batch(self) -> messages.BatchProgress | None:
        """The progress of the batch that is under way."""
        return self._mover.progress

    async def answer(self, request: messages.Request, gone: Callable[[], bool] = lambda: False) -> Answer:
        """Carry out a request and return the answer; raises DpmError if it cannot be done.

        ``gone`` says whether the client has left: then files stop moving.
        """
        if not isinstance(request, _WITHOUT_STATE):
            self.state.check_in_place()
        if isinstance(request, _OF_RESULTS):
            await self.result_service.ready()
        elif not isinstance(request, _AT_ONCE):
            await self.result_service.settle()
        if self._mover.moves(request):
            return await self._mover.carry_out(request, gone)
        if isinstance(request, messages.ListPictures | messages.FindPictures):
            return await self._finder.answer(request, lambda: gone() or self._ending)
        return await self._answers[type(request)](request)

    async def close(self) -> None:
        """Checkpoint and stop the run and, after the current file, a batch; nothing begins any more."""
        self._ending = True
        await self.result_service.settle()
        await asyncio.to_thread(self.runner.stop)
        await self._mover.close()
        await self._review.close()

    def begin_run(self) -> None:
        """Start a run with the settings of the last one, unless the worker is ending."""
        if not self._ending:
            self.runner.start(self._run_config)

    async def _start(self, request: messages.StartRun) -> Answer:
        if self._ending:
            raise Stopped("worker_ending")
        config = self.config
        if request.model:
            config = replace(config, model=request.model)
        if request.threshold >= 0:
            config = replace(config, threshold=request.threshold)
        if request.quick:
            config = replace(config, quick=True)
        if request.scheduler or request.workers_local:
            config = replace(config, scheduler=request.scheduler, workers_local=request.workers_local)
        if request.path_map:
            config = replace(config, path_map=request.path_map)
        self._run_config = check_config(config)
        self.runner.start(self._run_config, accept_missing=request.accept_missing)
        return Done()

    async def _pause(self, request: messages.PauseRun) -> Answer:
        self.runner.pause(request.paused)
        return Done()

    async def _stop(self, request: messages.StopRun) -> Answer:
        await asyncio.to_thread(self.runner.stop)
        return Done()

    async def _stop_batch(self, request: messages.StopBatch) -> Answer:
        self._mover.stop()
        return Done()

    async def _compare(self, request: messages.CompareWith) -> Answer:
        if self._ending:
            raise Stopped("worker_ending")
        before = self.config
        comparing = self.runner.compare(before, pair_contents(self.results.files, request.wanted))
        changed = True
        try:
            changed = await asyncio.to_thread(comparing.result)
        finally:
            # Settings that were saved meanwhile have waited as they do for the end of a run.
            now = self.config
            threshold = self.results.threshold if now.threshold == before.threshold else now.threshold
            changed = changed or (now.threshold, now.inspect) != (before.threshold, before.inspect)
            if changed and not self._ending:
                await self.regroup(threshold)
        return Done()

    async def _status(self, request: messages.GetStatus) -> Answer:
        return self.runner.status

    async def _find_companions(self, request: messages.FindCompanions) -> Answer:
        plan = request.plan
        if self.config.companions != "never":
            find = self._bin.find_companions
            plan = await asyncio.to_thread(find, plan, self.config.extensions)
        if self.config.keep_metadata:
            plan = await asyncio.to_thread(self._notes.foresee, plan)
        return messages.PlanData(plan)

    async def _find_notes(self, request: messages.FindNotes) -> Answer:
        return messages.PlanData(await asyncio.to_thread(self._notes.foresee, request.plan))

    async def _save_plan(self, request: messages.SavePlan) -> Answer:
        await asyncio.to_thread(save_plan, request.path, self.state.layout.root, request.plan)
        return Done()

    async def _get_bin(self, request: messages.GetBin) -> Answer:
        entries = await asyncio.to_thread(self._bin.entries)
        return messages.BinData(tuple(entries), self._bin.can_undo(), self._bin.can_redo())

    async def _removals(self, request: messages.GetRemovals) -> Answer:
        removals = await asyncio.to_thread(self._bin.removals, max(request.limit, 0))
        return messages.RemovalData(tuple(removals))

    async def _check_purge(self, request: messages.CheckPurge) -> Answer:
        return messages.PurgeChecked(await asyncio.to_thread(self._bin.check_purge, request.ids))

    async def _decide(self, request: messages.Decide) -> Answer:
        if not all(map(is_sound, request.decisions)):
            raise DpmError("protocol_nonsense")
        before = self.state.decisions.change(request.decisions)
        await self.regroup()
        return messages.Decided(before)

    async def _get_decisions(self, request: messages.GetDecisions) -> Answer:
        standing, files = tuple(self.state.decisions.standing()), self.state.files.files.snapshot()
        return messages.DecisionData(await asyncio.to_thread(name_contents, standing, files))

    async def _save_config(self, request: messages.SaveConfig) -> Answer:
        before = self.config
        if request.config.other_roots != before.other_roots:
            folders = check_config(request.config).other_folders
            await asyncio.to_thread(check_roots, self.state.layout.root, folders, before.other_folders)
        await asyncio.to_thread(self.settings.save, request.config)
        config = self.config
        self._run_config = config
        if (config.threshold, config.inspect) != (before.threshold, before.inspect):
            self.runner.show_from(config.threshold)
            if not self.runner.running:
                await self.regroup()
        return ConfigData(config)

    async def _reset(self, request: messages.ResetState) -> Answer:
        async with self._mover.at_rest:
            await asyncio.to_thread(self.runner.stop)
            await asyncio.to_thread(self.state.reset)
            await self.regroup()
        return Done()

    async def regroup(self, threshold: float | None = None) -> None:
        """Compute the results again; a run that is under way saves its own progress."""
        threshold = self._run_config.threshold if threshold is None else threshold
        running = self.runner.running
        if not running:
            await asyncio.to_thread(self.state.sync)
        if await self.result_service.renew(threshold, settled=running) and not running:
            self.runner.rest(self.results)
        self._changed()
