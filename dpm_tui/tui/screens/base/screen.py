"""The screen that all others are built on: title, body, prompt line and line of keys."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from dpm_tui.errors import DpmError
from dpm_tui.locale import translate
from dpm_tui.tui.command_table import BY_ID, Command, Scope, commands_of, footer_of
from dpm_tui.tui.screens.base.global_commands import GlobalCommands
from dpm_tui.tui.session.command_needs import missing_need
from dpm_tui.tui.session.session import Link
from dpm_tui.tui.widgets.keys_line import KeysLine
from dpm_tui.tui.widgets.prompt_line import PromptLine
from dpm_tui.tui.widgets.row_list import RowList
from dpm_tui.tui.widgets.title_line import TitleLine


def bindings_for(*scopes: Scope) -> list[BindingType]:
    """Return the keys of a screen, all of them from the table of commands."""
    return [
        Binding(key, f"command({command.id!r})", id=f"{command.scope}.{command.id}", show=False)
        for command in commands_of(scopes)
        for key in command.keys
    ]


_STEPS_TO_PER_QUESTION = 3
"""After so many turns of the loop a command has opened its question, so that the next key answers it."""


class DpmScreen(GlobalCommands, inherit_bindings=False):
    """A screen whose commands are its methods ``do_<id>``, or those of the app."""

    AUTO_FOCUS = ""
    SCOPES: ClassVar[tuple[Scope, ...]] = ()
    NAME: ClassVar[str] = ""
    CLOSES: ClassVar[bool] = False

    def compose(self) -> ComposeResult:
        """Lay out the frame that every screen has."""
        look = self.app.look
        self.title_line = TitleLine(look, self.NAME)
        self.prompt = PromptLine(look)
        self.keys_line = KeysLine(look, self.footer(), lambda command: not self.why_not(command))
        yield self.title_line
        with Vertical(id="body"):
            yield from self.compose_body()
        yield self.prompt
        yield self.keys_line

    def compose_body(self) -> ComposeResult:
        """Lay out what is between title and prompt line."""
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

    def show_session(self) -> None:
        """Show the session as it is now."""
        self.title_line.show(self.title_state())
        self.keys_line.renew()

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
        self.app.note_navigation(command_id)
        self.prompt.say("")
        if reason := self.why_not(BY_ID[command_id]):
            self.prompt.say(reason)
            return
        method = getattr(self, f"do_{command_id}", None) or getattr(self.app, f"do_{command_id}")
        result = method()
        if inspect.isawaitable(result):
            self.run_worker(self.carry_out(result), group="command")
            for _ in range(_STEPS_TO_PER_QUESTION):
                await asyncio.sleep(0)

    def do_palette(self) -> None:
        """Open the palette over this screen."""
        self.app.push_named("palette", self)

    def do_help(self) -> None:
        """Open the help, with this screen's commands first."""
        self.app.push_named("help", self)

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
        self.call_after_refresh(self.show_session)

    def on_screen_resume(self) -> None:
        """Show what changed while another screen was open."""
        if self.is_mounted:
            # The language or the theme may be another one.
            self.query("*").refresh()
            self.call_after_refresh(self.show_session)
            self.call_after_refresh(self.app.ask_when_due)


class ListScreen(DpmScreen):
    """A screen with one list; the commands of the scope ``list`` move in it."""

    rows: RowList

    def ask_when_due(self) -> None:
        """Ask about missing files once a run, unless another question is open."""
        if not (self.NAME and self.is_mounted):
            return
        if self.session.must_ask_missing and not self.prompt.busy:
            self.session.asked_run = self.session.status.run
            self.run_worker(self.carry_out(self.ask_missing()), group="missing")

    def move_lines(self, lines: int) -> None:
        """Move the cursor, or the list where it has none, by so many lines."""
        self.rows.scroll_lines(lines)

    def do_down(self) -> None:
        """One line down."""
        self.move_lines(1)

    def do_up(self) -> None:
        """One line up."""
        self.move_lines(-1)

    def do_page_down(self) -> None:
        """A page down."""
        self.move_lines(self.rows.page)

    def do_page_up(self) -> None:
        """A page up."""
        self.move_lines(-self.rows.page)

    def do_top(self) -> None:
        """To the first line."""
        self.move_lines(-(1 << 40))

    def do_bottom(self) -> None:
        """To the last line."""
        self.move_lines(1 << 40)

    @on(RowList.Picked)
    def _picked(self, message: RowList.Picked) -> None:
        self.pick(message.line)

    def pick(self, line: int) -> None:
        """React to a click on a line."""
