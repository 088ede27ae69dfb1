"""The HTML report in a browser: it can be searched, sorted, flipped and used with keys alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from dpm_tui.catalog.group import Group, Pair
from dpm_tui.catalog.verdict import Kind
from dpm_tui.report.page.group_records import Removal
from dpm_tui.report.page.html_report import write_html
from dpm_tui.review.library.library import Library
from tests.support.chromium import Tab, browser_tab, needs_chromium
from tests.support.hostile import HOSTILE_NAMES
from tests.support.image_files import image_file
from tests.support.pictures import encode, scene

pytestmark = [pytest.mark.slow, needs_chromium]
PATHS = "[...document.querySelectorAll('figcaption a')].map(each => each.textContent)"
GROUPS = 130
NAMED = ("button", "searchbox", "combobox", "checkbox", "link", "article", "image", "navigation")
THE_GRID = bytes([255] * 8 + [0] * 56)


def write_page(path: Path) -> None:
    """Write a page of groups of two: copies of falling size, and of variants with hostile names."""
    files = {}
    groups, pairs, kept = [], {}, {}
    for number in range(GROUPS):
        one, other = 2 * number + 1, 2 * number + 2
        variant = number >= GROUPS - len(HOSTILE_NAMES)
        name = HOSTILE_NAMES[number - GROUPS] if variant else b"copy %d.jpg" % number
        files[one] = image_file(one, b"kept %d.jpg" % number if number else b"/elsewhere/kept 0.jpg")
        files[other] = image_file(other, name, size=5000 - number, width=200 + number)
        kind = Kind.VARIANT if variant else Kind.COPY
        pairs[one, other] = Pair(one, other, kind, 0.9, THE_GRID if variant else b"")
        groups.append(Group(str(number), one, (one, other), 0.9, 5000 - number))
        if not variant:
            kept[other] = one
    pictures = [encode(scene(seed, 200, 150)) for seed in (1, 2)]
    text = write_html(
        root=b"/pictures",
        library=Library(files, groups, pairs),
        removal=Removal(kept, {}),
        thumbnail=lambda digest: pictures[int(digest, 16) % 2],
        files=files,
    )
    path.write_text("".join(text), encoding="utf-8")


async def choose(tab: Tab, name: str, value: str) -> None:
    """Choose a value of a control as a person does."""
    await tab.value(
        f"(()=>{{const e=document.forms[0].elements['{name}'];e.value={value!r};"
        "e.dispatchEvent(new Event('change',{bubbles:true}))})()"
    )


async def test_a_page_can_be_used(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    write_page(page)
    async with browser_tab(tmp_path) as tab:
        await tab.open(page.as_uri())
        shown = await tab.value(PATHS)
        assert shown[:2] == ["/elsewhere/kept 0.jpg", "copy 0.jpg"]
        links = await tab.value("[...document.querySelectorAll('figcaption a')].map(each => each.href)")
        assert links[:2] == ["file:///elsewhere/kept%200.jpg", "file:///pictures/copy%200.jpg"]
        assert len(shown) == 100
        assert await tab.value("document.querySelectorAll('svg.sheet image').length") == 100
        assert "Groups 1 to 50 of 130" in await tab.value(
            "document.querySelector('[role=status]').textContent"
        )

        # Flipping by the mouse, and by keys.
        flipped = "document.querySelector('button.picture svg').getAttribute('aria-label')"
        assert await tab.value(flipped) == "copy 0.jpg"
        await tab.move_mouse("button.picture")
        assert await tab.until(f"{flipped} === '/elsewhere/kept 0.jpg'")
        await tab.move_mouse("h1")
        assert await tab.until(f"{flipped} === 'copy 0.jpg'")
        await tab.press("lj")
        assert await tab.value("document.activeElement.getAttribute('aria-pressed')") == "false"
        await tab.press(" ")
        assert await tab.until(f"{flipped} === '/elsewhere/kept 0.jpg'")
        assert await tab.value("document.activeElement.getAttribute('aria-pressed')") == "true"

        # Pages, and the next kind.
        await tab.press("n")
        assert (await tab.value(PATHS))[1] == "copy 50.jpg"
        await tab.press("}")
        assert await tab.value("document.querySelectorAll('h2').length") == 2

        # Differences are drawn over variants alone.
        await tab.press(".")
        cells = "[...document.querySelectorAll('rect')].map(e => getComputedStyle(e).visibility)"
        assert await tab.value(cells) == ["visible"] * 8 * len(HOSTILE_NAMES)

        # Choosing.
        await choose(tab, "text", "COPY 12")
        assert (await tab.value(PATHS))[1::2] == ["copy 12.jpg"]
        await choose(tab, "text", "")
        await choose(tab, "section", "1")
        assert len(await tab.value(PATHS)) == 2 * len(HOSTILE_NAMES)
        await choose(tab, "section", "")
        await choose(tab, "order", "path")
        assert (await tab.value(PATHS))[0] == "/elsewhere/kept 0.jpg"
        await choose(tab, "text", "no such name")
        assert await tab.value("document.querySelector('#groups').textContent") == "No group fits."

        # Light and dark.
        colour = "getComputedStyle(document.body).backgroundColor"
        light = await tab.value(colour)
        await tab.value(
            "document.forms[0].elements.theme.click() || document.forms[0].elements.theme.click()"
        )
        assert await tab.value(colour) != light

        assert tab.errors == []
        assert tab.requests == [page.as_uri()]


async def test_everything_has_a_name_and_can_be_reached(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    write_page(page)
    async with browser_tab(tmp_path) as tab:
        await tab.open(page.as_uri())
        await tab.ask("Accessibility.enable")
        nodes = (await tab.ask("Accessibility.getFullAXTree"))["nodes"]
        nameless = [
            node
            for node in nodes
            if not node.get("ignored")
            and node["role"]["value"] in NAMED
            and not node.get("name", {}).get("value")
        ]
        assert nameless == []
        assert {"main", "banner", "search", "status"} <= {
            node["role"]["value"] for node in nodes if not node.get("ignored")
        }
