"""A library whose groups cannot be worked out is no end of the worker: it says so, and tries again."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dpm_tui.errors import DpmError
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from dpm_tui.state.root_state import RootState
from dpm_tui.worker.decoders.decoder_pool import DecoderPool
from dpm_tui.worker.protocol.library_codec import unpack_library
from dpm_tui.worker.protocol.messages import GetBin, GetDecisions, GetLibrary, GetThumbnail, LibraryData
from dpm_tui.worker.run.run_results import Results, compute_results
from dpm_tui.worker.run.runner import Runner
from dpm_tui.worker.server import result_service
from dpm_tui.worker.server.request_handler import RequestHandler
from tests.support.large_root import fill_large
from tests.support.workers import layout_of

GROUPS = 3


class Stumbling:
    """Stands in for what works the groups out: it stumbles so many times."""

    def __init__(self, times: int) -> None:
        self.times = times

    def __call__(self, state: RootState, threshold: float, *, inspect: bool, settled: bool) -> Results:
        if self.times:
            self.times -= 1
            raise MemoryError("no room for groups")
        return compute_results(state, threshold, inspect=inspect, settled=settled)


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[RequestHandler]:
    layout = layout_of(tmp_path)
    fill_large(layout, GROUPS)
    state = RootState(layout, AlignedJudge.version)
    pool = DecoderPool(layout.root, layout.thumbnails, 1)
    made = RequestHandler(state, pool, Runner(state, pool, lambda results: None), lambda: None)
    yield made
    await made.close()
    pool.close()
    state.close()


async def groups_of(session: RequestHandler) -> int:
    data = await session.answer(GetLibrary())
    assert isinstance(data, LibraryData)
    return len(unpack_library(data).groups)


async def test_a_failure_is_told_and_the_next_request_tries_again(
    session: RequestHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(result_service, "compute_results", Stumbling(2))
    await session.open()
    with pytest.raises(DpmError, match="no room for groups") as failed:
        await session.answer(GetLibrary())  # the attempt of the start, which this one waited for
    assert "try again" in failed.value.remedy
    with pytest.raises(DpmError, match="no room for groups"):
        await session.answer(GetThumbnail(1))
    assert await groups_of(session) == GROUPS


async def test_what_needs_no_groups_is_answered_all_the_same(
    session: RequestHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is kept from bringing pictures back because groups cannot be worked out."""
    monkeypatch.setattr(result_service, "compute_results", Stumbling(99))
    await session.open()
    for request in (GetBin(), GetDecisions()):
        await session.answer(request)


async def test_a_run_that_ends_well_heals_it(
    session: RequestHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(result_service, "compute_results", Stumbling(99))
    await session.open()
    with pytest.raises(DpmError):
        await session.answer(GetLibrary())
    session.take_over(compute_results(session.state, 0.6))
    assert await groups_of(session) == GROUPS


async def test_a_change_whose_groups_cannot_be_worked_out_is_made_all_the_same(
    session: RequestHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    await session.open()
    assert await groups_of(session) == GROUPS
    monkeypatch.setattr(result_service, "compute_results", Stumbling(1))
    await session.regroup()
    assert await groups_of(session) == GROUPS
    assert os.path.exists(session.state.layout.checkpoint)
