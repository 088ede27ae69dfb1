"""The commands that work on every screen."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from textual.screen import Screen

from dpm_tui.errors import DpmError
from dpm_tui.locale import translate
from dpm_tui.tui.screens.base.host_app import HostApp
from dpm_tui.tui.session.run_history import count_missing
from dpm_tui.tui.session.session import Session
from dpm_tui.tui.widgets.prompt_line import PromptLine
from dpm_tui.worker.protocol.messages import Done, Shutdown, StartRun, StopRun


class GlobalCommands(Screen[None], inherit_bindings=False):
    """Commands of the scope ``everywhere``, for a screen."""

    app: HostApp
    prompt: PromptLine

    @property
    def session(self) -> Session:
        """What the app shows."""
        return self.app.session

    def do_show_scan(self) -> None:
        """Open the scan screen."""
        self.app.open_screen("scan")

    def do_show_compare(self) -> None:
        """Open the compare screen."""
        self.app.open_screen("compare")

    def do_show_groups(self) -> None:
        """Open the groups screen."""
        self.app.open_screen("groups")

    def do_show_bin(self) -> None:
        """Open the recycle bin."""
        self.app.open_screen("bin")

    def do_show_settings(self) -> None:
        """Open the settings."""
        self.app.open_screen("settings")

    def do_back(self) -> None:
        """Nothing is open here that could be closed."""

    def do_redraw(self) -> None:
        """Paint everything anew."""
        self.app.refresh(layout=True)

    def do_suspend(self) -> None:
        """Put the app into the background."""
        self.app.action_suspend_process()

    def do_reconnect(self) -> None:
        """Connect to the worker again, starting one if none is there."""
        self.app.connect()

    async def do_quit(self) -> None:
        """Leave; ask first where a run is going or marks would be lost."""
        if self.session.running and self.app.reachable:
            key = await self.prompt.choose(translate("tui.ask_quit_running"), "ls")
            if key == "s":
                await self._is_remembered()
                await self.app.link.ask(Shutdown(), Done)
                self.session.status = replace(self.session.status, phase="stopped")
            if not key:
                return
        marked = 0 if await self._is_remembered() else self.app.link.memory.unsaved
        if marked and await self.prompt.choose(translate("tui.ask_quit_marks", count=marked), "q") != "q":
            return
        self.app.exit()

    async def _is_remembered(self) -> bool:
        """Return whether what is marked is written down for the next start."""
        memory = self.app.link.memory
        with contextlib.suppress(DpmError):
            await memory.flush()
        return memory.reliable

    async def ask_missing(self) -> None:
        """Say that files are missing, perhaps because a disk is, and ask what to do about them."""
        gone, known = count_missing(self.session.log, self.session.status)
        keys = ("tui.ask_missing", "tui.ask_missing_short")
        values = {"gone": gone, "known": known}
        key = await self.prompt.choose(self.prompt.fitting(*(translate(key, **values) for key in keys)), "rf")
        if key == "r":
            await self._scan_again(accept_missing=False)
        elif (
            key == "f"
            and await self.prompt.choose(translate("tui.ask_forget_missing", count=gone), "y") == "y"
        ):
            await self._scan_again(accept_missing=True)
        else:
            self.prompt.say(translate("tui.missing_kept"))

    async def _scan_again(self, *, accept_missing: bool) -> None:
        """Start a run; one that is going stops first, for it has looked at the files already."""
        if self.session.running:
            await self.app.link.ask(StopRun(), Done)
        await self.app.link.ask(StartRun(accept_missing=accept_missing), Done)

    async def ask_reconnect(self) -> None:
        """Say that the worker is lost and offer to connect again."""
        why = " ".join(self.session.trouble.split()) or translate("tui.link_lost")
        key = await self.prompt.choose(translate("tui.ask_reconnect", why=why), ("r", "ctrl+r", "q"))
        if key in ("r", "ctrl+r"):
            self.do_reconnect()
        elif key == "q":
            self.app.exit()
