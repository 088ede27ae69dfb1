"""Hostile names: on no screen does a name crash the app or reach the terminal as a control byte."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from rich.cells import cell_len

from dpm_tui.catalog.verdict import Kind
from dpm_tui.recycle.results import BinEntry, Removal
from dpm_tui.review.decisions.decision import Decision
from dpm_tui.state.config import Config
from dpm_tui.worker.protocol.messages import LogLine
from tests.tui.app_run import calm, press, running_app, screen_text, until
from tests.tui.fake_client import FakeClient
from tests.tui.samples.library import Sample
from tests.tui.samples.recycle_bin import bin_entries, companion

NAMES = (
    b"new\nline.jpg",
    b"esc\x1b[2J\x1b]0;owned\x07.jpg",
    b"x[/bar][bold red].jpg",
    "bidi\u202egpj.exe\u2066.jpg".encode(),
    b"latin1-\xe9\xff\xfe.jpg",
    b"c1-\xc2\x9b31m.jpg",
    b"n" * 251 + b".jpg",
    "全家福照片".encode() * 16 + b".jpg",
    "e\u0301\u0301\u0301\u0301\u0301\u0301.jpg".encode(),
    "zwj\u200d\U0001f468\u200d\U0001f469.jpg".encode(),
    b"{braces}{0}%s.jpg",
    b"-rf --help;`id`$(id).jpg",
    b"tab\tcr\r.jpg",
    b"\xed\xa0\x80surrogate.jpg",
)
KEYS = (
    "f", "tab escape", "I", "j", "j", "/ [", "enter", "escape", "escape", "y", "O",
    "/ [ / b ] enter", "escape", "A", "y", "d", "n", "D", "j", "j", "j", "s",
    "y", "x", "w t [ enter", "escape", "d", "s", "escape", "escape", "1", "2", "4", "r", "j y", "j", "G", "D",
    "escape", "/ [ enter", "L", "j", "j", "j", "j", "y", "/ [", "enter", "escape", "escape", "5", "?",
    "escape",
)  # fmt: skip


def hostile_client() -> FakeClient:
    sample = Sample()
    for name in NAMES:
        sample.add(
            (b"dir-" + name + b"/" + name, 4000, 3000, 4_000_000),
            (b"other/" + name, 400, 300, 40_000, Kind.COPY, 0.98),
        )
    entries = tuple(
        BinEntry(
            id=f"e{number}", batch=name.decode("utf-8", "replace"), path=b"sub/" + name, size=10, mtime_ns=1,
            recycled_at=name.decode("utf-8", "replace"), kind="copy", keeper=name, rule="[/x]\x1b[1m",
        )
        for number, name in enumerate(NAMES)
    )  # fmt: skip
    entries += tuple(
        BinEntry(f"c{number}", entry.batch, name, 1, 1, entry.recycled_at, companion_of=entry.path)
        for number, (name, entry) in enumerate(zip(NAMES, entries, strict=True))
    )
    client = FakeClient(sample, entries=entries + bin_entries(1), root=b"/root-" + NAMES[1])
    for name in NAMES:
        found = companion("x.xmp")
        client.companions[b"other/" + name] = (
            replace(found, file=replace(found.file, path=b"other/+" + name)),
        )
    client.removals = tuple(
        Removal(
            name.decode("utf-8", "replace"),
            action,
            "b\x1b[1m",
            name,
            1,
            b"to/" + name,
            name,
            "co\x1bpy",
            "[/x]\x1b",
        )
        for name in NAMES
        for action in ("restored", "\x1b[31m")
    )
    for number, name in enumerate(NAMES):
        digests = (f"{2 * number:064x}", f"{2 * number + 1:064x}")
        client.decisions.add(Decision(digests, "variants", f"\x1b[31m{number}", (name, b"dir/" + name)))
    return client


def assert_clean(text: str, width: int) -> None:
    for line in text.splitlines():
        for character in line:
            assert unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"), line
        assert cell_len(line) <= width, line


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (170, 40), (50, 12)])
async def test_no_screen_shows_a_control_character(size: tuple[int, int]) -> None:
    client = hostile_client()
    for number, name in enumerate(NAMES):
        values = {"path": name.decode("utf-8", "surrogateescape"), "reason": "[/red]\x1b"}
        client.tell(LogLine("error", "unreadable" if number % 2 else "\x1b[31m", values, 1.0))
    async with running_app(client, size=size, screen="groups") as (app, pilot):
        await until(lambda: len(app.session.log) == len(NAMES))
        for _ in NAMES:
            await press(pilot, "l")
            assert_clean(screen_text(app), size[0])
        for keys in KEYS:
            await press(pilot, *keys.split())
            await calm(pilot)
            assert_clean(screen_text(app), size[0])


async def test_hostile_settings_are_shown_harmlessly() -> None:
    config = Config(protected=("a\x1b[2Jb", "[/bold]", "x\u202ey"))
    async with running_app(FakeClient(config=config), screen="settings") as (app, pilot):
        await press(pilot, "j", "j", "j", "enter")
        await calm(pilot)
        assert_clean(screen_text(app), 80)


async def test_answers_with_hostile_paths_are_shown_harmlessly() -> None:
    async with running_app(hostile_client(), screen="bin") as (app, pilot):
        await press(pilot, "R", *"/tmp/[", "enter")
        await calm(pilot)
        assert_clean(screen_text(app), 80)
