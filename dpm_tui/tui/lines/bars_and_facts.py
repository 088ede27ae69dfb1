"""Bars of progress, small graphs and tables of labelled facts, made of cells."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style

from dpm_tui.locale import translate
from dpm_tui.tui.terminal.cell_text import Part, pad
from dpm_tui.tui.theme import Look


def fact_table(rows: Sequence[tuple[str, list[Part]]], look: Look) -> list[list[Part]]:
    """Return a line for each row of a label's name and its pieces."""
    labels = [translate(f"tui.label_{name}") for name, _ in rows]
    width = max(map(cell_len, labels), default=0) + 2
    return [
        [(f" {pad(label, width)}", look["dim"]), *parts]
        for label, (_, parts) in zip(labels, rows, strict=True)
    ]


_PARTS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
_EMPTY = "░"
_EIGHTHS = "▁▂▃▄▅▆▇█"
_LETTERS = "_.-~=+*#"
"""Blocks take two cells where a terminal draws ambiguous characters wide; these never do."""


def meter(
    share: float, width: int, look: Look, style: Style | None = None, *, has_rest: bool = True
) -> list[Part]:
    """Return a bar of ``width`` cells filled to ``share`` of 0..1; blocks fill it by eighths of a cell.

    Without ``has_rest`` nothing shows how wide the whole is.
    """
    share = min(max(share, 0.0), 1.0)
    filled = look["bar"] if style is None else style
    if not look.palette.has_blocks or look.whole_cells:
        inside = max(width - 2, 2)
        full = round(share * inside)
        rest = look["rest"]
        return [
            ("[", rest),
            ("=" * full, filled),
            (("-" if has_rest else " ") * (inside - full), rest),
            ("]", rest),
        ]
    full, eighths = divmod(round(share * width * 8), 8)
    drawn = "█" * full + _PARTS[eighths]
    return [(drawn, filled), ((_EMPTY if has_rest else " ") * (width - len(drawn)), look["rest"])]


def graph(values: Sequence[float], width: int, look: Look) -> Part:
    """Return the last ``width`` values as one row of columns, the highest of them full."""
    steps = _EIGHTHS if look.palette.has_blocks and not look.whole_cells else _LETTERS
    shown = list(values)[-max(width, 0) :] if width > 0 else []
    top = max(shown, default=0.0)
    if top <= 0:
        return steps[0] * len(shown), look["bar"]
    last = len(steps) - 1
    return "".join(steps[min(round(value / top * last), last)] for value in shown), look["bar"]
