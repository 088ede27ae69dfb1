"""The probe: terminals of every kind are asked how wide a half block is, and no key is lost by it."""

from __future__ import annotations

import os
import pty
import termios
import threading
from collections.abc import Iterator

import pytest

from dpm_tui.tui.terminal.cell_width_probe import Answer, ask_terminal


class AskedTerminal:
    """The other end of a pty; answers the question for the cursor's place with ``reply``."""

    def __init__(self, reply: bytes) -> None:
        self.master, self.slave = pty.openpty()
        self.drawn = b""
        self._reply = reply
        self._thread = threading.Thread(target=self._answer, daemon=True)
        self._thread.start()

    def _answer(self) -> None:
        while b"\x1b[2K" not in self.drawn:
            self.drawn += os.read(self.master, 100)
        os.write(self.master, self._reply)

    def ask(self, seconds: float = 20.0) -> Answer:
        return ask_terminal(self.slave, self.slave, seconds)

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
