"""The terminal: which palette is chosen and why, and what is set for Textual."""

from __future__ import annotations

import sys

import pytest

from dpm_tui.errors import UsageError
from dpm_tui.tui.terminal.colour_depth import Palette, decide_colours, prepare_terminal


@pytest.mark.parametrize(
    ("setting", "environ", "palette", "reason"),
    [
        ("256", {"NO_COLOR": "1", "COLORTERM": "truecolor"}, Palette.C256, "setting"),
        ("ascii", {}, Palette.ASCII, "setting"),
        ("auto", {"NO_COLOR": "1", "COLORTERM": "truecolor"}, Palette.MONO, "NO_COLOR"),
        ("auto", {"NO_COLOR": "", "COLORTERM": "truecolor"}, Palette.TRUECOLOR, "COLORTERM"),
        ("auto", {"COLORTERM": "24bit", "TERM": "xterm"}, Palette.TRUECOLOR, "COLORTERM"),
        ("auto", {"TERM": "xterm-kitty"}, Palette.TRUECOLOR, "TERM"),
        ("auto", {"TERM": "xterm-ghostty"}, Palette.TRUECOLOR, "TERM"),
        ("auto", {"TERM": "foot"}, Palette.TRUECOLOR, "TERM"),
        ("auto", {"TERM": "xterm-direct"}, Palette.TRUECOLOR, "TERM"),
        ("auto", {"TERM": "xterm-256color"}, Palette.C256, "TERM"),
        ("auto", {"TERM": "tmux-256color"}, Palette.C256, "TERM"),
        ("auto", {"TERM": "linux"}, Palette.C16, "TERM"),
        ("auto", {"TERM": "xterm"}, Palette.C16, "TERM"),
    ],
)
def test_decision(setting: str, environ: dict[str, str], palette: Palette, reason: str) -> None:
    colours = decide_colours(setting, environ)
    assert (colours.palette, colours.reason) == (palette, reason)


@pytest.fixture
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)


@pytest.mark.usefixtures("_terminal")
def test_textual_is_told_before_it_is_imported() -> None:
    environ = {"TERM": "xterm-256color", "SSH_CONNECTION": "a b c d"}
    prepare_terminal("auto", environ)
    assert environ["TEXTUAL_COLOR_SYSTEM"] == "256"
    assert environ["TEXTUAL_ANIMATIONS"] == "none"
    assert environ["TEXTUAL_FPS"] == "15"


@pytest.mark.usefixtures("_terminal")
@pytest.mark.parametrize("term", ["", "dumb", "unknown"])
def test_terminals_that_cannot_place_a_cursor_are_refused(term: str) -> None:
    with pytest.raises(UsageError) as caught:
        prepare_terminal("auto", {"TERM": term})
    assert caught.value.key == "no_terminal"


def test_without_a_terminal_it_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    with pytest.raises(UsageError) as caught:
        prepare_terminal("auto", {"TERM": "xterm"})
    assert caught.value.key == "no_terminal"
