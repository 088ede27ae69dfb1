"""A worker that has compared the best file with all others, and compares the others when it is asked to."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from dpm_tui.catalog.group import Better, Group, Pair
from dpm_tui.catalog.verdict import Kind
from dpm_tui.state.config import Config
from dpm_tui.worker.client import WorkerFailed
from dpm_tui.worker.protocol.messages import (
    Answer,
    CompareWith,
    Done,
    Failed,
    LibraryChanged,
    Request,
    StopRun,
)
from tests.support.image_files import image_file
from tests.tui.fake_client import FakeClient
from tests.tui.samples.library import Sample


class Comparer(FakeClient):
    """Knows the pairs of the best file only, file 1 of five, until it is asked to compare others."""

    def __init__(self, config: Config | None = None, *, held: bool = False) -> None:
        files = {id_: image_file(id_, mtime_ns=id_ * 10**12) for id_ in range(1, 6)}
        group = Group("g", 1, (1, 2, 3, 4, 5), 0.99, 4000)
        super().__init__(Sample(files, [group], [copy(1, id_) for id_ in range(2, 6)]), config=config)
        self.go = asyncio.Event()
        self.stopped = False
        if not held:
            self.go.set()

    async def request(self, message: Request) -> Answer:
        if isinstance(message, StopRun):
            self.stopped = True
            self.go.set()
        if not isinstance(message, CompareWith):
            return await super().request(message)
        self.requests.append(message)
        await self.go.wait()
        if self.stopped:
            raise WorkerFailed(Failed("compare_stopped", {}, 3))
        new = [copy(*sorted((ids[0], id_))) for ids in message.wanted for id_ in ids[1:]]
        self.sample = replace(self.sample, pairs=[*self.sample.pairs, *new])
        self.tell(LibraryChanged(1))
        return Done()


def copy(one: int, other: int) -> Pair:
    return Pair(one, other, Kind.COPY, 0.99, better=Better.EITHER)
