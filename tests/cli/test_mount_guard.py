"""A folder whose disk is away keeps what is known of it, and says so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from dpm_tui.locale import LANGUAGES, load_catalogue
from dpm_tui.pipeline.scan.mount_guard import Cause
from tests.support.album import dpm, make_album, report_of

pytestmark = pytest.mark.slow


def test_a_disk_that_is_away_costs_nothing_and_is_named(tmp_path: Path) -> None:
    """The root of a state kept elsewhere is replaced by an empty folder, as by an unmounted disk."""
    album, state = make_album(tmp_path / "album"), tmp_path / "state"
    state.mkdir()
    where = ("--state", state)
    assert dpm("scan", album, *where).returncode == 0
    before = report_of(album, *where)
    album.rename(tmp_path / "away")
    album.mkdir()
    for _ in range(2):
        done = dpm("scan", album, *where)
        assert done.returncode == 1, done.stderr
        assert "not the folder that was scanned" in done.stderr
        assert "9 of 9" in done.stderr
        assert "--accept-missing" in done.stderr
        assert report_of(album, *where)["groups"] == []
        assert list(album.iterdir()) == []
    status = dpm("status", album, *where)
    assert "9 files that were known are missing" in status.stderr
    album.rmdir()
    (tmp_path / "away").rename(album)
    done = dpm("scan", album, *where, "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    (surveyed,) = (line["values"] for line in lines if line.get("key") == "surveyed")
    assert (surveyed["added"], surveyed["changed"], surveyed["gone"]) == (0, 0, 0)
    assert lines[-1]["attention"] == ""
    assert report_of(album, *where) == before
    assert dpm("status", album, *where).stderr == ""


def test_who_says_that_they_are_gone_is_believed(album: Path) -> None:
    """The guard speaks until the missing files are accepted, and the folder is then as any other."""
    for path in sorted(album.iterdir()):
        if path.name != "_image_temp":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    away = dpm("scan", album, "--quiet")
    assert (away.returncode, "No picture is left" in away.stderr) == (1, True)
    for options in (("--accept-missing",), ()):
        done = dpm("scan", album, *options)
        assert done.returncode == 0
        assert done.stderr.splitlines() == [
            f"No picture was found in {album}: is it the right folder, and is its disk mounted?"
        ]
    assert "is its disk mounted?" in dpm("status", album).stderr
    assert report_of(album)["files"] == []


def test_every_cause_has_a_sentence() -> None:
    for language in LANGUAGES:
        for cause in Cause:
            assert f"worker.mount_guard_{cause}" in load_catalogue(language)
