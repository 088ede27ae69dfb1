"""``dpm-tui [DIR]``: opens the app."""

from __future__ import annotations

import argparse
import os
import sys

from dpm_tui.cli.folder import find_layout
from dpm_tui.cli.folder_options import add_folder_options, remember_folders
from dpm_tui.errors import UsageError
from dpm_tui.locale import translate

DUMB = ("", "dumb", "unknown")
"""Terminals that nothing can be drawn on."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add DIR and the options of the app."""
    help_ = translate("cli.folder_or_here_help")
    parser.add_argument("folder", metavar="DIR", nargs="?", default=".", help=help_)
    add_folder_options(parser)
    add_options(parser)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be said of the app wherever it is opened."""
    help_ = translate("cli.mouse_help")
    parser.add_argument("--mouse", action=argparse.BooleanOptionalAction, default=None, help=help_)


def run(options: argparse.Namespace) -> int:
    """Open the app and return the exit code; raises UsageError without a terminal."""
    layout = find_layout(options)
    # Textual reads keys from standard input and draws on standard error.
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise UsageError("no_terminal")
    if (term := os.environ.get("TERM", "")) in DUMB:
        raise UsageError("dumb_terminal", term=term or "-")
    remember_folders(options, layout)
    from dpm_tui.tui.launch import run_app

    return run_app(layout, mouse=options.mouse)
