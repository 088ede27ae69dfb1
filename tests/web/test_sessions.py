"""The app in a page: used as in a terminal, by one who moves and others who look; ended with its page."""

from __future__ import annotations

import asyncio
import base64
import io
import os
import re
import signal
from pathlib import Path

import pytest
from PIL import Image

from tests.support.album import dpm, files_below
from tests.support.page_client import page_of, server_of
from tests.support.workers import has_ended, until

pytestmark = pytest.mark.slow
PASSWORD = "correct horse"


async def test_a_review_in_a_page(album: Path) -> None:
    """Open, move, look, mark, take back, move to the bin, restore, quit."""
    before = sorted(files_below(album))
    async with server_of(album) as server, page_of(server) as page:
        await page.shows("1 Scan", "The scan is done")
        await page.press("3")
        await page.shows("town.png", "keeper")
        await until(lambda: page.pictures)
        await page.press("j ")
        await page.press("z")
        await page.shows("Undone: 1 mark.")
        await page.press("a")
        await page.press("d")
        await page.shows("Move 1 file", "to the bin?")
        await page.press("y")
        await page.shows("1 file moved to the bin")
        assert sorted(files_below(album)) != before
        await page.press("z")
        await page.shows("1 file is back in its place")
        assert sorted(files_below(album)) == before
        await page.press("q")
        await asyncio.wait_for(page.closed.wait(), 60)
        await until(lambda: not server.apps)
        code, told = await server.end()
        assert code == 0
        assert "Traceback" not in told


async def test_pictures_are_pixels_in_the_page(album: Path) -> None:
    async with server_of(album) as server, page_of(server) as page:
        await page.shows("The scan is done")
        await page.press("3")
        await until(lambda: any("a=p" in told for told in page.pictures))
        sent = "".join(page.pictures)
        pieces = re.findall(r"\x1b_G(?:a=t,[^;]*|m=\d);([^\x1b]*)\x1b", sent)
        with Image.open(
            io.BytesIO(base64.b64decode(pieces[0] + pieces[1] if len(pieces[0]) == 4096 else pieces[0]))
        ):
            pass
        corner, size = re.findall(r"\x1b\[(\d+);\d+H\x1b_Ga=p[^\x1b]*,c=(\d+)", sent)[0]
        assert 0 < int(corner) <= 30
        assert 0 < int(size) <= 100


async def test_the_second_page_only_looks(album: Path) -> None:
    async with server_of(album) as server, page_of(server) as first:
        await first.shows("The scan is done")
        async with page_of(server) as second:
            await second.shows("View only")
            assert "View only" not in first.text
            await second.press("3")
            await second.shows("town.png")
            await second.press("ad")
            await second.shows("another app")
            await first.close()
            await second.shows("files can be moved here now")
            assert "View only" not in second.text


async def test_an_app_ends_with_its_page(album: Path) -> None:
    async with server_of(album) as server:
        async with page_of(server) as page:
            await page.shows("1 Scan")
            (app,) = server.apps
        await until(lambda: has_ended(app.pid))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
async def test_an_app_ends_with_the_server(album: Path, number: int) -> None:
    async with server_of(album) as server, page_of(server) as page:
        await page.shows("1 Scan")
        (app,) = server.apps
        code, _ = await server.end(number)
        assert code == (-9 if number == signal.SIGKILL else 0)
        await until(lambda: has_ended(app.pid))


async def test_marks_outlive_the_page(album: Path) -> None:
    async with server_of(album) as server:
        async with page_of(server) as page:
            await page.shows("The scan is done")
            await page.press("3")
            await page.shows("town.png")
            await page.press("a")
            kept = album / "_image_temp/review.jsonl"
            await until(lambda: kept.exists() and kept.stat().st_size)
        async with page_of(server) as page:
            await page.shows("1 file marked last time")


async def test_what_makes_no_sense_harms_nobody(album: Path) -> None:
    async with server_of(album) as server, page_of(server) as page:
        await page.shows("1 Scan")
        for nonsense in (
            "", "{", "[]", "1", '["stdin"]', '["stdin", 1]', '["resize", {"width": -1, "height": "x"}]',
            '["resize", {"width": 1e9, "height": 1}]', '["resize", {"width": 99999999999, "height": 10}]',
            '["stdin", "\\ud800"]', '["nothing", {}]',
        ):  # fmt: skip
            await page.say(nonsense)
        await page.press("3")
        await page.shows("town.png")


def test_a_password_is_wanted_before_others_can_come(album: Path) -> None:
    done = dpm("serve", album, "--host", "0.0.0.0")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--password-file FILE" in done.stderr
    done = dpm("serve", album, "--host", "0.0.0.0", DPM_TUI_PASSWORD="short")
    assert (done.returncode, "at least 8 letters" in done.stderr) == (2, True)
    done = dpm("serve", album, "--password-file", album / "none")
    assert (done.returncode, str(album / "none") in done.stderr) == (1, True)


async def test_apps_do_not_learn_the_password(album: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DPM_TUI_PASSWORD", PASSWORD)
    async with server_of(album) as server, page_of(server, PASSWORD) as page:
        await page.shows("1 Scan")
        (app,) = server.apps
        assert "DPM_TUI_PASSWORD" not in app.environ()
        assert not any("token" in word or PASSWORD in word for word in app.cmdline())


async def test_a_port_that_is_taken_is_named(album: Path) -> None:
    async with server_of(album) as server:
        port = server.address.partition("127.0.0.1:")[2].partition("/")[0]
        done = await asyncio.to_thread(dpm, "serve", album, "--port", port)
        assert (done.returncode, done.stdout) == (1, "")
        assert f"port {port}" in done.stderr
        assert f"--port {int(port) + 1}" in done.stderr


def test_bad_places_are_named(album: Path, tmp_path: Path) -> None:
    for words, code, said in (
        (("--port", "99999"), 2, "99999"),
        (("--public-url", "pictures.example.org"), 2, "https://"),
        (("--host", "192.0.2.7", "--port", "0"), 1, "192.0.2.7"),
        (("--host", "nowhere.invalid", "--port", "0"), 1, "nowhere.invalid"),
    ):
        done = dpm("serve", album, *words, DPM_TUI_PASSWORD="long enough")
        assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert dpm("serve", tmp_path / "nowhere").returncode == 1


def test_a_missing_library_is_named_with_what_to_do(album: Path, tmp_path: Path) -> None:
    """The program without the extra, as most have it."""
    hidden = tmp_path / "sitecustomize.py"
    hidden.write_text(
        "import importlib.util as u\n_find = u.find_spec\n"
        "u.find_spec = lambda name, package=None: None if name == 'textual_serve' else _find(name, package)\n"
    )
    done = dpm("serve", album, PYTHONPATH=os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    assert (done.returncode, done.stdout) == (1, "")
    assert "pip install 'dpm-tui[web]'" in done.stderr
