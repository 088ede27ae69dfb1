"""``dpm-tui stop DIR``: checkpoints and stops a worker."""

from __future__ import annotations

import argparse

from dpm_tui.cli.connection import ask_worker
from dpm_tui.cli.folder import add_folder, find_layout
from dpm_tui.errors import DpmError, ExitCode
from dpm_tui.locale import translate
from dpm_tui.worker.protocol import Done, Shutdown


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add DIR."""
    add_folder(parser)


def run(options: argparse.Namespace) -> int:
    """Stop the worker; it is no error if there is none."""
    layout = find_layout(options)
    try:
        ask_worker(layout, "stop", Shutdown(), Done, start=False)
    except DpmError as error:
        if error.key != "no_worker":
            raise
        print(translate("cli.nothing_to_stop"))
        return ExitCode.DONE
    print(translate("cli.worker_stopped"))
    return ExitCode.DONE
