"""What the terminal can do: its colours and why so many, how wide it draws half blocks, and pixels."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from dpm_tui.errors import DpmError
from dpm_tui.file_names import display_name
from dpm_tui.locale import current_language, translate
from dpm_tui.state.config import load_settings
from dpm_tui.state.disk.layout import Layout
from dpm_tui.tui.terminal.colour_depth import Palette, decide_colours
from dpm_tui.tui.terminal.graphics import choose_graphics, why_not_ask
from dpm_tui.tui.terminal.terminal_probe import Drawing, ask_terminal

Check = tuple[bool, str]
"""Whether something is as it should be, and the sentence on it."""
_STEPS = 64


def check_terminal(layout: Layout | None) -> Iterator[Check]:
    """Yield what there is to say about the terminal; settings are those of ``layout``."""
    term = display_name(os.environ.get("TERM", ""))
    values = {"term": term or "-", "colours": display_name(os.environ.get("COLORTERM", "-"))}
    yield term not in ("", "dumb"), translate("cli.doctor_terminal", language=current_language(), **values)
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    yield encoding == "utf8", translate("cli.doctor_encoding", encoding=sys.stdout.encoding)
    colours = decide_colours(_setting(layout, "colour"))
    palette = colours.palette
    name = translate(f"tui.choice_colour_{palette.value}")
    reason = translate(f"cli.doctor_colours_{colours.reason}")
    yield True, translate("cli.doctor_colours", palette=name, reason=reason)
    if palette in (Palette.C256, Palette.C16) and "SSH_CONNECTION" in os.environ and colours.reason == "TERM":
        yield True, translate("cli.doctor_send_colorterm")
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        return
    yield True, f"{translate('cli.doctor_gradient')} {gradient(palette)}"
    if palette.has_blocks:
        unasked = why_not_ask(_setting(layout, "pictures"), palette)
        answer = ask_terminal(graphics=not unasked)
        key = "unknown" if not answer.width else "whole_cells" if answer.whole_cells else "narrow"
        yield True, translate(f"cli.doctor_blocks_{key}", width=answer.width)
        yield True, _pixels(_setting(layout, "pictures"), unasked, answer.drawing)


def _pixels(setting: str, unasked: str, drawing: Drawing) -> str:
    """Return how pictures are drawn in pixels, or why they are not."""
    if unasked:
        return translate(f"cli.doctor_no_pixels_{unasked}")
    choice = choose_graphics(setting, drawing)
    name = drawing.name or "-"
    if choice.graphics is None:
        return translate(f"cli.doctor_no_pixels_{choice.reason}", name=name)
    wide, high = choice.graphics.cell
    return translate("cli.doctor_pixels", protocol=choice.reason, name=name, width=wide, height=high)


def gradient(palette: Palette) -> str:
    """Return a line from dark to bright in a palette's colours, with the sequences that make them."""
    shades = [round(step * 255 / (_STEPS - 1)) for step in range(_STEPS)]
    match palette:
        case Palette.TRUECOLOR:
            cells = [f"\x1b[48;2;{shade};{shade // 2};{255 - shade}m " for shade in shades]
        case Palette.C256:
            cells = [f"\x1b[48;5;{232 + shade * 23 // 255}m " for shade in shades]
        case Palette.C16:
            cells = [f"\x1b[{code}m " for code in (40, 44, 45, 41, 43, 42, 46, 47) for _ in range(8)]
        case _:
            return "".join(" .:-=+*#%@"[shade * 9 // 255] for shade in shades)
    return "".join(cells) + "\x1b[0m"


def _setting(layout: Layout | None, name: str) -> str:
    if layout is None:
        return "auto"
    try:
        return str(getattr(load_settings(layout.config).config, name))
    except (DpmError, OSError):
        return "auto"
