"""The link to the worker: requests, pictures with a small cache, and the stream of events."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from dpm_tui.errors import DpmError
from dpm_tui.review.library.library import count_new_groups
from dpm_tui.review_session.decision_maker import DecisionMaker
from dpm_tui.review_session.pair_completion import PairCompletion
from dpm_tui.review_session.review_worker import fetch_library
from dpm_tui.review_session.saved_review import SavedReview
from dpm_tui.tui.command_table import TO_MOVE, TO_WRITE
from dpm_tui.tui.session.command_needs import missing_need
from dpm_tui.tui.session.session import Link, Session
from dpm_tui.worker.client import Client, WorkerLost
from dpm_tui.worker.protocol.messages import (
    Answer,
    BatchProgress,
    BinData,
    DifferenceData,
    Event,
    GetBin,
    GetDifference,
    GetPicture,
    GetStatus,
    GetThumbnail,
    GroupsFound,
    LibraryChanged,
    LogLine,
    PictureData,
    Request,
    ReviewerChanged,
    RunStatus,
    StartRun,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

Connect = Callable[[], Awaitable[Client]]
A = TypeVar("A")

_MAX_THUMBNAILS = 96
_VIEW_SECONDS = 2.0
"""How often it is looked whether the cursor, the filter or the order is another one."""
_LIBRARY_SECONDS = 1.0
"""How long at least between two fetches of the library while a run keeps changing it."""


class WorkerLink:
    """Keeps a session up to date with its worker.

    ``changed`` is called after every change of the session; ``finished`` when a run has ended. What a run
    settles meanwhile waits while ``reads`` says that somebody looks at the groups. ``is_placed`` once the
    cursor was put where it was last time.
    """

    def __init__(
        self,
        connect: Connect,
        session: Session,
        changed: Callable[[], None],
        finished: Callable[[RunStatus], None],
        reads: Callable[[], bool] = lambda: False,
    ) -> None:
        self._connect = connect
        self._session = session
        self._changed = changed
        self._finished = finished
        self._reads = reads
        self._early = False
        self.is_placed = False
        self._client: Client | None = None
        self._thumbnails: OrderedDict[tuple[int, str], Pixels] = OrderedDict()
        self._stale = asyncio.Event()
        self._fresh = asyncio.Event()
        self._fresh.set()
        self.completion = PairCompletion(self, self._catch_up, self._tell_comparing)
        self.memory = SavedReview(session.review, self, session.look)
        self.decisions = DecisionMaker(session.review, self)

    async def run(self) -> None:
        """Connect, start a run if none is going, and follow the events until the connection ends."""
        session = self._session
        session.link, session.trouble = Link.CONNECTING, ""
        self._changed()
        try:
            self._client = await self._connect()
            await self._greet(self._client)
        except DpmError as error:
            session.trouble = str(error)
            # While it is open no other connection may move files.
            await self.close()
        else:
            async with asyncio.TaskGroup() as tasks:
                following = (self._keep_library(), self._keep_memory())
                started = [tasks.create_task(each) for each in following]
                async for event in self._client.events():
                    self._take(event)
                for task in started:
                    task.cancel()
        session.link = Link.LOST
        self._fresh.set()
        self._changed()

    @property
    def reviewer(self) -> bool:
        """Whether what is marked in this app is written down."""
        welcome = self._session.welcome
        return welcome is not None and welcome.reviewer

    def obstacle(self, *, moves: bool = False) -> str:
        """Return why nothing can be decided, or moved, now: the key of a sentence, or empty."""
        return missing_need(self._session, TO_MOVE if moves else TO_WRITE)

    async def ask(self, request: Request, kind: type[A]) -> A:
        """Send a request and return its answer, of type ``kind``; raises DpmError."""
        if self._client is None or self._session.link is Link.LOST:
            raise WorkerLost
        answer: Answer = await self._client.request(request)
        assert isinstance(answer, kind)
        return answer

    async def close(self) -> None:
        """End the connection."""
        if self._client is not None:
            await self._client.close()

    async def thumbnail(self, file: int) -> Pixels:
        """Return the thumbnail of a file, empty where there is none."""
        known = self._session.library.files.get(file)
        key = file, known.facts.digest if known is not None else ""
        if key not in self._thumbnails:
            pixels = await self._pixels(GetThumbnail(file))
            if not pixels.size:
                return pixels
            self._thumbnails[key] = pixels
            while len(self._thumbnails) > _MAX_THUMBNAILS:
                self._thumbnails.popitem(last=False)
        self._thumbnails.move_to_end(key)
        return self._thumbnails[key]

    async def picture(
        self, file: int, width: int, height: int, box: tuple[float, float, float, float]
    ) -> Pixels:
        """Return a part of the original, empty where it cannot be had."""
        return await self._pixels(GetPicture(file, width, height, box))

    async def difference(self, first: int, second: int) -> DifferenceData:
        """Return grids of where two files differ, over each of them; both are empty where nobody knows."""
        try:
            return await self.ask(GetDifference(first, second), DifferenceData)
        except DpmError:
            return DifferenceData(b"", b"")

    async def refresh_bin(self) -> None:
        """Fetch what the recycle bin holds."""
        self._session.bin = self._session.bin.renew(await self.ask(GetBin(), BinData))
        self._session.tally.follow(self._session.bin.entries)
        self._changed()

    async def _greet(self, client: Client) -> None:
        session = self._session
        session.welcome = client.welcome
        session.adopt_config(client.welcome.config)
        session.link = Link.CONNECTED
        session.asked_run = 0
        self._changed()
        session.follow_run(await self.ask(GetStatus(), RunStatus))
        if session.running or not client.welcome.reviewer:
            self._stale.set()
            return
        # The groups come first: a run would slow them down.
        await self._fetch_library()
        await client.request(StartRun())

    async def _keep_library(self) -> None:
        """Fetch the library whenever it is stale."""
        while True:
            await self._stale.wait()
            self._stale.clear()
            await self._fetch_library()
            if not self._stale.is_set():
                self._fresh.set()
            await asyncio.sleep(_LIBRARY_SECONDS if self._session.running else 0)

    async def _catch_up(self) -> None:
        """Wait for the groups that the last request has changed."""
        await asyncio.sleep(0)  # What this connection has changed itself is heard of first.
        await self._fresh.wait()

    def _tell_comparing(self, pairs: int) -> None:
        self._session.comparing = pairs
        self._changed()

    async def _keep_memory(self) -> None:
        """Send what is marked whenever something is; what fails is sent again as a whole."""
        self.memory.resend()
        while True:
            await self.memory.wait(_VIEW_SECONDS)
            try:
                await self.memory.flush()
            except DpmError as error:
                self._session.trouble = str(error)
                await asyncio.sleep(_VIEW_SECONDS)

    async def _fetch_library(self) -> None:
        """Fetch the library, and the bin, which moves change with it."""
        session = self._session
        try:
            early, self._early = self._early, False
            library = await fetch_library(self)
            if early and session.running and session.library.groups and self._reads():
                session.hold(library, await asyncio.to_thread(count_new_groups, session.library, library))
                self._changed()
                return
            session.adopt_library(library)
            self._changed()
            if restored := await self.memory.restore():
                session.resume(restored)
                self.is_placed = self.is_placed or restored.view is not None
            await self.refresh_bin()
        except DpmError as error:
            session.trouble = str(error)
            self._changed()
        else:
            if library.groups and not session.running:
                # Prepare the paths for searching before the user types a filter.
                await asyncio.to_thread(lambda: library.columns.text)

    def _take(self, event: Event) -> None:
        match event:
            case RunStatus():
                before, was_running = self._session.status, self._session.running
                self._session.follow_run(event)
                # A short run may have ended before it was ever seen running.
                if (was_running or event.run != before.run) and not self._session.running:
                    self._finished(event)
            case LogLine():
                self._session.log.append(event)
            case BatchProgress():
                self._session.batch = event if self._session.batch else None
            case GroupsFound():
                # Whatever else has changed the groups must be shown at once.
                self._early = self._early or not self._stale.is_set()
                self._stale.set()
            case LibraryChanged():
                self._early = False
                self._stale.set()
                self._fresh.clear()
            case ReviewerChanged():
                self._session.appoint_reviewer(event.reviewer)
                self.memory.forget()
                self._stale.set()
        self._changed()

    async def _pixels(self, request: GetThumbnail | GetPicture) -> Pixels:
        import numpy as np

        try:
            data = await self.ask(request, PictureData)
        except DpmError:
            return np.empty((0, 0, 3), np.uint8)
        if len(data.rgb) != data.width * data.height * 3:
            return np.empty((0, 0, 3), np.uint8)
        return np.frombuffer(data.rgb, np.uint8).reshape(data.height, data.width, 3)
