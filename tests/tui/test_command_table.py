"""The table of commands: every command has words in both languages, a handler, and keys of its own."""

from __future__ import annotations

import ast
import importlib
import re
from collections import Counter
from itertools import combinations

import pytest

from dpm_tui.locale import load_catalogue, set_language
from dpm_tui.tui.command_table import (
    BY_ID,
    COMMANDS,
    Command,
    Scope,
    commands_of,
    footer_of,
    key_table,
    show_key,
)
from dpm_tui.tui.screens.base.screen import DpmScreen
from dpm_tui.tui.session.move_outcomes import Outcome
from tests.support.sources import module_trees
from tests.tui.app_run import press, running_app
from tests.tui.fake_client import FakeClient
from tests.tui.samples.recycle_bin import bin_entries
from tests.tui.test_goldens import BASES, OPENED_BY

pytestmark = pytest.mark.slow

SCREENS = {
    "scan": "ScanScreen",
    "compare": "CompareScreen",
    "groups": "GroupsScreen",
    "plan": "PlanScreen",
    "bin": "BinScreen",
    "result": "ResultScreen",
    "removals": "RemovalsScreen",
    "decisions": "DecisionsScreen",
    "found": "FoundScreen",
    "keeper": "KeeperScreen",
    "suggestion": "SuggestionScreen",
    "settings": "SettingsScreen",
    "view": "ViewScreen",
    "help": "HelpScreen",
    "palette": "PaletteScreen",
}


def screen_class(name: str) -> type[DpmScreen]:
    module = importlib.import_module(f"dpm_tui.tui.screens.{name}")
    found: type[DpmScreen] = getattr(module, SCREENS[name])
    return found


def test_ids_are_unique() -> None:
    assert len(BY_ID) == len(COMMANDS)


@pytest.mark.parametrize("name", SCREENS)
def test_no_key_means_two_things_on_one_screen(name: str) -> None:
    for one, other in combinations(commands_of(screen_class(name).SCOPES), 2):
        assert not {*one.keys} & {*other.keys}, (one.id, other.id)


@pytest.mark.parametrize("name", SCREENS)
async def test_a_screen_carries_out_its_commands_and_no_others(name: str) -> None:
    client = FakeClient(entries=bin_entries())
    async with running_app(client, screen=BASES.get(name, "groups")) as (app, pilot):
        app.session.outcomes.append(Outcome("", ()))
        await press(pilot, *{"result": "L", **OPENED_BY}.get(name, "").split())
        screen = app.screen
        assert isinstance(screen, screen_class(name))
        known = {command.id for command in commands_of(screen.SCOPES)}
        assert screen.handlers().keys() == known
        groups = [each for each in vars(screen).values() if type(each).__name__.endswith("Commands")]
        offered = Counter(id_ for group in groups for id_ in group.handlers())
        assert offered.total() == len(offered), "the order of groups decides what a command does"


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_is_built_on_one_other_and_made_of_groups_of_commands(name: str) -> None:
    """No order of bases decides what a command does."""
    for each in screen_class(name).__mro__:
        assert len([base for base in each.__bases__ if base.__module__.startswith("dpm_tui")]) <= 1, each


def test_no_group_of_commands_is_built_on_another() -> None:
    groups = {
        node.name: node.bases
        for tree in module_trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.name.endswith("Commands")
    }
    assert {name for name, bases in groups.items() if bases} == set()
    assert "MarkCommands" in groups


def test_nothing_is_found_by_the_beginning_of_its_name() -> None:
    named = {
        f"{module}: {node.name}"
        for module, tree in module_trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("do_")
    }
    assert named == set()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_every_command_has_words(command: Command, language: str) -> None:
    set_language(language)
    assert command.label
    assert command.help


def test_every_scope_is_on_a_screen() -> None:
    shown = {scope for name in SCREENS for scope in screen_class(name).SCOPES}
    assert shown | {Scope.EVERYWHERE} == set(Scope)


def test_keys_line_ends_with_quit_and_help() -> None:
    for name in SCREENS.keys() - {"palette"}:
        assert [command.id for command in footer_of(screen_class(name).SCOPES)][-2:] == ["quit", "help"]


def test_key_table_names_every_key() -> None:
    table = key_table()
    assert len(table) == len(COMMANDS)
    assert ("q ^c", BY_ID["quit"].help) in table


def test_key_names() -> None:
    assert [show_key(key) for key in ("escape", "ctrl+p", "pagedown", "?")] == ["esc", "^p", "pgdn", "?"]


def test_catalogues_have_the_same_keys_and_placeholders() -> None:
    english, chinese = load_catalogue("en"), load_catalogue("zh_CN")
    mine = {key for key in english if key.startswith("tui.")}
    assert mine == {key for key in chinese if key.startswith("tui.")}
    for key in mine:
        assert _placeholders(english[key]) == _placeholders(chinese[key]), key


def _placeholders(sentence: str | dict[str, str]) -> set[str]:
    text = sentence if isinstance(sentence, str) else sentence["other"]
    return set(re.findall(r"\{(\w+)", text))
