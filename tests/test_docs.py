"""The README says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dpm_tui.catalog.verdict import Kind
from dpm_tui.cli.parser import VERBS
from dpm_tui.errors import ExitCode
from dpm_tui.review.rules.criteria import LIMITS, ORDERED
from dpm_tui.review.rules.rule import RULES
from dpm_tui.tui.command_table import COMMANDS

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")


def test_every_command_is_in_the_table_of_keys() -> None:
    """The table is made from the commands, in their order; print it with this test's message."""
    rows = "\n".join(
        f"| {command.scope.value} | `{command.shown_keys}` | {command.help} |" for command in COMMANDS
    )
    assert rows in README, f"put this table into the README:\n{rows}"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_named(verb: str) -> None:
    """A verb that the README does not know does not exist for users."""
    assert re.search(rf"^dpm-tui {verb}\b", README, re.MULTILINE)


def test_kinds_rules_and_exit_codes_are_named() -> None:
    """Every kind, rule and exit code is explained."""
    for word in (*Kind, *RULES):
        assert f"`{word}`" in README
    for word in (*ORDERED, *LIMITS, "folder", "format"):
        assert f"`{word}`" in README or f"`{word}:" in README
    codes = README[README.index("Exit codes:") :]
    assert all(re.search(rf"\b{int(code)} ", codes) for code in ExitCode)
