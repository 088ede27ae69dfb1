"""Graphics: which way of drawing real pictures a terminal gets, if any, and why none."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dpm_tui.tui.terminal.colour_depth import Palette
from dpm_tui.tui.terminal.terminal_probe import Drawing


class Protocol(StrEnum):
    """How a terminal takes pictures."""

    KITTY = "kitty"
    ITERM = "iterm"
    SIXEL = "sixel"

    @property
    def keeps(self) -> bool:
        """Whether the terminal keeps pictures that were sent, and shows and hides them by a number."""
        return self is Protocol.KITTY


@dataclass(frozen=True, slots=True)
class Graphics:
    """A way of drawing, width and height of a cell in pixels, and the colours of a sixel picture.

    ``insists`` if pictures stay pixels however slow the line is.
    """

    protocol: Protocol
    cell: tuple[int, int]
    colours: int = 256
    insists: bool = False


_MULTIPLEXERS = ("tmux", "screen")
_MUTE = ("linux",)
"""Terminals that would print the questions."""
_LEAST_COLOURS = 16


def why_not_ask(setting: str, palette: Palette, environ: Mapping[str, str] = os.environ) -> str:
    """Return why a terminal is not asked for pictures: a word for the reason, or nothing."""
    if setting not in ("auto", "pixels"):
        return "setting"
    if not palette.has_blocks:
        return "colours"
    return "mute" if environ.get("TERM", "") in _MUTE else ""


GRAPHICS_WORDS = frozenset({*Protocol, "page", "multiplexer", "unable", "cell"})
"""What there is a sentence about in the catalogue."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How pictures are drawn in pixels, None if they are not; and a word that says why, or which way."""

    graphics: Graphics | None
    reason: str


def choose_graphics(setting: str, drawing: Drawing, environ: Mapping[str, str] = os.environ) -> Choice:
    """Return how pictures are drawn by what the terminal said.

    Through tmux and screen only where they are insisted on: they draw pictures over each other's panes, or
    forget them.
    """
    insists = setting == "pixels"
    offered = (
        (drawing.kitty, Protocol.KITTY),
        (drawing.iterm, Protocol.ITERM),
        (drawing.sixel, Protocol.SIXEL),
    )
    protocol = next((protocol for has, protocol in offered if has), None)
    if is_multiplexed(drawing.name, environ) and not (insists and protocol):
        return Choice(None, "multiplexer")
    if protocol is None:
        return Choice(None, "unable")
    if not all(drawing.cell):
        return Choice(None, "cell")
    colours = min(max(drawing.colours, _LEAST_COLOURS), 256) if drawing.colours else 256
    return Choice(Graphics(protocol, drawing.cell, colours, insists), protocol.value)


def graphics_of_page(setting: str, palette: Palette, cell: tuple[int, int]) -> Choice:
    """Return how a page in a browser draws pictures: as kitty does, over its letters."""
    if reason := why_not_ask(setting, palette, {}):
        return Choice(None, reason)
    if not all(cell):
        return Choice(None, "cell")
    return Choice(Graphics(Protocol.KITTY, cell, insists=setting == "pixels"), "page")


def is_multiplexed(name: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Return whether another program stands between the app and the terminal."""
    if environ.get("TMUX") or environ.get("STY"):
        return True
    return name.lower().startswith(_MULTIPLEXERS) or environ.get("TERM", "").startswith(_MULTIPLEXERS)
