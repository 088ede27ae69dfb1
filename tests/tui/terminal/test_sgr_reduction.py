"""Thin output: the terminal shows the same, and gets less to read."""

from __future__ import annotations

import re

from hypothesis import given, strategies as st
from rich.color import Color
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from dpm_tui.tui.terminal.sgr_reduction import thin

_TOKEN = re.compile(r"\x1b\[([\d;]*)([A-Za-z])|(.)", re.DOTALL)
Cell = tuple[str, tuple[str, str, frozenset[int]]]

styles = st.builds(
    lambda letters, ground, bold, reverse: Style(
        color=None if letters is None else Color.from_ansi(letters),
        bgcolor=None if ground is None else Color.from_rgb(ground, ground, 7),
        bold=bold or None,
        reverse=reverse or None,
    ),
    st.none() | st.integers(0, 255),
    st.none() | st.integers(0, 3),
    st.sampled_from((False, False, False, True)),
    st.sampled_from((False, False, False, True)),
)
lines = st.lists(st.tuples(st.sampled_from((" ", "  ", "a", "\u2580\u2580", "x y")), styles), max_size=24)


def shown(text: str) -> tuple[list[Cell], tuple[str, str, frozenset[int]]]:
    """Return what a terminal shows: every cell with its colours, and the style at the end."""
    letters = ground = ""
    flags: frozenset[int] = frozenset()
    cells: list[Cell] = []
    for params, final, char in _TOKEN.findall(text):
        if char:
            seen = "" if char == " " and not flags else letters
            cells.append((char, (seen, ground, flags)))
        elif final == "m":
            numbers = [int(number or 0) for number in params.split(";")]
            while numbers:
                number = numbers.pop(0)
                if number == 0:
                    letters, ground, flags = "", "", frozenset()
                elif number in (38, 48):
                    length = 2 if numbers[0] == 5 else 4
                    colour = str(numbers[:length])
                    del numbers[:length]
                    letters, ground = (colour, ground) if number == 38 else (letters, colour)
                elif number in (39, 49):
                    letters, ground = ("", ground) if number == 39 else (letters, "")
                elif 30 <= number < 38 or 90 <= number < 98:
                    letters = str(number)
                elif 40 <= number < 48 or 100 <= number < 108:
                    ground = str(number)
                else:
                    flags |= {number}
        else:
            cells.append((params + final, (letters if flags else "", ground, flags)))
    return cells, (letters, ground, flags)


def sent(pieces: list[tuple[str, Style]]) -> str:
    return Strip([Segment(text, style) for text, style in pieces]).render(Console(color_system="truecolor"))


@given(st.lists(lines, max_size=4))
def test_the_same_is_on_the_screen(rows: list[list[tuple[str, Style]]]) -> None:
    text = "".join(f"\x1b[{y + 1};1H{sent(row)}" for y, row in enumerate(rows))
    assert shown(thin(text)) == shown(text)


@given(
    st.lists(
        st.sampled_from(("a", " ", "\x1b[m", "\x1b[0;1m", "\x1b[31m", "\x1b[48;5;9m", "\x1b[2J", "\x1b[7m"))
    )
)
def test_styles_that_add_up_and_stay_do_so(tokens: list[str]) -> None:
    text = "".join(tokens)
    assert shown(thin(text)) == shown(text)


def test_a_colour_that_is_there_already_is_not_sent_again() -> None:
    colours = [Style.from_color(Color.from_ansi(20 + n // 2), Color.from_ansi(30)) for n in range(8)]
    text = sent([("\u2580", style) for style in colours])
    assert thin(text).count("48;5;30") == 1
    assert thin(text).count("38;5;") == 4
    assert len(thin(text)) < len(text) / 2
