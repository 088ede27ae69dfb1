"""Roots that overlap are refused: a picture under two names would be a copy of itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dpm_tui.errors import DpmError, UsageError
from dpm_tui.state.config import Config, check_config
from dpm_tui.state.other_roots import check_apart, check_roots


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    for name in ("root/inner", "other/deep", "apart"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "link").symlink_to("other")
    (tmp_path / "apart/up").symlink_to(tmp_path / "root")
    return tmp_path


def refused(base: Path, *others: str) -> str:
    with pytest.raises(UsageError) as caught:
        check_apart(bytes(base / "root"), [bytes(base / other) for other in others])
    return caught.value.key


def test_folders_that_lie_apart_are_taken(folders: Path) -> None:
    check_roots(bytes(folders / "root"), [bytes(folders / "other"), bytes(folders / "apart")])


@pytest.mark.parametrize(
    ("others", "key"),
    [
        (["root"], "roots_same"),
        (["other", "link"], "roots_same"),
        (["other", "other/deep"], "roots_nested"),
        (["other/deep", "other"], "roots_nested"),
        (["root/inner"], "roots_nested"),
        (["apart/up/inner"], "roots_nested"),
        ([""], "roots_nested"),
        (["apart/up"], "roots_same"),
    ],
)
def test_folders_that_overlap_are_refused(folders: Path, others: list[str], key: str) -> None:
    assert refused(folders, *others) == key


def test_a_bin_or_a_snapshot_is_no_root(folders: Path) -> None:
    (folders / "nas/#recycle/old").mkdir(parents=True)
    assert refused(folders, "nas/#recycle/old") == "roots_junk"


def test_a_disk_that_is_away_is_passed_over_only_if_it_is_known(folders: Path) -> None:
    root, away = bytes(folders / "root"), bytes(folders / "away")
    check_roots(root, [away], [away])
    with pytest.raises(DpmError) as caught:
        check_roots(root, [away])
    assert caught.value.key == "root_missing"


def test_settings_take_full_paths_alone() -> None:
    assert check_config(Config(other_roots=("/a/", "/b", "/a"))).other_roots == ("/a", "/b")
    assert Config(other_roots=("/caf\u00e9\udcff",)).other_folders == (os.fsencode("/caf\u00e9\udcff"),)
    for folder in ("a", "", "/", "/a/../b", "/a//b"):
        with pytest.raises(UsageError):
            check_config(Config(other_roots=(folder,)))
    with pytest.raises(UsageError):
        check_config(Config(other_roots=tuple(f"/{number}" for number in range(17))))
