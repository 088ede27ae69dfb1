"""Links in the place of identical files, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.album import dpm, files_below, report_of

pytestmark = pytest.mark.slow

COPY, KEPT = "backup/sea (1).jpg", "sea.jpg"


def contents(album: Path) -> dict[str, bytes]:
    return {path: (album / path).read_bytes() for path in files_below(album)}


def test_identical_files_leave_hard_links_and_undo_brings_all_back(album: Path) -> None:
    """Every name stays, the record says so, and what is linked is no copy any more."""
    before, inode = contents(album), (album / COPY).stat().st_ino
    tried = dpm("clean", album, "--rule", "best", "--link", "hard", "--dry-run")
    assert tried.returncode == 0
    assert tried.stdout.splitlines()[0] == f"{COPY}\t{KEPT}\tidentical\t1.0000\tleaves a hard link"
    assert "edits one edits both" in tried.stderr
    assert "Would move 1 file" in tried.stdout
    assert (album / COPY).stat().st_ino == inode
    done = dpm("clean", album, "--rule", "best", "--link", "hard", "--yes")
    assert done.returncode == 0, done.stderr
    assert "left a link under its name. Space is freed once it is purged." in done.stdout
    assert contents(album) == before
    assert (album / COPY).samefile(album / KEPT)
    assert len(dpm("bin", album, "list").stdout.splitlines()) == 1
    assert dpm("bin", album, "log").stdout.split("\t")[1] == "linked"
    assert dpm("scan", album).returncode == 0
    kinds = {pair["kind"] for pair in report_of(album)["pairs"]}
    assert "identical" not in kinds
    again = dpm("clean", album, "--rule", "best", "--link", "hard", "--yes")
    assert (again.returncode, again.stdout) == (0, "The rule marks nothing: nothing to do.\n")
    assert dpm("bin", album, "restore", "--all").returncode == 0
    assert contents(album) == before
    assert (album / COPY).stat().st_ino == inode


def test_a_saved_plan_says_which_files_leave_links(album: Path, tmp_path: Path) -> None:
    """The plan file carries the choice, and nothing in it makes a link of what is not identical."""
    plan = tmp_path / "plan.json"
    dpm("clean", album, "--rule", "best", "--link", "hard", "--dry-run", "-o", plan)
    dpm("clean", album, "--rule", "best", "--dry-run", "-o", tmp_path / "all.json")
    forged = json.loads((tmp_path / "all.json").read_text())
    for move in forged["moves"]:
        move["link"] = "hard"
    (tmp_path / "all.json").write_text(json.dumps(forged))
    refused = dpm("clean", album, "--plan", tmp_path / "all.json", "--dry-run")
    assert refused.returncode == 1
    assert refused.stderr.count("only a file of the same bytes may leave a link") == 2
    assert dpm("clean", album, "--plan", plan, "--kinds", "identical", "--yes").returncode == 0
    assert (album / COPY).samefile(album / KEPT)


def test_a_file_system_without_reflinks_is_named_and_nothing_changes(album: Path) -> None:
    """Looking first says the same as doing it; a file system that has them makes one."""
    before = contents(album)
    tried = dpm("clean", album, "--rule", "best", "--link", "reflink", "--dry-run")
    done = dpm("clean", album, "--rule", "best", "--link", "reflink", "--yes")
    assert contents(album) == before
    assert tried.returncode == done.returncode
    if done.returncode:
        assert "its file system has no reflinks; hard links (--link hard) may be possible" in tried.stderr
        assert "no reflinks" in done.stderr
        assert dpm("bin", album, "list").stdout == ""


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--rule", "best", "--link", "hard", "--kinds", "identical,copy"), "Only identical files"),
        (("--plan", "x", "--link", "hard"), "A saved plan"),
        (("--rule", "best", "--link", "hard", "--companions", "together"), "its companions stay"),
        (("--rule", "best", "--link", "soft"), "soft"),
    ],
)
def test_links_contradict_other_options(album: Path, options: tuple[str, ...], words: str) -> None:
    done = dpm("clean", album, *options, "--dry-run")
    assert done.returncode == 2
    assert words in done.stderr
