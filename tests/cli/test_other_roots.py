"""Several folders as one library, from the command line: scan, report, clean, undo, a disk that is away."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.support.album import dpm, files_below, make_album, report_of
from tests.support.pictures import encode, scene

pytestmark = pytest.mark.slow


@pytest.fixture
def album(tmp_path: Path) -> Path:
    return make_album(tmp_path / "album")


@pytest.fixture
def phone(tmp_path: Path) -> Path:
    """Return a folder elsewhere: a copy of a picture of the album, a better one of another, and one more."""
    folder = tmp_path / "phone/DCIM"
    folder.mkdir(parents=True)
    small = scene(1, 640, 480).resize((320, 240))
    (folder / "sea copy.jpg").write_bytes(encode(small, quality=80))
    (folder / "hill.png").write_bytes(encode(scene(3, 640, 480), "PNG"))
    (folder / "own.jpg").write_bytes(encode(scene(9, 640, 480)))
    return tmp_path / "phone"


def grouped(folder: Path) -> list[set[tuple[str, str]]]:
    """Return the groups of a report as the root's name and the path of each file."""
    report = report_of(folder)
    places = {file["id"]: (Path(file["root"]).name, file["path"]) for file in report["files"]}
    return [{places[member] for member in group["members"]} for group in report["groups"]]


def test_a_library_of_two_folders_from_scan_to_undo(album: Path, phone: Path, tmp_path: Path) -> None:
    before = (list(files_below(album)), list(files_below(phone)))
    done = dpm("scan", "album", "--with", "phone", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"Compared with {phone}" in done.stderr
    assert "12 pictures" in done.stdout
    groups = grouped(album)
    assert any({("album", "sea.jpg"), ("phone", "DCIM/sea copy.jpg")} <= group for group in groups)
    planned = dpm("clean", album, "--rule", "best", "--dry-run").stdout
    assert f"{phone}/DCIM/sea copy.jpg" in planned
    assert dpm("clean", album, "--rule", "best", "--yes").returncode == 0
    assert {*files_below(phone)} == {"DCIM/own.jpg", "DCIM/hill.png"}
    assert "hill.jpg" not in {*files_below(album)}
    assert (phone / "_image_temp/recycle_bin").is_dir()
    assert f"{phone}/DCIM/sea copy.jpg" in dpm("bin", album, "list").stdout
    assert dpm("doctor", album).returncode in (0, 1)
    assert dpm("bin", album, "restore", "--all").returncode == 0
    assert (list(files_below(album)), list(files_below(phone))) == before
    assert dpm("scan", album).returncode == 0  # what came back may be looked at just now
    shutil.move(phone, tmp_path / "away")
    done = dpm("scan", album)
    assert done.returncode == 0, done.stderr
    assert "9 pictures" in done.stdout
    report = report_of(album)
    assert [(error["root"], error["path"]) for error in report["errors"]] == [(str(phone), "")]
    shutil.move(tmp_path / "away", phone)
    done = dpm("scan", album, "--json")
    surveyed = [json.loads(line) for line in done.stdout.splitlines() if '"surveyed"' in line]
    assert [line["values"]["added"] for line in surveyed] == [0]
    assert grouped(album) == groups
    done = dpm("scan", album, "--without", phone)
    assert "9 pictures" in done.stdout
    assert "root" not in report_of(album)["files"][0]


def test_a_protected_folder_of_another_root_keeps_its_copies(album: Path, phone: Path) -> None:
    """The reference folder stays whole; what it has already goes from the others."""
    assert dpm("scan", phone, "--with", album, "--protect", album).returncode == 0
    assert dpm("clean", phone, "--rule", "best", "--yes").returncode == 0
    assert len([*files_below(album)]) == 9
    assert "DCIM/sea copy.jpg" not in {*files_below(phone)}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--with", "album"), "are the same folder"),
        (("--with", "album/small"), "lies in"),
        (("--with", "."), "lies in"),
        (("--with", "no/such"), "does not exist"),
        (("--with", "album/sea.jpg"), "is not a folder"),
        (("--without", "phone"), "is not among the folders"),
        (("--protect", "phone"), "is no folder in any"),
    ],
)
def test_folders_that_cannot_be_are_named(
    album: Path, phone: Path, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    done = dpm("scan", "album", *options, cwd=tmp_path)
    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert [*files_below(album)] == [*files_below(make_album(tmp_path / "again"))]


def test_a_folder_below_the_root_is_protected_by_either_name(album: Path, tmp_path: Path) -> None:
    for name in ("small", "album/backup"):
        assert dpm("scan", "album", "--protect", name, cwd=tmp_path).returncode == 0
    settings = (album / "_image_temp/config.toml").read_text()
    assert 'protected = [\n    "small",\n    "backup",\n]' in settings
