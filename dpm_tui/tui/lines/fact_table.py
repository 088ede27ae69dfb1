"""A table of facts: labels of one width with styled pieces beside them."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from dpm_tui.locale import translate
from dpm_tui.tui.look import Look
from dpm_tui.tui.terminal.cell_text import Part, pad


def fact_table(rows: Sequence[tuple[str, list[Part]]], look: Look) -> list[list[Part]]:
    """Return a line for each row of a label's name and its pieces."""
    labels = [translate(f"tui.label_{name}") for name, _ in rows]
    width = max(map(cell_len, labels), default=0) + 2
    return [
        [(f" {pad(label, width)}", look["dim"]), *parts]
        for label, (_, parts) in zip(labels, rows, strict=True)
    ]
