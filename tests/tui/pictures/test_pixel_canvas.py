"""The pixel canvas: what is sent when pictures come, go, flip, are covered, or take too long."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest
from textual.geometry import Region

from dpm_tui.tui.pictures.pixel_canvas import PixelCanvas, Placed
from dpm_tui.tui.pictures.pixel_picture import PixelPicture, make_picture
from dpm_tui.tui.terminal.graphics import Graphics, Protocol
from tests.tui.samples.library import picture_of

CELL = (9, 18)
ALL = [Region(0, 0, 120, 40)]


@dataclass
class FakePane:
    """A pane with a picture in a corner."""

    picture: PixelPicture | None = None
    corner: tuple[int, int] = (40, 3)
    laid: int = 0

    def placed(self) -> Placed | None:
        return Placed(self.picture, self.corner) if self.picture else None

    def lay_anew(self) -> None:
        self.laid += 1


@dataclass
class Terminal:
    """What was sent, and a clock."""

    graphics: Graphics
    sent: list[str] = field(default_factory=list)
    now: float = 0.0
    slow: int = 0
    erased: list[Region] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.canvas = PixelCanvas(
            self.graphics,
            self.sent.append,
            self.erased.append,
            self._too_slow,
            lambda callback: callback(),
            lambda: self.now,
        )

    def _too_slow(self) -> None:
        self.slow += 1

    def take(self) -> str:
        """Return what was sent since the last time."""
        text = "".join(self.sent)
        self.sent.clear()
        return text

    def picture(self, seed: int, size: tuple[int, int] = (256, 171)) -> PixelPicture:
        return make_picture(picture_of(seed, *size), (45, 30), self.graphics, centred=False)


def terminal_of(protocol: Protocol, *, insists: bool = False) -> Terminal:
    return Terminal(Graphics(protocol, CELL, insists=insists))


@pytest.fixture
def kitty() -> Terminal:
    return terminal_of(Protocol.KITTY)


IN_CELLS = [Protocol.ITERM, Protocol.SIXEL]


def test_a_picture_is_sent_once_and_a_flip_takes_less_than_a_kilobyte(kitty: Terminal) -> None:
    pane, first, second = FakePane(), kitty.picture(1), kitty.picture(2)
    kitty.canvas.join(pane)
    for picture in (first, second):
        pane.picture = picture
        kitty.canvas.show()
        assert picture.sequence in kitty.take()
    for picture, other in ((first, second), (second, first)):
        pane.picture = picture
        kitty.canvas.show()
        sent = kitty.take()
        assert len(sent) < 200
        assert f"a=p,i={picture.number}," in sent
        assert f"a=d,d=i,i={other.number}," in sent
        assert sent.index("a=p") < sent.index("a=d")  # there is always one to be seen


def test_nothing_is_sent_where_nothing_changes(kitty: Terminal) -> None:
    pane = FakePane(kitty.picture(1))
    kitty.canvas.join(pane)
    kitty.canvas.show()
    kitty.take()
    kitty.canvas.show()
    kitty.canvas.painted(ALL)
    assert kitty.take() == ""


def test_a_new_pair_takes_less_than_60_kb(kitty: Terminal) -> None:
    for seed in (1, 2):
        kitty.canvas.join(FakePane(kitty.picture(seed), (40 * seed, 3)))
    kitty.canvas.show()
    assert len(kitty.take()) < 60_000


def test_what_is_covered_is_hidden_and_comes_back_without_being_sent(kitty: Terminal) -> None:
    picture = kitty.picture(1)
    pane = FakePane(picture)
    kitty.canvas.join(pane)
    kitty.canvas.show()
    kitty.take()
    pane.picture = None
    kitty.canvas.painted(ALL)
    assert kitty.take() == f"\x1b_Ga=d,d=i,i={picture.number},p=1,q=2\x1b\\"
    pane.picture = picture
    kitty.canvas.painted(ALL)
    assert "a=t" not in kitty.take()


def test_a_pane_that_is_closed_leaves_nothing(kitty: Terminal) -> None:
    pane = FakePane(kitty.picture(1))
    kitty.canvas.join(pane)
    kitty.canvas.show()
    kitty.take()
    kitty.canvas.leave(pane)
    assert "a=d,d=i" in kitty.take()


def test_in_the_end_the_terminal_forgets_all_pictures_and_gets_them_again_later(kitty: Terminal) -> None:
    pane, pictures = FakePane(), [kitty.picture(seed) for seed in (1, 2)]
    kitty.canvas.join(pane)
    for pane.picture in pictures:
        kitty.canvas.show()
    kitty.take()
    kitty.canvas.clear()
    assert set(re.findall(r"d=I,i=(\d+)", kitty.take())) == {str(each.number) for each in pictures}
    kitty.canvas.painted(ALL)
    assert pictures[1].sequence in kitty.take()


def test_a_terminal_keeps_no_more_than_it_should(kitty: Terminal) -> None:
    pane = FakePane()
    kitty.canvas.join(pane)
    for seed in range(40):
        pane.picture = kitty.picture(seed, (8, 8))
        kitty.canvas.show()
    assert len(re.findall("d=I", kitty.take())) == 8


@pytest.mark.parametrize("protocol", IN_CELLS)
def test_what_lies_in_cells_is_drawn_again_only_where_letters_were_written(protocol: Protocol) -> None:
    terminal = terminal_of(protocol)
    pane = FakePane(terminal.picture(1))
    terminal.canvas.join(pane)
    terminal.canvas.show()
    assert terminal.take().startswith("\x1b7\x1b[4;41H")
    terminal.canvas.painted([Region(0, 0, 39, 40), Region(0, 0, 120, 3)])
    assert terminal.take() == ""
    terminal.canvas.painted([Region(84, 18, 1, 1)])
    assert pane.picture
    assert pane.picture.sequence in terminal.take()


@pytest.mark.parametrize("protocol", IN_CELLS)
def test_what_a_smaller_picture_leaves_is_erased(protocol: Protocol) -> None:
    terminal = terminal_of(protocol)
    pane = FakePane(terminal.picture(1))
    terminal.canvas.join(pane)
    terminal.canvas.show()
    whole = Region(40, 3, *pane.placed().picture.cells)  # type: ignore[union-attr]
    pane.picture = terminal.picture(2)
    terminal.canvas.show()
    assert terminal.erased == []
    pane.picture = small = terminal.picture(3, (100, 256))
    terminal.canvas.show()
    assert terminal.erased == [whole]
    pane.picture = None
    terminal.canvas.show()
    assert terminal.erased == [whole, Region(40, 3, *small.cells)]


@pytest.mark.parametrize("protocol", Protocol)
def test_a_slow_line_gets_blocks(protocol: Protocol) -> None:
    terminal = terminal_of(protocol)
    pane = FakePane(make_picture(picture_of(1, 256, 171), (45, 30), terminal.graphics, centred=False))
    pane.picture = PixelPicture(7, "x" * 10_000, (4, 4), (0, 0))
    terminal.canvas.join(pane)
    terminal.canvas.show()
    assert terminal.take().endswith("\x1b[5n")
    terminal.now = 2.0
    terminal.canvas.answered()
    assert (terminal.slow, pane.laid, terminal.canvas.is_open) == (1, 1, False)
    terminal.take()
    terminal.canvas.painted(ALL)
    assert terminal.take() == ""


@pytest.mark.parametrize(("seconds", "insists"), [(0.3, False), (5.0, True)])
def test_a_quick_line_or_who_insists_keeps_pixels(seconds: float, insists: bool) -> None:
    terminal = terminal_of(Protocol.KITTY, insists=insists)
    terminal.canvas.join(FakePane(PixelPicture(7, "x" * 10_000, (4, 4), (0, 0))))
    terminal.canvas.show()
    terminal.now = seconds
    terminal.canvas.answered()
    assert (terminal.slow, terminal.canvas.is_open) == (0, True)


def test_cells_of_another_size_are_drawn_anew(kitty: Terminal) -> None:
    pane = FakePane(kitty.picture(1))
    kitty.canvas.join(pane)
    kitty.canvas.show()
    kitty.take()
    kitty.canvas.lay_anew((12, 24))
    assert (kitty.canvas.graphics.cell, pane.laid) == ((12, 24), 1)
    assert "a=d,d=i" in kitty.take()
    kitty.canvas.lay_anew((12, 24))
    assert pane.laid == 1


@pytest.mark.parametrize("protocol", IN_CELLS)
def test_what_another_screen_was_written_over_is_erased_where_it_was_not(protocol: Protocol) -> None:
    terminal = terminal_of(protocol)
    pane = FakePane(picture := terminal.picture(1))
    terminal.canvas.join(pane)
    terminal.canvas.show()
    terminal.take()
    pane.picture = None
    terminal.canvas.painted([Region(50, 5, 10, 1)])
    assert terminal.take() == ""
    assert terminal.erased == [Region(40, 3, *picture.cells)]
