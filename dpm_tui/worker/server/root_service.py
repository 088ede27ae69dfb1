"""Root service: the worker of one root, from its state to the last client."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys

from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.lock import ENDING, SERVING, Lock
from dpm_tui.state.root_identity import check_same_root
from dpm_tui.state.root_state import RootState
from dpm_tui.worker.decoders.decoder_pool import DecoderPool
from dpm_tui.worker.protocol.message_codec import encode
from dpm_tui.worker.run.run_results import Results
from dpm_tui.worker.run.runner import Runner
from dpm_tui.worker.server.request_handler import RequestHandler
from dpm_tui.worker.server.server import Server


async def serve_root(layout: Layout, address: bytes, lock: Lock, pool: DecoderPool) -> None:
    """Serve a root at ``address`` until nobody needs it; raises DpmError, OSError.

    Prints the first status once it listens.
    """
    loop = asyncio.get_running_loop()
    state = RootState(layout, AlignedJudge.version)
    state.is_lost = lock.is_lost
    check_same_root(layout, state.checkpoint)

    def take_over(results: Results | None) -> None:
        if results is not None:
            session.take_over(results)
            server.library_changed()
        server.announce()

    def finished(results: Results | None) -> None:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(take_over, results)

    runner = Runner(state, pool, finished)
    session = RequestHandler(state, pool, runner, lambda: server.library_changed())
    server = Server(session, lambda: _tell(lock, ENDING))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.end)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    await session.open()
    serving = asyncio.create_task(server.serve(address))
    listening = asyncio.create_task(server.listening.wait())
    await asyncio.wait((serving, listening), return_when=asyncio.FIRST_COMPLETED)
    listening.cancel()
    if not serving.done():
        _tell(lock, SERVING)
        say(encode(runner.status))
    try:
        await serving
    finally:
        pool.close()
        try:
            state.close()
        except OSError as error:
            # The next run finds again what is not on the disk yet.
            print(error, file=sys.stderr)


def say(line: bytes) -> None:
    """Write the one line that the starter reads; all else goes to the log."""
    with contextlib.suppress(OSError):
        os.write(1, line)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)


def _tell(lock: Lock, phase: str) -> None:
    # On a full disk the phase stays as it was: other processes only wait a little longer.
    with contextlib.suppress(OSError):
        lock.note_phase(phase)
