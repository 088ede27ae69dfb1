"""Runs the app on a root, in a terminal or a page: colours first, then Textual, then the worker."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from dpm_tui.errors import ExitCode
from dpm_tui.locale import follow_settings, translate
from dpm_tui.memory import return_freed_memory
from dpm_tui.shell_commands import with_place
from dpm_tui.state.config import Config, load_settings
from dpm_tui.state.disk.layout import Layout
from dpm_tui.tui.terminal.colour_depth import Palette, decide_colours, prepare_terminal, set_up_textual
from dpm_tui.tui.terminal.graphics import Choice, choose_graphics, graphics_of_page, why_not_ask
from dpm_tui.tui.terminal.terminal_probe import Answer, ask_terminal

if TYPE_CHECKING:
    from textual.driver import Driver

    from dpm_tui.tui.app import DpmApp
    from dpm_tui.tui.worker_link import Connect
    from dpm_tui.worker.client import Client


def run_app(
    layout: Layout,
    *,
    colour: str = "",
    mouse: bool | None = None,
    screen: str = "scan",
    connect: Connect | None = None,
) -> int:
    """Run the app until the user leaves it and return the exit code; the worker may go on.

    ``colour`` and ``mouse`` override the settings; ``connect`` makes another client than that of a worker.
    Raises UsageError for a terminal that cannot be used.
    """
    return_freed_memory()
    config = _read_config(layout)
    follow_settings(config.language)
    colours = prepare_terminal(colour or config.colour)
    if mouse is not None:
        config = replace(config, mouse=mouse)
    reason = why_not_ask(config.pictures, colours.palette)
    answer = ask_terminal(graphics=not reason) if colours.palette.has_blocks else Answer()
    choice = Choice(None, reason) if reason else choose_graphics(config.pictures, answer.drawing)
    return asyncio.run(_run_in_terminal(layout, colours.palette, answer, choice, config, screen, connect))


def run_in_page(layout: Layout, cell: tuple[int, int]) -> int:
    """Run the app for a page in a browser until it is left, and return the exit code.

    ``cell`` is width and height of a letter in the page in pixels, zeros where they are not known. Standard
    input and output lead to the page's server.
    """
    return_freed_memory()
    config = _read_config(layout)
    follow_settings(config.language)
    palette = decide_colours(config.colour, {"COLORTERM": "truecolor"}).palette
    set_up_textual(palette)
    choice = graphics_of_page(config.pictures, palette, cell)
    return asyncio.run(_run_in_page(layout, palette, choice, config))


async def _run_in_page(layout: Layout, palette: Palette, choice: Choice, config: Config) -> int:
    # Textual reads the environment when it is imported, so it must not be imported earlier.
    from dpm_tui.tui.terminal.page_driver import PageDriver

    app = _make_app(layout, palette, choice, config, "scan", None, driver=PageDriver)
    try:
        await app.run_async()
    finally:
        await app.link.close()
    return ExitCode.FAILED if app.return_code else ExitCode.DONE


def _make_app(
    layout: Layout,
    palette: Palette,
    choice: Choice,
    config: Config,
    screen: str,
    connect: Connect | None,
    *,
    driver: type[Driver] | None,
    whole_cells: bool = False,
) -> DpmApp:
    from dpm_tui.tui.app import DpmApp
    from dpm_tui.tui.session.recent_input import HINTS
    from dpm_tui.tui.theme import Theme
    from dpm_tui.worker.client import WorkerClient

    def connect_worker() -> Awaitable[Client]:
        return WorkerClient.connect(layout, "app", stays=True, decodes=True)

    app = DpmApp(
        connect or connect_worker,
        layout.root,
        palette,
        driver_class=driver,
        whole_cells=whole_cells,
        quadrants=config.pictures == "quadrants",
        theme=Theme(config.theme),
        choice=choice,
    )
    app.first_screen = screen
    app.session.recent.hints = HINTS
    if screen != "scan":
        app.note_navigation(f"show_{screen}")
    return app


async def _run_in_terminal(
    layout: Layout,
    palette: Palette,
    answer: Answer,
    choice: Choice,
    config: Config,
    screen: str,
    connect: Connect | None,
) -> int:
    from dpm_tui.tui.terminal.driver import driver_class, terminals_lost

    driver, whole_cells = driver_class(answer.typed), answer.whole_cells
    app = _make_app(layout, palette, choice, config, screen, connect, driver=driver, whole_cells=whole_cells)
    loop = asyncio.get_running_loop()
    hung_up: list[int] = []

    def leave(number: int) -> None:
        hung_up.append(number)
        app.exit()

    for number in (signal.SIGHUP, signal.SIGTERM):
        loop.add_signal_handler(number, leave, number)
    try:
        await app.run_async(mouse=config.mouse)
    finally:
        await app.link.close()
    if signal.SIGHUP in hung_up or terminals_lost:
        # The terminal is gone: writing to it would only fail.
        with suppress(OSError):
            _silence_terminal()
        return ExitCode.DONE
    if app.return_code:
        return ExitCode.FAILED
    with suppress(OSError):
        print(with_place(f"{translate('tui.program')}: {app.last_line()}"), flush=True)
    return ExitCode.DONE


def _read_config(layout: Layout) -> Config:
    """Return the settings; the worker reports a file that cannot be read."""
    from dpm_tui.errors import DpmError

    try:
        return load_settings(layout.config).config
    except (DpmError, OSError):
        return Config()


def _silence_terminal() -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:
            os.dup2(null, stream.fileno())
    os.close(null)
