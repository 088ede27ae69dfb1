"""On network mounts and btrfs: scan, clean, undo, and a server that dies in the middle."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from tests.support.album import files_below, make_album
from tests.support.network_mounts import KINDS, lacking, run_mounted
from tests.support.pictures import encode, scene

pytestmark = [pytest.mark.slow, pytest.mark.root, pytest.mark.timeout(300)]
PROGRAM = f"{shlex.quote(sys.executable)} -m dpm_tui"
ROUND = f"""
before=$(cd "$1/mount"; find . -path ./_image_temp -prune -o -type f -print | sort)
{PROGRAM} scan "$1/mount"
{PROGRAM} clean "$1/mount" --rule best --yes
{PROGRAM} bin "$1/mount" list
{PROGRAM} doctor "$1/mount" > "$1/doctor" || true
{PROGRAM} bin "$1/mount" restore --all
after=$(cd "$1/mount"; find . -path ./_image_temp -prune -o -type f -print | sort)
test "$before" = "$after"
{PROGRAM} scan "$1/mount"
{PROGRAM} stop "$1/mount"
"""
DEATH = f"""
{PROGRAM} scan "$1/mount" --quiet &
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    test -e "$1/share/_image_temp/files.jsonl" && break
    sleep .2  # a scan has no sign of its own for who only looks at the share
done
pkill -9 sftp-server
wait || true
ls "$1/mount" > /dev/null || true
{PROGRAM} scan "$1/mount" --quiet
{PROGRAM} clean "$1/mount" --rule best --yes
{PROGRAM} stop "$1/mount"
"""


def mounted(kind: str) -> None:
    """Skip the test where a file system cannot be tried."""
    if reason := lacking(kind):
        pytest.skip(reason)


@pytest.mark.parametrize("kind", KINDS)
def test_a_library_on_a_mount_is_cleaned_and_comes_back(kind: str, tmp_path: Path) -> None:
    mounted(kind)
    make_album(tmp_path / "share")
    done = run_mounted(kind, tmp_path, ROUND)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("9 pictures, 3 groups") == 2
    assert "Moved 3 files" in done.stdout
    assert "Restored 3 files" in done.stdout
    assert "ok  recycle bin: 3 files" in (tmp_path / "doctor").read_text()


def test_a_server_that_dies_in_the_middle_costs_nothing(tmp_path: Path) -> None:
    """What could not be read then is read by the next scan; no picture is lost, and none is forgotten."""
    mounted("sshfs")
    make_album(tmp_path / "share")
    for number in range(10, 50):
        (tmp_path / f"share/more{number}.jpg").write_bytes(encode(scene(number, 640, 480)))
    before = {*files_below(tmp_path / "share")}
    done = run_mounted("sshfs", tmp_path, DEATH)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Moved 3 files" in done.stdout
    moved = {"backup/sea (1).jpg", "small/hill.jpg", "town.bmp"}
    assert {*files_below(tmp_path / "share")} == before - moved
    assert sum(1 for _ in (tmp_path / "share/_image_temp/recycle_bin").glob("*/tree/**/*.*")) == 3
