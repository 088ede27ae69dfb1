"""``dpm-tui demo [DIR]``: makes a small sample library and opens it."""

from __future__ import annotations

import argparse
import os
import sys

from dpm_tui.cli.verbs import app
from dpm_tui.errors import DpmError, ExitCode, reason_of
from dpm_tui.file_names import display_name
from dpm_tui.locale import translate
from dpm_tui.shell_commands import with_place


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add DIR."""
    help_ = translate("cli.demo_folder_help")
    parser.add_argument("folder", metavar="DIR", nargs="?", default="dpm-tui-demo", help=help_)
    app.add_options(parser)


def run(options: argparse.Namespace) -> int:
    """Make the library, then open the app if there is a terminal; return the exit code."""
    from dpm_tui.demo.sample_library import make_library

    folder = os.path.abspath(os.fsencode(options.folder))
    try:
        library = make_library(folder)
    except OSError as error:
        raise DpmError("cannot_write", path=display_name(folder), reason=reason_of(error)) from error
    shown = display_name(folder)
    print(translate("cli.demo_made", count=library.files, path=shown), file=sys.stderr)
    if sys.stdin.isatty() and sys.stdout.isatty():
        return app.run(options)
    print(with_place(translate("cli.demo_next")))
    return ExitCode.DONE
