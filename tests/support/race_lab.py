"""Processes that race for one root: whoever comes second waits, attaches or is told who holds it."""

from __future__ import annotations

import asyncio
import contextlib
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

from dpm_tui.errors import DpmError
from dpm_tui.worker.client import WorkerClient
from dpm_tui.worker.protocol.messages import GetStatus, RunStatus, Shutdown
from tests.support.workers import layout_of


async def race_scans(root: Path, dice: random.Random, racers: int = 2) -> Counter[int]:
    """Start ``scan`` commands within a moment; return how often each exit code came."""

    async def scan() -> int:
        await asyncio.sleep(dice.random() * 0.5)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "dpm_tui", "scan", str(root),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        out, errors = await process.communicate()
        assert process.returncode is not None
        assert b"Traceback" not in errors, errors.decode()
        if process.returncode not in (0, 4):
            print(process.returncode, errors.decode(), file=sys.stderr)
        assert bool(out) == (process.returncode == 0)
        return process.returncode

    return Counter(await asyncio.gather(*(scan() for _ in range(racers))))


async def race_apps(root: Path, dice: random.Random, racers: int = 3) -> tuple[set[int], int]:
    """Connect as apps within a moment; return the workers that they found and how many may review."""

    async def connect() -> WorkerClient:
        await asyncio.sleep(dice.random() * 0.3)
        return await WorkerClient.connect(layout_of(root), "app")

    clients = await asyncio.gather(*(connect() for _ in range(racers)))
    workers = {client.welcome.pid for client in clients}
    reviewers = sum(client.welcome.reviewer for client in clients)
    for client in clients:
        await client.close()
    return workers, reviewers


async def race_with_an_end(root: Path, dice: random.Random) -> bool:
    """Come while the worker is just ending; tell whether the one that answers then is another one."""
    first = await WorkerClient.connect(layout_of(root), "app")

    async def end() -> None:
        with contextlib.suppress(DpmError):
            await first.request(Shutdown())
        await first.close()

    ending = asyncio.create_task(end())
    await asyncio.sleep(dice.random() * 0.1)
    try:
        async with asyncio.timeout(30):
            second = await WorkerClient.connect(layout_of(root), "app")
            try:
                assert isinstance(await second.request(GetStatus()), RunStatus)
                return second.welcome.pid != first.welcome.pid
            except DpmError as error:
                if error.key not in ("worker_lost", "worker_ending"):
                    raise
                # It was accepted by the one that ended: that is said at once, and never hangs.
                return False
            finally:
                await second.close()
    finally:
        await ending
