from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given, strategies as st

from dpm_tui.file_names import display_name, from_json, is_safe_relative, shorten_middle, to_json
from tests.support.hostile import HOSTILE_NAMES

PATHS = st.binary(max_size=300)


def assert_harmless(text: str) -> None:
    """Fail if showing ``text`` could drive a terminal or take more than one line."""
    assert len(text.splitlines()) <= 1
    for character in text:
        assert unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}, repr(text)
    text.encode("utf-8")


def test_there_are_two_dozen_hostile_names() -> None:
    assert len(set(HOSTILE_NAMES)) == 24
    assert all(len(name) <= 255 and b"/" not in name and b"\0" not in name for name in HOSTILE_NAMES)


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=ascii)
def test_hostile_name_is_shown_on_one_harmless_line(name: bytes) -> None:
    assert_harmless(display_name(name))
    assert display_name(name)


@given(PATHS)
def test_any_bytes_are_shown_on_one_harmless_line(name: bytes) -> None:
    assert_harmless(display_name(name))


@given(PATHS, st.integers(1, 40))
def test_shown_name_is_never_wider_than_asked(name: bytes, width: int) -> None:
    assert len(display_name(name, width)) <= width


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"a\nb", "a\\nb"),
        (b"\x1b[31m", "\\x1b[31m"),
        (b"caf\xe9", "caf\\xe9"),
        ("\u202eexe".encode(), "\\u202eexe"),
        ("\U000e0001".encode(), "\\U000e0001"),
        (b"plain.jpg", "plain.jpg"),
        ("\u5168\u89d2 \xe9.jpg".encode(), "\u5168\u89d2 \xe9.jpg"),
    ],
)
def test_what_cannot_be_shown_becomes_a_visible_escape(name: bytes, shown: str) -> None:
    assert display_name(name) == shown


def test_markup_is_left_to_read_as_it_is() -> None:
    assert display_name(b"[/bar].jpg") == "[/bar].jpg"


def test_a_pile_of_combining_marks_is_cut_down() -> None:
    shown = display_name(("e" + "\u0301" * 50 + "x").encode())
    assert shown == "e" + "\u0301" * 4 + "x"


def test_a_long_name_loses_its_middle_and_keeps_its_ending() -> None:
    shown = display_name(b"holiday in the mountains, first day.jpeg", 20)
    assert len(shown) == 20
    assert shown.startswith("holiday")
    assert shown.endswith(".jpeg")
    assert "~" in shown


@pytest.mark.parametrize(("width", "shown"), [(0, ""), (1, "a"), (2, "~f"), (3, "a~f"), (6, "abcdef")])
def test_shortening_to_almost_nothing(width: int, shown: str) -> None:
    assert shorten_middle("abcdef", width) == shown


@given(PATHS)
def test_stored_name_comes_back_byte_for_byte(name: bytes) -> None:
    text = json.dumps(to_json(name))
    assert text.isascii()
    assert from_json(json.loads(text)) == name


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=ascii)
def test_stored_hostile_name_comes_back_byte_for_byte(name: bytes) -> None:
    assert from_json(json.loads(json.dumps(to_json(name)))) == name


@pytest.mark.parametrize(
    "value",
    [None, 3, [], {}, {"b64": 1}, {"b64": "!"}, {"b64": "\u9577"}, {"b64": "QQ="}, "\ud800"],
    ids=ascii,
)
def test_what_is_no_stored_name_is_refused(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        from_json(value)


@pytest.mark.parametrize("path", [b"a.jpg", b"a/b/c.jpg", b"..a/b..", b"...", b"\xff/\n"], ids=ascii)
def test_path_below_the_root_is_safe(path: bytes) -> None:
    assert is_safe_relative(path)


@pytest.mark.parametrize(
    "path", [b"", b"/", b"/etc/passwd", b"..", b"a/../b", b"../a", b"a/..", b"./a", b"a//b", b"a/", b"a\0b"],
    ids=ascii,
)  # fmt: skip
def test_path_that_could_leave_the_root_is_not_safe(path: bytes) -> None:
    assert not is_safe_relative(path)
