"""What groups of commands are built on: the table of handlers, the interface of the screen, and long work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeVar

from textual.timer import Timer

from dpm_tui.tui.screens.base.host_app import HostApp
from dpm_tui.tui.session.session import Session
from dpm_tui.tui.widgets.prompt_line import PromptLine
from dpm_tui.tui.worker_link import WorkerLink

T = TypeVar("T")

Handlers = Mapping[str, Callable[[], Awaitable[None] | None]]
"""The ids of commands, each with what carries the command out."""

AT_ONCE = 3000
"""So many groups or files are processed without a noticeable delay."""


class CommandHost(Protocol):
    """What every group of commands needs of its screen; other protocols add to it."""

    @property
    def session(self) -> Session:
        """What the app shows."""

    @property
    def prompt(self) -> PromptLine:
        """The line for messages and questions."""


class AppHost(CommandHost, Protocol):
    """The screen of commands that are about the app and its terminal."""

    @property
    def app(self) -> HostApp:
        """The app."""


class WorkerHost(CommandHost, Protocol):
    """The screen of commands that ask the worker."""

    @property
    def link(self) -> WorkerLink:
        """The link to the worker."""


class OpenerHost(CommandHost, Protocol):
    """The screen of commands that open others over it."""

    def push_named(self, name: str, /, *args: Any, **options: Any) -> None:
        """Open a screen by the name of its module."""


class SessionHost(CommandHost, Protocol):
    """The screen of commands that change what it shows."""

    def show_session(self) -> None:
        """Show the session as it is now."""


class MarksHost(CommandHost, Protocol):
    """The screen of commands that mark."""

    def show_marks(self) -> None:
        """Show changed marks."""


class GroupHost(MarksHost, Protocol):
    """The screen of commands that mark in the group under the cursor and go on."""

    def next_group(self) -> None:
        """To the next group."""


class TimerHost(Protocol):
    """The screen of commands that do something later."""

    def set_timer(self, delay: float, callback: Callable[[], None], /) -> Timer:
        """Call something after so many seconds; return the timer."""


async def work(amount: int, task: Callable[[], T]) -> T:
    """Return what ``task`` returns; large work runs in a thread, so that the app stays usable."""
    return await asyncio.to_thread(task) if amount > AT_ONCE else task()
