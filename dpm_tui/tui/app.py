"""The app: its screens, its session and the link to its worker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import ClassVar, cast

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.filter import LineFilter
from textual.timer import Timer

from dpm_tui.amount import long_size
from dpm_tui.errors import DpmError
from dpm_tui.locale import follow_settings, translate
from dpm_tui.tui.look import Look
from dpm_tui.tui.screens.base import DpmScreen, ListScreen
from dpm_tui.tui.session import Link, Session
from dpm_tui.tui.terminal import Palette
from dpm_tui.tui.theme import Theme, ground_filters, textual_theme
from dpm_tui.tui.widgets.preview import Delays
from dpm_tui.tui.worker_link import Connect, WorkerLink
from dpm_tui.worker.protocol import LogLine, RunStatus

_REFRESH_SECONDS = 0.25
"""Screens follow the worker at most four times a second."""


def _screen(name: str) -> Callable[[], DpmScreen]:
    """Return a maker of a screen that imports it only when it is opened: the first one paints sooner."""

    def make() -> DpmScreen:
        module = import_module(f"dpm_tui.tui.screens.{name}")
        return cast(DpmScreen, getattr(module, f"{name.capitalize()}Screen")())

    return make


class DpmApp(App[None], inherit_bindings=False):
    """Finds and cleans up duplicate pictures, in a terminal."""

    ENABLE_COMMAND_PALETTE = False
    TITLE = "dpm-tui"
    CSS_PATH = "app.tcss"
    MODES: ClassVar = {name: _screen(name) for name in ("scan", "compare", "groups", "bin", "settings")}
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (110, "-normal"), (160, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (16, "-tall")]  # noqa: RUF012

    def __init__(
        self,
        connect: Connect,
        root: bytes = b"",
        palette: Palette = Palette.C256,
        delays: Delays | None = None,
        driver_class: type[Driver] | None = None,
        *,
        whole_cells: bool = False,
        theme: Theme = Theme.ANSI,
    ) -> None:
        super().__init__(driver_class, ansi_color=True)
        self.animation_level = "none"
        self.look = Look(palette, theme, whole_cells=whole_cells)
        self.wear(theme)
        self.delays = delays or Delays()
        self.session = Session(root=root)
        self.link = WorkerLink(connect, self.session, self.refresh_soon, self.run_finished)
        self._refresh_timer: Timer | None = None
        self.first_screen = "scan"
        self._moved_on = False
        self._lead_to_groups = False
        self._loss_told = False

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what every line passes through before it is sent."""
        return [*super().get_line_filters(), *self._grounds]

    def wear(self, theme: Theme) -> None:
        """Show everything in a theme from now on."""
        palette = self.look.palette
        self.look.wear(theme)
        self._grounds = ground_filters(theme, palette)
        ground = textual_theme(theme, palette)
        self.register_theme(ground)
        self.theme = ground.name

    @property
    def reachable(self) -> bool:
        """Whether the worker answers."""
        return self.session.link is Link.CONNECTED

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

    def connect(self) -> None:
        """Connect to the worker and follow it."""
        self._loss_told = False
        self.run_worker(self.link.run(), group="link", exclusive=True)

    def open_screen(self, name: str) -> None:
        """Open one of the five screens, closing what lies over them."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.switch_mode(name)

    def refresh_soon(self) -> None:
        """Show the session again shortly; many calls make one refresh."""
        if self._refresh_timer is None:
            self._refresh_timer = self.set_timer(_REFRESH_SECONDS, self.refresh_now)

    def refresh_now(self) -> None:
        """Show the session on the open screen."""
        self._refresh_timer = None
        if not self.screen_stack:
            return
        follow_settings(self.session.config.language)
        screen = self.screen
        asking = isinstance(screen, DpmScreen) and screen.is_mounted and screen.prompt.busy
        if self._lead_to_groups and self.session.library.groups and not asking:
            self._lead_to_groups = False
            self.open_screen("groups")
        screen = self.screen
        if isinstance(screen, DpmScreen) and screen.is_mounted:
            screen.show_session()
            if self.session.link is Link.LOST and not self._loss_told:
                self._loss_told = True
                screen.run_worker(screen.ask_reconnect(), group="reconnect")
            self.ask_when_due()

    def ask_when_due(self) -> None:
        """Ask about missing files once a run, on a screen with a list and no other question."""
        screen = self.screen
        if not isinstance(screen, ListScreen) or not (screen.NAME and screen.is_mounted):
            return
        if self.session.must_ask_missing and not screen.prompt.busy:
            self.session.asked_run = self.session.status.run
            screen.run_worker(screen.carry_out(screen.ask_missing()), group="missing")

    def run_finished(self, status: RunStatus) -> None:
        """Ring, and lead to the groups unless the user has gone elsewhere."""
        if self.session.config.bell:
            self.bell()
        self._lead_to_groups = status.phase == "finished" and not self._moved_on

    def noticed(self, command_id: str) -> None:
        """Remember that the user chose a screen: from then on none opens by itself."""
        self._moved_on = self._moved_on or command_id.startswith("show_")

    def log_trouble(self, error: DpmError) -> None:
        """Put an error into the log as well, where it can be read again."""
        self.session.log.append(LogLine("error", error.key, error.values))

    def last_line(self) -> str:
        """Return the line that stays in the terminal when the app has ended."""
        session, tally = self.session, self.session.tally
        parts = []
        if tally.moved:
            parts.append(translate("tui.moved", count=tally.moved, size=long_size(tally.size)))
        if session.running and self.reachable:
            parts.append(translate("tui.run_goes_on"))
        return "  ".join(parts) or translate("tui.bye", count=session.status.groups)
