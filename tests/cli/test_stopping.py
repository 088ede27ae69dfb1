"""A scan that somebody else stops, and the state folder that somebody removes under a worker."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dpm_tui.errors import DpmError
from dpm_tui.worker.client import WorkerClient
from dpm_tui.worker.protocol import GetStatus, PauseRun, RunStatus
from tests.support.album import COPIES, dpm, kinds_by_path, make_album, report_of
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


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["text", "json"])
def test_a_scan_that_is_stopped_from_elsewhere_exits_with_3(tmp_path: Path, options: tuple[str, ...]) -> None:
    """The scan says that it was stopped, does not begin again, and goes on when it is asked to."""
    album = make_album(tmp_path / "album")
    with paused_scan(album, *options) as scan:
        stopped = dpm("stop", album)
        out, err = scan.communicate(timeout=100)
    assert (stopped.returncode, stopped.stdout) == (0, "The worker saved its work and stopped.\n")
    assert scan.returncode == 3, err
    if options:
        assert json.loads(out.splitlines()[-1])["phase"] == "stopped"
        assert err == ""
    else:
        assert err.splitlines() == ["Stopped before the end; the same command continues."]
    status = json.loads(dpm("status", album, "--json").stdout)
    assert (status["pid"], status["phase"]) == (0, "stopped")
    assert dpm("scan", album).returncode == 0
    kinds = kinds_by_path(report_of(album))
    assert all(kinds[frozenset(pair)] == kind for kind, pair in COPIES.items())
