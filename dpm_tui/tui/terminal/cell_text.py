"""Cell text: text measured as the terminal does, where a Chinese character takes two of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

Part = tuple[str, Style]
"""A piece of a line with its style."""


def pad(text: str, width: int) -> str:
    """Return ``text`` cut or filled with spaces on its right to exactly ``width`` cells."""
    return set_cell_size(text, max(width, 0))


def pad_left(text: str, width: int) -> str:
    """Return ``text`` cut or filled with spaces on its left to exactly ``width`` cells."""
    return " " * (width - cell_len(text)) + text if cell_len(text) <= width else pad(text, width)


def cut_middle(text: str, width: int) -> str:
    """Return ``text`` in at most ``width`` cells; what is too long loses its middle, never its ending."""
    if cell_len(text) <= width:
        return text
    tail = tail_of(text, min(max(width // 2, 1), 12))
    head = set_cell_size(text, max(width - cell_len(tail) - 1, 0))
    return f"{head}~{tail}" if width > 1 else set_cell_size(text, max(width, 0))


def cut_start(text: str, width: int) -> str:
    """Return ``text`` in at most ``width`` cells; what is too long loses its beginning."""
    return text if cell_len(text) <= width else f"~{tail_of(text, width - 1)}"


def tail_of(text: str, width: int) -> str:
    """Return as much of the end of ``text`` as fits in ``width`` cells."""
    taken = 0
    for index in range(len(text) - 1, -1, -1):
        taken += cell_len(text[index])
        if taken > width:
            return text[index + 1 :]
    return text


def parts_width(parts: Iterable[Part]) -> int:
    """Return how many cells the pieces take."""
    return sum(cell_len(text) for text, _ in parts)


def line_of(parts: Sequence[Part], width: int, base: Style) -> Strip:
    """Return the pieces as a line of exactly ``width`` cells, filled up in style ``base``.

    Every segment carries a style: without colour Textual fails on one that has none.
    """
    segments = [Segment(text, base + style) for text, style in parts if text]
    return Strip(segments).adjust_cell_length(width, base).simplify()


def spread(left: Sequence[Part], right: Sequence[Part], width: int, base: Style) -> Strip:
    """Return a line with pieces at both ends; the left ones give way where there is not room for both."""
    room = max(width - parts_width(right), 0)
    segments = [Segment(text, base + style) for text, style in left if text]
    tail = [Segment(text, base + style) for text, style in right if text]
    start = Strip(segments).adjust_cell_length(room, base)
    return Strip([*start, *tail]).adjust_cell_length(width, base)


def flow(pieces: Iterable[Part], width: int, gap: Part) -> list[list[Part]]:
    """Return pieces as lines of at most ``width`` cells with ``gap`` between them."""
    lines: list[list[Part]] = []
    for piece in pieces:
        if lines and parts_width([*lines[-1], gap, piece]) <= width:
            lines[-1] += [gap, piece]
        else:
            lines.append([piece])
    return lines


def wrap(text: str, width: int) -> list[str]:
    """Return ``text`` as lines of at most ``width`` cells, broken between words where there are any."""
    lines = [""]
    for word in text.split():
        if lines[-1] and cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
        elif pieces := chop_cells(word, max(width, 2)):
            lines[-1:] = pieces if not lines[-1] else [lines[-1], *pieces]
    return lines
