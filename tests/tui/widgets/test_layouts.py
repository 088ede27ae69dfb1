"""Layouts: pictures get the room, all panes have one size, and nothing overlaps at any size."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, strategies as st
from textual.geometry import Region

from dpm_tui.tui.previews.pane_layout import count_columns, picture_area, tile
from dpm_tui.tui.widgets.review_layout import review_regions

WIDE, SQUARE, HIGH = (1920, 1080), (1000, 1000), (1080, 1920)
SIZES = st.tuples(st.integers(10, 250), st.integers(4, 90))


@pytest.mark.parametrize(
    ("shapes", "size", "columns"),
    [
        ([HIGH, HIGH], (69, 32), 2),
        ([WIDE, WIDE], (38, 21), 1),
        ([WIDE, WIDE], (120, 26), 2),
        ([WIDE] * 4, (143, 52), 2),
        ([SQUARE] * 4, (143, 14), 4),
        ([HIGH], (40, 20), 1),
        ([(0, 0), WIDE], (120, 26), 2),
    ],
)
def test_pictures_stand_as_they_become_largest(
    shapes: list[tuple[int, int]], size: tuple[int, int], columns: int
) -> None:
    assert count_columns(shapes, *size, framed=False) == columns


@given(SIZES, st.integers(1, 12), st.data())
def test_panes_have_one_size_and_never_overlap(
    size: tuple[int, int], count: int, data: st.DataObject
) -> None:
    panes = tile(count, data.draw(st.integers(1, count)), *size)
    assert len({pane.size for pane in panes}) == 1
    assert all(Region(0, 0, *size).contains_region(pane) for pane in panes)
    assert not any(one.intersection(other).area for one, other in combinations(panes, 2))


@given(SIZES)
def test_list_pictures_and_reasons_never_overlap(size: tuple[int, int]) -> None:
    regions = review_regions(*size)
    assert all(Region(0, 0, *size).contains_region(region) for region in regions if region.area)
    assert not any(one.intersection(other).area for one, other in combinations(regions, 2))
    assert regions.rows.area


@pytest.mark.parametrize(
    ("size", "least"), [((80, 20), (36, 18)), ((120, 36), (58, 22)), ((200, 56), (98, 36))]
)
def test_two_pictures_or_one_get_so_many_cells(size: tuple[int, int], least: tuple[int, int]) -> None:
    pictures = review_regions(*size).pictures
    is_large = size[0] > 100
    width = pictures.width // 2 if is_large else pictures.width
    area = picture_area(width, pictures.height, framed=is_large)
    assert area.width >= least[0]
    assert area.height >= least[1]


@pytest.mark.parametrize("size", [(40, 7), (59, 30), (100, 12)])
def test_without_room_there_is_the_list_alone(size: tuple[int, int]) -> None:
    regions = review_regions(*size)
    assert regions.rows == Region(0, 0, *size)
    assert not regions.pictures.area
