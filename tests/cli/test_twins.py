"""Files of the same bytes are found and cleaned up though nobody can see their pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.album import dpm, files_below, kinds_by_path, report_of
from tests.support.bombs import png
from tests.support.pictures import encode, scene

pytestmark = pytest.mark.slow
UNSEEN = {
    "cut.jpg": encode(scene(1, 640, 480))[:900],
    "page.jpg": b"<html>not found</html>" * 40,
    "large.png": png(60000, 60000),
    "empty.jpg": b"",
}


def write_twins(folder: Path) -> None:
    (folder / "again").mkdir()
    for name, content in UNSEEN.items():
        for place in (folder, folder / "again"):
            (place / name).write_bytes(content)
    (folder / "alone.jpg").write_bytes(b"nothing like it")


def test_twins_nobody_can_see_are_identical_and_one_always_stays(tmp_path: Path) -> None:
    write_twins(tmp_path)
    assert dpm("scan", tmp_path).returncode == 0
    report = report_of(tmp_path)
    twins = {frozenset((name, f"again/{name}")): "identical" for name in UNSEEN if name != "empty.jpg"}
    assert kinds_by_path(report) == twins
    assert len(report["groups"]) == len(twins)
    named = {error["path"] for error in report["errors"]}
    assert named == {*UNSEEN, *(f"again/{name}" for name in UNSEEN), "alone.jpg"}
    for format_ in ("csv", "html"):
        assert dpm("report", tmp_path, "--format", format_).returncode == 0
    shown = dpm("review", tmp_path, "--plain", input_="q\n")
    assert "no preview" in shown.stdout
    assert "0x0" not in shown.stdout
    before = set(files_below(tmp_path))
    assert dpm("clean", tmp_path, "--rule", "best", "--yes").returncode == 0
    left = set(files_below(tmp_path))
    assert len(before - left) == len(twins)
    assert all(pair & left for pair in twins)
    assert dpm("scan", tmp_path).returncode == 0
    assert dpm("clean", tmp_path, "--rule", "best", "--yes").returncode == 0
    assert set(files_below(tmp_path)) == left
