"""The app in a real terminal: what is on the screen, what it leaves behind, and a terminal that goes away."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pyte
import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
SECONDS = 60.0
BLOCK = "\u2580"
UNKNOWN = re.compile(
    rb"\x1b\[[?>1<]*u|\x1b\[>q|\x1b_G[^\x1b]*(\x1b\\|\Z)|^[^\x1b]*\x1b\\|\x1b\]1337[^\x1b]*\x1b\\"
)
"""Sequences that the terminal in memory does not know, also the end of one that was cut."""


class Terminal:
    """A terminal in memory with the app running in it."""

    def __init__(
        self,
        folder: Path,
        environ: dict[str, str],
        *,
        controls: bool = True,
        nohup: bool = False,
        block_width: int = 1,
        draws: bytes = b"",
        typed: bytes = b"",
        command: tuple[str, ...] = ("tests.tui.terminal_driver",),
    ) -> None:
        self.screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self.screen)
        self.written = b""
        self._answer = typed + b"\x1b[1;%dR" % (block_width + 1)
        self._draws = draws + b"\x1b[?62;22c"
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        keep = {
            name: os.environ[name]
            for name in ("PATH", "HOME", "PYTHONPATH", "DPM_TUI_RUNTIME_DIR")
            if name in os.environ
        }

        def prepare() -> None:
            if controls:
                fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            if nohup:
                signal.signal(signal.SIGHUP, signal.SIG_IGN)

        self.process = subprocess.Popen(
            [sys.executable, "-m", *command, str(folder)],
            stdin=slave, stdout=slave, stderr=slave, cwd=ROOT, start_new_session=True,
            env={**keep, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", **environ},
            preexec_fn=prepare,
        )  # fmt: skip
        os.close(slave)

    @property
    def text(self) -> str:
        """What the screen shows."""
        return "\n".join(self.screen.display)

    def press(self, keys: bytes) -> None:
        """Type."""
        os.write(self._master, keys)

    def wait(self, condition: Callable[[], object]) -> None:
        """Read what the app writes until a condition holds."""
        end = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < end, self.text
            self.read()

    def read(self) -> None:
        """Read what there is within a moment."""
        if select.select([self._master], [], [], 0.05)[0]:
            try:
                data = os.read(self._master, 65536)
            except OSError:
                return
            self.written += data
            if b"\x1b[6n" in data:
                self.press(self._answer)
            if b"\x1b[c" in data:
                self.press(self._draws)
            if b"\x1b[5n" in data:
                self.press(b"\x1b[0n")
            self._stream.feed(UNKNOWN.sub(b"", data))

    def rest(self) -> None:
        """Read until the app has nothing more to write."""
        while select.select([self._master], [], [], 0.5)[0]:
            self.read()

    def hang_up(self) -> None:
        """Close the terminal."""
        os.close(self._master)
        self._master = -1

    def resize(self, width: int, height: int) -> None:
        """Change the size; a terminal that is in control tells the app."""
        self.screen.resize(height, width)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def end(self) -> None:
        """Make sure that nothing is left running."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self._master >= 0:
            os.close(self._master)


@pytest.fixture
def terminal(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Terminal]:
    """The app in a terminal, its groups on the screen."""
    environ = dict(getattr(request, "param", {}))
    terminal = Terminal(
        tmp_path,
        environ,
        controls=not environ.pop("WITHOUT_SIGNALS", ""),
        draws=environ.pop("DRAWS", "").encode(),
        block_width=int(environ.pop("BLOCK_WIDTH", "1")),
    )
    try:
        terminal.wait(lambda: "3 Groups" in terminal.text and "1,234" in terminal.text)
        terminal.press(b"3")
        terminal.wait(lambda: "DSC00017" in terminal.text)
        terminal.press(b"s")
        terminal.wait(lambda: "Sort by" in terminal.text)
        terminal.press(b"f")
        terminal.wait(lambda: "Sorted by" in terminal.text)
        terminal.press(b"g")
        terminal.wait(lambda: "1/6" in terminal.text)
        terminal.rest()
        yield terminal
    finally:
        terminal.end()


def test_marks_and_leaves_one_line(terminal: Terminal) -> None:
    terminal.press(b"a")
    terminal.wait(lambda: "2 files marked" in terminal.text)
    terminal.press(b"dy")
    terminal.wait(lambda: "2 files moved" in terminal.text)
    terminal.press(b"q")
    terminal.wait(lambda: terminal.process.poll() is not None)
    terminal.read()
    assert terminal.process.returncode == 0
    assert terminal.written.rstrip().endswith(
        b"dpm-tui: 2 files moved to the bin, 4.7 MB. z brings them back."
    )


@pytest.mark.parametrize("terminal", [{}, {"COLORTERM": "truecolor"}], indirect=True)
def test_what_lay_over_the_pictures_closes_without_sending_them_again(terminal: Terminal) -> None:
    terminal.resize(120, 40)
    terminal.wait(lambda: len(terminal.screen.display) == 40 and "quit" in terminal.screen.display[39])
    terminal.rest()
    for key, title in ((b"?", "Keys and commands"), (b":", "Command palette"), (b"/", "Filter")):
        before = terminal.text
        terminal.press(key)
        terminal.wait(lambda title=title: title in terminal.text)  # type: ignore[misc]
        terminal.rest()
        sent = len(terminal.written)
        terminal.press(b"\x1b")
        terminal.wait(lambda title=title: title not in terminal.text)  # type: ignore[misc]
        terminal.rest()
        assert len(terminal.written) - sent < 8_000
        assert terminal.text == before


def test_256_colours_are_sent_without_colorterm(terminal: Terminal) -> None:
    terminal.wait(lambda: b"38;5;" in terminal.written)
    assert b"38;2;" not in terminal.written
    assert b"48;2;" not in terminal.written


@pytest.mark.parametrize("terminal", [{"NO_COLOR": "1"}], indirect=True)
def test_no_colour_is_sent_where_none_is_wanted(terminal: Terminal) -> None:
    for code in (b"38;5;", b"48;5;", b"38;2;", b"48;2;"):
        assert code not in terminal.written


@pytest.mark.parametrize("terminal", [{"TERM": "linux"}], indirect=True)
def test_sixteen_colours_are_the_terminals_own(terminal: Terminal) -> None:
    terminal.wait(lambda: BLOCK in terminal.text)
    for code in (b"38;5;", b"48;5;", b"38;2;", b"48;2;"):
        assert code not in terminal.written


@pytest.mark.parametrize("terminal", [{"BLOCK_WIDTH": "2"}], indirect=True)
def test_where_half_blocks_are_wide_none_is_drawn(terminal: Terminal) -> None:
    """But for the one that was wiped off again, the pictures are coloured spaces."""
    terminal.wait(lambda: b"48;5;" in terminal.written)
    terminal.press(b"llf+\t")
    terminal.wait(lambda: "closer" in terminal.text and "2x" in terminal.text)
    assert terminal.written.count(BLOCK.encode()) == 1
    assert BLOCK not in terminal.text
    terminal.press(b"\x1b")
    terminal.wait(lambda: "closer" not in terminal.text)
    terminal.press(b"5Gk")
    terminal.wait(lambda: "whole cells" in terminal.text)


def test_keys_typed_while_the_terminal_is_asked_are_not_lost(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, {}, typed=b"5")
    try:
        terminal.wait(lambda: "Strictness" in terminal.text)
    finally:
        terminal.end()


def test_termination_restores_the_terminal(terminal: Terminal) -> None:
    terminal.process.send_signal(signal.SIGTERM)
    terminal.wait(lambda: terminal.process.poll() is not None)
    terminal.read()
    assert terminal.process.returncode == 0
    assert b"\x1b[?1049l" in terminal.written


def test_stopped_and_continued_it_draws_its_screen_again(terminal: Terminal) -> None:
    """As by ``kill -STOP`` of a shell's job control: nothing is lost, and keys work again."""
    process = psutil.Process(terminal.process.pid)
    for number in (signal.SIGTSTP, signal.SIGSTOP):
        terminal.process.send_signal(number)
        # Continued before it has stopped, it would stop for good.
        terminal.wait(lambda: process.status() == psutil.STATUS_STOPPED)
        terminal.process.send_signal(signal.SIGCONT)
    terminal.press(b"a")
    terminal.wait(lambda: "2 files marked" in terminal.text)


def test_a_storm_of_sizes_leaves_the_right_one(terminal: Terminal) -> None:
    """Hundreds of sizes within a moment, some of them absurd, end in a whole screen of the last one."""
    for number in range(300):
        terminal.resize(2 + number * 7 % 190, 2 + number * 3 % 60)
    terminal.resize(100, 30)
    terminal.wait(lambda: "wa_8812.jpg" in terminal.text and "Groups" in terminal.text)
    terminal.press(b"a")
    terminal.wait(lambda: "2 files marked" in terminal.text)


def test_hang_up_ends_the_app(terminal: Terminal) -> None:
    terminal.hang_up()
    assert terminal.process.wait(SECONDS) == 0


@pytest.mark.parametrize("terminal", [{"WITHOUT_SIGNALS": "1"}], indirect=True)
def test_terminal_that_vanishes_without_a_signal_ends_the_app(terminal: Terminal) -> None:
    terminal.press(b"lhlhlhlhjkjkjkjk" * 20)
    terminal.hang_up()
    assert terminal.process.wait(SECONDS) == 0


@pytest.mark.parametrize("terminal", [{"WITHOUT_SIGNALS": "1"}], indirect=True)
def test_terminal_that_vanishes_from_an_idle_app_ends_it(terminal: Terminal) -> None:
    """Nothing is written that could fail: only what is read tells, and it does so without an error."""
    terminal.rest()
    terminal.hang_up()
    assert terminal.process.wait(SECONDS) == 0


KITTY = "\x1bP>|kitty(0.26.5)\x1b\\\x1b_Gi=31;OK\x1b\\\x1b[6;18;9t"


@pytest.mark.parametrize("terminal", [{"DRAWS": KITTY}], indirect=True)
def test_a_terminal_that_draws_pixels_gets_them_and_keeps_none(terminal: Terminal) -> None:
    terminal.wait(lambda: b"a=p,i=" in terminal.written)
    assert BLOCK not in terminal.text
    terminal.press(b"f")
    terminal.wait(lambda: "closer" in terminal.text)
    terminal.rest()
    terminal.press(b"\x1b")
    terminal.wait(lambda: "closer" not in terminal.text)
    terminal.rest()
    terminal.press(b"q")
    terminal.wait(lambda: terminal.process.poll() is not None)
    terminal.read()
    assert terminal.process.returncode == 0
    sent = set(re.findall(rb"a=t,f=100,t=d,i=(\d+)", terminal.written))
    assert sent
    assert set(re.findall(rb"d=I,i=(\d+)", terminal.written)) == sent
    assert terminal.written.rindex(b"d=I") < terminal.written.rindex(b"\x1b[?1049l")


@pytest.mark.parametrize("terminal", [{"DRAWS": KITTY}], indirect=True)
def test_stopped_and_continued_it_sends_its_pictures_again(terminal: Terminal) -> None:
    """The terminal has forgotten them: another program had it."""
    terminal.wait(lambda: b"a=p,i=" in terminal.written)
    process = psutil.Process(terminal.process.pid)
    terminal.process.send_signal(signal.SIGTSTP)
    terminal.wait(lambda: process.status() == psutil.STATUS_STOPPED)
    terminal.rest()
    assert b"d=I" in terminal.written
    terminal.written = b""
    terminal.process.send_signal(signal.SIGCONT)
    terminal.wait(lambda: b"a=t," in terminal.written and b"a=p," in terminal.written)


@pytest.mark.parametrize("terminal", [{}], indirect=True)
def test_answers_that_come_late_press_no_key(terminal: Terminal) -> None:
    terminal.press(KITTY.encode() + b"\x1b]1337;ReportCellSize=17.0;8.0;2.0\x07\x1b[?62;4c")
    terminal.press(b"a")
    terminal.wait(lambda: "2 files marked" in terminal.text)
    terminal.rest()
    assert "2 files marked" in terminal.text
    assert "Groups" in terminal.text


SIXEL = b"\x1b[6;15;8t\x1b[?62;4c"
START = b"\x1bP0;0;0q"


def test_pictures_in_cells_are_not_sent_again_beside_the_help(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, {}, draws=SIXEL)
    try:
        terminal.resize(120, 40)
        terminal.wait(lambda: "enter review" in terminal.text)
        terminal.press(b"3")
        terminal.wait(lambda: terminal.written.count(START) >= 2)
        terminal.rest()
        terminal.written = b""
        terminal.press(b"?")
        terminal.wait(lambda: "esc back" in terminal.text)
        terminal.press(b"\x1b")
        terminal.wait(lambda: "esc back" not in terminal.text)
        terminal.rest()
        assert START not in terminal.written
        terminal.press(b"l")
        terminal.wait(lambda: START in terminal.written)
    finally:
        terminal.end()
