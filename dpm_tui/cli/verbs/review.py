"""``dpm-tui review DIR``: the review in the app, or with ``--plain`` as lines of questions and answers."""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import sys
from dataclasses import dataclass

from dpm_tui.catalog.verdict import Kind
from dpm_tui.cli.folder import add_folder, find_layout
from dpm_tui.cli.plain_review.console import Console, Interrupted
from dpm_tui.cli.plain_review.dialogue import Dialogue
from dpm_tui.cli.plain_review.plain_session import PlainSession
from dpm_tui.cli.plain_review.review_backend import ReviewBackend
from dpm_tui.cli.verbs.app import DUMB
from dpm_tui.errors import ExitCode, UsageError
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.review.library.filter import Filter, FilterError, parse_filter
from dpm_tui.review.library.sort import Order, Sorting
from dpm_tui.review.rules.rule import DEFAULT_KINDS, parse_kinds
from dpm_tui.state.checkpoint import load_checkpoint
from dpm_tui.state.disk.layout import Layout
from dpm_tui.text_format import sentence


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of a review."""
    add_folder(parser)
    parser.add_argument("--plain", action="store_true", help=translate("cli.plain_help"))
    parser.add_argument("--kinds", default="", metavar="LIST", help=translate("cli.review_kinds_help"))
    parser.add_argument("--filter", default="", metavar="WORDS", help=translate("cli.review_filter_help"))
    parser.add_argument(
        "--sort", choices=[order.value for order in Order], default=Sorting().order.value,
        help=translate("cli.review_sort_help"),
    )  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Open the app, or review in plain lines if asked to or for a dumb terminal; return the exit code."""
    layout = find_layout(options)
    streams = (sys.stdin, sys.stdout, sys.stderr)
    can_draw = all(stream.isatty() for stream in streams) and os.environ.get("TERM", "") not in DUMB
    if can_draw and not options.plain:
        if options.kinds or options.filter or options.sort != Sorting().order:
            raise UsageError("review_needs_plain")
        from dpm_tui.tui.launch import run_app

        return run_app(layout, screen="groups")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    kinds = parse_kinds(options.kinds) if options.kinds else DEFAULT_KINDS
    walk = _Wishes(_read_filter(options), kinds, Sorting(Order(options.sort)))
    if not (os.path.lexists(layout.folder) and load_checkpoint(layout.checkpoint).phase):
        code = _scan(layout)
        if code != ExitCode.DONE:
            return code
    return asyncio.run(_review(layout, walk))


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What the command line asks of the plain review."""

    filter: Filter
    kinds: frozenset[Kind]
    sorting: Sorting


async def _review(layout: Layout, wishes: _Wishes) -> int:
    console = Console()
    try:
        backend = await console.unless_stopped(ReviewBackend.open(layout))
    except Interrupted:
        return ExitCode.STOPPED
    try:
        walk = PlainSession(backend.config, wishes.kinds, wishes.filter, wishes.sorting)
        return await Dialogue(console, backend, walk).run()
    finally:
        await backend.close()


def _scan(layout: Layout) -> int:
    """Scan a folder that was never scanned, with a line of progress now and then; return the exit code."""
    from dpm_tui.cli.verbs.scan import scan_in_lines

    print(translate("plain.scanning", path=display_name(layout.root)), flush=True)
    return scan_in_lines(layout)


def _read_filter(options: argparse.Namespace) -> Filter:
    """Return the filter asked for; with ``--kinds`` only groups with a pair of these kinds are left."""
    words = [f"kind:{','.join(sorted(parse_kinds(options.kinds)))}"] if options.kinds else []
    try:
        return parse_filter(" ".join([*words, *([options.filter] if options.filter else [])]))
    except FilterError as error:
        raise UsageError("bad_filter", reason=sentence(f"tui.{error.key}", **error.values)) from error
