"""The commands that work on every screen, and the questions that open by themselves on any of them."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import partial
from typing import Protocol

from dpm_tui.errors import DpmError
from dpm_tui.locale import translate
from dpm_tui.tui.screens.base.command_host import AppHost, Handlers, OpenerHost, WorkerHost
from dpm_tui.tui.session.run_history import count_missing
from dpm_tui.worker.protocol.messages import Done, Shutdown, StartRun, StopRun


class GlobalHost(AppHost, WorkerHost, OpenerHost, Protocol):
    """A screen of the app."""


class GlobalCommands:
    """Commands of the scope ``everywhere``, except ``back``, which is each screen's own."""

    def __init__(self, host: GlobalHost) -> None:
        self._host = host

    def handlers(self) -> Handlers:
        """Return the commands with what carries them out."""
        app = self._host.app
        return {
            "show_scan": partial(app.open_screen, "scan"),
            "show_compare": partial(app.open_screen, "compare"),
            "show_groups": partial(app.open_screen, "groups"),
            "show_bin": partial(app.open_screen, "bin"),
            "show_settings": partial(app.open_screen, "settings"),
            "palette": partial(self._host.push_named, "palette", self._host),
            "help": partial(self._host.push_named, "help", self._host),
            "reconnect": app.connect,
            "redraw": app.redraw,
            "suspend": app.action_suspend_process,
            "quit": self._quit,
        }

    async def _quit(self) -> None:
        """Leave; ask first if a run is under way or marks would be lost."""
        host, app = self._host, self._host.app
        if host.session.running and app.reachable:
            key = await host.prompt.choose(translate("tui.ask_quit_running"), "ls")
            if key == "s":
                await self._remember()
                await host.link.ask(Shutdown(), Done)
                host.session.status = replace(host.session.status, phase="stopped")
            if not key:
                return
        await self._remember()
        marked = host.link.memory.unsaved
        if marked and await host.prompt.choose(translate("tui.ask_quit_marks", count=marked), "q") != "q":
            return
        app.exit()

    async def _remember(self) -> None:
        """Save the marks for the next start, if that is possible."""
        with contextlib.suppress(DpmError):
            await self._host.link.memory.flush()

    async def ask_missing(self) -> None:
        """Say that files are missing, perhaps because a disk is, and ask what to do about them."""
        session, prompt = self._host.session, self._host.prompt
        gone, known = count_missing(session.log, session.status)
        keys = ("tui.ask_missing", "tui.ask_missing_short")
        values = {"gone": gone, "known": known}
        key = await prompt.choose(prompt.fitting(*(translate(key, **values) for key in keys)), "rf")
        if key == "r":
            await self._scan_again(accept_missing=False)
        elif key == "f" and await prompt.choose(translate("tui.ask_forget_missing", count=gone), "y") == "y":
            await self._scan_again(accept_missing=True)
        else:
            prompt.say(translate("tui.missing_kept"))

    async def _scan_again(self, *, accept_missing: bool) -> None:
        """Start a run; stop one that is under way, for it has listed the files already."""
        if self._host.session.running:
            await self._host.link.ask(StopRun(), Done)
        await self._host.link.ask(StartRun(accept_missing=accept_missing), Done)

    async def ask_reconnect(self) -> None:
        """Say that the worker is lost and offer to connect again."""
        why = " ".join(self._host.session.trouble.split()) or translate("tui.link_lost")
        key = await self._host.prompt.choose(translate("tui.ask_reconnect", why=why), ("r", "ctrl+r", "q"))
        if key in ("r", "ctrl+r"):
            self._host.app.connect()
        elif key == "q":
            self._host.app.exit()
