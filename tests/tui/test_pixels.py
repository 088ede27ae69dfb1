"""Pictures in pixels: what the terminal is sent while a user looks at groups, flips and zooms."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from dpm_tui.tui.app import DpmApp
from dpm_tui.tui.screens.base.terminal_pictures import TerminalPictures
from dpm_tui.tui.terminal.colour_depth import Palette
from dpm_tui.tui.terminal.graphics import Choice, Graphics, Protocol
from dpm_tui.worker.client import Client
from dpm_tui.worker.protocol import messages
from tests.tui.app_run import NO_DELAYS, calm, press, screen_text, until
from tests.tui.fake_client import FakeClient

pytestmark = pytest.mark.slow
CELL = (9, 18)


class Shown:
    """What a kitty terminal would show, by what it was sent."""

    def __init__(self) -> None:
        self.bytes = 0
        self.sent: set[str] = set()
        self.placed: dict[tuple[str, str], str] = {}
        self.text = ""

    def write(self, sequences: str) -> None:
        """Take sequences as the terminal does."""
        self.bytes += len(sequences)
        self.text += sequences
        for corner, keys in re.findall(r"(?:\x1b\[(\d+;\d+)H)?\x1b_G([^;\x1b]*)", sequences):
            values = dict(item.split("=") for item in keys.split(",") if "=" in item)
            match values.get("a"), values.get("d"):
                case "t", _:
                    self.sent.add(values["i"])
                case "p", _:
                    assert values["i"] in self.sent
                    self.placed[values["i"], values["p"]] = corner
                case "d", "i":
                    self.placed.pop((values["i"], values["p"]), None)
                case "d", "I":
                    self.sent.discard(values["i"])
                    self.placed = {key: at for key, at in self.placed.items() if key[0] != values["i"]}

    def take(self) -> int:
        """Return how many bytes came since the last time."""
        count, self.bytes = self.bytes, 0
        return count


@asynccontextmanager
async def pixels_app(
    client: FakeClient,
    monkeypatch: pytest.MonkeyPatch,
    protocol: Protocol = Protocol.KITTY,
    size: tuple[int, int] = (120, 40),
) -> AsyncIterator[tuple[DpmApp, Pilot[None], Shown]]:
    """Run the app on the groups screen in a terminal that draws pixels."""
    shown = Shown()
    monkeypatch.setattr(TerminalPictures, "_write", lambda _, sequences: shown.write(sequences))

    async def connect() -> Client:
        return client

    choice = Choice(Graphics(protocol, CELL), protocol.value)
    app = DpmApp(connect, client.welcome.root, Palette.C256, NO_DELAYS, choice=choice)
    async with app.run_test(size=size) as pilot:
        await until(lambda: app.session.review.known and app.session.bin.known)
        app.note_navigation("show_groups")
        app.open_screen("groups")
        await until(lambda: shown.bytes)
        await calm(pilot)
        yield app, pilot, shown


async def test_a_pair_is_seen_and_no_block_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    async with pixels_app(FakeClient(), monkeypatch) as (app, _, shown):
        await until(lambda: len(shown.placed) == 2)
        assert shown.take() < 60_000
        assert "▀" not in screen_text(app)


async def test_a_flip_back_takes_less_than_a_kilobyte(monkeypatch: pytest.MonkeyPatch) -> None:
    async with pixels_app(FakeClient(), monkeypatch) as (_, pilot, shown):
        await press(pilot, "=")
        await until(lambda: len(shown.placed) == 1)
        (first,) = shown.placed
        await press(pilot, "tab")
        await until(lambda: shown.placed and first not in shown.placed)
        shown.take()
        await press(pilot, "tab")
        await until(lambda: set(shown.placed) == {first})
        assert 0 < shown.take() < 1_000


async def test_what_stands_beside_the_help_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    async with pixels_app(FakeClient(), monkeypatch) as (_, pilot, shown):
        await until(lambda: len(shown.placed) == 2)
        before = dict(shown.placed)
        shown.take()
        await press(pilot, "question_mark")
        assert shown.placed == before
        await press(pilot, "down", "escape")
        assert (shown.placed, shown.take()) == (before, 0)


@pytest.mark.parametrize("key", ["I", "5"])
async def test_what_another_screen_covers_is_hidden_and_nothing_is_sent(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pixels_app(FakeClient(), monkeypatch) as (_, pilot, shown):
        await until(lambda: len(shown.placed) == 2)
        before = dict(shown.placed)
        await press(pilot, key)
        await until(lambda: not shown.placed)
        shown.take()
        await press(pilot, "down", "down")
        assert shown.take() == 0
        await press(pilot, *(["3"] if key == "5" else ["escape"]))
        await until(lambda: shown.placed == before)
        assert shown.take() < 1_000


async def test_the_full_view_zooms_and_shows_differences(monkeypatch: pytest.MonkeyPatch) -> None:
    client = FakeClient()
    client.thumbnail_size = (256, 192)
    async with pixels_app(client, monkeypatch) as (app, pilot, shown):
        await press(pilot, "f")
        await until(lambda: len(shown.placed) == 1)
        await until(lambda: client.sent(messages.GetPicture))
        whole = dict(shown.placed)
        await press(pilot, "+")
        await until(lambda: shown.placed and shown.placed != whole)
        assert "2x" in screen_text(app).splitlines()[0]
        zoomed = dict(shown.placed)
        await press(pilot, ".")
        await until(lambda: shown.placed and shown.placed.keys() != zoomed.keys())
        await press(pilot, "escape")
        await until(lambda: len(shown.placed) == 2)


async def test_a_smaller_terminal_moves_pictures_along(monkeypatch: pytest.MonkeyPatch) -> None:
    async with pixels_app(FakeClient(), monkeypatch) as (_, pilot, shown):
        await until(lambda: len(shown.placed) == 2)
        await pilot.resize_terminal(90, 30)
        await until(lambda: len(shown.placed) == 1)
        await pilot.resize_terminal(50, 12)
        await until(lambda: not shown.placed)


async def test_a_slow_line_goes_back_to_blocks_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    async with pixels_app(FakeClient(), monkeypatch) as (app, pilot, shown):
        await until(lambda: len(shown.placed) == 2)
        canvas = app.pixels.canvas
        assert canvas is not None
        canvas._asked_at = canvas._clock() - 10
        canvas.answered()
        await until(lambda: "▀" in screen_text(app))
        assert not shown.placed
        assert "half blocks" in screen_text(app)
        shown.take()
        await press(pilot, "l")
        assert shown.take() == 0


@pytest.mark.parametrize("protocol", [Protocol.ITERM, Protocol.SIXEL])
async def test_pictures_in_cells_are_sent_when_they_change_and_no_more(
    protocol: Protocol, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pixels_app(FakeClient(), monkeypatch, protocol) as (app, pilot, shown):
        canvas = app.pixels.canvas
        assert canvas is not None
        await until(lambda: len(canvas._shown) == 2 and not canvas._waits)
        await press(pilot, "=")
        await until(lambda: len(canvas._shown) == 1 and not canvas._waits)
        (first,) = canvas._shown.values()
        await press(pilot, "tab")
        await until(lambda: first not in canvas._shown.values() and not canvas._waits)
        (second,) = canvas._shown.values()
        assert shown.text.endswith(f"{second.picture.sequence}\x1b8")
        shown.take()
        await press(pilot, "u")
        await until(lambda: not canvas._waits)
        assert shown.take() == 0


async def test_the_settings_say_what_the_terminal_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    async with pixels_app(FakeClient(), monkeypatch) as (app, pilot, _):
        await press(pilot, "5", "end")
        assert "kitty" in screen_text(app)


async def test_in_the_end_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    async with pixels_app(FakeClient(), monkeypatch) as (app, _, shown):
        await until(lambda: len(shown.placed) == 2)
        assert app.pixels.canvas is not None
        app.pixels.canvas.clear()
        assert (shown.sent, shown.placed) == (set(), {})
