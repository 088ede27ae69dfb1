"""The rule that chooses which file is kept."""

from __future__ import annotations

from textual.pilot import Pilot

from dpm_tui.tui.app import DpmApp
from dpm_tui.tui.screens.keeper import KeeperScreen
from tests.tui.app_run import press, prompt_text, screen_text, until
from tests.tui.fake_client import FakeClient
from tests.tui.flows.flow import FLOWS, flow, marks


@flow("groups")
async def choose_rule(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    """What is chosen acts at once: keepers, what a marks, and the settings follow."""
    await press(pilot, "R")
    assert "would mark 6 files" in screen_text(app)
    await press(pilot, "j", "j", "enter")
    assert "rule: smallest" in screen_text(app)
    assert "keeps phone/wa_8812.jpg, would mark 2 files" in screen_text(app)
    await until(lambda: client.config.keeper == ("smallest",))
    await press(pilot, "escape")
    assert app.session.rows.group(0).keeper == 3
    await press(pilot, "g", "a")
    assert marks(app).startswith("--K")
    assert app.session.marks.rule_of(1) == "smallest"


@flow("groups")
async def use(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    """Criteria go off and on, limits too; where nothing is left the rule is best."""
    await press(pilot, "R", "j", "enter", *"jjjj", "enter")
    assert client.config.keeper == ("bytes",)
    await press(pilot, *"kkkk", "enter")
    assert client.config.keeper == ("best",)
    await press(pilot, "end", "k", "k", "space")
    await until(lambda: client.config.keeper[-1] == "other-folder")
    assert "[x]    mark only in another folder" in screen_text(app)
    await press(pilot, "escape", "g", "a")
    assert marks(app).startswith("K.-")
    await press(pilot, "a")
    assert "limits leave these files alone" in prompt_text(app)


@flow("groups")
async def lower(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "R", *"jjjjj", "J", "J")
    await until(lambda: client.config.keeper[:3] == ("holds", "detail", "intact"))
    assert "rule: own order" in screen_text(app)
    await press(pilot, "g", "J")
    assert "Only criteria" in prompt_text(app)


FLOWS["raise"] = ("groups", FLOWS["lower"][1])


@flow("groups")
async def turn(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "R", *"jjjjj", "r")
    assert "1  damaged" in screen_text(app)
    await press(pilot, "r")
    assert "1  not damaged" in screen_text(app)


@flow("groups")
async def add_folder(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "R", "f", "p", *"../x")
    assert "a folder below this one" in prompt_text(app)
    await press(pilot, "escape", "f", "p", *"phone", "enter")
    assert "1 file of the groups lies in phone" in prompt_text(app)
    assert "1  in phone" in screen_text(app)
    assert app.session.rows.group(0).keeper == 3
    await press(pilot, "f", "m", *"backup", "enter")
    assert "would mark 1 file" in screen_text(app)
    await until(lambda: client.config.keeper[-1] == "mark-in:backup")


@flow("groups")
async def add_format(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "R", "t", *"jepg")
    assert "the formats are" in prompt_text(app)
    await press(pilot, "escape", "t", *"webp", "enter")
    await until(lambda: client.config.keeper[0] == "format:webp")
    assert app.session.library.group_of(5).keeper == 5
    await press(pilot, "t", *"-webp", "enter")
    assert app.session.library.group_of(5).keeper == 4


@flow("groups")
async def save_rule(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "R", *"jjjjj", "r", "w", *"best")
    assert prompt_text(app).startswith("The name best is taken: this rule is built in.")
    await press(pilot, "escape", "w", *"small first", "enter")
    await until(lambda: client.config.presets.get("small first") == client.config.keeper)
    assert "rule: small first" in screen_text(app)
    await press(pilot, "j", "r")
    assert "rule: own order" in screen_text(app)
    await press(pilot, "w", *"small first", "enter")
    assert "Replace" in prompt_text(app)
    await press(pilot, "n")
    assert client.config.presets["small first"][0] == "-intact"
    assert "rule: own order" in screen_text(app)


@flow("groups")
async def drop_rule(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    """The rule itself stays in force, without its name."""
    await press(pilot, "R", "x")
    assert "that you saved" in prompt_text(app)
    await press(pilot, *"jjjjj", "r", "w", *"mine", "enter", "g", *"jjjjj", "x", "y")
    await until(lambda: client.config.presets == {})
    assert client.config.keeper[0] == "-intact"
    screen = app.screen
    assert isinstance(screen, KeeperScreen)
    assert screen.lines[screen.cursor] is not None, "the cursor is on no empty line"


@flow("groups")
async def usual_rule(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "R", "j", "enter", "u")
    await until(lambda: client.config.keeper == ("best",))
