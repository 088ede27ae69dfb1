"""Entry of the worker process: ``python -m dpm_tui.worker ROOT BASE LANGUAGE [--shared-bin]``.

Prints one line: the first status once it listens, or ``Failed`` with the reason why it cannot.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import sys

from dpm_tui.errors import DpmError, is_full, reason_of
from dpm_tui.file_names import display_name
from dpm_tui.locale import set_language
from dpm_tui.memory import return_freed_memory
from dpm_tui.state.disk.held_folder import HeldPath
from dpm_tui.state.disk.layout import Layout, check_root
from dpm_tui.state.disk.lock import ENDING, SERVING, STARTING, Lock
from dpm_tui.state.disk.private_folder import prepare_folder
from dpm_tui.state.disk.regular_file import open_regular
from dpm_tui.state.root_identity import check_same_root
from dpm_tui.state.root_state import RootState
from dpm_tui.worker.protocol.message_codec import encode
from dpm_tui.worker.protocol.messages import Failed
from dpm_tui.worker.protocol.socket_address import socket_path

_OBJECTS_BETWEEN_COLLECTIONS = 100_000


def main() -> int:
    """Serve the root until nobody needs it; return the exit code."""
    if os.fork():
        # The starter must not wait for a process that may outlive it.
        os._exit(0)
    root, base = (os.fsencode(os.path.abspath(argument)) for argument in sys.argv[1:3])
    layout = Layout(root, base, "--shared-bin" in sys.argv[4:])
    # The reasons for a failed start are sentences for the starter, so the language is set here.
    set_language(sys.argv[3] if len(sys.argv) > 3 else "auto")
    try:
        check_root(layout.root)
        prepare_folder(layout)
        lock = Lock(layout.lock, STARTING)
        address = socket_path(layout)
        _redirect_output(layout.log)
        asyncio.run(_serve(layout, address, lock))
        lock.release()
    except DpmError as error:
        _say(encode(Failed.of(error)))
        return int(error.exit_code)
    except OSError as error:
        failure = _name(error, layout)
        _say(encode(Failed.of(failure)))
        print(error, file=sys.stderr)
        return int(failure.exit_code)
    return 0


async def _serve(layout: Layout, address: bytes, lock: Lock) -> None:
    from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
    from dpm_tui.state.config import load_settings
    from dpm_tui.worker.decoders.decoder_pool import DecoderPool
    from dpm_tui.worker.run.resource_policy import lower_priority, reader_count
    from dpm_tui.worker.run.run_results import Results
    from dpm_tui.worker.run.runner import Runner
    from dpm_tui.worker.server.request_handler import RequestHandler
    from dpm_tui.worker.server.server import Server

    lower_priority()
    return_freed_memory()
    # A large state is millions of objects that stay: searching them for garbage would take a third of the
    # time.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    loop = asyncio.get_running_loop()
    state = RootState(layout, AlignedJudge().version)
    state.is_lost = lock.is_lost
    check_same_root(layout, state.checkpoint)
    config = load_settings(layout.config).config
    pool = DecoderPool(layout.root, layout.thumbnails, reader_count(config, layout.root), config.memory << 20)

    def take_over(results: Results | None) -> None:
        if results is not None:
            session.take_over(results)
            server.library_changed()

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
        _say(encode(runner.status))
    try:
        await serving
    finally:
        pool.close()
        try:
            state.close()
        except OSError as error:
            # The next run finds again what is not on the disk yet.
            print(error, file=sys.stderr)


def _name(error: OSError, layout: Layout) -> DpmError:
    """Return the message for a system error that kept the worker from starting."""
    name = error.filename
    path = display_name(name if isinstance(name, bytes | str) and name else layout.folder)
    if is_full(error):
        return DpmError("disk_full", path=path)
    return DpmError("worker_cannot_start", path=path, reason=reason_of(error))


def _tell(lock: Lock, phase: str) -> None:
    # On a full disk the phase stays as it was: other processes only wait a little longer.
    with contextlib.suppress(OSError):
        lock.note_phase(phase)


def _redirect_output(log: HeldPath) -> None:
    """Keep standard output for the one line that the starter reads; all else goes to the log."""
    os.dup2(open_regular(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)


def _say(line: bytes) -> None:
    with contextlib.suppress(OSError):
        os.write(1, line)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)


if __name__ == "__main__":
    sys.exit(main())
