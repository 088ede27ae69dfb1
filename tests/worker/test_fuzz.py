"""Nonsense on the socket, from either side: the worker serves the others, the client says what is wrong."""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil
import pytest

from dpm_tui.errors import DpmError
from dpm_tui.worker.client import WorkerClient, WorkerLost
from dpm_tui.worker.protocol.message_codec import encode
from dpm_tui.worker.protocol.messages import (
    PROTOCOL_VERSION,
    GetBin,
    GetLibrary,
    GetStatus,
    GetThumbnail,
    Hello,
    LibraryData,
    RunStatus,
    Welcome,
)
from dpm_tui.worker.protocol.socket_address import socket_path
from tests.support.workers import layout_of, worker_of

pytestmark = pytest.mark.slow
HELLO = encode(Hello(PROTOCOL_VERSION, "app"), id=1)
TYPES = (
    "Hello", "StartRun", "PauseRun", "StopRun", "GetStatus", "GetLibrary", "GetThumbnail", "GetPicture",
    "GetDifference",
    "FindCompanions", "FindNotes", "SavePlan", "ApplyPlan", "UndoBatch", "RedoBatch", "GetBin", "GetRemovals",
    "CheckPurge", "RestoreEntries", "PurgeEntries", "Decide", "SaveConfig", "RunStatus", "Welcome", "Failed",
    "Stay", "GetDecisions", "Nothing",
)  # fmt: skip
FIELDS = (
    "version",
    "client",
    "stays",
    "file",
    "width",
    "height",
    "box",
    "plan",
    "ids",
    "to",
    "decisions",
    "limit",
)


def nonsense(dice: random.Random) -> bytes:
    """Return a line that may be anything from noise to a request with fields of wrong types."""

    def value(depth: int = 0) -> object:
        choices: list[Callable[[], object]] = [
            lambda: None, lambda: True, lambda: dice.randrange(-(10**20), 10**20),
            lambda: dice.random() * 1e300, lambda: "\ud800\x00\x1b" + "x" * dice.randrange(50),
            lambda: float("nan"),
            lambda: [value(depth + 1) for _ in range(dice.randrange(4))] if depth < 3 else [],
            lambda: {"b64": value(3)} if depth < 3 else {}, lambda: {"moves": [value(depth + 1)]},
        ]  # fmt: skip
        return dice.choice(choices[: 6 if depth > 3 else 9])()

    match dice.randrange(5):
        case 0:
            return dice.randbytes(dice.randrange(1, 300))
        case 1:
            return b"[" * dice.randrange(1, 60_000)
        case 2:
            text = json.dumps({"type": dice.choice(TYPES), "id": value(), "re": value()}).encode()
            return text[: dice.randrange(len(text))]
        case 3:
            return json.dumps(value()).encode()
        case _:
            fields = {name: value() for name in dice.sample(FIELDS, 3)}
            return json.dumps({"type": dice.choice(TYPES), "id": dice.randrange(99), **fields}).encode()


@asynccontextmanager
async def stranger(folder: Path) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connect without a word."""
    reader, writer = await asyncio.open_unix_connection(os.fsdecode(socket_path(layout_of(folder))))
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def is_closed(reader: asyncio.StreamReader, seconds: float = 5.0) -> bool:
    """Return whether the other end closes the connection soon, whatever it says before."""
    try:
        async with asyncio.timeout(seconds):
            while await reader.read(1 << 16):
                pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


async def test_noise_of_any_kind_harms_nobody_else(tmp_path: Path) -> None:
    """Hundreds of lines of nonsense, greeted and not: the other client gets every answer, and quickly."""
    dice = random.Random(20)
    async with worker_of(tmp_path) as client:
        memory = psutil.Process(client.welcome.pid).memory_info().rss
        for number in range(300):
            async with stranger(tmp_path) as (_, writer):
                writer.write(HELLO if number % 2 else b"")
                for _ in range(dice.randrange(1, 5)):
                    writer.write(nonsense(dice) + b"\n")
                with suppress(OSError):
                    await writer.drain()
            async with asyncio.timeout(5):
                assert isinstance(await client.request(GetStatus()), RunStatus)
        assert psutil.Process(client.welcome.pid).memory_info().rss < memory + (64 << 20)
    assert list((tmp_path / "_image_temp").glob("recycle_bin/*/tree/*")) == []


async def test_a_stranger_is_not_listened_to_for_long(tmp_path: Path) -> None:
    """Before the greeting a line may not be large, whether it ends or not."""
    async with worker_of(tmp_path) as client:
        memory = psutil.Process(client.welcome.pid).memory_info().rss
        for text in (
            b"x" * (1 << 20),
            b"x" * (1 << 20) + b"\n",
            b'{"type": "Hello", "client": "' + b"y" * (1 << 20),
        ):
            async with stranger(tmp_path) as (reader, writer):
                with suppress(OSError):
                    for _ in range(32):
                        writer.write(text)
                        await writer.drain()
                assert await is_closed(reader)
        assert psutil.Process(client.welcome.pid).memory_info().rss < memory + (16 << 20)


async def test_silent_connections_are_limited_and_let_go(tmp_path: Path) -> None:
    """Hundreds of connections that say nothing do not keep a client that does from coming in later."""
    async with worker_of(tmp_path) as client:
        held = [
            await asyncio.open_unix_connection(os.fsdecode(socket_path(layout_of(tmp_path))))
            for _ in range(90)
        ]
        assert isinstance(await client.request(GetStatus()), RunStatus)
        assert psutil.Process(client.welcome.pid).num_fds() < 150
        for _, writer in held:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for _, writer in held), return_exceptions=True)
        second = await WorkerClient.connect(layout_of(tmp_path), "app")
        await second.close()


async def test_a_client_that_floods_and_never_reads_costs_little(tmp_path: Path) -> None:
    """Requests pile up in the client's own socket; others are answered as ever."""
    async with worker_of(tmp_path) as client:
        process = psutil.Process(client.welcome.pid)
        memory = process.memory_info().rss
        requests = b"".join(
            encode(kind, id=7) for kind in (GetStatus(), GetLibrary(), GetBin(), GetThumbnail(1))
        )
        async with stranger(tmp_path) as (_, writer):
            writer.write(HELLO)
            with suppress(TimeoutError):
                async with asyncio.timeout(3):
                    while True:
                        writer.write(requests * 200)
                        await writer.drain()
            began = time.monotonic()
            for _ in range(20):
                assert isinstance(await client.request(GetStatus()), RunStatus)
            assert time.monotonic() - began < 5
            assert process.memory_info().rss < memory + (64 << 20)
            writer.transport.abort()
        assert isinstance(await client.request(GetStatus()), RunStatus)


@asynccontextmanager
async def impostor(folder: Path, say: Callable[[bytes], bytes | None]) -> AsyncIterator[None]:
    """Listen in the worker's place; ``say`` answers each line, None closes the connection."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while line := await reader.readline():
                answer = say(line)
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(serve, os.fsdecode(socket_path(layout_of(folder))))
    try:
        yield
    finally:
        server.close()


def welcome(root: Path) -> bytes:
    from dpm_tui.state.config import Config

    return encode(Welcome(PROTOCOL_VERSION, "0", 1, os.fsencode(root), Config(), True, True), re=1)


@pytest.mark.parametrize(
    "answer", [b"\x00\xff\n", b"[]\n", b"{}\n", b"[" * 99_999 + b"\n", b'{"type": "Done", "re": 1}\n']
)
async def test_what_greets_with_nonsense_is_named(tmp_path: Path, answer: bytes) -> None:
    """The message says that what answers is no worker; nothing hangs."""
    async with impostor(tmp_path, lambda line: answer), asyncio.timeout(10):
        with pytest.raises(DpmError) as failure:
            await WorkerClient.connect(layout_of(tmp_path), "app")
    assert failure.value.key == "protocol_nonsense"


async def test_nonsense_later_on_ends_requests_and_events(tmp_path: Path) -> None:
    """Whatever comes, a request ends with a clear error, and the stream of events ends."""
    dice = random.Random(21)
    for _ in range(150):
        noise = nonsense(dice) + b"\n"

        def say(line: bytes, noise: bytes = noise) -> bytes | None:
            return welcome(tmp_path) if b'"Hello"' in line else noise + b"noise\n"

        async with impostor(tmp_path, say), asyncio.timeout(10):
            client = await WorkerClient.connect(layout_of(tmp_path), "app")
            with pytest.raises(DpmError):
                await client.request(GetStatus())
            async for _ in client.events():
                pass
            await client.close()


async def test_a_wrong_answer_is_an_error_of_its_own(tmp_path: Path) -> None:
    """An answer of another type than asked for is not taken for one."""

    def say(line: bytes) -> bytes:
        return welcome(tmp_path) if b'"Hello"' in line else encode(LibraryData(), re=2)

    async with impostor(tmp_path, say), asyncio.timeout(10):
        client = await WorkerClient.connect(layout_of(tmp_path), "app")
        with pytest.raises(DpmError) as failure:
            await client.request(GetStatus())
        assert failure.value.key == "protocol_nonsense"
        await client.close()


async def test_a_flood_of_events_that_nobody_fetches_is_limited(tmp_path: Path) -> None:
    """A verb that only waits for its answer keeps few of the events that come meanwhile."""
    flood = b"".join(encode(RunStatus(run=number, phase="running")) for number in range(20_000))

    def say(line: bytes) -> bytes:
        return welcome(tmp_path) if b'"Hello"' in line else flood + encode(RunStatus(), re=2)

    async with impostor(tmp_path, say), asyncio.timeout(30):
        client = await WorkerClient.connect(layout_of(tmp_path), "app")
        assert isinstance(await client.request(GetStatus()), RunStatus)
        assert len(client._events) < 5000
        await client.close()


async def test_a_connection_that_ends_in_the_middle_is_a_loss(tmp_path: Path) -> None:
    """The worker is gone: that is said, and a torn line is not taken for a message."""

    def say(line: bytes) -> bytes | None:
        return welcome(tmp_path) + b'{"type": "RunSta' if b'"Hello"' in line else None

    async with impostor(tmp_path, say), asyncio.timeout(10):
        client = await WorkerClient.connect(layout_of(tmp_path), "app")
        with pytest.raises(WorkerLost):
            await client.request(GetStatus())
        await client.close()
