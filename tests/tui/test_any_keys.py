"""No key ends the app: not one that is no answer, that comes too early, or that nobody thought of."""

from __future__ import annotations

import random

import pytest
from textual.pilot import Pilot

from dpm_tui.tui.app import DpmApp
from dpm_tui.tui.command_table import BY_ID
from dpm_tui.tui.widgets.row_list import RowList
from tests.tui.app_run import calm, press, running_app, type_ahead
from tests.tui.fake_client import FakeClient

OPENERS = {
    "keeper": "R",
    "decisions": "I",
    "removals": "L",
    "view": "f",
    "help": "?",
    "palette": ":",
    "plan": "D",
    "scan": "1",
    "compare": "2",
    "bin": "4",
    "settings": "5",
}
EARLY = ["enter", "space", "down", "end", *"rJKjkxwfuAX/+z"]
NAMED = [
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "tab", "shift+tab", "enter"),
    *("space", "escape", "backspace", "delete", "insert", "f1", "f5", "shift+up", "ctrl+a", "ctrl+e"),
    *("ctrl+p", "ctrl+r", "ctrl+u", "ctrl+w", "ctrl+y", "alt+enter", "ctrl+left", "ctrl+home"),
]
LEAVING = {"q", "Q"}
LETTERS = sorted(
    {key for command in BY_ID.values() for key in command.keys if len(key) == 1 and key not in LEAVING}
)
SIZES = [(80, 24), (120, 40), (40, 10), (200, 60), (20, 5)]
ROUNDS = 200


async def leave_all(app: DpmApp, pilot: Pilot[None]) -> None:
    """Go back to the groups."""
    while len(app.screen_stack) > 1 or app.screen.prompt.busy:  # type: ignore[attr-defined]
        await press(pilot, "escape")
    await press(pilot, "3")


@pytest.mark.parametrize("screen", OPENERS)
async def test_a_key_may_come_before_its_screen_is_shown(screen: str) -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "a")
        for key in EARLY:
            type_ahead(app, OPENERS[screen], key)
            await calm(pilot)
            assert app.is_running
            await leave_all(app, pilot)


@pytest.mark.parametrize("then", ["x", "enter", "d", "w", "s", "z", "y", "j"])
async def test_keys_may_come_after_the_last_move_left_the_plan(then: str) -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "a")
        type_ahead(app, "D", *"xxxx", then, then)
        await calm(pilot)
        assert app.is_running


@pytest.mark.parametrize("screen", ["groups", *OPENERS])
async def test_a_list_may_be_painted_after_its_last_lines_went(screen: str) -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "a", OPENERS.get(screen, "escape"))
        for rows in app.screen.query(RowList):
            assert list(rows._draw(9_999, 40)) == []


@pytest.mark.parametrize("seed", range(6))
async def test_random_keys_do_what_they_do_and_no_more(seed: int) -> None:
    dice = random.Random(seed)
    async with running_app(FakeClient(), size=dice.choice(SIZES), screen="groups") as (app, pilot):
        for _ in range(ROUNDS):
            if dice.random() < 0.03:
                await pilot.resize_terminal(*dice.choice(SIZES))
            screen = app.screen
            # Whoever only types into the palette sees no other screen.
            typing = not getattr(screen, "prompt", None) or screen.prompt.busy  # type: ignore[attr-defined]
            key = dice.choice(NAMED if dice.random() < (0.6 if typing else 0.3) else LETTERS)
            type_ahead(app, "escape" if typing and dice.random() < 0.3 else key)
            if dice.random() < 0.7:
                await calm(pilot)
            assert app.is_running
