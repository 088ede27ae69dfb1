"""Pairs that no run judged are judged when somebody asks, and nothing that happens meanwhile loses any."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from dpm_tui.catalog.group import Better
from dpm_tui.catalog.verdict import Kind
from dpm_tui.errors import ExitCode
from dpm_tui.review.library.library import Library
from dpm_tui.worker.client import WorkerClient, WorkerFailed
from dpm_tui.worker.protocol.library_codec import unpack_library
from dpm_tui.worker.protocol.messages import (
    CompareWith,
    Done,
    GetLibrary,
    GetStatus,
    LibraryChanged,
    LibraryData,
    RunStatus,
    SaveConfig,
    StartRun,
    StopRun,
)
from tests.support.album import dpm
from tests.support.family import NEWEST, copy_scanned, leave_out, write_family
from tests.support.workers import has_ended, until, worker_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_family(tmp_path_factory.mktemp("scanned") / "pictures")
    assert dpm("scan", folder).returncode == 0
    return leave_out(folder)


@pytest.fixture
def folder(scanned: Path, tmp_path: Path) -> Path:
    """Return a scanned family in which the pairs of the newest file were left out."""
    return copy_scanned(scanned, tmp_path / "pictures")


async def library_of(client: WorkerClient) -> Library:
    data = await client.request(GetLibrary())
    assert isinstance(data, LibraryData)
    return unpack_library(data)


def lacking(library: Library, keeper: int) -> list[int]:
    members = library.group_of(keeper).members
    return [id_ for id_ in members if id_ != keeper and library.pair(keeper, id_) is None]


def many_pairs(library: Library) -> tuple[tuple[int, ...], ...]:
    """Return what two keepers lack: enough to be interrupted."""
    newest = library.file_at(NEWEST.encode())
    return tuple((id_, *lacking(library, id_)) for id_ in (newest, library.file_at(b"copy0.jpg")))


def is_complete(library: Library, wanted: tuple[tuple[int, ...], ...]) -> bool:
    return all(library.pair(ids[0], id_) is not None for ids in wanted for id_ in ids[1:])


async def begun(client: WorkerClient) -> None:
    """Wait until pairs are being compared."""
    while True:
        status = await client.request(GetStatus())
        assert isinstance(status, RunStatus)
        if status.stage in ("verify", "inspect") and status.total:
            assert status.phase == "finished"  # that of the last run
            return


async def refused(asking: asyncio.Future[object]) -> WorkerFailed:
    with pytest.raises(WorkerFailed) as found:
        await asking
    return found.value


async def test_what_a_keeper_lacks_is_judged_and_looked_at(folder: Path) -> None:
    async with worker_of(folder) as client:
        before = await library_of(client)
        newest = before.file_at(NEWEST.encode())
        missing = lacking(before, newest)
        assert len(missing) == 6

        assert await client.request(CompareWith(((newest, *missing),))) == Done()

        after = await library_of(client)
        assert lacking(after, newest) == []
        assert [group.members for group in after.groups] == [group.members for group in before.groups]
        pairs = [after.pair(newest, id_) for id_ in missing]
        assert {pair.kind for pair in pairs if pair} == {Kind.COPY}
        assert Better.UNSEEN not in {pair.better for pair in pairs if pair}
        async for event in client.events():
            if isinstance(event, LibraryChanged):
                break
        # Nothing is judged twice, and nothing that is no pair.
        again = CompareWith(((newest, *missing), (newest, newest), (newest, 10**9), (), (10**9, newest)))
        assert await client.request(again) == Done()


async def test_a_killed_worker_loses_nothing(folder: Path) -> None:
    async with worker_of(folder) as client:
        before = await library_of(client)
        asking = asyncio.ensure_future(client.request(CompareWith(many_pairs(before))))
        await begun(client)
        os.kill(client.welcome.pid, signal.SIGKILL)
        await until(lambda: has_ended(client.welcome.pid))
        await asyncio.gather(asking, return_exceptions=True)
    async with worker_of(folder) as client:
        found = await library_of(client)
        assert [group.members for group in found.groups] == [group.members for group in before.groups]
        assert set(before.pairs) <= set(found.pairs)
        await client.request(CompareWith(many_pairs(found)))
        assert is_complete(await library_of(client), many_pairs(before))
    assert dpm("doctor", folder).returncode == 0


async def test_it_can_be_stopped_and_goes_on_where_it_was(folder: Path) -> None:
    async with worker_of(folder) as client:
        before = await library_of(client)
        asking = asyncio.ensure_future(client.request(CompareWith(many_pairs(before))))
        await begun(client)
        assert await client.request(StopRun()) == Done()
        error = await refused(asking)
        assert (error.key, error.exit_code) == ("compare_stopped", ExitCode.STOPPED)
        stopped = await library_of(client)
        assert set(before.pairs) <= set(stopped.pairs)
        status = await client.request(GetStatus())
        assert isinstance(status, RunStatus)
        assert status.phase == "finished"
        await client.request(CompareWith(many_pairs(before)))
        assert is_complete(await library_of(client), many_pairs(before))


async def test_settings_that_are_saved_meanwhile_are_in_force_afterwards(folder: Path) -> None:
    async with worker_of(folder) as client:
        before = await library_of(client)
        asking = asyncio.ensure_future(client.request(CompareWith(many_pairs(before))))
        await begun(client)
        await client.request(SaveConfig(replace(client.welcome.config, threshold=0.99999)))
        assert await asking == Done()
        status = await client.request(GetStatus())
        assert isinstance(status, RunStatus)
        assert (status.threshold, status.groups) == (0.99999, 0)
        assert not len((await library_of(client)).groups)


async def test_a_run_takes_its_place(folder: Path) -> None:
    async with worker_of(folder) as client:
        before = await library_of(client)
        asking = asyncio.ensure_future(client.request(CompareWith(many_pairs(before))))
        await begun(client)
        assert await client.request(StartRun()) == Done()
        assert (await refused(asking)).key == "compare_stopped"
        await ended(client, run=1)
        assert len((await library_of(client)).groups[0].members) == 8


async def test_a_run_comes_first(tmp_path: Path) -> None:
    folder = write_family(tmp_path / "pictures")
    async with worker_of(folder) as client:
        await client.request(StartRun())
        asking = asyncio.ensure_future(client.request(CompareWith(((1, 2),))))
        assert (await refused(asking)).key == "compare_during_run"
        await client.request(StopRun())


async def ended(client: WorkerClient, run: int) -> None:
    """Wait until a run has ended well."""
    async for event in client.events():
        if isinstance(event, RunStatus) and event.run == run and event.phase not in ("running", "paused"):
            assert event.phase == "finished"
            return


def test_pairs_survive_the_next_run(folder: Path) -> None:
    """A run that finds nothing new keeps what was judged for a rule."""
    first = dpm("clean", folder, "--rule", "newest", "--dry-run")
    assert dpm("scan", folder).returncode == 0
    assert going(dpm("clean", folder, "--rule", "newest", "--dry-run").stdout) == going(first.stdout)


def going(plan: str) -> Sequence[str]:
    return sorted(line.split("\t")[0] for line in plan.splitlines() if "\t" in line)
