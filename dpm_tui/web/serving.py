"""Serving: listens until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import sys
from collections.abc import Callable

from aiohttp import web

from dpm_tui.errors import DpmError, reason_of
from dpm_tui.file_names import display_name
from dpm_tui.web.server import PageServer

_SECONDS_TO_CLOSE = 15.0
"""How long pages have to leave when the server is stopped."""


def serve_pages(server: PageServer, host: str, port: int, ready: Callable[[int], None]) -> None:
    """Serve until a signal asks to stop; ``ready`` is called with the port once somebody may come.

    Raises DpmError where the host or the port cannot be listened on.
    """
    # What the apps complained of is told on standard output by Textual's service: it is no data.
    with contextlib.redirect_stdout(sys.stderr):
        asyncio.run(_serve(server, host, port, ready))


async def _serve(server: PageServer, host: str, port: int, ready: Callable[[int], None]) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Whoever started it with nohup wants it to stay when the terminal goes.
        if signal.getsignal(number) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    # Requests are not logged: the first one of a browser has the token in its address.
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=_SECONDS_TO_CLOSE)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise _refusal(error, host, port) from error
        taken = runner.addresses[0][1]
        server.use_port(taken)
        ready(taken)
        await stopped.wait()
    finally:
        await runner.cleanup()


def _refusal(error: OSError, host: str, port: int) -> DpmError:
    shown = display_name(host)
    if error.errno == errno.EADDRINUSE:
        return DpmError("port_taken", port=str(port), next=str(port + 1))
    return DpmError("cannot_listen", host=shown, port=str(port), reason=reason_of(error))
