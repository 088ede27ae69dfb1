"""Colour depth: how many colours the terminal gets, decided before Textual is imported."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from enum import StrEnum

from dpm_tui.errors import UsageError


class Palette(StrEnum):
    """How pictures are drawn; the value is that of the ``colour`` setting."""

    TRUECOLOR = "truecolor"
    C256 = "256"
    C16 = "16"
    MONO = "mono"
    ASCII = "ascii"

    @property
    def has_blocks(self) -> bool:
        """Whether pictures are drawn with half blocks rather than with letters."""
        return self not in (Palette.MONO, Palette.ASCII)

    @property
    def system(self) -> str:
        """The colour system that Textual must use for it."""
        return {"truecolor": "truecolor", "256": "256"}.get(self.value, "standard")


@dataclass(frozen=True, slots=True)
class Colours:
    """The palette, and why: a flag, the settings, NO_COLOR, COLORTERM or TERM."""

    palette: Palette
    reason: str


_TRUECOLOR_TERMS = ("xterm-kitty", "xterm-ghostty", "foot", "alacritty", "wezterm", "contour", "rio")
"""Terminals that have truecolor; ssh forwards TERM but not COLORTERM, and their terminfo does not say so."""


def decide_colours(setting: str = "auto", environ: Mapping[str, str] = os.environ) -> Colours:
    """Return the palette by the setting, then NO_COLOR, COLORTERM, terminals known by TERM, TERM's name."""
    if setting != "auto":
        return Colours(Palette(setting), "setting")
    if environ.get("NO_COLOR"):
        return Colours(Palette.MONO, "NO_COLOR")
    if environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return Colours(Palette.TRUECOLOR, "COLORTERM")
    term = environ.get("TERM", "").strip().lower()
    if term.endswith("-direct") or term.startswith(_TRUECOLOR_TERMS):
        return Colours(Palette.TRUECOLOR, "TERM")
    return Colours(Palette.C256 if "256color" in term else Palette.C16, "TERM")


def prepare_terminal(setting: str = "auto", environ: MutableMapping[str, str] = os.environ) -> Colours:
    """Set what Textual reads at import, and return the colours.

    Raises UsageError for a terminal that cannot place a cursor.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("no_terminal")
    if environ.get("TERM", "").strip().lower() in ("", "dumb", "unknown"):
        raise UsageError("no_terminal")
    colours = decide_colours(setting, environ)
    set_up_textual(colours.palette, environ)
    if "SSH_CONNECTION" in environ:
        environ.setdefault("TEXTUAL_FPS", "15")
    return colours


def set_up_textual(palette: Palette, environ: MutableMapping[str, str] = os.environ) -> None:
    """Set what Textual reads at import."""
    environ["TEXTUAL_COLOR_SYSTEM"] = palette.system
    environ["TEXTUAL_ANIMATIONS"] = "none"
    environ["TEXTUAL_SMOOTH_SCROLL"] = "0"
