"""The probe: terminals of every kind are asked what they draw, and no key is lost by it."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import termios
import threading
from collections.abc import Iterator

import pytest

from dpm_tui.tui.terminal.terminal_probe import Answer, Drawing, ask_terminal


class AskedTerminal:
    """The other end of a pty; answers with ``reply`` when it has got the ``last`` question."""

    def __init__(self, reply: bytes, last: bytes = b"\x1b[6n") -> None:
        self.master, self.slave = pty.openpty()
        self.drawn = b""
        self._reply = reply
        self._last = last + b"\r\x1b[2K"
        self._thread = threading.Thread(target=self._answer, daemon=True)
        self._thread.start()

    def _answer(self) -> None:
        while self._last not in self.drawn:
            self.drawn += os.read(self.master, 100)
        os.write(self.master, self._reply)

    def ask(self, seconds: float = 20.0, *, graphics: bool = False) -> Answer:
        return ask_terminal(self.slave, self.slave, seconds, graphics=graphics)

    def close(self) -> None:
        self._thread.join()
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def terminals() -> Iterator[list[AskedTerminal]]:
    made: list[AskedTerminal] = []
    yield made
    for terminal in made:
        terminal.close()


@pytest.mark.parametrize(
    ("reply", "width", "typed", "whole_cells"),
    [
        (b"\x1b[12;2R", 1, b"", False),
        (b"\x1b[12;3R", 2, b"", True),
        (b"\x1b[1;4R", 3, b"", True),
        (b"3l\x1b[12;2Rj", 1, b"3lj", False),
        (b"\x1b[A\x1b[12;3R", 2, b"\x1b[A", True),
    ],
)
def test_answers(
    terminals: list[AskedTerminal], reply: bytes, width: int, typed: bytes, whole_cells: bool
) -> None:
    terminals.append(terminal := AskedTerminal(reply))
    before = termios.tcgetattr(terminal.slave)
    answer = terminal.ask()
    assert answer == Answer(width, typed)
    assert answer.whole_cells is whole_cells
    assert termios.tcgetattr(terminal.slave) == before
    assert terminal.drawn.endswith(b"\x1b[2K")


PLACE = b"\x1b[12;2R"
DRAWING = [
    (
        b"\x1bP>|kitty(0.26.5)\x1b\\\x1b_Gi=31;OK\x1b\\\x1b[6;18;9t\x1b[?62;c",
        Drawing("kitty(0.26.5)", kitty=True, cell=(9, 18)),
    ),
    (
        b"\x1bP>|XTerm(379)\x1b\\\x1b[6;15;8t\x1b[?1;0;256S\x1b[?63;1;2;4;6;9;15;22c",
        Drawing("XTerm(379)", sixel=True, cell=(8, 15), colours=256),
    ),
    (
        b"\x1bP>|iTerm2 3.5.0\x1b\\\x1b]1337;ReportCellSize=17.0;8.0;2.0\x07\x1b[?62;4c",
        Drawing("iTerm2 3.5.0", iterm=True, sixel=True, cell=(8, 17)),
    ),
    (b"\x1bP>|tmux 3.4\x1b\\\x1b[?1;2;4c", Drawing("tmux 3.4", sixel=True)),
    (b"\x1b_Gi=31;ENOTSUPPORTED:no\x1b\\\x1b[?6c", Drawing()),
    (b"\x1b[?4;6c", Drawing()),
    (b"\x1b[?1;3;0S\x1b[?64;1;4;22c", Drawing(sixel=True)),
    (b"\x1bP>|a\xff\xe2\x80\xaeb\x1b\\\x1b[?6c", Drawing("a\ufffd\\u202eb")),
]


@pytest.mark.parametrize(("reply", "drawing"), DRAWING)
def test_what_it_draws(terminals: list[AskedTerminal], reply: bytes, drawing: Drawing) -> None:
    terminals.append(terminal := AskedTerminal(b"j" + PLACE + b"3" + reply + b"k", b"\x1b[c"))
    answer = terminal.ask(graphics=True)
    assert (answer.width, answer.drawing) == (1, drawing)
    assert answer.typed in (b"j3k", b"j3")
    assert terminal.drawn.endswith(b"\x1b[2K")


def test_a_kernel_that_knows_the_size_of_cells_is_asked(terminals: list[AskedTerminal]) -> None:
    terminals.append(terminal := AskedTerminal(PLACE + b"\x1b[?62;4c", b"\x1b[c"))
    fcntl.ioctl(terminal.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 80 * 9, 24 * 18))
    assert terminal.ask(graphics=True).drawing.cell == (9, 18)


def test_a_terminal_that_knows_nothing_of_pictures_still_answers(terminals: list[AskedTerminal]) -> None:
    terminals.append(terminal := AskedTerminal(PLACE, b"\x1b[c"))
    assert terminal.ask(0.2, graphics=True) == Answer(1)


def test_a_terminal_that_is_silent_is_taken_for_a_usual_one(terminals: list[AskedTerminal]) -> None:
    terminals.append(terminal := AskedTerminal(b"jj"))
    answer = terminal.ask(0.2)
    assert answer == Answer(0, b"jj")
    assert not answer.whole_cells


def test_what_is_no_terminal_is_not_asked() -> None:
    source, target = os.pipe()
    assert ask_terminal(source, target) == Answer()
    os.close(target)
    assert os.read(source, 10) == b""
    os.close(source)
