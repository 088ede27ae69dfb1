"""Filter, sort and rows: which groups are shown, in which order, on which line."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from dpm_tui.review.library.filter import FilterError, Progress, parse_filter
from dpm_tui.review.library.library import Library
from dpm_tui.review.library.list_layout import ListLayout, ListPosition
from dpm_tui.review.library.sort import Order, Sorting, sort_groups
from dpm_tui.worker.protocol.library_codec import unpack_library
from tests.tui.samples.library import sample_library


@pytest.fixture(scope="module")
def library() -> Library:
    """The sample: six groups, numbered 0 to 5."""
    return unpack_library(sample_library().pack())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", [0, 1, 2, 3, 4, 5]),
        ("dragon", [1]),
        ("DRAGON", [1]),
        ("全家福", [4]),
        ("kind:variant", [1]),
        ("kind:crop,turned", [3]),
        ("kind:copy", [0, 1]),
        ("ext:webp", [1]),
        ("ext:.JPG", [0, 2, 3]),
        ("dir:backup", [2]),
        ("size:>20M", [3]),
        ("size:<400k", [0]),
        ("size:6200000", [1, 2, 3, 4, 5]),
        ("score:<.98", [1, 3]),
        ("score:=1", [2, 4, 5]),
        ("files:>2", [0, 1, 3]),
        ("files:>2 kind:copy ext:png", [1]),
        ("marked", [0]),
        ("unmarked size:>9M", [2, 3, 4]),
        ("nothing-like-it", []),
        ("-dragon", [0, 2, 3, 4, 5]),
        ("!kind:copy -ext:tif", [2, 4, 5]),
        ("-marked", [1, 2, 3, 4, 5]),
        ('"IMG_4411 (1)"', [0]),
        ('dir:"backup/2021"', [2]),
        ('"-1"', []),
        ('name:dsc -dir:"backup"', []),
        ("name:2021", []),
        ("dir:letter", []),
        ("KIND:Copy", [0, 1]),
        ("size:300k..320k", [0]),
        ("date:2019-07-14", [0, 1, 2, 3, 4]),
        ("date:>2019-07-14", [0, 1, 2, 3, 4, 5]),
        ("date:2018", []),
        ("date:2018..2019", [0, 1, 2, 3, 4, 5]),
        ("date:<=2019-06", []),
        ("reviewed", [0, 2, 5]),
        ("unreviewed ext:png", [1, 4]),
        ('"marked"', []),
        ("全家福 -ext:jpg", [4]),
    ],
)
def test_words(library: Library, text: str, shown: list[int]) -> None:
    progress = Progress(removed={3}, kept={library.groups[2].keeper}, passed={library.groups[5].id})
    assert parse_filter(text).choose(library, progress) == shown


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("kidn:copy", "filter_unknown"),
        ("kind:", "filter_empty"),
        ("kind:twin", "filter_kind"),
        ("size:big", "filter_number"),
        ("score:<", "filter_number"),
        ("size:>nanM", "filter_number"),
        ("-kidn:copy", "filter_unknown"),
        ("date:may", "filter_date"),
        ("date:2024-13", "filter_date"),
        ("date:..", "filter_date"),
        ("size:2M..", "filter_number"),
        ("kind:,", "filter_kind"),
    ],
)
def test_words_that_are_none(text: str, key: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    assert caught.value.key == key


@given(st.text(max_size=30))
def test_any_text_is_a_filter_or_is_refused(library: Library, text: str) -> None:
    try:
        wanted = parse_filter(text)
    except FilterError:
        return
    assert set(wanted.choose(library, Progress())) <= set(range(6))


@pytest.mark.parametrize("name", ["", "dir:", "name:", "ext:"])
def test_half_a_letter_from_a_state_file_is_in_no_path(library: Library, name: str) -> None:
    assert parse_filter(f"{name}\ud800").choose(library, Progress()) == []


@pytest.mark.parametrize(
    ("order", "first", "last"),
    [
        (Order.KIND, 2, 1),
        (Order.FOLDER, 0, 5),
        (Order.NAME, 1, 4),
        (Order.SIZE, 4, 5),
        (Order.SCORE, 3, 5),
        (Order.FILES, 3, 5),
        (Order.DATE, 5, 4),
    ],
)
def test_orders(library: Library, order: Order, first: int, last: int) -> None:
    numbers = sort_groups(library, range(6), Sorting(order))
    assert (numbers[0], numbers[-1]) == (first, last)
    assert sorted(numbers) == [0, 1, 2, 3, 4, 5]


def test_same_order_again_turns_round() -> None:
    sorting = Sorting().choose(Order.SIZE)
    assert sorting == Sorting(Order.SIZE, False)
    assert sorting.choose(Order.SIZE) == Sorting(Order.SIZE, True)
    assert sorting.choose(Order.SIZE).choose(Order.DATE) == Sorting(Order.DATE, False)


def test_every_line_has_a_place(library: Library) -> None:
    rows = ListLayout(library, [3, 0])
    assert rows.height == 9
    assert [rows.place(line) for line in range(6)] == [
        ListPosition(0, -1), ListPosition(0, 0), ListPosition(0, 1), ListPosition(0, 2), ListPosition(0, 3),
        ListPosition(1, -1),
    ]  # fmt: skip
    assert [rows.line(rows.place(line)) for line in range(9)] == list(range(9))
    assert (rows.position_of(0), rows.position_of(5)) == (1, None)


@given(st.lists(st.integers(-7, 7), max_size=20))
def test_steps_stay_on_files(library: Library, steps: list[int]) -> None:
    rows = ListLayout(library, range(6))
    lines = [line for line in range(rows.height) if rows.place(line).member >= 0]
    place, index = ListPosition(0, 0), 0
    for step in steps:
        place = rows.step(place, step)
        index = min(max(index + step, 0), len(lines) - 1)
        assert rows.line(place) == lines[index]


def test_no_rows_no_steps() -> None:
    assert ListLayout(Library(), ()).step(ListPosition(0, 0), 3) == ListPosition(0, 0)
