"""The line of kinds over the groups: how many of each kind there are, and what they would free."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.style import Style

from dpm_tui.catalog.verdict import Kind
from dpm_tui.locale import translate
from dpm_tui.review.library.kind_steps import KindStep
from dpm_tui.tui.terminal.cell_text import Part, parts_width
from dpm_tui.tui.theme import Look
from dpm_tui.units import short_size

_HERE = Style(bold=True, reverse=True)


def kind_line(steps: Sequence[KindStep], here: Kind | None, width: int, look: Look) -> list[Part]:
    """Return the steps in one line of at most ``width`` cells; the one under the cursor stands out.

    Where there is no room for all, bytes are left out first and then the names of the other steps.
    """
    wordings = (
        _with_bytes,
        lambda step: _with_bytes(step) if step.kind is here else _counted(step),
        _counted,
    )
    for words in wordings:
        line = _line(steps, here, words, look)
        if parts_width(line) <= width:
            return line
    return _line(steps, here, lambda step: _counted(step) if step.kind is here else f"{step.groups:,}", look)


def _line(
    steps: Sequence[KindStep], here: Kind | None, words: Callable[[KindStep], str], look: Look
) -> list[Part]:
    plain = look["text"]
    parts: list[Part] = [(" ", plain)]
    for step in steps:
        style = look.kind(step.kind)
        on = step.kind is here
        parts.append((f" {words(step)} ", style + _HERE if on else style))
        parts.append((" ", plain))
    return parts


def counted(kind: Kind, number: int) -> str:
    """Return a kind with how many there are of it."""
    return f"{translate(f'tui.kind_{kind.value}')} {number:,}"


def _counted(step: KindStep) -> str:
    return counted(step.kind, step.groups)


def _with_bytes(step: KindStep) -> str:
    return f"{_counted(step)} {short_size(step.bytes)}"
