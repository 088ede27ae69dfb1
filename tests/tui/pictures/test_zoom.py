"""Zoom: the part that is seen, for pictures of any shape in areas of any shape."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from dpm_tui.tui.pictures.zoom import Zoom

SIDES = st.tuples(st.integers(1, 6000), st.integers(1, 6000))


@given(SIDES, SIDES, st.lists(st.sampled_from(["+", "-", "left", "right", "up", "down"]), max_size=30))
def test_what_is_seen_lies_inside_the_picture(
    picture: tuple[int, int], area: tuple[int, int], keys: list[str]
) -> None:
    zoom = Zoom()
    for key in keys:
        if key in "+-":
            zoom = zoom.scaled(2 if key == "+" else 0.5)
        else:
            right = {"left": -1, "right": 1}.get(key, 0)
            down = {"up": -1, "down": 1}.get(key, 0)
            zoom = zoom.panned(right, down, zoom.box(picture, area))
        left, top, right_edge, bottom = zoom.box(picture, area)
        assert 0 <= left < right_edge <= 1
        assert 0 <= top < bottom <= 1


def test_at_first_the_whole_picture_is_seen() -> None:
    assert Zoom().box((4000, 3000), (80, 40)) == (0, 0, 1, 1)


def test_a_narrow_picture_fills_a_wide_area() -> None:
    """Zoomed twice, a portrait may be twice as wide on the screen: nothing of its width is cut off."""
    left, top, right, bottom = Zoom().scaled(2).box((300, 600), (80, 40))
    assert (left, right) == (0, 1)
    assert (top, bottom) == (0.25, 0.75)


def test_pictures_of_one_shape_show_the_same_place() -> None:
    zoom = Zoom().scaled(4).panned(1, 1, (0.4, 0.4, 0.6, 0.6))
    assert zoom.box((4000, 3000), (80, 40)) == pytest.approx(zoom.box((400, 300), (80, 40)))


def test_a_step_over_the_edge_is_not_to_be_taken_back() -> None:
    picture, area = (100, 100), (40, 40)
    zoom = Zoom().scaled(4)
    for _ in range(20):
        zoom = zoom.panned(-1, 0, zoom.box(picture, area))
    assert zoom.box(picture, area)[0] == 0
    assert zoom.panned(1, 0, zoom.box(picture, area)).box(picture, area)[0] == 0.0625


def test_zoom_has_an_end_on_both_sides() -> None:
    assert Zoom().scaled(0.5) == Zoom()
    assert Zoom().scaled(10_000).scale == 64
    assert Zoom(4, 0.1, 0.1).scaled(0.01) == Zoom()
