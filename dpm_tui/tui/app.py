"""The app: its screens, its session and the link to its worker."""

from __future__ import annotations

from contextlib import suppress
from time import time

from textual import events

from dpm_tui.file_names import display_name
from dpm_tui.locale import follow_settings, translate
from dpm_tui.state.disk.layout import owner_beside_root
from dpm_tui.tui.screens.base.host_app import HostApp
from dpm_tui.tui.screens.base.screen import DpmScreen
from dpm_tui.tui.session.session import Link
from dpm_tui.units import long_size
from dpm_tui.worker.protocol.messages import LogLine

_OFFERS = {"scan": "offer_groups", "compare": "offer_groups", "groups": "offer_accept"}
"""What is offered after a run, by the screen that is open."""


class DpmApp(HostApp, inherit_bindings=False):
    """Finds and cleans up duplicate pictures, in a terminal."""

    ENABLE_COMMAND_PALETTE = False
    TITLE = "dpm-tui"
    CSS_PATH = "app.tcss"
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-tiny"), (60, "-narrow"), (100, "-broad"), (110, "-normal"), (160, "-wide"),
    ]  # fmt: skip
    VERTICAL_BREAKPOINTS = [(0, "-short"), (16, "-tall"), (30, "-high")]  # noqa: RUF012

    first_screen = "scan"
    _owner_told = False
    _looked_on = False

    def on_mount(self) -> None:
        """Open the first screen, then connect: the worker may need seconds to start."""
        self.switch_mode(self.first_screen)
        self.call_after_refresh(self.connect)

    def on_key(self, event: events.Key) -> None:
        """Hand keys that were typed ahead to the question that has opened meanwhile."""
        screen = self.screen
        if isinstance(screen, DpmScreen) and screen.is_mounted and screen.prompt.take_late(event):
            event.stop()
            event.prevent_default()

    def refresh_now(self) -> None:
        """Show the session on the open screen."""
        super().refresh_now()
        if not self.screen_stack:
            return
        follow_settings(self.session.config.language)
        screen = self.screen
        asking = isinstance(screen, DpmScreen) and screen.is_mounted and screen.prompt.busy
        if self._lead_to_groups and self.session.library.groups and not asking:
            self._lead_to_groups = False
            self.open_screen("groups")
            self.refresh_soon()
        screen = self.screen
        if isinstance(screen, DpmScreen) and screen.is_mounted:
            screen.follow_session()
            self._tell_owner(screen)
            self._tell_reviewer(screen)
            self._offer_next_step(screen)
            if self.session.link is Link.LOST and not self._loss_reported:
                self._loss_reported = True
                screen.run_worker(screen.global_commands.ask_reconnect(), group="reconnect")
            self.ask_when_due()

    def pictures_too_slow(self) -> None:
        """Say that pictures are in blocks from now on."""
        if isinstance(self.screen, DpmScreen) and self.screen.is_mounted:
            self.screen.prompt.say(translate("tui.slow_line"))

    def _offer_next_step(self, screen: DpmScreen) -> None:
        """Say once after a run that found groups which key goes on with them."""
        prompt = screen.prompt
        if not self._offers or self._lead_to_groups or prompt.busy or prompt.text:
            return
        if screen.NAME not in _OFFERS:
            return
        count, self._offers = self._offers, 0
        key = _OFFERS[screen.NAME]
        prompt.say(
            prompt.fitting(translate(f"tui.{key}", count=count), translate(f"tui.{key}_short", count=count))
        )

    def _tell_owner(self, screen: DpmScreen) -> None:
        """Say once that root works in another user's folder, and log it."""
        session, prompt = self.session, screen.prompt
        if self._owner_told or not session.review.known or prompt.busy or prompt.text:
            return
        self._owner_told = True
        with suppress(OSError):
            if owner := owner_beside_root(session.root):
                values = {"path": display_name(session.root), "owner": owner}
                session.log.append(LogLine("warning", "as_root", values, time()))
                short = translate("tui.as_root_short", owner=owner)
                prompt.say(prompt.fitting(translate("worker.as_root", **values), short))

    def _tell_reviewer(self, screen: DpmScreen) -> None:
        """Say that this app may move files now, in the place of what it has said before."""
        looks_on = bool(self.session.view_only)
        if self._looked_on and not looks_on and self.session.link is Link.CONNECTED:
            screen.prompt.say(translate("tui.reviews_now"))
        self._looked_on = looks_on

    def last_line(self) -> str:
        """Return the line that stays in the terminal when the app has ended."""
        session, tally = self.session, self.session.tally
        parts = []
        if tally.moved:
            parts.append(translate("tui.moved", count=tally.moved, size=long_size(tally.size)))
        if session.running and self.reachable:
            parts.append(translate("tui.run_goes_on"))
        return "  ".join(parts) or translate("tui.bye", count=session.status.groups)
