"""A second user swaps the state folder for a link while scans run: where it leads nothing is touched."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from dpm_tui.errors import DpmError
from dpm_tui.state.disk.lock import is_held
from dpm_tui.worker.client import WorkerFailed, WorkerLost
from dpm_tui.worker.protocol.messages import GetLibrary, ResetState, StartRun
from tests.support.album import dpm, make_album
from tests.support.canary import NOBODY, as_root, public_folder, seal, swapping
from tests.support.workers import layout_of, until, worker_of
from tests.worker.test_worker import run_to_end

pytestmark = pytest.mark.slow


@pytest.fixture
def folder() -> Iterator[Path]:
    with public_folder() as path:
        yield path


async def shared_album(tmp_path: Path) -> tuple[Path, Path]:
    """Return an album in a folder that another user may write in, and the state of another one."""
    album, other = make_album(tmp_path / "album"), make_album(tmp_path / "other")
    assert dpm("scan", other).returncode == 0
    # The worker writes what it knows when it ends, which may be after the command.
    await until(lambda: not is_held(layout_of(other).lock))
    for folder in ("vectors", "thumbnails"):
        (other / "_image_temp" / folder / "precious.jpg").write_bytes(b"precious")
    return album, other / "_image_temp"


@pytest.mark.soak
@as_root
@pytest.mark.timeout(300)
async def test_scans_and_resets_while_somebody_swaps_the_state_folder(folder: Path) -> None:
    album, canary = await shared_album(folder)
    os.chown(album, NOBODY, NOBODY)
    before = seal(canary)
    end = time.monotonic() + 20
    with swapping(os.fsencode(album / "_image_temp"), os.fsencode(canary)):
        while time.monotonic() < end:
            with suppress(DpmError, WorkerLost, OSError):
                async with worker_of(album) as client:
                    await run_to_end(client)
                    await client.request(ResetState())
                    await client.request(StartRun())
    assert seal(canary) == before
    done = dpm("scan", album)
    assert done.returncode == 0, done.stderr


async def test_a_reset_of_a_state_folder_that_was_swapped_touches_nothing(tmp_path: Path) -> None:
    album, canary = await shared_album(tmp_path)
    before = seal(canary)
    async with worker_of(album) as client:
        assert (await run_to_end(client)).phase == "finished"
        os.rename(album / "_image_temp", album / "aside")
        os.symlink(canary, album / "_image_temp")
        for request in (ResetState(), StartRun(), GetLibrary()):
            with pytest.raises(WorkerFailed, match="no longer the folder") as failure:
                await client.request(request)
            assert failure.value.exit_code == 5
    assert seal(canary) == before
    done = dpm("scan", album)
    assert (done.returncode, "symbolic link" in done.stderr) == (5, True)
    os.unlink(album / "_image_temp")
    os.rename(album / "aside", album / "_image_temp")
    assert dpm("scan", album).returncode == 0
    assert seal(canary) == before


async def test_a_run_ends_with_the_reason_when_the_state_folder_is_swapped(tmp_path: Path) -> None:
    album, canary = await shared_album(tmp_path)
    before = seal(canary)
    async with worker_of(album) as client:
        await client.request(StartRun())
        os.rename(album / "_image_temp", album / "aside")
        os.symlink(canary, album / "_image_temp")
        phase = ""
        async for event in client.events():
            phase = getattr(event, "phase", phase)
            if phase in ("failed", "stopped", "finished"):
                break
        assert phase == "failed"
    assert seal(canary) == before
