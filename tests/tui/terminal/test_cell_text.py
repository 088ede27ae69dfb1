"""Cells: whatever is cut, filled or wrapped has the width that was asked for."""

from __future__ import annotations

from hypothesis import given, strategies as st
from rich.cells import cell_len
from rich.style import Style

from dpm_tui.file_names import display_name
from dpm_tui.text_format import local_date, local_time, similarity
from dpm_tui.tui.terminal.cell_text import cut_middle, cut_start, flow, line_of, pad, pad_left, spread, wrap
from dpm_tui.units import duration, long_size, short_size

NAMES = st.text(max_size=60).map(display_name)
STYLE = Style(bold=True)


@given(NAMES, st.integers(1, 50))
def test_cut_text_fits(name: str, width: int) -> None:
    assert cell_len(cut_middle(name, width)) <= width
    assert cell_len(cut_start(name, width)) <= width
    assert cell_len(pad(name, width)) == width
    assert cell_len(pad_left(name, width)) == width
    if cell_len(name) <= width:
        assert cut_middle(name, width) == cut_start(name, width) == name


def test_the_ending_stays() -> None:
    assert cut_middle("IMG_20190714_123456.jpg", 16) == "IMG_201~3456.jpg"
    assert cut_start("holiday/2019/IMG_1.jpg", 12) == "~9/IMG_1.jpg"
    assert cut_middle("全家福照片原图全家福照片.png", 16).endswith("片.png")


@given(st.lists(NAMES, max_size=5), st.integers(1, 60))
def test_lines_have_their_width_and_styles(names: list[str], width: int) -> None:
    parts = [(name, STYLE) for name in names]
    for strip in (line_of(parts, width, STYLE), spread(parts, parts[:1], width, STYLE)):
        assert strip.cell_length == width == sum(cell_len(segment.text) for segment in strip)
        assert all(segment.style is not None for segment in strip)


@given(NAMES, st.integers(2, 40))
def test_wrapped_text_loses_nothing(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == "".join(text.split())


def test_flow_breaks_where_it_must() -> None:
    gap = ("  ", STYLE)
    lines = flow([("aaaa", STYLE), ("bbbb", STYLE), ("cccc", STYLE)], 10, gap)
    assert [[text for text, _ in line] for line in lines] == [["aaaa", "  ", "bbbb"], ["cccc"]]


def test_numbers_as_text() -> None:
    assert [short_size(size) for size in (0, 999, 1000, 10_000, 1_048_576, 5 << 30)] == [
        "0B", "999B", "1.0K", "10K", "1.0M", "5.4G",
    ]  # fmt: skip
    assert (long_size(17), long_size(148_000_000)) == ("17 B", "148 MB")
    assert (duration(5), duration(65), duration(3909), duration(-3)) == ("0:05", "1:05", "1:05:09", "0:00")
    assert [similarity(value) for value in (1, 0.99999, 0.9821, 0.5, 0)] == [
        "1.00",
        ".999",
        ".982",
        ".500",
        ".000",
    ]
    assert local_date(10**30) == "-"
    assert local_time("2026-11-20T10:00:00+00:00") == "2026-11-20 10:00"
    assert local_time("\x1b[2J") == "\\x1b[2J"


@given(st.integers(0, 1 << 62))
def test_sizes_take_five_cells(size: int) -> None:
    assert len(short_size(size)) <= 5
