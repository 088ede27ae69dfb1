"""Move service: carries out requests that move files, one batch at a time, while the client is there."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Protocol

from dpm_tui.errors import DpmError, Stopped
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.pipeline.scan.inventory import endings_of
from dpm_tui.pipeline.scan.root_folder import RootFolder
from dpm_tui.recycle.linking.new_side_file import SideFileMaker
from dpm_tui.recycle.moving.judged_pairs import JudgedPairs
from dpm_tui.recycle.recycle_bin import RecycleBin
from dpm_tui.recycle.results import BatchResult, OtherDisks, PurgeResult, RestoreResult
from dpm_tui.review.library.folder_set import protect_folders
from dpm_tui.state.config import Config
from dpm_tui.state.root_state import RootState
from dpm_tui.worker.protocol import messages
from dpm_tui.worker.protocol.messages import BatchDone, PurgeDone, RestoreDone
from dpm_tui.worker.run.run_results import judge_plans
from dpm_tui.worker.run.runner import Runner
from dpm_tui.worker.server.live_settings import LiveSettings
from dpm_tui.worker.server.moved_files import MovedFiles

Cancelled = Callable[[], bool]
_Moved = BatchDone | RestoreDone | PurgeDone


class MoveHost(Protocol):
    """What moving files needs of the request handler."""

    state: RootState
    runner: Runner
    settings: LiveSettings

    @property
    def config(self) -> Config:
        """The settings in force."""

    @property
    def writable(self) -> bool:
        """Whether the root can be written now."""

    async def recover(self) -> None:
        """Finish what a crash left half done in the bin."""

    def begin_run(self) -> None:
        """Start a run with the settings of the last one."""

    async def regroup(self) -> None:
        """Work the groups out again."""


class MoveService:
    """Applies, undoes, restores and purges; the library follows each batch.

    A batch stops after the current file when its client has left or the worker ends. Moved files are logged
    as always, the rest stays. ``side_files`` works out what kept pictures get of their copies.
    """

    def __init__(self, session: MoveHost, bin_: RecycleBin, side_files: SideFileMaker) -> None:
        self.at_rest = asyncio.Lock()
        self._session = session
        self._bin = bin_
        self._side_files = side_files
        self.progress: messages.BatchProgress | None = None
        self._ending = False
        self._stopping = False
        self._moved_files = MovedFiles(session.state.files)
        self._works: dict[type[Any], Callable[[Any, Cancelled], Awaitable[_Moved]]] = {
            messages.ApplyPlan: self._apply,
            messages.UndoBatch: self._undo,
            messages.RedoBatch: self._redo,
            messages.RestoreEntries: self._restore,
            messages.PurgeEntries: self._purge,
        }

    @property
    def busy(self) -> bool:
        """Whether a batch is under way."""
        return self.at_rest.locked()

    def moves(self, request: messages.Request) -> bool:
        """Return whether a request is one of those that move files."""
        return type(request) in self._works

    async def carry_out(self, request: messages.Request, gone: Cancelled) -> _Moved:
        """Move files as ``request`` says, until ``gone``; return the result.

        Raises DpmError before the first file moves.
        """
        async with self.at_rest:
            if self._ending or gone():
                raise Stopped("worker_ending")
            if not self._session.writable:
                raise DpmError("root_read_only", path=display_name(self._session.state.layout.root))
            await self._session.recover()
            self._stopping = False
            work = self._works[type(request)](request, lambda: self._ending or self._stopping or gone())
            try:
                if isinstance(request, messages.PurgeEntries):
                    done = await work
                else:
                    done = await self._hold_run(work)
            finally:
                self.progress = None
        self._log_rest(done)
        return done

    def stop(self) -> None:
        """Stop the batch under way after the current file."""
        self._stopping = True

    async def close(self) -> None:
        """Stop the batch under way after the current file, and let none begin."""
        self._ending = True
        async with self.at_rest:
            pass

    async def _hold_run(self, work: Awaitable[_Moved]) -> _Moved:
        """Move files while the run is stopped at a checkpoint, then continue it; return the result."""
        runner = self._session.runner
        running = runner.running
        if running:
            await asyncio.to_thread(runner.stop)
        try:
            return await work
        finally:
            if running:
                self._session.begin_run()

    def _log_rest(self, done: _Moved) -> None:
        """Log how far a stopped batch came: its client may be gone."""
        left = sum(skipped.is_rest for skipped in done.result.skipped)
        if not left:
            return
        match done.result:
            case BatchResult():
                moved = len(done.result.moved)
            case RestoreResult():
                moved = len(done.result.restored)
            case PurgeResult():
                moved = len(done.result.purged)
        self._session.runner.log("warning", "batch_stopped", moved=moved, left=left)
        print(translate("worker.batch_stopped", moved=moved, left=left), file=sys.stderr, flush=True)

    async def _apply(self, request: messages.ApplyPlan, cancelled: Cancelled) -> _Moved:
        judged = await self._judge()
        disks, protected = self._other_disks, self._protected
        rest = (self._note, cancelled, disks, protected, judged, self._side_files)
        return await self._move(partial(self._bin.apply, request.plan, *rest))

    async def _redo(self, request: messages.RedoBatch, cancelled: Cancelled) -> _Moved:
        judged = await self._judge()
        disks, protected = self._other_disks, self._protected
        rest = (self._note, cancelled, disks, protected, judged, self._side_files)
        return await self._move(partial(self._bin.redo, *rest))

    async def _undo(self, request: messages.UndoBatch, cancelled: Cancelled) -> _Moved:
        return await self._bring_back(partial(self._bin.undo, self._note, cancelled))

    async def _restore(self, request: messages.RestoreEntries, cancelled: Cancelled) -> _Moved:
        return await self._bring_back(
            partial(self._bin.restore, request.ids, request.to or None, self._note, cancelled)
        )

    async def _purge(self, request: messages.PurgeEntries, cancelled: Cancelled) -> _Moved:
        return PurgeDone(await asyncio.to_thread(self._bin.purge, request.ids, self._note, cancelled))

    async def _judge(self) -> JudgedPairs:
        """Return the judged pairs again: decisions may have changed since the groups were made."""
        return await asyncio.to_thread(judge_plans, self._session.state, self._session.config)

    async def _move(self, work: Callable[[], BatchResult]) -> _Moved:
        result = await asyncio.to_thread(work)
        await asyncio.to_thread(self._moved_files.forget, result.moved)
        await self._session.regroup()
        return BatchDone(result)

    async def _bring_back(self, work: Callable[[], RestoreResult]) -> _Moved:
        result = await asyncio.to_thread(work)
        root = RootFolder(self._session.state.layout.root, self._session.config.other_folders)
        scan = await asyncio.to_thread(self._moved_files.recall, root, result.restored, self._is_picture)
        await self._session.regroup()
        if scan and not self._session.runner.running:
            self._session.begin_run()
        return RestoreDone(result)

    def _note(self, done: int, total: int) -> None:
        self.progress = messages.BatchProgress(done, total)

    @property
    def _other_disks(self) -> OtherDisks:
        return OtherDisks(self._session.config.other_disks)

    @property
    def _protected(self) -> Callable[[bytes], bool]:
        """Return whether a file is protected now: a plan may be older than the settings."""
        return protect_folders(self._session.settings.protected()).covers

    def _is_picture(self, path: bytes) -> bool:
        """Return whether a file is a picture and not a companion, which is in no library."""
        return path.lower().endswith(endings_of(self._session.config.extensions))
