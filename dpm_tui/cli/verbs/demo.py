"""``dpm-tui demo [DIR]``: makes a small sample library and opens it."""

from __future__ import annotations

import argparse
import os
import sys

from dpm_tui.cli.output import write
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
    folder = os.path.abspath(os.fsencode(options.folder))
    shown = display_name(folder)
    # Before anything is loaded that paints: that takes longer than a person waits without a sign.
    _tell(translate("cli.demo_begins", path=shown))
    from dpm_tui.demo.sample_library import make_library

    try:
        library = make_library(folder, _count)
    except OSError as error:
        raise DpmError("cannot_write", path=shown, reason=reason_of(error)) from error
    finally:
        _tell("")
    print(translate("cli.demo_made", count=library.files, path=shown), file=sys.stderr)
    if sys.stdin.isatty() and sys.stdout.isatty():
        return app.run(options)
    print(with_place(translate("cli.demo_next")))
    return ExitCode.DONE


def _count(done: int, total: int) -> None:
    """Say how many of the pictures are painted."""
    _tell(translate("cli.demo_paints", done=done, total=total))


def _tell(text: str) -> None:
    """Show a text in place of the one before, on a terminal only."""
    if sys.stderr.isatty():
        write(f"\r\x1b[K{text}", sys.stderr)
