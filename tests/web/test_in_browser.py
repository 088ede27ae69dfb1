"""The app in a real browser: letters, pictures, keys and the mouse, and nothing from elsewhere."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.album import files_below
from tests.support.chromium import browser_tab, needs_chromium
from tests.support.page_client import server_of
from tests.support.workers import until

pytestmark = [pytest.mark.slow, needs_chromium]
PICTURES = "document.querySelectorAll('.xterm-screen .picture').length"


async def test_the_app_in_a_browser(album: Path, tmp_path: Path) -> None:
    """Pictures are laid where the app wants them, marks move files, and the page says when it has ended."""
    before = sorted(files_below(album))
    (tmp_path / "password").write_text("correct horse")
    options = ("--password-file", str(tmp_path / "password"))
    async with server_of(album, *options) as server, browser_tab(tmp_path) as tab:
        await tab.open(server.address)
        await tab.until("document.activeElement.type === 'password'")
        await tab.press("correct horse\n")
        await tab.until("document.querySelector('#terminal') !== null")
        await tab.until("document.body.classList.contains('-first-byte')")
        await tab.until("document.activeElement.classList.contains('xterm-helper-textarea')")
        assert "token" not in await tab.value("location.href")
        await tab.press("3")
        await tab.until(f"{PICTURES} > 0")
        loaded = "[...document.querySelectorAll('.picture')].every(e => e.naturalWidth > 0)"
        await tab.until(loaded)
        inside = (
            "(() => {const s = document.querySelector('.xterm-screen').getBoundingClientRect();"
            "return [...document.querySelectorAll('.picture')].map(e => e.getBoundingClientRect())"
            ".every(b => b.left >= s.left && b.right <= s.right + 1"
            " && b.top >= s.top && b.bottom <= s.bottom + 1)})()"
        )
        assert await tab.value(inside)

        # Another screen has none, and they come back with this one.
        await tab.press("4")
        await tab.until(f"{PICTURES} === 0")
        await tab.press("3")
        await tab.until(f"{PICTURES} > 0")

        await tab.press("a")
        await tab.press("d")
        async with asyncio.timeout(60):
            # The letters lie in a canvas: whether the question is there cannot be read.
            while sorted(files_below(album)) == before:
                await tab.press("y")
                await asyncio.sleep(0.5)
        await tab.press("z")
        await until(lambda: sorted(files_below(album)) == before)
        await tab.press("q")
        await tab.until("getComputedStyle(document.querySelector('.ended')).display !== 'none'")
        await until(lambda: not server.apps)

        assert tab.errors == []
        place = urlsplit(server.address).netloc
        assert {urlsplit(address).netloc for address in tab.requests} == {place}
        assert any("/static/fonts/" in address for address in tab.requests)
