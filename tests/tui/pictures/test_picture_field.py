"""A crop is shown in the frame of the picture that it was cut from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from dpm_tui.tui.pictures.cell_renderer import Blocks, Brush, draw_inset
from dpm_tui.tui.pictures.original_parts import cut
from dpm_tui.tui.pictures.picture_field import GROUND, fields_of, into_field, into_picture, lay_on_ground
from dpm_tui.tui.pictures.zoom import WHOLE, Box
from dpm_tui.tui.terminal.colour_depth import Palette

CROP: Box = (0.25, 0.5, 0.75, 1.0)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    left, top = (draw(st.floats(-2, 2)) for _ in range(2))
    wide, high = (draw(st.floats(0.1, 3)) for _ in range(2))
    return left, top, left + wide, top + high


def test_a_crop_gets_the_frame_of_the_whole() -> None:
    assert fields_of(CROP) == (WHOLE, (-0.5, -1.0, 1.5, 1.0))


@pytest.mark.parametrize("place", [WHOLE, (0.01, -0.005, 1.0, 0.99)])
def test_copies_are_shown_as_they_are(place: Box) -> None:
    assert fields_of(place) == (WHOLE, WHOLE)


def test_a_crop_that_would_be_tiny_is_looked_at_by_itself() -> None:
    assert fields_of((0.4, 0.4, 0.6, 0.6)) == (WHOLE, WHOLE)


def test_both_have_the_same_frame_where_each_reaches_beyond_the_other() -> None:
    first, second = fields_of((0.25, 0.0, 1.25, 1.0))
    assert first == (0.0, 0.0, 1.25, 1.0)
    assert second == (-0.25, 0.0, 1.0, 1.0)


@given(boxes(), boxes())
def test_parts_of_a_field_come_back_from_the_picture(box: Box, field: Box) -> None:
    assert into_field(into_picture(box, field), field) == pytest.approx(box, abs=1e-6)


def test_what_is_seen_stands_in_its_place() -> None:
    part = np.full((10, 20, 3), 9, np.uint8)
    laid = lay_on_ground(part, WHOLE, (-0.5, -1.0, 1.5, 1.0))
    assert laid.shape == (20, 40, 3)
    assert (laid[10:, 10:30] == 9).all()
    assert (laid[:10] == GROUND).all()


@pytest.mark.parametrize("palette", Palette)
@pytest.mark.parametrize("size", [(40, 12), (12, 12), (3, 1), (60, 5)])
def test_a_crop_is_drawn_where_it_lies(palette: Palette, size: tuple[int, int]) -> None:
    part = np.full((40, 60, 3), 230, np.uint8)
    brush = Brush(palette, Blocks.HALF if palette.has_blocks else Blocks.WHOLE, quick=True)
    lines = draw_inset(part, *size, brush, None, CROP)
    assert [line.cell_length for line in lines] == [size[0]] * size[1]
    if size == (40, 12) and palette.has_blocks:
        shown = [
            [segment.style and segment.style.bgcolor for segment in line for _ in segment.text]
            for line in lines
        ]
        # All of it is 36 cells wide: the crop fills half of them, and the lower half of the lines.
        inside, ground = shown[9][20], shown[2][20]
        assert inside != ground
        assert [colour == inside for colour in shown[9]] == [11 <= column < 29 for column in range(40)]
        assert [line[20] == inside for line in shown] == [row >= 6 for row in range(12)]


def test_only_what_is_there_is_cut_out() -> None:
    picture = np.arange(40 * 60 * 3, dtype=np.uint16).reshape(40, 60, 3).astype(np.uint8)
    assert np.array_equal(cut(picture, (-0.5, -1.0, 1.5, 0.5)), picture[:20])
    assert cut(picture, (1.0, 0.0, 2.0, 1.0)).size == 0
