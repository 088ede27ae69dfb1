"""A rule that keeps another file than the best one: what it lacks is compared when it is asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.album import dpm, report_of
from tests.support.family import BEST, NEWEST, write_family

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with one family, scanned."""
    folder = write_family(tmp_path_factory.mktemp("family") / "pictures")
    assert dpm("scan", folder).returncode == 0
    return folder


def test_the_newest_is_kept_for_all_its_copies(scanned: Path) -> None:
    """The best file is held against all others by the scan, the newest one only when a rule wants it."""
    (group,) = report_of(scanned)["groups"]
    names = {file["id"]: file["path"] for file in report_of(scanned)["files"]}
    assert names[group["keeper"]] == BEST
    assert len(group["members"]) == 8

    done = dpm("clean", scanned, "--rule", "newest", "--dry-run")

    assert done.returncode == 0, done.stderr
    going = dict(line.split("\t")[:2] for line in done.stdout.splitlines() if "\t" in line)
    assert set(going) == {*os.listdir(scanned)} - {NEWEST, "_image_temp"}
    assert set(going.values()) == {NEWEST}
    assert "Comparing" in done.stderr

    again = dpm("clean", scanned, "--rule", "newest", "--dry-run")
    assert again.stdout == done.stdout
    assert "Comparing" not in again.stderr
