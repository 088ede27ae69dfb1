"""Screens are opened by the names of their modules: each one must be found so."""

from __future__ import annotations

import ast

import pytest

from dpm_tui.tui.app import DpmApp
from dpm_tui.tui.screens.base.host_app import load_screen
from dpm_tui.tui.screens.base.screen import DpmScreen
from tests.support.sources import module_trees


def names_pushed() -> set[str]:
    """Return every name that the sources open a screen by."""
    return {
        str(node.args[0].value)
        for tree in module_trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "push_named"
        and isinstance(node.args[0], ast.Constant)
    }


@pytest.mark.parametrize("name", sorted(names_pushed() | set(DpmApp.MODES)))
def test_a_screen_is_found_by_its_name(name: str) -> None:
    screen = load_screen(name)
    assert isinstance(screen, type)
    assert issubclass(screen, DpmScreen)
