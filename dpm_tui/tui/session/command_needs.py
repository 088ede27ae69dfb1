"""The needs of a command, and which of them is not met now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from dpm_tui.tui.command_table import Need
from dpm_tui.tui.session.session import Link, Session

OBSTACLES: Mapping[Need, Callable[[Session], str]] = {
    Need.WORKER: lambda session: "" if session.link is Link.CONNECTED else "tui.need_worker",
    Need.WRITE: lambda session: session.view_only,
    Need.FILE: lambda session: "" if len(session.rows) else "tui.need_file",
    Need.MARKS: lambda session: "" if session.marks.removed else "tui.need_marks",
    Need.RUN: lambda session: "" if session.running else "tui.need_run",
    Need.NO_RUN: lambda session: "tui.need_no_run" if session.running else "",
    Need.ENTRY: lambda session: "" if session.bin.entries else "tui.need_entry",
    Need.MISSING: lambda session: "" if session.status.attention == "mount_guard" else "tui.need_missing",
    Need.OUTCOME: lambda session: "" if session.outcomes else "tui.need_outcome",
    Need.REST: lambda session: "tui.need_rest" if session.batch is not None else "",
    Need.LOST: lambda session: "" if session.link is Link.LOST else "tui.need_lost",
}
"""For each need the key of the sentence that says what is missing, empty where nothing is."""


def missing_need(session: Session, needs: Iterable[Need]) -> str:
    """Return the key of the sentence that says what of some needs is not there now, or empty."""
    return next((reason for need in needs if (reason := OBSTACLES[need](session))), "")
