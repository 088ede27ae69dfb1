"""Whatever keys are pressed on a real library, and whatever happens to its files, no picture is lost."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
from pathlib import Path

import pytest

from dpm_tui.tui.app import DpmApp
from dpm_tui.tui.terminal.colour_depth import Palette
from dpm_tui.worker.client import WorkerClient
from tests.support.album import dpm, make_album
from tests.support.workers import layout_of
from tests.tui.app_run import calm, until
from tests.tui.test_any_keys import type_key

pytestmark = pytest.mark.slow

ROUNDS = 250
KEYS = [*"aadAjkhlJK=.nNxpuzZrSLIVU3333124ccfGyyyydddbs", "enter", "space", "escape", "down", "tab"]
"""Nothing that deletes for good, or takes files out of the library: that is asked for, and told."""


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    album = make_album(tmp_path_factory.mktemp("random") / "album")
    assert dpm("scan", album, "--quiet").returncode == 0
    return album


def contents(folder: Path) -> dict[str, int]:
    """Return how often each content is there, in the library and its bin."""
    found: dict[str, int] = {}
    for path in folder.rglob("*"):
        beside = "_image_temp" in path.parts and "recycle_bin" not in path.parts
        if path.is_file() and not beside:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found[digest] = found.get(digest, 0) + 1
    return found


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
            type_key(app, dice.choice(KEYS))
            if dice.random() < 0.7:
                await calm(pilot)
            assert app.is_running
    await app.link.close()
    after = contents(album)
    assert [digest for digest in before if not after.get(digest)] == []
