"""A recycle bin that another user made, owns or may write in: refused by every verb, or shared on purpose."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dpm_tui.state.disk.layout import Layout
from dpm_tui.worker.client import WorkerClient
from dpm_tui.worker.protocol.messages import RestoreDone, Shutdown, UndoBatch
from tests.support.album import dpm, make_album
from tests.support.canary import NOBODY, as_root, public_folder, seal

OTHER = 54321
pytestmark = [as_root, pytest.mark.slow]


@pytest.fixture
def folder() -> Iterator[Path]:
    with public_folder() as path:
        yield path


def album_with_bin(folder: Path, owner: int, mode: int = 0o700, group: int = 0) -> Path:
    """Return an album with ``_image_temp/recycle_bin`` as a second user would plant it."""
    album = make_album(folder / "album")
    planted = album / "_image_temp/recycle_bin"
    planted.mkdir(parents=True)
    for place in (planted.parent, planted):
        os.chown(place, owner, group)
        os.chmod(place, mode)
    return album


def pictures_in(album: Path) -> dict[Path, bytes]:
    """Return the content of every file outside the state."""
    files = (path for path in album.rglob("*.*") if "_image_temp" not in path.parts)
    return {path: path.read_bytes() for path in files if path.is_file()}


VERBS = (
    ("scan", "{album}"),
    ("bin", "{album}", "list"),
    ("bin", "{album}", "log"),
    ("bin", "{album}", "restore", "--all"),
    ("bin", "{album}", "purge", "--all", "--count", "0"),
)


@pytest.mark.parametrize(
    ("owner", "mode", "told"),
    [(OTHER, 0o700, "belongs to another user"), (0, 0o770, "Other users may write")],
)
def test_every_verb_refuses_a_bin_that_could_be_of_others(
    folder: Path, owner: int, mode: int, told: str
) -> None:
    album, state = album_with_bin(folder, owner, mode, OTHER), folder / "state"
    pictures = pictures_in(album)
    before = seal(album / "_image_temp")
    for verb in VERBS:
        done = dpm(*(word.format(album=album) for word in verb), "--state", state)
        assert (done.returncode, told in done.stderr, "--shared-bin" in done.stderr) == (1, True, True), verb
    done = dpm("doctor", album, "--state", state)
    assert (done.returncode, told in done.stdout) == (5, True)
    assert seal(album / "_image_temp") == before
    assert pictures_in(album) == pictures


def test_a_bin_that_is_shared_on_purpose_is_used_when_that_is_said(folder: Path) -> None:
    album, state = album_with_bin(folder, OTHER, 0o2770, NOBODY), folder / "state"
    options = ("--state", state, "--shared-bin")
    assert dpm("bin", album, "list", *options).returncode == 0
    os.chmod(album / "_image_temp/recycle_bin", 0o2777)
    refused = dpm("bin", album, "list", *options)
    assert (refused.returncode, "cannot be shared like this" in refused.stderr) == (1, True)


def shared_album(folder: Path) -> tuple[Path, tuple[object, ...]]:
    """Return an album whose bin another user shares with a group of ours, and the options that accept it."""
    album, state = album_with_bin(folder, OTHER, 0o2770, NOBODY), folder / "state"
    options = ("--state", state, "--shared-bin")
    assert dpm("scan", album, *options).returncode == 0
    return album, options


@pytest.mark.timeout(300)
def test_a_shared_bin_takes_files_gives_them_back_and_lets_them_go(folder: Path) -> None:
    album, options = shared_album(folder)
    before = pictures_in(album)
    moved = dpm("clean", album, "--rule", "best", "--yes", *options)
    assert (moved.returncode, len(before) - len(pictures_in(album))) == (0, 3), moved.stderr
    listed = dpm("bin", album, "list", *options).stdout.splitlines()
    assert len(listed) == 3
    assert dpm("bin", album, "restore", listed[0].split("\t")[0], *options).returncode == 0
    assert len(before) - len(pictures_in(album)) == 2
    assert dpm("bin", album, "restore", "--all", *options).returncode == 0
    assert pictures_in(album) == before
    assert dpm("scan", album, *options).returncode == 0
    assert dpm("clean", album, "--rule", "best", "--yes", *options).returncode == 0
    purged = dpm("bin", album, "purge", "--all", "--count", "3", *options)
    assert (purged.returncode, "3" in purged.stdout) == (0, True), purged.stderr
    assert dpm("bin", album, "list", *options).stdout == ""
    assert len(before) - len(pictures_in(album)) == 3
    assert dpm("doctor", album, *options).returncode == 0


@pytest.mark.timeout(300)
async def test_a_batch_in_a_shared_bin_is_undone_as_one(folder: Path) -> None:
    album, options = shared_album(folder)
    before = pictures_in(album)
    assert dpm("clean", album, "--rule", "best", "--yes", *options).returncode == 0
    layout = Layout(os.fsencode(album), os.fsencode(folder / "state"), True)
    client = await WorkerClient.connect(layout, "app")
    try:
        answer = await client.request(UndoBatch())
        assert isinstance(answer, RestoreDone)
        assert len(answer.result.restored) == 3
        await client.request(Shutdown())
    finally:
        await client.close()
    assert pictures_in(album) == before
