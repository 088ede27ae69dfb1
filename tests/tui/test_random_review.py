"""Whatever keys are pressed on a real library, and whatever happens to its files, no picture is lost."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from dpm_tui.tui.app import DpmApp
from dpm_tui.tui.terminal.colour_depth import Palette
from dpm_tui.worker.client import WorkerClient
from tests.recycle.library import contents_below
from tests.support.album import dpm, make_album
from tests.support.workers import layout_of
from tests.tui.app_run import calm, type_ahead, until

pytestmark = pytest.mark.slow

ROUNDS = 250
KEYS = [*"aadAjkhlJK=.nNxpuzZrSLIVU3333124ccfGyyyydddbs", "enter", "space", "escape", "down", "tab"]
"""Nothing that deletes for good, or takes files out of the library: that is asked for, and told."""


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    album = make_album(tmp_path_factory.mktemp("random") / "album")
    assert dpm("scan", album, "--quiet").returncode == 0
    return album


def contents(album: Path) -> set[bytes]:
    """Return what is there, in the library and its bin."""
    found = contents_below(os.fsencode(album))
    return {held for path, held in found.items() if b"_image_temp" not in path or b"recycle_bin" in path}


def disturb(album: Path, dice: random.Random, number: int) -> None:
    """Do to a file what people and programs do beside the app."""
    pictures = sorted(path for path in album.rglob("*") if path.is_file() and "_image_temp" not in path.parts)
    picture = dice.choice(pictures)
    match dice.choice(("rename", "copy", "touch")):
        case "rename":
            picture.rename(picture.with_name(f"{number}-{picture.name}"))
        case "copy":
            shutil.copy(picture, picture.with_name(f"copy-{number}-{picture.name}"))
        case "touch":
            os.utime(picture)


@pytest.mark.parametrize("seed", range(3))
async def test_nothing_is_lost(scanned: Path, tmp_path: Path, seed: int) -> None:
    album = tmp_path / "album"
    shutil.copytree(scanned, album)
    before = contents(album)
    dice = random.Random(seed)
    layout = layout_of(album)
    app = DpmApp(lambda: WorkerClient.connect(layout, "app", stays=False), os.fsencode(album), Palette.C256)
    app.first_screen = "groups"
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.session.review.known and app.session.status.phase == "finished", 60)
        for number in range(ROUNDS):
            if dice.random() < 0.02:
                disturb(album, dice, number)
            type_ahead(app, dice.choice(KEYS))
            if dice.random() < 0.7:
                await calm(pilot)
            assert app.is_running
    await app.link.close()
    assert not before - contents(album)
