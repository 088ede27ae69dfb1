"""The terminal probe: asks how wide half blocks are and what can be drawn, before Textual takes over.

Everything is asked at once: one answer's time over a slow line is all that it costs. Whatever a terminal does
not know it leaves out; all of them answer the last question.
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import termios
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace

from dpm_tui.file_names import display_name

BLOCK = "\u2580"
ANSWER_SECONDS = 0.4
"""A terminal that answers later, over a slow line, counts as a usual one; a late answer does no harm."""
_CLEAR = b"\r\x1b[2K"
_ASK_PLACE = f"\r{BLOCK}\x1b[6n".encode() + _CLEAR
_ASK_GRAPHICS = (
    b"\x1b[>q"  # its name
    b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"  # whether it takes kitty's graphics
    b"\x1b[16t"  # pixels of a cell
    b"\x1b]1337;ReportCellSize\x1b\\"  # whether it is one that takes iTerm2's pictures
    b"\x1b[?1;1;0S"  # colours of a sixel picture
    b"\x1b[c"  # what it is; 4 among the numbers says sixel
) + _CLEAR
_PLACE = re.compile(rb"\x1b\[\d{1,5};(\d{1,5})R")
_NAME = re.compile(rb"\x1bP>\|([^\x1b]*)\x1b\\")
_KITTY = re.compile(rb"\x1b_Gi=31;([^\x1b]*)\x1b\\")
_CELL = re.compile(rb"\x1b\[6;(\d{1,5});(\d{1,5})t")
_ITERM = re.compile(rb"\x1b\]1337;ReportCellSize=([\d.]+);([\d.]+)(?:;[\d.]+)?(?:\x1b\\|\x07)")
_REGISTERS = re.compile(rb"\x1b\[\?1;(\d+)(?:;(\d+))?S")
_DEVICE = re.compile(rb"\x1b\[\?([\d;]*)c")
_NAME_CELLS = 30


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a terminal said that it can draw; ``cell`` is width and height in pixels, 0 where unknown.

    ``colours`` are those of a sixel picture, 0 where unknown.
    """

    name: str = ""
    kitty: bool = False
    iterm: bool = False
    sixel: bool = False
    cell: tuple[int, int] = (0, 0)
    colours: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """Cells that a half block takes, 0 if the terminal did not say; and the keys that came meanwhile."""

    width: int = 0
    typed: bytes = b""
    drawing: Drawing = field(default_factory=Drawing)

    @property
    def whole_cells(self) -> bool:
        """Whether pictures must do without half blocks.

        Terminals set to draw ambiguous characters wide, as is common beside Chinese, double them; those
        without UTF-8 draw three characters for one.
        """
        return self.width > 1


def ask_terminal(
    source: int = 0, target: int = 2, seconds: float = ANSWER_SECONDS, *, graphics: bool = False
) -> Answer:
    """Return what the terminal says: draw a half block, ask for the cursor's place, erase it.

    ``source`` and ``target`` are the descriptors that are read and written. With ``graphics`` it is asked for
    pictures, too.
    """
    try:
        before = termios.tcgetattr(source)
    except termios.error:
        return Answer()
    silent = [*before[:3], before[3] & ~(termios.ECHO | termios.ICANON), *before[4:]]
    try:
        termios.tcsetattr(source, termios.TCSADRAIN, silent)
        os.write(target, _ASK_PLACE + (_ASK_GRAPHICS if graphics else b""))
        heard = _listen(source, time.monotonic() + seconds, _DEVICE if graphics else _PLACE)
        answer = read_answer(heard)
        if not all(answer.drawing.cell):
            answer = replace(answer, drawing=replace(answer.drawing, cell=cell_pixels(target)))
        return answer
    except (termios.error, OSError):
        return Answer()
    finally:
        with suppress(termios.error):
            termios.tcsetattr(source, termios.TCSADRAIN, before)


def read_answer(heard: bytes) -> Answer:
    """Return what the bytes that came from a terminal say."""

    def take(pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        nonlocal heard
        found = pattern.search(heard)
        if found:
            heard = heard[: found.start()] + heard[found.end() :]
        return found

    place, name, kitty = take(_PLACE), take(_NAME), take(_KITTY)
    cell, iterm, registers, device = take(_CELL), take(_ITERM), take(_REGISTERS), take(_DEVICE)
    size = (0, 0)
    if cell:
        size = int(cell[2]), int(cell[1])
    elif iterm:
        size = round(float(iterm[2])), round(float(iterm[1]))
    drawing = Drawing(
        name=display_name(name[1].decode("utf-8", "replace"), _NAME_CELLS) if name else "",
        kitty=kitty is not None and kitty[1] == b"OK",
        iterm=iterm is not None,
        sixel=device is not None and b"4" in device[1].split(b";")[1:],
        cell=size,
        colours=int(registers[2] or 0) if registers and registers[1] == b"0" else 0,
    )
    return Answer(int(place[1]) - 1 if place else 0, heard, drawing)


def cell_pixels(target: int = 2) -> tuple[int, int]:
    """Return width and height of a cell as the kernel knows them, 0 where it does not."""
    try:
        packed = fcntl.ioctl(target, termios.TIOCGWINSZ, bytes(8))
    except OSError:
        return 0, 0
    rows, columns, wide, high = struct.unpack("HHHH", packed)
    return (wide // columns, high // rows) if rows and columns else (0, 0)


def _listen(source: int, end: float, last: re.Pattern[bytes]) -> bytes:
    """Return what comes until the last answer is there, or until ``end``."""
    heard = b""
    while (left := end - time.monotonic()) > 0 and select.select([source], [], [], left)[0]:
        chunk = os.read(source, 1024)
        if not chunk:
            break
        heard += chunk
        if last.search(heard):
            break
    return heard
