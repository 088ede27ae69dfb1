"""``dpm-tui scan DIR``: scans and compares without the app."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
from typing import Any

from dpm_tui.cli.folder import add_folder, find_layout
from dpm_tui.cli.folder_options import add_folder_options, remember_folders
from dpm_tui.cli.moment import read_moment
from dpm_tui.cli.reclaimable import freeable_by
from dpm_tui.cli.scan_progress import ScanProgress
from dpm_tui.errors import DpmError, ExitCode, UsageError
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.shell_commands import with_place
from dpm_tui.state.checkpoint import load_checkpoint
from dpm_tui.state.config import CHOICES, Config
from dpm_tui.state.disk.layout import Layout
from dpm_tui.worker.client import WorkerClient, WorkerLost
from dpm_tui.worker.protocol.library_codec import unpack_library
from dpm_tui.worker.protocol.messages import (
    GetLibrary,
    GetStatus,
    LibraryData,
    LogLine,
    RunStatus,
    StartRun,
    Stay,
    StopRun,
)

_ATTEMPTS = 3
"""How often a worker that died is started again: its state lets it go on where it was."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of a scan."""
    add_folder(parser)
    add_folder_options(parser)
    parser.add_argument(
        "--model",
        choices=CHOICES["model"],
        default="",
        help=translate("cli.model_help", default=Config().model),
    )
    parser.add_argument(
        "--threshold", type=_threshold, default=-1.0, metavar="X",
        help=translate("cli.threshold_help", default=Config().threshold),
    )  # fmt: skip
    parser.add_argument("--quick", action="store_true", help=translate("cli.quick_help"))
    parser.add_argument("--scheduler", default="", metavar="ADDRESS", help=translate("cli.scheduler_help"))
    parser.add_argument(
        "--map", action="append", default=[], metavar="HERE=THERE", help=translate("cli.map_help")
    )
    parser.add_argument(
        "--workers-local", type=int, default=0, metavar="N", help=translate("cli.workers_local_help")
    )
    parser.add_argument("--detach", action="store_true", help=translate("cli.detach_help"))
    parser.add_argument("--json", action="store_true", help=translate("cli.json_progress_help"))
    parser.add_argument("--progress", action="store_true", help=translate("cli.progress_help"))
    parser.add_argument("--quiet", action="store_true", help=translate("cli.quiet_help"))
    parser.add_argument("--since", metavar="WHEN", default="", help=translate("cli.scan_since_help"))
    parser.add_argument("--accept-missing", action="store_true", help=translate("cli.accept_missing_help"))


def run(options: argparse.Namespace) -> int:
    """Scan, or attach to a scan that nobody watches; return the exit code."""
    layout = find_layout(options)
    if options.since and options.detach:
        raise UsageError("since_needs_end")
    since = read_moment(options.since, load_checkpoint(layout.checkpoint).began) if options.since else -1
    remember_folders(options, layout)
    if options.scheduler and options.workers_local:
        raise UsageError("scheduler_or_local")
    start = StartRun(
        options.model, options.threshold, options.accept_missing, options.quick, options.scheduler,
        tuple(options.map), options.workers_local,
    )  # fmt: skip
    if options.detach:
        return asyncio.run(_detach(layout, start))
    progress = ScanProgress(json_lines=options.json, quiet=options.quiet, always=options.progress)
    code = _scan_to_end(layout, start, progress)
    if since >= 0 and code != ExitCode.STOPPED:
        from dpm_tui.cli.news_lines import tell_news

        tell_news(layout, since, json_lines=options.json, quiet=options.quiet)
    return code


def scan_in_lines(layout: Layout) -> int:
    """Scan with the settings as they are, for a terminal without a cursor; return the exit code."""
    return _scan_to_end(layout, StartRun(), ScanProgress(json_lines=False, always=True, in_place=False))


def _scan_to_end(layout: Layout, start: StartRun, progress: ScanProgress) -> int:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return asyncio.run(_scan(layout, start, progress))
        except WorkerLost:
            if load_checkpoint(layout.checkpoint).phase == "stopped":
                progress.say(translate("cli.stopped"))
                return ExitCode.STOPPED
            if attempt == _ATTEMPTS:
                raise
            progress.say(translate("cli.worker_restarted"))
    raise AssertionError


async def _detach(layout: Layout, start: StartRun) -> int:
    client = await WorkerClient.connect(layout, "scan", stays=True, decodes=True)
    await client.request(start)
    print(with_place(translate("cli.detached", pid=client.welcome.pid)))
    await client.close()
    return ExitCode.DONE


async def _scan(layout: Layout, start: StartRun, progress: ScanProgress) -> int:
    client = await WorkerClient.connect(layout, "scan", stays=False, decodes=True)
    loop = asyncio.get_running_loop()
    asked: list[asyncio.Task[Any]] = []
    watching = loop.create_task(_watch(client, start, progress))

    def stop() -> None:
        if not asked:
            progress.say(translate("cli.stopping"))
            asked.append(loop.create_task(client.request(StopRun())))

    async def leave() -> None:
        with contextlib.suppress(DpmError):
            await client.request(Stay())
        watching.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        # The terminal is gone, and nobody wanted the scan to end.
        loop.add_signal_handler(signal.SIGHUP, lambda: asked.append(loop.create_task(leave())))
    try:
        return await watching
    except asyncio.CancelledError:
        return ExitCode.STOPPED
    finally:
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        await client.close()


async def _watch(client: WorkerClient, start: StartRun, progress: ScanProgress) -> int:
    await client.request(start)
    begun = await client.request(GetStatus())
    assert isinstance(begun, RunStatus)
    status = await _follow(client, progress, begun.run)
    if status.phase != "finished":
        # The client that stopped the run may have ended the worker, too: do not ask it any more.
        progress.conclude(status)
        return ExitCode.STOPPED if status.phase == "stopped" else ExitCode.FAILED
    library = await client.request(GetLibrary())
    assert isinstance(library, LibraryData)
    progress.conclude(status, freeable_by(unpack_library(library), client.welcome.config))
    if not (status.files or status.attention):
        progress.say(translate("cli.no_pictures", path=display_name(client.welcome.root)))
    if status.damaged:
        return ExitCode.DAMAGED
    return ExitCode.FAILED if status.attention else ExitCode.DONE


async def _follow(client: WorkerClient, progress: ScanProgress, run: int) -> RunStatus:
    async for event in client.events():
        if isinstance(event, LogLine):
            progress.log(event)
        elif isinstance(event, RunStatus) and event.run >= run:
            if event.phase not in ("running", "paused"):
                return event
            progress.show(event)
    raise WorkerLost


def _threshold(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(translate("cli.not_a_number", text=text)) from None
    if not 0.0 <= value <= 1.0:
        raise UsageError("setting_range", name="threshold", value=text, low=0.0, high=1.0)
    return value
