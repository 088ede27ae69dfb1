"""``report --format html``: agrees with the other reports, and is written whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dpm_tui.cli import main
from dpm_tui.state.thumbnail_store import ThumbnailStore
from dpm_tui.units import long_size
from tests.support.album import report_of

pytestmark = pytest.mark.slow


def test_the_page_frees_what_the_json_report_suggests(
    album: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    assert main(["report", str(album), "--format", "html", "-o", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert f"the rule would free {long_size(report_of(album)['suggested']['bytes'])} of" in text
    assert main(["report", str(album), "--format", "html"]) == 0

    def dateless(page: str) -> str:
        return re.sub("<p class=.made.*", "", page)

    assert dateless(capsys.readouterr().out) == dateless(text)


def _missing_folder(tmp_path: Path) -> Path:
    return tmp_path / "no" / "page.html"


def _folder(tmp_path: Path) -> Path:
    (tmp_path / "page.html").mkdir()
    return tmp_path / "page.html"


def _below_a_file(tmp_path: Path) -> Path:
    (tmp_path / "file").write_text("")
    return tmp_path / "file" / "page.html"


@pytest.mark.parametrize("place", [_missing_folder, _folder, _below_a_file])
def test_a_place_that_cannot_be_written_is_named(
    album: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], place: Callable[[Path], Path]
) -> None:
    target = place(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert main(["report", str(album), "--format", "html", "-o", str(target)]) == 1
    told = capsys.readouterr().err
    assert str(target) in told
    assert "Check the permissions of its folder" in told
    assert sorted(tmp_path.rglob("*")) == before


def test_a_report_that_is_interrupted_leaves_the_old_one(
    album: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(store: ThumbnailStore, digest: str) -> bytes:
        raise KeyboardInterrupt

    page = tmp_path / "pages" / "page.html"
    page.parent.mkdir()
    page.write_text("the one before")
    monkeypatch.setattr(ThumbnailStore, "get", interrupt)
    assert main(["report", str(album), "--format", "html", "-o", str(page)]) == 3
    assert [path.name for path in page.parent.iterdir()] == ["page.html"]
    assert page.read_text() == "the one before"
