"""The text report fits into a mail, and says what is there in the order in which it matters."""

from __future__ import annotations

from dataclasses import replace
from unicodedata import east_asian_width

import pytest

from dpm_tui.catalog.group import Group, Pair
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.catalog.verdict import Kind
from dpm_tui.locale import set_language
from dpm_tui.report.news import News, find_news
from dpm_tui.report.text_report import COLUMNS, describe_news, write_text
from dpm_tui.review.library.library import Library
from tests.support.hostile import HOSTILE_NAMES
from tests.support.image_files import image_file

SECOND = 10**9
NEVER: News | None = None


def came(file: ImageFile, second: int) -> ImageFile:
    """Return a file that came at a time."""
    return replace(file, stamp=replace(file.stamp, ctime_ns=second * SECOND))


FILES = {
    file.id: file
    for file in (
        came(image_file(1, b"a/keeper.png", size=3_000_000), 10),
        came(image_file(2, b"b/copy.jpg", size=1_000_000), 50),
        came(image_file(3, b"b/same.jpg", size=2_000_000), 20),
        came(image_file(4, b"c/face.png", size=900_000), 10),
        came(image_file(5, b"c/smile.png", size=800_000), 20),
        came(image_file(6, b"alone.jpg"), 60),
        came(image_file(7, b"half.jpg", status="damaged", reason="it ends too early"), 60),
    )
}
PAIRS = {
    (1, 2): Pair(1, 2, Kind.COPY, 0.98),
    (1, 3): Pair(1, 3, Kind.IDENTICAL, 1.0),
    (4, 5): Pair(4, 5, Kind.VARIANT, 0.8),
}
GROUPS = (Group("a" * 12, 1, (1, 2, 3), 0.98, 3_000_000), Group("b" * 12, 4, (4, 5), 0.8, 800_000))


def library(files: dict[int, ImageFile] = FILES) -> Library:
    return Library(files, GROUPS, PAIRS)


def text(files: dict[int, ImageFile] = FILES, news: News | None = None, **values: object) -> str:
    wanted = {
        "root": b"/home/me/pictures", "library": library(files), "files": files, "going": {2: 1, 3: 1},
        "scanned": "2026-11-30T02:30:00+00:00", "finished": True, "news": news, "since_ns": 40 * SECOND,
    }  # fmt: skip
    return write_text(**(wanted | values))  # type: ignore[arg-type]


def paragraphs(said: str) -> list[str]:
    return [" ".join(part.split()) for part in said.split("\n\n")]


def test_it_says_what_was_found_and_what_to_do_next() -> None:
    said = paragraphs(text())
    assert said[0] == "Duplicates in /home/me/pictures"
    assert "6 pictures" in said[1]
    assert said[2].startswith("1 group shows the same picture more than once")
    assert "copy 1 2 3.0 MB 3.0 MB" in said[3]
    assert "variant" not in said[3], "those are apart"
    assert "would move 2 files to the recycle bin and free 3.0 MB" in said[4]
    assert "1 group with 1 file (800 KB)" in said[5]
    assert "half.jpg: damaged: it ends too early" in said[6]
    assert "dpm-tui DIR" in said[7]
    assert "--dry-run" in said[7]


def test_a_scan_that_did_not_finish_is_said_so() -> None:
    assert "What follows is not all" in text(finished=False)


def test_a_library_without_copies_says_so_and_asks_for_nothing() -> None:
    said = text(library=Library({}, (), {}), going={})
    assert "No picture was found twice." in said
    assert "dpm-tui" not in said


def test_what_came_is_named_with_its_group() -> None:
    news = find_news(library(), FILES, 40 * SECOND)
    said = text(news=news)
    assert "2 pictures. 1 group has some of them" in said
    assert "  1 copy\n" in said
    lines = said.splitlines()
    assert any(line.startswith("+ copy") and "b/copy.jpg" in line for line in lines)
    assert any(line.startswith("  kept") and "a/keeper.png" in line for line in lines)
    assert not any("smile" in line for line in lines)


def test_a_new_keeper_makes_all_beside_it_new() -> None:
    files = FILES | {1: came(FILES[1], 55)}
    news = find_news(library(files), files, 54 * SECOND)
    assert news.groups == (0,)
    assert news.members == {1}
    assert news.kinds == {Kind.COPY: 1, Kind.IDENTICAL: 1}


def test_nothing_new_and_everything_new_are_both_said() -> None:
    nothing = describe_news(find_news(library(), FILES, 99 * SECOND), library(), 99 * SECOND)
    assert "0 pictures, none of them in a group" in " ".join(nothing)
    everything = describe_news(find_news(library(), FILES, 0), library(), 0)
    assert everything[0] == "All is new: 6 pictures, 2 groups:"


def test_long_lists_end_with_how_many_more_there_are() -> None:
    files = {id_: came(image_file(id_, b"%03d.jpg" % id_), 50) for id_ in range(1, 101)}
    groups = [Group(f"{n:012x}", n, (n, n + 1), 1.0, 1000) for n in range(1, 100, 2)]
    pairs = {(n, n + 1): Pair(n, n + 1, Kind.IDENTICAL, 1.0) for n in range(1, 100, 2)}
    many = Library(files, groups, pairs)
    said = describe_news(find_news(many, files, 0), many, 0)
    assert said[-1] == "  and 30 more"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_no_line_is_wider_than_a_mail_whatever_the_names(language: str) -> None:
    set_language(language)
    names = [*HOSTILE_NAMES, b"x" * 250, "长".encode() * 80, b"a b " * 50]
    for name in names:
        status = {"status": "damaged", "reason": "it ends too early"}
        files = FILES | {2: came(image_file(2, name), 50), 7: image_file(7, name, **status)}
        said = text(files, find_news(library(files), files, 40 * SECOND), root=b"/" + name)
        for line in said.splitlines():
            cells = sum(2 if east_asian_width(sign) in "WF" else 1 for sign in line)
            assert cells <= COLUMNS, line
            assert line.isprintable()
