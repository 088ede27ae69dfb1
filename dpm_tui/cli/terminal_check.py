"""What the terminal can do: its colours and why so many, and how wide it draws half blocks."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from dpm_tui.errors import DpmError
from dpm_tui.file_names import display_name
from dpm_tui.locale import current_language, translate
from dpm_tui.state.config import load_settings
from dpm_tui.state.disk.layout import Layout
from dpm_tui.tui.terminal.cell_width_probe import ask_terminal
from dpm_tui.tui.terminal.colour_depth import Palette, decide_colours

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
    colours = decide_colours(_setting(layout))
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
        answer = ask_terminal()
        key = "unknown" if not answer.width else "whole_cells" if answer.whole_cells else "narrow"
        yield True, translate(f"cli.doctor_blocks_{key}", width=answer.width)


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


def _setting(layout: Layout | None) -> str:
    if layout is None:
        return "auto"
    try:
        return load_settings(layout.config).config.colour
    except (DpmError, OSError):
        return "auto"
