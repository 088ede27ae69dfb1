"""Folders are completed as typed, never those that cannot be."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from dpm_tui.tui.session.folder_completion import (
    complete_below,
    complete_list,
    complete_path,
    complete_picture,
)
from dpm_tui.tui.widgets.typing_aid import TypingAid


def make(root: Path, *names: bytes | str) -> None:
    for name in names:
        os.makedirs(os.path.join(os.fsencode(root), os.fsencode(name)), exist_ok=True)


def test_folders_below_the_root(tmp_path: Path) -> None:
    make(tmp_path, "holiday/2019", "holiday/2020", "Home", ".git", "_image_temp", b"bad\xff", "two, three")
    (tmp_path / "house.jpg").touch()
    root = os.fsencode(tmp_path)
    assert complete_below(root, "ho") == ["holiday", "Home"]
    assert complete_below(root, "holiday/20") == ["holiday/2019", "holiday/2020"]
    assert complete_below(root, ".g") == [".git"]
    assert complete_below(root, "") == ["holiday", "Home", "two, three"]
    assert complete_below(root, "../") == []
    assert complete_below(root, "/etc/") == []
    assert complete_below(root, "nowhere/x") == []


def test_the_last_of_a_list(tmp_path: Path) -> None:
    make(tmp_path, "art", "keep", "two, three")
    below = partial(complete_below, os.fsencode(tmp_path))
    assert complete_list(below, "keep, a") == ["keep, art"]
    assert complete_list(below, '"two, t') == []
    assert complete_list(below, "t") == []


def test_any_folder(tmp_path: Path) -> None:
    make(tmp_path, "one/inside", "other")
    assert complete_path(f"{tmp_path}/o") == [f"{tmp_path}/one/", f"{tmp_path}/other/"]
    assert complete_path(f"{tmp_path}/one/") == [f"{tmp_path}/one/inside/"]
    assert complete_path("~") == ["~/"]


def test_tab_takes_what_all_begin_with_and_then_one_after_the_other() -> None:
    aid = TypingAid()
    assert aid.take("h", ["holiday", "home"]) == "ho"
    assert aid.take("ho", ["holiday", "home"]) == "holiday"
    assert aid.turns("holiday")
    assert aid.take_next() == "home"
    assert aid.take_next() == "holiday"
    assert not aid.turns("holiday/x")
    assert aid.take("x", []) is None


def test_arrows_bring_back_what_was_typed_and_keep_what_is_being_typed() -> None:
    aid = TypingAid(["old", "new"])
    assert aid.go_back("half") == "new"
    assert aid.go_back("new") == "old"
    assert aid.go_back("old") is None
    assert aid.go_on("old") == "new"
    assert aid.go_on("new") == "half"
    assert aid.go_on("half") is None


def test_pictures_are_completed_beside_folders(tmp_path: Path) -> None:
    (tmp_path / "card").mkdir()
    for name in ("car.JPG", "cat.txt", "dog.jpg"):
        (tmp_path / name).write_bytes(b"")
    assert complete_picture(("jpg", "png"), f"{tmp_path}/ca") == [f"{tmp_path}/card/", f"{tmp_path}/car.JPG"]
