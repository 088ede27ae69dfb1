"""A scan at night says what is new, and nothing where nothing is."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest

from dpm_tui.cli import main
from tests.support.paused_scan import paused_scan
from tests.support.pictures import encode, scene

pytestmark = pytest.mark.slow


def scan(capsys: pytest.CaptureFixture[str], album: Path, *words: str, code: int = 0) -> str:
    """Run a scan and return what it printed."""
    capsys.readouterr()
    assert main(["scan", str(album), *words]) == code
    out, err = capsys.readouterr()
    assert err == "" or code
    return out


def pass_second_of(album: Path) -> None:
    """Wait for the second after that in which the album was copied: a scan says in which one it began."""
    copied = max(path.stat().st_ctime for path in album.rglob("*"))
    while time.time() < int(copied) + 1:
        time.sleep(0.01)


def made_before(album: Path) -> None:
    """Forget when the last scan was: as if it had been by an older version."""
    checkpoint = album / "_image_temp/checkpoint.toml"
    lines = checkpoint.read_text().splitlines()
    checkpoint.write_text("\n".join(line for line in lines if not line.startswith("began")) + "\n")


def test_it_says_something_only_where_something_is_new(
    album: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pass_second_of(album)
    scan(capsys, album, "--quiet")
    assert scan(capsys, album, "--quiet", "--since", "last") == ""
    (album / "lonely.jpg").write_bytes(encode(scene(88, 640, 480)))
    assert scan(capsys, album, "--quiet", "--since", "last") == "", "it has no copy"
    shutil.copy(album / "alone.jpg", album / "twice.jpg")
    out = scan(capsys, album, "--quiet", "--since", "last")
    assert "1 group has some of them" in out
    assert "+ identical  twice.jpg" in out
    assert "alone.jpg" in out
    assert "sea.jpg" not in out


def test_a_stopped_scan_hides_nothing_from_the_next_mail(
    album: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scan(capsys, album, "--quiet")
    (album / "twice.jpg").write_bytes(encode(scene(4, 640, 480), quality=60))
    with paused_scan(album) as held:
        assert main(["stop", str(album)]) == 0
        held.communicate(timeout=100)
    assert "twice.jpg" in scan(capsys, album, "--quiet", "--since", "last")


def test_before_the_first_scan_everything_is_new(album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made_before(album)
    assert scan(capsys, album, "--quiet", "--since", "last").startswith("All is new: 9 pictures, 3 groups")


def test_with_json_it_is_one_line_more(album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    *_, result, news = map(json.loads, scan(capsys, album, "--json", "--since", "2020-01-01").splitlines())
    assert (result["type"], news["type"]) == ("result", "news")
    assert news["pictures"] == 9
    assert len(news["groups"]) == 3
    hill = next(each for each in news["groups"] if any(file["path"] == "hill.jpg" for file in each["files"]))
    keeper, *others = hill["files"]
    assert keeper["keeper"]
    assert {file["path"]: file["kind"] for file in others} == {
        "small/hill.jpg": "copy",
        "turned.jpg": "turned",
    }


def test_the_text_report_says_what_came_since_the_scan_before(
    album: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scan(capsys, album, "--quiet")
    shutil.copy(album / "alone.jpg", album / "twice.jpg")
    scan(capsys, album, "--quiet")
    assert main(["report", str(album), "--format", "text"]) == 0
    said = capsys.readouterr().out
    assert "+ identical  twice.jpg" in said
    assert f"dpm-tui {album}" in said, "the next step names the folder"


@pytest.mark.parametrize("words", [("--since", "soon"), ("--since", "7d", "--detach")])
def test_wrong_usage_is_told(words: tuple[str, ...], album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scan(capsys, album, *words, code=2)


def test_only_a_text_says_what_is_new(album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(album), "--format", "csv", "--since", "7d"]) == 2


@pytest.mark.parametrize("format_", ["json", "csv", "html", "text"])
def test_a_report_that_cannot_be_written_names_the_path_and_leaves_nothing(
    format_: str, album: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("mine")
    for place in ("folder", "missing/report", "file/report"):
        capsys.readouterr()
        assert main(["report", str(album), "--format", format_, "-o", str(tmp_path / place)]) == 1
        told = capsys.readouterr().err
        assert str(tmp_path / place) in told
        assert "permissions" in told, "what to do"
    assert sorted(os.listdir(tmp_path / "folder")) == []
    assert (tmp_path / "file").read_text() == "mine"
