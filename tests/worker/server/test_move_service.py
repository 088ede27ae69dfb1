"""Files move only while the client that asked for it is there, and the worker is not told to end."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from dpm_tui.errors import DpmError
from dpm_tui.recycle.recycle_bin import RecycleBin
from dpm_tui.review.marks.plan import Plan
from dpm_tui.worker.client import WorkerClient
from dpm_tui.worker.protocol.messages import (
    ApplyPlan,
    BatchDone,
    BatchProgress,
    GetBin,
    LogLine,
    PurgeEntries,
    Request,
    RestoreDone,
    RestoreEntries,
    Shutdown,
    StopBatch,
    UndoBatch,
)
from tests.recycle.library import Library
from tests.support.workers import has_ended, layout_of, until

pytestmark = pytest.mark.slow
FILES = 3000


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


@pytest.fixture
def root(library: Library) -> Path:
    return Path(os.fsdecode(library.root))


def make_plan(library: Library) -> Plan:
    return Plan(
        tuple(
            library.move(b"f/%d.jpg" % number, b"keep/%d.jpg" % number, b"picture %d" % number)
            for number in range(FILES)
        )
    )


def in_place(root: Path) -> int:
    return len(os.listdir(root / "f"))


def binned(root: Path) -> set[bytes]:
    return {entry.path for entry in RecycleBin(os.fsencode(root)).entries()}


def worker_log(root: Path) -> str:
    return (root / "_image_temp/worker.log").read_text()


async def ask_and_vanish(root: Path, request: Request, begun: object) -> int:
    """Ask for something, leave as soon as ``begun`` says that it has begun; return the worker's number."""
    client = await WorkerClient.connect(layout_of(root), "app")
    asking = asyncio.create_task(client.request(request))
    assert callable(begun)
    await until(begun)
    await client.close()
    with pytest.raises(DpmError):
        await asking
    return client.welcome.pid


async def test_batch_of_a_client_that_vanished_ends_after_the_file_at_hand(
    root: Path, library: Library
) -> None:
    """Nothing moves behind the back of somebody whose connection broke; the bin knows what did."""
    plan = make_plan(library)
    async with asyncio.timeout(60):
        watcher = await WorkerClient.connect(layout_of(root), "status")
        pid = await ask_and_vanish(root, ApplyPlan(plan), lambda: in_place(root) < FILES)
        async for event in watcher.events():
            if isinstance(event, LogLine) and event.key == "batch_stopped":
                break
        left = in_place(root)
        assert 0 < left < FILES
        assert event.values == {"moved": FILES - left, "left": left}
        assert len(binned(root)) == FILES - left
        assert f"{left} left" in worker_log(root)
        await watcher.close()
        await until(lambda: has_ended(pid))
    assert in_place(root) == left


@pytest.mark.parametrize("kind", ["restore", "undo", "purge"])
async def test_the_way_back_ends_as_well_when_nobody_waits_for_it(
    root: Path, library: Library, kind: str
) -> None:
    """Restoring, undoing and purging stop in the same way."""
    RecycleBin(os.fsencode(root)).apply(make_plan(library))
    ids = tuple(entry.id for entry in RecycleBin(os.fsencode(root)).entries())
    (root / "f").mkdir(exist_ok=True)
    requests = {"restore": RestoreEntries(ids), "undo": UndoBatch(), "purge": PurgeEntries(ids)}
    tree = next((root / "_image_temp/recycle_bin").glob("*/tree/f"))

    def begun() -> bool:
        return len(os.listdir(tree)) < FILES

    pid = await ask_and_vanish(root, requests[kind], begun)
    await until(lambda: " left" in worker_log(root))
    os.kill(pid, signal.SIGTERM)  # it has begun to look at the files that are back
    await until(lambda: has_ended(pid))
    left = len(binned(root))
    assert 0 < left < FILES
    assert in_place(root) == (0 if kind == "purge" else FILES - left)
    assert f"{left} left" in worker_log(root)


async def test_a_batch_stops_after_the_file_at_hand_when_asked_to(root: Path, library: Library) -> None:
    """Whoever asked for it hears how far it came, before and after; the worker stays."""
    client = await WorkerClient.connect(layout_of(root), "app")
    told: list[BatchProgress] = []

    async def listen() -> None:
        async for event in client.events():
            if isinstance(event, BatchProgress):
                told.append(event)

    listening = asyncio.create_task(listen())
    asking = asyncio.create_task(client.request(ApplyPlan(make_plan(library))))
    await until(lambda: told)
    assert 0 < told[0].done <= told[0].total == FILES
    await client.request(StopBatch())
    done = await asking
    assert isinstance(done, BatchDone)
    left = [skipped for skipped in done.result.skipped if skipped.key == "cancelled"]
    assert len(done.result.moved) + len(left) == FILES
    assert in_place(root) == len(left)
    restored = await client.request(UndoBatch())
    assert isinstance(restored, RestoreDone)
    assert len(restored.result.restored) == len(done.result.moved)
    await client.request(Shutdown())
    await client.close()
    await listening


@pytest.mark.parametrize("way", ["signal", "stop"])
async def test_worker_that_is_ended_finishes_the_file_and_answers(
    root: Path, library: Library, way: str
) -> None:
    """SIGTERM and ``stop`` in the middle of a batch: the client hears exactly what was moved."""
    plan = make_plan(library)
    client = await WorkerClient.connect(layout_of(root), "app")
    stopper = await WorkerClient.connect(layout_of(root), "stop")
    asking = asyncio.create_task(client.request(ApplyPlan(plan)))
    await until(lambda: in_place(root) < FILES)
    if way == "signal":
        os.kill(client.welcome.pid, signal.SIGTERM)
    else:
        await stopper.request(Shutdown())
    done = await asking
    assert isinstance(done, BatchDone)
    assert {skipped.key for skipped in done.result.skipped} == {"cancelled"}
    assert len(done.result.moved) == FILES - in_place(root) > 0
    assert binned(root) == set(done.result.moved)
    await stopper.close()
    await client.close()
    await until(lambda: has_ended(client.welcome.pid))
    async with asyncio.timeout(30):
        again = await WorkerClient.connect(layout_of(root), "app")
        await again.request(UndoBatch())
        await again.request(GetBin())
        await again.close()
    assert in_place(root) == FILES
