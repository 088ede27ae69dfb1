"""The screen that all others are built on: title, body, prompt line and line of keys."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen

from dpm_tui.errors import DpmError
from dpm_tui.locale import translate
from dpm_tui.tui.command_table import BY_ID, Command, Scope, commands_of, footer_of
from dpm_tui.tui.previews.preview_panes import PreviewPanes
from dpm_tui.tui.screens.base.command_host import Handlers
from dpm_tui.tui.screens.base.global_commands import GlobalCommands
from dpm_tui.tui.screens.base.host_app import HostApp
from dpm_tui.tui.screens.base.list_commands import ListCommands
from dpm_tui.tui.session.command_needs import missing_need
from dpm_tui.tui.session.session import Link, Session
from dpm_tui.tui.widgets.hint_line import HintLine
from dpm_tui.tui.widgets.keys_line import KeysLine
from dpm_tui.tui.widgets.panel import Panel
from dpm_tui.tui.widgets.prompt_line import PromptLine
from dpm_tui.tui.widgets.row_list import RowList
from dpm_tui.tui.widgets.title_line import TitleLine
from dpm_tui.tui.worker_link import WorkerLink


def bindings_for(*scopes: Scope) -> list[BindingType]:
    """Return the keys of a screen, all of them from the table of commands."""
    return [
        Binding(key, f"command({command.id!r})", id=f"{command.scope}.{command.id}", show=False)
        for command in commands_of(scopes)
        for key in command.keys
    ]


SEEN_THROUGH = "-beside"
"""The class of a screen that leaves the pictures of the one below to be seen."""
_SECONDS_TO_A_QUESTION = 0.05
"""Most commands that ask have opened their question by then; slower ones must not hold up keys."""


class DpmScreen(Screen[None], inherit_bindings=False):
    """A screen whose keys, palette and help are about the commands of its scopes."""

    AUTO_FOCUS = ""
    SCOPES: ClassVar[tuple[Scope, ...]] = ()
    NAME: ClassVar[str] = ""
    CLOSES: ClassVar[bool] = False
    HINTS: ClassVar[tuple[str, ...]] = ()

    app: HostApp

    def __init__(self) -> None:
        super().__init__()
        self.global_commands = GlobalCommands(self)
        self._is_shown = False

    @property
    def session(self) -> Session:
        """What the app shows."""
        return self.app.session

    @property
    def link(self) -> WorkerLink:
        """The link to the worker."""
        return self.app.link

    def handlers(self) -> Handlers:
        """Return the handler of each command; here only of those that work everywhere."""
        return self.global_commands.handlers()

    def stay(self) -> None:
        """Do nothing: the screen cannot be closed."""

    def go_back(self) -> None:
        """Back to the screen below."""
        self.dismiss()

    def compose(self) -> ComposeResult:
        """Yield the frame that every screen has."""
        look = self.app.look
        self.title_line = TitleLine(look, self.NAME)
        self.hint_line = HintLine(look, self.session, self.HINTS)
        self.prompt = PromptLine(look)
        self.keys_line = KeysLine(look, self.footer(), lambda command: not self.why_not(command))
        yield self.title_line
        with Vertical(id="body"):
            yield from self.compose_body()
        if self.HINTS:
            yield self.hint_line
        yield self.prompt
        yield self.keys_line

    def compose_body(self) -> ComposeResult:
        """Yield what is between title and prompt line."""
        yield from ()

    def footer(self) -> list[Command]:
        """Return the commands on the line of keys, by their importance."""
        return footer_of(self.SCOPES, closes=self.CLOSES)

    @property
    def place(self) -> str:
        """What the help calls this screen: the name that its module has."""
        return type(self).__name__.removesuffix("Screen").lower()

    def say_soon(self, text: str) -> None:
        """Say something once this screen has been painted."""
        self.call_after_refresh(lambda: self.prompt.say(text))

    def follow_session(self) -> None:
        """Show the session after it has changed; called up to four times a second."""
        self.show_session()

    def show_session(self) -> None:
        """Show the session as it is now."""
        self.show_title()
        self.keys_line.renew()
        if self.HINTS:
            self.hint_line.show_hint()

    def show_title(self) -> None:
        """Show the title as it is now."""
        self.title_line.show(self.title_state())

    def title_state(self) -> Sequence[tuple[str, str]]:
        """Return what stands at the right end of the title, with roles."""
        session = self.session
        if session.link is not Link.CONNECTED:
            return [(translate(f"tui.title_{session.link.value}"), "error")]
        return [(translate("tui.view_only"), "error")] if session.view_only else []

    def why_not(self, command: Command) -> str:
        """Return the sentence that says why a command cannot work now, or nothing."""
        reason = missing_need(self.session, command.needs)
        return translate(reason) if reason else ""

    async def action_command(self, command_id: str) -> None:
        """Carry out a command of the table, or say why it cannot be."""
        if not self.is_mounted:
            return
        # A key that was typed ahead may come before there is anything to choose from.
        self._show_first()
        self.app.note_navigation(command_id)
        self.prompt.say("")
        if reason := self.why_not(BY_ID[command_id]):
            self.prompt.say(reason)
            return
        result = self.handlers()[command_id]()
        if inspect.isawaitable(result):
            ended_or_asks = asyncio.Event()
            self.run_worker(self._run_command(result, ended_or_asks), group="command")
            # The next key is the answer to what the command asks.
            await self.prompt.wait_for_question(ended_or_asks, _SECONDS_TO_A_QUESTION)

    async def _run_command(self, command: Awaitable[None], ended: asyncio.Event) -> None:
        try:
            await self.carry_out(command)
        finally:
            ended.set()

    def start(self, task: Awaitable[None], group: str, *, exclusive: bool = False) -> None:
        """Carry something out in the background."""
        self.run_worker(self.carry_out(task), group=group, exclusive=exclusive)

    def push_named(self, name: str, /, *args: Any, **options: Any) -> None:
        """Open a screen over this one, by the name of its module."""
        self.app.push_named(name, *args, **options)

    def refresh_soon(self) -> None:
        """Show the session again shortly."""
        self.app.refresh_soon()

    async def carry_out(self, result: Awaitable[None]) -> None:
        """Await a command; what goes wrong is said and logged."""
        try:
            await result
        except DpmError as error:
            self.prompt.say(" ".join(str(error).split()), "error")
            self.app.log_trouble(error)
        self.app.ask_when_due()

    def on_mount(self) -> None:
        """Show the session for the first time."""
        self.call_after_refresh(self._show_first)

    def _show_first(self) -> None:
        if not self._is_shown:
            self._is_shown = True
            self.show_session()

    @on(PreviewPanes.Clicked)
    async def _flip(self, message: PreviewPanes.Clicked) -> None:
        """Flip the pictures that were clicked, or open a menu of what can be done about their file."""
        if self.prompt.busy:
            return
        if message.is_right:
            self.push_named("palette", self)
        elif "flip" in self.handlers():
            await self.action_command("flip")

    @on(Panel.Resized)
    def _fit(self) -> None:
        """Fit the lines into the new width of a panel."""
        if self.is_mounted:
            self.call_after_refresh(self.show_session)

    def on_screen_suspend(self) -> None:
        """Paint no pictures below a screen that covers them."""
        if not self.app.screen.has_class(SEEN_THROUGH):
            self._blank_pictures(True)

    def on_screen_resume(self) -> None:
        """Show what changed while another screen was open, and the pictures again."""
        self._blank_pictures(False)
        if self.is_mounted:
            # The language or the theme may be another one.
            self.query("*").refresh()
            self.call_after_refresh(self.show_session)
            self.call_after_refresh(self.app.ask_when_due)

    def _blank_pictures(self, is_blank: bool) -> None:
        for panes in self.query(PreviewPanes):
            panes.blank(is_blank)


class ListScreen(DpmScreen):
    """A screen with one list; the commands of the scope ``list`` move in it.

    ``MARKS`` is the command of a click on the mark of a line, ``OPENS`` that of a double click.
    """

    MARKS: ClassVar[str] = ""
    OPENS: ClassVar[str] = ""

    rows: RowList

    def __init__(self) -> None:
        super().__init__()
        self.list_commands = ListCommands(self)

    def ask_when_due(self) -> None:
        """Ask about missing files once a run, unless another question is open."""
        if not (self.NAME and self.is_mounted):
            return
        if self.session.must_ask_missing and not self.prompt.busy:
            self.session.asked_run = self.session.status.run
            self.start(self.global_commands.ask_missing(), "missing")

    def move_lines(self, lines: int) -> None:
        """Move the cursor, or the list where it has none, by so many lines."""
        self.rows.scroll_lines(lines)

    @on(RowList.Picked)
    async def _picked(self, message: RowList.Picked) -> None:
        self.pick(message.line)
        if self.rows.cursor != message.line or self.prompt.busy:
            return  # a heading, or a line of a list that has no cursor
        if message.is_right:
            self.push_named("palette", self)
        elif message.on_mark and self.MARKS:
            await self.action_command(self.MARKS)
            self.pick(message.line)
        elif message.is_double and self.OPENS:
            await self.action_command(self.OPENS)

    def pick(self, line: int) -> None:
        """React to a click on a line."""
