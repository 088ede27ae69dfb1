"""``dpm-tui stop DIR``: checkpoints and stops a worker."""

from __future__ import annotations

import argparse
import os
import signal
import time

from dpm_tui.cli.connection import ask_worker
from dpm_tui.cli.folder import add_folder, find_layout
from dpm_tui.errors import DpmError, ExitCode
from dpm_tui.locale import translate
from dpm_tui.state.layout import Layout
from dpm_tui.state.lock import is_held, read_holder
from dpm_tui.worker.protocol import Done, Shutdown

_DEAF = {"protocol_version", "protocol_nonsense", "worker_silent"}
"""What is wrong where a worker does not understand, such as one that an older program started."""
_SECONDS = 60.0
"""How long a worker may take to save its work; one that moves files ends after the file at hand."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add DIR."""
    add_folder(parser)


def run(options: argparse.Namespace) -> int:
    """Stop the worker; it is no error if there is none."""
    layout = find_layout(options)
    try:
        ask_worker(layout, "stop", Shutdown(), Done, start=False)
    except DpmError as error:
        if error.key == "no_worker":
            print(translate("cli.nothing_to_stop"))
            return ExitCode.DONE
        if error.key not in _DEAF or not _terminate(layout):
            raise
    print(translate("cli.worker_stopped"))
    return ExitCode.DONE


def _terminate(layout: Layout) -> bool:
    """Have the worker that holds the folder end by a signal, which every version understands.

    Tells whether it ended; nobody is touched who is not known to hold the lock on this machine.
    """
    holder = read_holder(layout.lock)
    if holder is None or not holder.phase or holder.is_elsewhere or not holder.may_live:
        return False
    end = time.monotonic() + _SECONDS
    try:
        if is_held(layout.lock):
            os.kill(holder.pid, signal.SIGTERM)
        while is_held(layout.lock):
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
    except OSError:
        return False
    return True
