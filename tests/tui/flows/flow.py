"""The table of flows, and what most of them look at."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual.pilot import Pilot

from dpm_tui.review.marks.marks import Mark
from dpm_tui.tui.app import DpmApp
from tests.tui.fake_client import FakeClient

Flow = Callable[[DpmApp, Pilot[None], FakeClient], Awaitable[None]]
FLOWS: dict[str, tuple[str, Flow]] = {}
"""Command -> the screen that its flow starts on, and the flow."""


def flow(screen: str) -> Callable[[Flow], Flow]:
    """Register a flow under its command, to be started on a screen."""

    def register(function: Flow) -> Flow:
        assert function.__name__ not in FLOWS, "two flows of one command: only one would run"
        FLOWS[function.__name__] = (screen, function)
        return function

    return register


def marks(app: DpmApp) -> str:
    """Return the marks of files 1, 2, ... as letters."""
    letters = {Mark.KEEP: "K", Mark.REMOVE: "-", None: "."}
    return "".join(letters[app.session.marks.mark_of(id_)] for id_ in sorted(app.session.library.files))


def cursor(app: DpmApp) -> int:
    """Return the file under the cursor."""
    assert app.session.file is not None
    return app.session.file.id
