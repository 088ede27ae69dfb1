"""``dpm-tui scan DIR``: scans and compares without the app."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
import sys
import time
from collections.abc import Mapping
from typing import Any

from dpm_tui.cli.folder import add_folder, find_layout
from dpm_tui.cli.folder_options import add_folder_options, remember_folders
from dpm_tui.cli.moment import read_moment
from dpm_tui.cli.output import describe_previews, write
from dpm_tui.cli.reclaimable import freeable_by
from dpm_tui.dataclass_json import to_plain
from dpm_tui.errors import DpmError, ExitCode, UsageError
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.review.rules.reclaimable_space import ReclaimableSpace
from dpm_tui.shell_commands import with_place
from dpm_tui.state.checkpoint import load_checkpoint
from dpm_tui.state.config import CHOICES, Config
from dpm_tui.state.disk.layout import Layout
from dpm_tui.text_format import lacking_sentences, log_sentence, time_left
from dpm_tui.units import long_size
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
_LINE_SECONDS = 10.0
_TYPES_NAMED = 6
"""Types of files that were passed over which are named."""


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
    start = StartRun(options.model, options.threshold, options.accept_missing, options.quick)
    if options.detach:
        return asyncio.run(_detach(layout, start))
    progress = _Progress(json_lines=options.json, quiet=options.quiet, always=options.progress)
    code = _scan_to_end(layout, start, progress)
    if since >= 0 and code != ExitCode.STOPPED:
        from dpm_tui.cli.news_lines import tell_news

        tell_news(layout, since, json_lines=options.json, quiet=options.quiet)
    return code


def scan_in_lines(layout: Layout) -> int:
    """Scan with the settings as they are, for a terminal without a cursor; return the exit code."""
    return _scan_to_end(layout, StartRun(), _Progress(json_lines=False, always=True, in_place=False))


def _scan_to_end(layout: Layout, start: StartRun, progress: _Progress) -> int:
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


async def _scan(layout: Layout, start: StartRun, progress: _Progress) -> int:
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


async def _watch(client: WorkerClient, start: StartRun, progress: _Progress) -> int:
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


async def _follow(client: WorkerClient, progress: _Progress, run: int) -> RunStatus:
    async for event in client.events():
        if isinstance(event, LogLine):
            progress.log(event)
        elif isinstance(event, RunStatus) and event.run >= run:
            if event.phase not in ("running", "paused"):
                return event
            progress.show(event)
    raise WorkerLost


class _Progress:
    """Prints progress: JSON lines on standard output, or one line on a terminal's standard error.

    Without a terminal there is none unless ``always``; with ``quiet`` only what went wrong is said.
    A terminal that is gone is no error: the scan is worth more than what is said of it.
    """

    def __init__(
        self, *, json_lines: bool, quiet: bool = False, always: bool = False, in_place: bool = True
    ) -> None:
        self._json = json_lines
        self._quiet = quiet
        self._terminal = in_place and sys.stderr.isatty()
        self._shows = not quiet and (self._terminal or always)
        self._stage = ""
        self._printed = 0.0
        self._shown = False

    def show(self, status: RunStatus) -> None:
        """Show where the run is."""
        if self._json:
            self._print_json("progress", to_plain(status))
            return
        if not self._shows:
            return
        now = time.monotonic()
        if not self._terminal and status.stage == self._stage and now - self._printed < _LINE_SECONDS:
            return
        self._stage, self._printed = status.stage, now
        if not status.stage:
            return
        text = translate(f"cli.stage_{status.stage}", done=status.done, total=status.total)
        if status.rate > 0 and status.total:
            text += translate("cli.rate", rate=f"{status.rate:.0f}")
        if status.left_most >= 0:
            text += translate("cli.left", time=time_left(status.left_least, status.left_most))
        if self._terminal:
            self._write(("\r\x1b[K" if self._shown else "") + text)
            self._shown = True
        else:
            self._write(text + "\n")

    def log(self, line: LogLine) -> None:
        """Show a line of the log."""
        if self._json:
            self._print_json("log", {"level": line.level, "key": line.key, "values": dict(line.values)})
        elif line.level != "info":
            self.say(with_place(log_sentence(line.key, line.values)))

    def say(self, text: str) -> None:
        """Print a message."""
        self._clear()
        self._write(text + "\n")

    def conclude(self, status: RunStatus, freeable: ReclaimableSpace | None = None) -> None:
        """Print what the run found; what could be freed is known of one that has finished."""
        self._clear()
        if self._json:
            known = {}
            if freeable is not None:
                known = {"reclaimable_bytes": freeable.beside, "suggested_bytes": freeable.bytes}
            self._print_json("result", to_plain(status) | known)
            return
        if status.phase == "finished":
            if not self._quiet:
                found = freeable or ReclaimableSpace()
                sizes = {"size": long_size(found.bytes), "beside": long_size(found.beside)}
                text = translate("cli.result", pictures=status.pictures, groups=status.groups, **sizes)
                write(text + "\n", sys.stdout)
                said = (describe_previews(status), _passed_over(status), *lacking_sentences(status.lacking))
                for line in filter(None, said):
                    write(line + "\n", sys.stdout)
            if status.unreadable:
                self.say(with_place(translate("cli.unreadable", count=status.unreadable)))
        elif status.phase == "stopped":
            self.say(translate("cli.stopped"))

    def _clear(self) -> None:
        if self._shown:
            self._write("\r\x1b[K")
            self._shown = False

    @staticmethod
    def _write(text: str) -> None:
        write(text, sys.stderr)

    @staticmethod
    def _print_json(kind: str, values: Mapping[str, Any]) -> None:
        write(json.dumps({"type": kind, **values}) + "\n", sys.stdout)


def _passed_over(status: RunStatus) -> str:
    """Return one line on which other types of files were passed over; empty where there are none."""
    count = status.skipped.get("other_type", 0)
    named = {ending: each for ending, each in status.other_types.items() if ending}
    words = [f"{each:,} {display_name(ending)}" for ending, each in list(named.items())[:_TYPES_NAMED]]
    rest = count - sum(list(named.values())[:_TYPES_NAMED])
    if rest:
        words.append(translate("cli.other_files" if words else "cli.only_other_files", count=rest))
    return translate("cli.passed_over", types=", ".join(words)) if count else ""


def _threshold(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(translate("cli.not_a_number", text=text)) from None
    if not 0.0 <= value <= 1.0:
        raise UsageError("setting_range", name="threshold", value=text, low=0.0, high=1.0)
    return value
