"""Runs the app without a terminal and reads its screen as text."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual import events
from textual.app import App
from textual.keys import _character_to_key
from textual.pilot import Pilot

from dpm_tui.review.library.sort import Order, Sorting
from dpm_tui.tui.app import DpmApp
from dpm_tui.tui.previews.subject import Delays
from dpm_tui.tui.terminal.colour_depth import Palette
from dpm_tui.worker.client import Client
from tests.tui.fake_client import FakeClient

_QUIET_ROUNDS = 4
NO_DELAYS = Delays(fetch=0.001, rest=0.001, run=0.0, find=0.0)


@asynccontextmanager
async def running_app(
    client: FakeClient,
    *,
    size: tuple[int, int] = (80, 24),
    palette: Palette = Palette.C256,
    screen: str = "",
    order: Order = Order.FOLDER,
) -> AsyncIterator[tuple[DpmApp, Pilot[None]]]:
    """Run the app with a client until its library is there, on one of the screens.

    Groups are in the order of the sample, by folder, unless a test is about another one.
    """

    async def connect() -> Client:
        return client

    app = DpmApp(connect, client.welcome.root, palette, NO_DELAYS)
    app.session.sorting = Sorting(order)
    async with app.run_test(size=size) as pilot:
        await until(lambda: app.session.review.known and app.session.bin.known)
        if screen:
            app.note_navigation(f"show_{screen}")
            app.open_screen(screen)
        await calm(pilot)
        yield app, pilot


async def calm(pilot: Pilot[Any]) -> None:
    """Wait until the app has nothing left to do."""
    quiet = 0
    end = time.monotonic() + 5
    while quiet < _QUIET_ROUNDS and time.monotonic() < end:
        await asyncio.sleep(0.001)
        quiet = 0 if pilot.app.is_running and _busy(pilot.app) else quiet + 1


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys one after the other, each when the one before has had its effect."""
    for key in keys:
        pilot.app.post_message(_key_event(key))
        await calm(pilot)


def type_ahead(app: DpmApp, *keys: str) -> None:
    """Press keys without waiting for what each of them does."""
    for key in keys:
        app.post_message(_key_event(key))


async def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait until a condition holds; fails after so many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.005)


def screen_text(app: DpmApp) -> str:
    """Return what the screen shows, line by line, without trailing spaces."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips) + "\n"


def prompt_text(app: DpmApp) -> str:
    """Return the words of the prompt line."""
    return app.screen.prompt.text  # type: ignore[attr-defined,no-any-return]


def _busy(app: App[Any]) -> bool:
    """Return whether messages wait anywhere, something is to be laid out, or a refresh is due."""
    screen = app.screen_stack[-1] if app.screen_stack else None
    return (
        any(not node._message_queue.empty() for node in [app, *app._registry] if node._running)
        or app._refresh_timer is not None  # type: ignore[attr-defined]
        or bool(app._batch_count)
        or (screen is not None and (screen._layout_required or bool(screen._dirty_widgets)))
    )


def _key_event(key: str) -> events.Key:
    """Return the event of a key by the name that a test gives it."""
    if len(key) == 1:
        return events.Key(_character_to_key(key), key)
    return events.Key(key, " " if key == "space" else None)
