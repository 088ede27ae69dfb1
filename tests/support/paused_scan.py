"""A scan that is held in the middle, as somebody in the app can hold it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dpm_tui.worker.client import WorkerClient
from dpm_tui.worker.protocol.messages import GetStatus, PauseRun, RunStatus
from tests.support.workers import layout_of


@contextmanager
def paused_scan(album: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Yield a scan of an album that is held in the middle, as somebody in the app can hold it.

    The album must hold a picture that is new: a scan with nothing to decode is over too soon.
    """
    process = asyncio.run(_start_and_pause(album, options))
    with process:
        try:
            yield process
        finally:
            process.kill()


async def _start_and_pause(album: Path, options: tuple[str, ...]) -> subprocess.Popen[str]:
    """Return a scan that is paused; whoever pauses it is there before it begins."""
    client = await WorkerClient.connect(layout_of(album), "status")
    command = [sys.executable, "-m", "dpm_tui", "scan", str(album), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        begun = await _status(client)
        status = begun
        while status.phase != "paused":
            await client.request(PauseRun())
            status = await _status(client)
            assert status.run == begun.run or status.phase in ("running", "paused"), "too late"
            assert process.poll() is None
    except BaseException:
        process.kill()
        process.communicate()
        raise
    finally:
        await client.close()
    return process


async def _status(client: WorkerClient) -> RunStatus:
    status = await client.request(GetStatus())
    assert isinstance(status, RunStatus)
    return status
