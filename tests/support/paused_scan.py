"""A scan that is held in the middle, as somebody in the app can hold it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dpm_tui.errors import DpmError
from dpm_tui.worker.client import WorkerClient
from dpm_tui.worker.protocol.messages import GetStatus, PauseRun, RunStatus
from tests.support.workers import layout_of


@contextmanager
def paused_scan(album: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Yield a scan of an album that is held in the middle, as somebody in the app can hold it."""
    command = [sys.executable, "-m", "dpm_tui", "scan", str(album), *options]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, text=True) as process:  # type: ignore[call-overload]
        try:
            asyncio.run(_pause(album))
            yield process
        finally:
            process.kill()


async def _pause(album: Path) -> None:
    while True:
        try:
            client = await WorkerClient.connect(layout_of(album), "status", start=False)
            break
        except DpmError:
            await asyncio.sleep(0.01)
    try:
        phase = ""
        while phase != "paused":
            await client.request(PauseRun())
            status = await client.request(GetStatus())
            assert isinstance(status, RunStatus)
            phase = status.phase
            assert phase != "finished", "too late"
            await asyncio.sleep(0.01)
    finally:
        await client.close()
