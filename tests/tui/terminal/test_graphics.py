"""Graphics: terminals get what they said that they draw, and a reason where they get none."""

from __future__ import annotations

import pytest

from dpm_tui.locale import LANGUAGES, load_catalogue
from dpm_tui.tui.terminal.colour_depth import Palette
from dpm_tui.tui.terminal.graphics import (
    GRAPHICS_WORDS,
    Graphics,
    Protocol,
    choose_graphics,
    graphics_of_page,
    why_not_ask,
)
from dpm_tui.tui.terminal.terminal_probe import Drawing

CELL = (9, 18)
TMUX = {"TMUX": "/tmp/tmux-0/default,1,0", "TERM": "tmux-256color"}


@pytest.mark.parametrize(
    ("drawing", "protocol"),
    [
        (Drawing(kitty=True, cell=CELL), Protocol.KITTY),
        (Drawing(kitty=True, iterm=True, sixel=True, cell=CELL), Protocol.KITTY),
        (Drawing(iterm=True, sixel=True, cell=CELL), Protocol.ITERM),
        (Drawing(sixel=True, cell=CELL), Protocol.SIXEL),
    ],
)
def test_what_takes_the_fewest_bytes_comes_first(drawing: Drawing, protocol: Protocol) -> None:
    choice = choose_graphics("auto", drawing, {})
    assert choice.graphics == Graphics(protocol, CELL)
    assert choice.reason == protocol


@pytest.mark.parametrize(
    ("drawing", "environ", "reason"),
    [
        (Drawing("xterm", cell=CELL), {}, "unable"),
        (Drawing(sixel=True), {}, "cell"),
        (Drawing("tmux 3.4", sixel=True, cell=CELL), {}, "multiplexer"),
        (Drawing(kitty=True, cell=CELL), TMUX, "multiplexer"),
        (Drawing(), {"STY": "1.pts"}, "multiplexer"),
        (Drawing(), {"TERM": "screen-256color"}, "multiplexer"),
        (Drawing("kitty"), {"TERM": "xterm-kitty"}, "unable"),
    ],
)
def test_there_is_a_reason_for_none(drawing: Drawing, environ: dict[str, str], reason: str) -> None:
    choice = choose_graphics("auto", drawing, environ)
    assert (choice.graphics, choice.reason) == (None, reason)


def test_who_insists_gets_pixels_through_a_multiplexer_that_draws_them() -> None:
    choice = choose_graphics("pixels", Drawing("tmux 3.4", sixel=True, cell=CELL), TMUX)
    assert choice.graphics == Graphics(Protocol.SIXEL, CELL, insists=True)
    assert choose_graphics("pixels", Drawing("tmux 3.3a", cell=CELL), TMUX).reason == "multiplexer"


def test_a_terminal_with_few_colours_gets_no_more() -> None:
    choice = choose_graphics("auto", Drawing(sixel=True, cell=CELL, colours=16), {})
    assert choice.graphics is not None
    assert choice.graphics.colours == 16


@pytest.mark.parametrize(
    ("setting", "palette", "term", "reason"),
    [
        ("auto", Palette.C256, "xterm", ""),
        ("pixels", Palette.C16, "xterm", ""),
        ("blocks", Palette.C256, "xterm", "setting"),
        ("quadrants", Palette.C256, "xterm", "setting"),
        ("auto", Palette.MONO, "xterm", "colours"),
        ("auto", Palette.C16, "linux", "mute"),
    ],
)
def test_who_is_not_even_asked(setting: str, palette: Palette, term: str, reason: str) -> None:
    assert why_not_ask(setting, palette, {"TERM": term}) == reason


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_a_sentence(language: str) -> None:
    catalogue = load_catalogue(language)
    for word in GRAPHICS_WORDS:
        assert f"tui.graphics_{word}" in catalogue
        assert word in {*Protocol, "page"} or f"cli.doctor_no_pixels_{word}" in catalogue
    assert {f"cli.doctor_no_pixels_{word}" for word in ("setting", "colours", "mute")} <= catalogue.keys()


def test_a_page_draws_pixels_unless_settings_or_colours_forbid() -> None:
    drawn = graphics_of_page("auto", Palette.TRUECOLOR, (9, 19))
    assert drawn.graphics == Graphics(Protocol.KITTY, (9, 19))
    assert graphics_of_page("pixels", Palette.TRUECOLOR, (9, 19)).graphics is not None
    assert graphics_of_page("quadrants", Palette.TRUECOLOR, (9, 19)).graphics is None
    assert graphics_of_page("auto", Palette.MONO, (9, 19)).graphics is None
    assert graphics_of_page("auto", Palette.TRUECOLOR, (0, 19)).graphics is None
