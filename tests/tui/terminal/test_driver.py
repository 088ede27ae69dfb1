"""The driver's output: a terminal that is gone is told once and never blocks."""

from __future__ import annotations

import io

import pytest

from dpm_tui.tui.terminal.driver import LastingOutput


class Broken(io.StringIO):
    """A terminal that goes away after the first write."""

    def write(self, text: str) -> int:
        if self.tell():
            raise OSError(5, "Input/output error")
        return super().write(text)


def test_writes_while_there_is_a_terminal() -> None:
    output = LastingOutput(file := io.StringIO(), lambda: None)
    assert output.write("abc") == 3
    output.flush()
    assert file.getvalue() == "abc"


def test_a_lost_terminal_is_told_once() -> None:
    told: list[bool] = []
    output = LastingOutput(Broken(), lambda: told.append(True))
    for _ in range(100):
        output.write("abc")
        output.flush()
    assert output.is_gone
    assert told == [True]


def test_a_terminal_that_takes_long_is_slow_for_a_while() -> None:
    clock = iter([0.0, 2.0, *(10.0 for _ in range(2000))])
    output = LastingOutput(io.StringIO(), lambda: None, lambda: next(clock))
    output.write("x")
    assert output.waited == pytest.approx(2.0)
    for _ in range(300):
        output.write("x")
    assert output.waited < 0.01
