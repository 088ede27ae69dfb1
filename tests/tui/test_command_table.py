"""The table of commands: every command has words in both languages, a handler, and keys of its own."""

from __future__ import annotations

import importlib
import re
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

SCREENS = {
    "scan": "ScanScreen",
    "compare": "CompareScreen",
    "groups": "GroupsScreen",
    "plan": "PlanScreen",
    "bin": "BinScreen",
    "removals": "RemovalsScreen",
    "decisions": "DecisionsScreen",
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
def test_every_command_of_a_screen_has_a_handler(name: str) -> None:
    screen = screen_class(name)
    for command in commands_of(screen.SCOPES):
        assert callable(getattr(screen, f"do_{command.id}", None)), command.id


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
