"""The worker as a process: it survives its clients, and its work survives it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from dpm_tui.review.decisions.decision import decide
from dpm_tui.review.marks.plan import Plan
from dpm_tui.state.disk.layout import Layout
from dpm_tui.worker.client import WorkerClient, WorkerFailed, WorkerLost
from dpm_tui.worker.protocol.library_codec import unpack_library
from dpm_tui.worker.protocol.messages import (
    ApplyPlan,
    Decide,
    Decided,
    DecisionData,
    DifferenceData,
    GetDecisions,
    GetDifference,
    GetLibrary,
    GetStatus,
    GetThumbnail,
    LibraryData,
    PictureData,
    RunStatus,
    SaveConfig,
    Shutdown,
    StartRun,
)
from tests.support.album import COPIES, dpm, files_below, kinds_by_path, make_album, report_of
from tests.support.pictures import encode, scene
from tests.support.workers import has_ended, layout_of, until, worker_of

pytestmark = pytest.mark.slow


async def run_to_end(client: WorkerClient) -> RunStatus:
    """Start a run and wait until it has ended."""
    await client.request(StartRun())
    begun = await client.request(GetStatus())
    assert isinstance(begun, RunStatus)
    async for event in client.events():
        ours = isinstance(event, RunStatus) and event.run == begun.run
        if ours and event.phase not in ("running", "paused"):
            return event
    raise WorkerLost


async def test_scan_review_and_thumbnails(tmp_path: Path) -> None:
    """A client sees the run, the groups with their pairs, and pictures as raw RGB."""
    async with worker_of(make_album(tmp_path / "album")) as client:
        assert (await run_to_end(client)).phase == "finished"
        data = await client.request(GetLibrary())
        assert isinstance(data, LibraryData)
        library = unpack_library(data)
        assert len(library.groups) == 3
        for group in library.groups:
            assert all(library.pair(group.keeper, member) for member in group.members[1:])
        picture = await client.request(GetThumbnail(library.groups[0].keeper))
        assert isinstance(picture, PictureData)
        assert len(picture.rgb) == picture.width * picture.height * 3 > 0
        difference = await client.request(GetDifference(*library.groups[0].members[:2]))
        assert isinstance(difference, DifferenceData)
        assert len(difference.first) == len(difference.second) == 64 * 64
        assert await client.request(GetDifference(1, 999_999)) == DifferenceData(b"", b"")


async def test_decoders_wait_for_a_run_that_is_sure_to_need_them(tmp_path: Path) -> None:
    """They start with the worker before the first run, and not with one that may find nothing new."""
    layout = layout_of(make_album(tmp_path / "album"))
    for waiting in (True, False):
        client = await WorkerClient.connect(layout, "app", decodes=True)
        assert bool(psutil.Process(client.welcome.pid).children()) is waiting
        assert (await run_to_end(client)).phase == "finished"
        with suppress(WorkerLost):
            await client.request(Shutdown())
        await until(lambda: has_ended(client.welcome.pid))  # noqa: B023
        await client.close()


async def test_second_instance_is_told_who_holds_the_folder(tmp_path: Path) -> None:
    """A verb that changes things is refused with exit code 4 while the app is open; a second app may look."""
    album = make_album(tmp_path / "album")
    async with worker_of(album) as client:
        done = await asyncio.to_thread(dpm, "scan", album)
        assert (done.returncode, str(client.welcome.pid) in done.stderr) == (4, True)
        second = await WorkerClient.connect(layout_of(album), "app")
        assert (client.welcome.reviewer, second.welcome.reviewer) == (True, False)
        with pytest.raises(WorkerFailed, match="another"):
            await second.request(ApplyPlan(Plan(())))
        await second.close()


@pytest.mark.soak
async def test_killed_at_any_time_it_continues_where_it_was(tmp_path: Path) -> None:
    """After kill -9 at several moments the result is that of an undisturbed run."""
    album = make_album(tmp_path / "album")
    for number in range(20):
        (album / f"more{number}.jpg").write_bytes(encode(scene(100 + number, 500, 400)))
    for stage in ("decode", "fingerprint", "verify"):
        client = await WorkerClient.connect(layout_of(album), "app")
        await client.request(StartRun())
        async for event in client.events():
            if isinstance(event, RunStatus) and (event.stage == stage or event.phase == "finished"):
                break
        os.kill(client.welcome.pid, signal.SIGKILL)
        with pytest.raises(WorkerLost):
            await client.request(GetStatus())
        await client.close()
    status = json.loads((await asyncio.to_thread(dpm, "status", album, "--json")).stdout)
    assert (status["pid"], status["phase"]) == (0, "stopped")
    assert status["files"] == len(list(files_below(album)))
    done = await asyncio.to_thread(dpm, "scan", album)
    assert done.returncode == 0, done.stderr
    kinds = kinds_by_path(await asyncio.to_thread(report_of, album))
    assert {kind: kinds.get(frozenset(pair)) for kind, pair in COPIES.items()} == {k: k for k in COPIES}


async def test_settings_and_decisions_last(tmp_path: Path) -> None:
    """A changed threshold regroups at once, a decided pair never comes back, and both survive a restart."""
    album = make_album(tmp_path / "album")
    async with worker_of(album) as client:
        await run_to_end(client)
        data = await client.request(GetLibrary())
        assert isinstance(data, LibraryData)
        library = unpack_library(data)
        hill = next(group for group in library.groups if len(group.members) == 3)
        decisions = decide((library.files[id_] for id_ in hill.members), "not_duplicates")
        done = await client.request(Decide(tuple(decisions)))
        assert isinstance(done, Decided)
        again = await client.request(Decide(done.before))
        assert isinstance(again, Decided)
        await client.request(Decide(again.before))
        config = client.welcome.config
        await client.request(SaveConfig(type(config)(threshold=0.97)))
    async with worker_of(album) as client:
        assert client.welcome.config.threshold == 0.97
        await run_to_end(client)
        data = await client.request(GetLibrary())
        assert isinstance(data, LibraryData)
        assert len(unpack_library(data).groups) == 2
        (album / "small/hill.jpg").rename(album / "moved hill.jpg")
        await run_to_end(client)
        known = await client.request(GetDecisions())
        assert isinstance(known, DecisionData)
        (decision,) = known.decisions
        assert sorted(decision.names) == [b"hill.jpg", b"moved hill.jpg", b"turned.jpg"]


async def test_a_bad_setting_is_refused_and_the_old_ones_stay(tmp_path: Path) -> None:
    """The error names the setting."""
    async with worker_of(tmp_path) as client:
        with pytest.raises(WorkerFailed, match="threshold"):
            await client.request(SaveConfig(type(client.welcome.config)(threshold=9.0)))
        assert not (tmp_path / "_image_temp/config.toml").exists()


async def test_noise_on_the_socket_ends_only_that_connection(tmp_path: Path) -> None:
    """Lines that are no messages do not harm the worker or its other clients."""
    from dpm_tui.worker.protocol.socket_address import socket_path

    async with worker_of(tmp_path) as client:
        for noise in (b"\x00\xff\n", b"[1, 2]\n", b'{"type": "GetLibrary", "id": 1}\n', b'{"type": "No"}\n'):
            reader, writer = await asyncio.open_unix_connection(os.fsdecode(socket_path(layout_of(tmp_path))))
            writer.write(noise)
            writer.write_eof()
            await reader.read()
            writer.close()
        assert isinstance(await client.request(GetStatus()), RunStatus)


async def test_folder_vanishes_during_the_session(tmp_path: Path) -> None:
    """A root that is gone ends the run with a message, not the worker with a traceback."""
    album, state = make_album(tmp_path / "album"), tmp_path / "state"
    state.mkdir()
    layout = Layout(os.fsencode(album), os.fsencode(state))
    client = await WorkerClient.connect(layout, "app")
    album.rename(tmp_path / "elsewhere")
    status = await run_to_end(client)
    assert status.phase == "failed"
    await client.request(Shutdown())
    await client.close()
