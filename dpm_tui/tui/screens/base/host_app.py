"""What a screen may ask of the app: the session, the link to the worker, the look and other screens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, ClassVar, Protocol, cast, runtime_checkable

from textual._compositor import CompositorUpdate
from textual.app import App
from textual.driver import Driver
from textual.filter import LineFilter
from textual.screen import Screen
from textual.timer import Timer

from dpm_tui.errors import DpmError
from dpm_tui.tui.previews.subject import Delays
from dpm_tui.tui.screens.base.terminal_pictures import TerminalPictures
from dpm_tui.tui.session.session import Link, Session
from dpm_tui.tui.terminal.colour_depth import Palette
from dpm_tui.tui.terminal.graphics import Choice
from dpm_tui.tui.terminal.painting_driver import PaintingDriver
from dpm_tui.tui.theme import Look, Theme, ground_filters, textual_theme
from dpm_tui.tui.worker_link import Connect, WorkerLink
from dpm_tui.worker.protocol.messages import LogLine, RunStatus

_REFRESH_SECONDS = 0.25
"""Screens follow the worker at most four times a second."""


@runtime_checkable
class AsksAboutMissing(Protocol):
    """A screen with room for the question about missing files."""

    def ask_when_due(self) -> None:
        """Ask about missing files once a run."""


def load_screen(name: str) -> Callable[..., Screen[None]]:
    """Return the class of a screen, which is imported only when it is opened: the first one paints sooner."""
    module = import_module(f"dpm_tui.tui.screens.{name}")
    return cast("Callable[..., Screen[None]]", getattr(module, f"{name.capitalize()}Screen"))


def screen_maker(name: str) -> Callable[[], Screen[None]]:
    """Return a maker of a screen that imports it only when it is opened."""
    return lambda: load_screen(name)()


class HostApp(App[None], inherit_bindings=False):
    """The app without its screens."""

    MODES: ClassVar = {name: screen_maker(name) for name in ("scan", "compare", "groups", "bin", "settings")}

    def __init__(
        self,
        connect: Connect,
        root: bytes = b"",
        palette: Palette = Palette.C256,
        delays: Delays | None = None,
        driver_class: type[Driver] | None = None,
        *,
        whole_cells: bool = False,
        quadrants: bool = False,
        theme: Theme = Theme.ANSI,
        choice: Choice | None = None,
    ) -> None:
        super().__init__(driver_class, ansi_color=True)
        self.animation_level = "none"
        self.look = Look(palette, theme, whole_cells=whole_cells, quadrants=quadrants)
        self.use_theme(theme)
        self.delays = delays or Delays()
        self.session = Session(root=root)
        self.link = WorkerLink(
            connect, self.session, self.refresh_soon, self.run_finished, lambda: self.current_mode == "groups"
        )
        self.pixels = TerminalPictures(self, choice)
        self._refresh_timer: Timer | None = None
        self._moved_on = False
        self._lead_to_groups = False
        self._offers = 0
        self._loss_reported = False

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what every line passes through before it is sent."""
        return [*super().get_line_filters(), *self._grounds]

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        """Paint an update of the screen, except for what the terminal shows already; then pictures."""
        painted = self._running and not (self._closed or self._batch_count)
        if painted and isinstance(self._driver, PaintingDriver) and isinstance(renderable, CompositorUpdate):
            renderable = self._driver.shown.reduce(renderable)
        super()._display(screen, renderable)
        if painted and renderable is not None:
            self.pixels.painted(renderable)

    def redraw(self) -> None:
        """Show groups that wait, and paint everything anew, whatever the terminal is believed to show."""
        if self.session.show_waiting():
            self.refresh_soon()
        if isinstance(self._driver, PaintingDriver):
            self._driver.shown.forget()
        self.pixels.redraw()
        self.refresh(layout=True)

    def on_mount(self) -> None:
        """Follow the terminal: what it draws, and that it shows nothing of ours after a stop."""
        if isinstance(self._driver, PaintingDriver):
            self.pixels.follow(self._driver)
        self.app_resume_signal.subscribe(self, lambda _: self.redraw())

    def on_resize(self) -> None:
        """Lay pictures anew, in cells of another size where the letters have one."""
        self.pixels.resized()

    def pictures_too_slow(self) -> None:
        """Say that pictures are in blocks from now on."""

    @property
    def is_slow(self) -> bool:
        """Whether the terminal takes noticeably long to take what it is sent."""
        return isinstance(self._driver, PaintingDriver) and self._driver.is_slow

    def use_theme(self, theme: Theme) -> None:
        """Show everything in a theme from now on."""
        palette = self.look.palette
        self.look.use_theme(theme)
        self._grounds = ground_filters(theme, palette)
        ground = textual_theme(theme, palette)
        self.register_theme(ground)
        self.theme = ground.name

    @property
    def reachable(self) -> bool:
        """Whether the worker answers."""
        return self.session.link is Link.CONNECTED

    def connect(self) -> None:
        """Connect to the worker and follow it."""
        self._loss_reported = False
        self.run_worker(self.link.run(), group="link", exclusive=True)

    def open_screen(self, name: str) -> None:
        """Open one of the five screens, closing what lies over them."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        if name != "groups":
            self.session.show_waiting()
        self.switch_mode(name)

    def push_named(self, name: str, *args: Any, **options: Any) -> None:
        """Open a screen over the one that is open, by the name of its module."""
        self.push_screen(load_screen(name)(*args, **options))

    def refresh_soon(self) -> None:
        """Show the session again shortly; many calls make one refresh."""
        if self._refresh_timer is None:
            self._refresh_timer = self.set_timer(_REFRESH_SECONDS, self.refresh_now)

    def refresh_now(self) -> None:
        """Show the session on the open screen."""
        self._refresh_timer = None

    def ask_when_due(self) -> None:
        """Ask about missing files once a run, where the open screen has room for a question."""
        if isinstance(self.screen, AsksAboutMissing):
            self.screen.ask_when_due()

    def run_finished(self, status: RunStatus) -> None:
        """Ring, and lead to the groups unless the user has gone elsewhere."""
        if self.session.config.bell:
            self.bell()
        self._lead_to_groups = status.phase == "finished" and not self._moved_on
        self._offers = status.groups if status.phase == "finished" else 0

    def note_navigation(self, command_id: str) -> None:
        """Remember that the user chose a screen: from then on none opens by itself."""
        self._moved_on = self._moved_on or command_id.startswith("show_")

    def log_trouble(self, error: DpmError) -> None:
        """Put an error into the log as well, where it can be read again."""
        self.session.log.append(LogLine("error", error.key, error.values))
