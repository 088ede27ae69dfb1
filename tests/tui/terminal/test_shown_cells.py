"""What is left out of an update leaves the same on the terminal."""

from __future__ import annotations

import io
import random

import pyte
import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from dpm_tui.tui.terminal.shown_cells import Pieces, ShownCells

WIDTH, HEIGHT = 40, 8
LETTERS = "ab ▀▄  图片~"
STYLES = [Style(), Style.parse("#ff0000"), Style.parse("#00ff00 on #0000ff"), Style.parse("bold reverse")]


class Terminal:
    """A terminal that is sent every update, and one that is sent what is left of it."""

    def __init__(self) -> None:
        self.console = Console(file=io.StringIO(), force_terminal=True, color_system="truecolor")
        self.screens = [pyte.Screen(WIDTH, HEIGHT), pyte.Screen(WIDTH, HEIGHT)]
        self.streams = [pyte.Stream(screen) for screen in self.screens]
        self.shown = ShownCells()

    def paint(self, update: LayoutUpdate | ChopsUpdate) -> int:
        """Send an update to both; return how much the second one was sent."""
        self.streams[0].feed(update.render_segments(self.console).replace("\n", ""))
        text = self.shown.reduce(update).render_segments(self.console)
        self.streams[1].feed(text)
        return len(text)

    @property
    def looks(self) -> list[list[list[object]]]:
        """What stands in each cell of both; the letters' colour of a blank does not show."""
        return [
            [
                [
                    (cell.data, cell.bg, cell.reverse, cell.data != " " and (cell.fg, cell.bold))
                    for cell in (screen.buffer[y][x] for x in range(WIDTH))
                ]
                for y in range(HEIGHT)
            ]
            for screen in self.screens
        ]


def random_line(chance: random.Random, width: int = WIDTH) -> Strip:
    """Return a line of pieces with different styles, wide characters among them."""
    segments = [
        Segment("".join(chance.choices(LETTERS, k=chance.randint(1, 9))), chance.choice(STYLES))
        for _ in range(12)
    ]
    return Strip(segments).adjust_cell_length(width, Style())


def changed(chance: random.Random, line: Strip) -> Strip:
    """Return a line of which a part is another one, or none."""
    start = chance.randrange(WIDTH - 1)
    end = chance.randint(start + 1, WIDTH)
    part = random_line(chance, end - start)
    return Strip.join([line.crop(0, start), part, line.crop(end, WIDTH)]) if chance.random() < 0.6 else line


def whole(lines: list[Strip]) -> LayoutUpdate:
    return LayoutUpdate([[line] for line in lines], Region(0, 0, WIDTH, HEIGHT))


@pytest.mark.parametrize("few_looks", [False, True])
@pytest.mark.parametrize("seed", range(20))
def test_the_terminal_shows_the_same(seed: int, few_looks: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if few_looks:
        monkeypatch.setattr("dpm_tui.tui.terminal.shown_cells._MAX_LOOKS", 2)
    chance = random.Random(seed)
    terminal = Terminal()
    lines = [random_line(chance) for _ in range(HEIGHT)]
    for turn in range(12):
        if turn % 3 == 2:
            cut = chance.randrange(1, WIDTH)
            chops = [{0: line.crop(0, cut), cut: line.crop(cut, WIDTH)} for line in lines]
            spans = [(y, *sorted(chance.sample(range(WIDTH), 2))) for y in range(HEIGHT)]
            terminal.paint(ChopsUpdate(chops, spans, [[cut, WIDTH]] * HEIGHT))
        else:
            terminal.paint(whole(lines))
        full, reduced = terminal.looks
        assert full == reduced
        lines = [changed(chance, line) for line in lines]


def test_what_is_shown_already_is_not_sent_again() -> None:
    terminal = Terminal()
    lines = [random_line(random.Random(1)) for _ in range(HEIGHT)]
    assert terminal.paint(whole(lines)) > 100
    assert terminal.paint(whole(lines)) == 0
    assert terminal.paint(whole([Strip([Segment("x", Style()), *lines[0].crop(1)]), *lines[1:]])) < 20


def test_after_something_else_was_on_the_terminal_everything_is_sent() -> None:
    terminal = Terminal()
    lines = [random_line(random.Random(1)) for _ in range(HEIGHT)]
    first = terminal.paint(whole(lines))
    terminal.shown.forget()
    assert terminal.paint(whole(lines)) == first


def test_a_letter_without_a_width_of_its_own_makes_its_line_be_sent_whole() -> None:
    """Terminals do not agree on how many cells it takes: what stands behind it may be elsewhere."""
    shown = ShownCells()
    lines = [Strip([Segment("e\u0301" + " " * 39, Style())])] * HEIGHT
    for _ in range(2):
        update = shown.reduce(whole(lines))
        assert isinstance(update, Pieces)
        assert [(x, y, strip.text) for x, y, strip in update.pieces] == [
            (0, y, lines[0].text) for y in range(HEIGHT)
        ]


def test_the_ground_of_the_terminal_has_two_names() -> None:
    terminal = Terminal()
    terminal.paint(whole([Strip([Segment(" " * WIDTH, Style())])] * HEIGHT))
    named = Style(color="default", bgcolor="default")
    assert terminal.paint(whole([Strip([Segment(" " * WIDTH, named)])] * HEIGHT)) == 0
