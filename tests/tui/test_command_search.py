"""Finding commands in the palette: by words of either language, by key, the recent ones first."""

from __future__ import annotations

import pytest

from dpm_tui.tui.command_search import search_commands
from dpm_tui.tui.command_table import COMMANDS, Scope

GROUPS = (Scope.MARK, Scope.GROUPS, Scope.UNDO, Scope.LIST)


def found(typed: str, scopes: tuple[Scope, ...] = GROUPS, recent: tuple[str, ...] = ()) -> list[str]:
    return [command.id for command in search_commands(typed, scopes, recent)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("accept all", "accept_all"),
        ("不重复", "not_duplicates"),
        ("回收站", "show_bin"),
        ("清空", "purge_all"),
        ("purge all", "purge_all"),
        ("^p", "palette"),
        ("d", "apply"),
        ("UNDO", "undo"),
    ],
)
def test_the_likeliest_command_comes_first(typed: str, first: str) -> None:
    assert found(typed)[0] == first


def test_without_words_recent_commands_come_first_then_those_of_the_screen() -> None:
    everything = found("", recent=("sort", "quit"))
    assert everything[:3] == ["sort", "quit", "keep_only"]
    assert everything.index("help") < everything.index("restore")
    assert len(everything) == len(COMMANDS) - 2


def test_what_fits_nothing_finds_nothing() -> None:
    assert found("xyzzy") == []
