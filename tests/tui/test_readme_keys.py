"""The page of keys: each of them, where it works, is the command whose line it stands in.

What a command does is held by the flows, of which there is one for each, pressing its first key.
"""

from __future__ import annotations

import re

import pytest

from dpm_tui.tui.command_table import COMMANDS, Command, Scope, commands_of, show_key
from dpm_tui.tui.screens.base.screen import DpmScreen
from tests.keys_page import PAGE
from tests.support.pages import read, table_rows
from tests.tui.app_run import press, running_app
from tests.tui.fake_client import FakeClient
from tests.tui.flows.test_flows import FLOWS
from tests.tui.samples.decisions import add_decisions
from tests.tui.samples.recycle_bin import bin_entries, sample_removals
from tests.tui.test_goldens import BASES, OPENED_BY

PLACES = {
    "groups": (Scope.GROUPS, Scope.MARK, Scope.PICTURE, Scope.FILE, Scope.UNDO, Scope.LIST, Scope.EVERYWHERE),
    "view": (Scope.VIEW,),
    "scan": (Scope.RUN,),
    "plan": (Scope.PLAN,),
    "suggestion": (Scope.SUGGESTION,),
    "bin": (Scope.BIN,),
    "removals": (Scope.REMOVALS,),
    "decisions": (Scope.DECISIONS,),
    "found": (Scope.FOUND,),
    "settings": (Scope.SETTINGS,),
    "palette": (Scope.PALETTE,),
    "help": (Scope.HELP,),
    "keeper": (Scope.KEEPER,),
}
"""Screens with the commands that are tried there."""


def rows() -> dict[str, list[tuple[list[str], str]]]:
    """Return the tables of keys: where -> keys and what they do."""
    parts = re.split(r"^Scope `(\w+)`", read(PAGE), flags=re.MULTILINE)[1:]
    return {
        where: [(re.findall(r"`([^`]+)`", keys), what.replace("\\|", "|")) for keys, what in table_rows(text)]
        for where, text in zip(parts[::2], parts[1::2], strict=True)
    }


def taken(scopes: tuple[Scope, ...], command: Command) -> set[str]:
    """Return the keys of a command that belong to one of a scope before its own."""
    (left,) = (each for each in commands_of(scopes) if each.id == command.id)
    return {show_key(key) for key in command.keys if key not in left.keys}


def test_every_place_is_tried() -> None:
    assert rows().keys() == {scope.value for scopes in PLACES.values() for scope in scopes}


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
async def test_each_key_is_the_command_of_its_line(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pressed where it works, it carries out that command and no other."""
    by_line = {(command.scope.value, command.help): command for command in COMMANDS}
    names = {show_key(key): key for command in COMMANDS for key in command.keys}
    carried_out: list[str] = []

    async def note(screen: DpmScreen, command_id: str) -> None:
        carried_out.append(command_id)

    client = FakeClient(entries=bin_entries())
    client.removals = sample_removals()
    add_decisions(client)
    async with running_app(client, screen=BASES.get(place, "groups")) as (app, pilot):
        await press(pilot, *OPENED_BY.get(place, "").split())
        assert isinstance(app.screen, DpmScreen)
        assert app.screen.place == place
        monkeypatch.setattr(DpmScreen, "action_command", note)
        for scope in PLACES[place]:
            for keys, what in rows()[scope.value]:
                command = by_line[scope.value, what]
                assert command.id in FLOWS
                for key in keys:
                    if show_key(key) in taken(PLACES[place], command):
                        continue
                    carried_out.clear()
                    await press(pilot, names[key])
                    # The palette carries out the command under its cursor, on the screen below.
                    expected = "keep_only" if place == "palette" else command.id
                    assert carried_out == [expected], f"{scope.value}: {key}"
