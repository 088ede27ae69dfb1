"""A rule that keeps another file than the best one: what it lacks is compared when it is asked for."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path

import pytest

from tests.support.album import dpm, report_of
from tests.support.family import BEST, NEWEST, copy_scanned, leave_out, write_family
from tests.support.workers import worker_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with one family, scanned."""
    folder = write_family(tmp_path_factory.mktemp("family") / "pictures")
    assert dpm("scan", folder).returncode == 0
    return leave_out(folder)


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


def test_a_rule_of_ones_own_is_completed_too(scanned: Path, tmp_path: Path) -> None:
    """The keeper rule of the settings may want another file as well."""
    folder = leave_out(copy_scanned(scanned, tmp_path / "pictures"))
    (folder / "_image_temp/config.toml").write_text('[presets]\nsmall = ["-bytes"]\n')
    done = dpm("clean", folder, "--rule", "small", "--dry-run")
    assert done.returncode == 0, done.stderr
    lines = [line.split("\t") for line in done.stdout.splitlines() if "\t" in line]
    smallest = min(
        (path for path in folder.iterdir() if path.is_file()), key=lambda path: path.stat().st_size
    )
    assert {line[1] for line in lines} == {smallest.name}
    assert len(lines) == 7


def test_files_of_the_same_bytes_need_no_comparing(tmp_path: Path) -> None:
    folder = write_family(tmp_path / "pictures")
    content = (folder / BEST).read_bytes()
    for path in folder.iterdir():
        path.unlink()
    for number in range(60):
        (folder / f"{number}.png").write_bytes(content)
        os.utime(folder / f"{number}.png", (1_600_000_000 + number,) * 2)
    assert dpm("scan", folder).returncode == 0
    done = dpm("clean", folder, "--rule", "newest", "--dry-run")
    assert len([line for line in done.stdout.splitlines() if "\t59.png\tidentical" in line]) == 59
    assert "Comparing" not in done.stderr


def test_without_a_worker_what_is_known_counts(scanned: Path, tmp_path: Path) -> None:
    """While somebody else has the folder, files that were not compared with the one kept stay."""
    folder = leave_out(copy_scanned(scanned, tmp_path / "pictures"))

    async def clean() -> subprocess.CompletedProcess[str]:
        async with worker_of(folder):
            return await asyncio.to_thread(dpm, "clean", folder, "--rule", "newest", "--dry-run")

    done = asyncio.run(clean())
    assert done.returncode == 0, done.stderr
    assert [line.split("\t")[0] for line in done.stdout.splitlines() if "\t" in line] == [BEST]
    assert "could not be compared" in done.stderr


def test_what_a_decision_leaves_of_a_group_stays_one(scanned: Path, tmp_path: Path) -> None:
    """The best file is said to be no duplicate: the others were never compared with each other."""
    folder = leave_out(copy_scanned(scanned, tmp_path / "pictures"))
    (group,) = report_of(folder)["groups"]
    done = dpm("review", folder, "--plain", input_="n1\nq\n")
    assert done.returncode == 0, done.stderr
    (left,) = report_of(folder)["groups"]
    assert set(left["members"]) == set(group["members"]) - {group["keeper"]}
