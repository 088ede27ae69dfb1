"""Protected folders that are typed: what protects nothing is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from dpm_tui.tui.session.protected_folders import find_missing, join_names, name_below, read_folders


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
