"""Protected folders that are typed: what protects nothing is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from dpm_tui.tui.session.typed_folders import find_missing, join_names, name_below, read_folders, read_roots


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("keep", "keep"),
        ("/pictures/keep", "keep"),
        ("/pictures/keep/me", "keep/me"),
        ("/pictures", "."),
        ("/pictures-2/keep", "pictures-2/keep"),
        ("/keep", "keep"),
    ],
)
def test_a_full_path_is_named_below_the_root(typed: str, name: str) -> None:
    assert name_below(b"/pictures", typed) == name


def test_a_folder_of_another_root_keeps_its_full_path(tmp_path: Path) -> None:
    others = ("/mnt/disk",)
    assert name_below(b"/pictures", "/mnt/disk/keep", others) == "/mnt/disk/keep"
    assert name_below(b"/pictures", "/mnt/disks", others) == "mnt/disks"
    (tmp_path / "there").mkdir()
    assert find_missing(b"/", [f"{tmp_path}/there", f"{tmp_path}/gone"]) == [f"{tmp_path}/gone"]


def test_roots_are_named_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert read_roots('~/photos, /mnt/a/../b, "/with, comma/"') == (
        "/home/me/photos", "/mnt/b", "/with, comma",
    )  # fmt: skip


def test_a_folder_that_is_not_there_is_found_out(tmp_path: Path) -> None:
    (tmp_path / "keep" / "caf\u00e9").mkdir(parents=True)
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("keep")
    there = ["keep", "keep/caf\u00e9", "keep/cafe\u0301", "."]
    gone = ["Keep", "keeps", "keep/other", "file", "file/more", "link", "link/caf\u00e9"]
    assert find_missing(bytes(tmp_path), there + gone) == gone


@pytest.mark.parametrize(
    ("typed", "folders"),
    [
        ("", ()),
        ("keep", ("keep",)),
        (" keep/ , Rome 2019 ,, /", ("keep", "Rome 2019")),
        ('"Rome, 2019", keep', ("Rome, 2019", "keep")),
        ('"the ""best"", again"', ('the "best", again',)),
        ('"Rome, 20', ("Rome, 20",)),
    ],
)
def test_a_folder_with_a_comma_is_quoted(typed: str, folders: tuple[str, ...]) -> None:
    assert read_folders(typed) == folders
    assert read_folders(join_names(folders)) == folders
