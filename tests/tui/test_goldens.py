"""What each screen looks like, as plain text; ``UPDATE_GOLDENS=1`` writes the files anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rich.cells import cell_len

from dpm_tui.locale import set_language
from dpm_tui.state.config import Config
from dpm_tui.tui.terminal.colour_depth import Palette
from dpm_tui.worker.protocol.messages import LogLine, RunStatus
from tests.tui.app_run import calm, press, running_app, screen_text, until
from tests.tui.fake_client import FakeClient
from tests.tui.samples.decisions import add_decisions
from tests.tui.samples.library import Sample
from tests.tui.samples.recycle_bin import bin_with_companions, sample_companions, sample_removals
from tests.tui.samples.runs import FINISHED, RUNNING, run_steps

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parent / "goldens"
SCREENS = {
    "groups": "j space",
    "scan": "",
    "compare": "",
    "bin": "b",
    "settings": "j",
    "help": "",
    "palette": "a l l",
    "view": "",
    "plan": "j",
    "removals": "j j j",
    "decisions": "j space",
    "found": "j",
    "keeper": "j j j j j J",
    "suggestion": "j",
    "empty": "",
}
"""Every screen with the keys that are pressed on it."""
GROWING = ("help", "palette")
"""Lists of all commands: at a large size every new command would change them."""
SIZES = ((40, 10), (80, 24), (120, 40))
GOLDENS = (
    *(
        (screen, size, language, keys)
        for screen, keys in SCREENS.items()
        for size in (SIZES[:2] if screen in GROWING else SIZES)
        for language in ("en", "zh_CN")
    ),
    ("groups", (200, 60), "en", "l l l"),
    ("groups", (59, 15), "en", ""),
)
OPENED_BY = {
    "help": "?",
    "palette": ":",
    "view": "f",
    "plan": "enter enter y a D",
    "removals": "L",
    "decisions": "I",
    "found": f"F {' '.join('/media/card')} enter",
    "keeper": "R",
    "suggestion": "A l",
}
BASES = {"scan": "scan", "compare": "compare", "bin": "bin", "settings": "settings", "removals": "bin"}


@pytest.mark.parametrize(("screen", "size", "language", "keys"), GOLDENS)
async def test_screen_looks_as_it_should(
    screen: str, size: tuple[int, int], language: str, keys: str
) -> None:
    shown = await dump(screen, size, language, keys)
    path = FOLDER / f"{screen}-{size[0]}x{size[1]}-{language}.txt"
    if os.environ.get("UPDATE_GOLDENS"):
        FOLDER.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")
    for line in shown.splitlines():
        assert cell_len(line) <= size[0]


async def dump(screen: str, size: tuple[int, int], language: str, keys: str) -> str:
    """Open a screen of the app on the sample and return it as text."""
    set_language(language)
    client = FakeClient(
        Sample() if screen == "empty" else None,
        status=_status(screen),
        entries=bin_with_companions(),
        config=Config(protected=("keep",), language=language),
        flat_pictures=True,
    )
    for level, key in (("info", "surveyed"), ("error", "unreadable")):
        client.tell(LogLine(level, key, _values(key), 1_700_000_000.0))
    client.companions, client.removals = sample_companions(), sample_removals()
    add_decisions(client)
    base = BASES.get(screen, "groups")
    async with running_app(client, size=size, palette=Palette.MONO, screen=base) as (app, pilot):
        await until(lambda: len(app.session.log) == 2)
        for status in run_steps() if screen == "compare" else ():
            client.tell(status)
        await press(pilot, *OPENED_BY.get(screen, "").split(), *keys.split())
        await calm(pilot)
        return screen_text(app)


def _status(screen: str) -> RunStatus:
    if screen == "empty":
        return RunStatus(phase="finished", pictures=10)
    return RUNNING if screen == "compare" else FINISHED


def _values(key: str) -> dict[str, object]:
    if key == "surveyed":
        return {"files": 1300, "added": 12, "changed": 3, "gone": 1}
    return {"path": "broken/half.jpg", "reason": "it ends too early"}
