"""``dpm-tui stop DIR``: checkpoints and stops a worker."""

from __future__ import annotations

import argparse
import os
import signal
import time

from dpm_tui.cli.connection import ask_worker
from dpm_tui.cli.folder import add_folder, find_layout
from dpm_tui.errors import DamagedError, DpmError, ExitCode
from dpm_tui.locale import translate
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.lock import Holder, is_held, read_holder
from dpm_tui.worker.protocol.messages import Done, Shutdown

_NOT_UNDERSTOOD = {"protocol_version", "protocol_nonsense", "worker_silent"}
"""Errors of a worker that does not understand the request, such as one that an older version started."""
_SECONDS = 60.0
"""How long a worker may take to save its work; one that moves files ends after the file at hand."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add DIR."""
    add_folder(parser)


def run(options: argparse.Namespace) -> int:
    """Stop the worker and wait until it has released the folder; return the exit code, 0 without a worker."""
    layout = find_layout(options)
    holder = read_holder(layout.lock)
    try:
        ask_worker(layout, "stop", Shutdown(), Done, start=False)
    except DpmError as error:
        if error.key == "no_worker":
            print(translate("cli.nothing_to_stop"))
            return ExitCode.DONE
        if error.key not in _NOT_UNDERSTOOD or not _terminate(layout, holder):
            raise
    if holder is not None:
        _has_let_go(layout, holder)
    print(translate("cli.worker_stopped"))
    return ExitCode.DONE


def _terminate(layout: Layout, holder: Holder | None) -> bool:
    """End the worker that holds the folder by a signal, which every version understands.

    Returns whether it ended. Only a process that is known to hold the lock on this machine is signalled.
    """
    if holder is None or not holder.phase or holder.is_elsewhere or not holder.may_live:
        return False
    try:
        if is_held(layout.lock):
            os.kill(holder.pid, signal.SIGTERM)
    except OSError:
        return False
    return _has_let_go(layout, holder)


def _has_let_go(layout: Layout, holder: Holder) -> bool:
    """Wait until ``holder`` has released the folder; return whether it did."""
    end = time.monotonic() + _SECONDS
    try:
        while is_held(layout.lock) and read_holder(layout.lock) in (holder, None):
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
    except (OSError, DamagedError):
        return not os.path.lexists(layout.lock)
    return True
