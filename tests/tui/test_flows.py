"""One flow for each command: the key is pressed, and what a person would notice is checked."""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from dpm_tui.catalog.verdict import Kind
from dpm_tui.recycle.results import Skipped
from dpm_tui.review.library.sort import Order
from dpm_tui.review.marks.marks import Mark
from dpm_tui.state.config import Config
from dpm_tui.tui.app import DpmApp
from dpm_tui.tui.command_table import COMMANDS
from dpm_tui.tui.screens.keeper import KeeperScreen
from dpm_tui.tui.terminal import external_programs
from dpm_tui.worker.protocol import messages
from tests.tui.app_run import press, prompt_text, running_app, screen_text, until
from tests.tui.fake_client import (
    FINISHED,
    RUNNING,
    FakeClient,
    add_decisions,
    bin_entries,
    decided,
    sample_removals,
)

Flow = Callable[[DpmApp, Pilot[None], FakeClient], Awaitable[None]]
FLOWS: dict[str, tuple[str, Flow]] = {}


def flow(screen: str) -> Callable[[Flow], Flow]:
    """Register a flow under its command, to be started on a screen."""

    def register(function: Flow) -> Flow:
        FLOWS[function.__name__] = (screen, function)
        return function

    return register


def test_every_command_has_a_flow() -> None:
    assert FLOWS.keys() == {command.id for command in COMMANDS}


@pytest.mark.parametrize("command", FLOWS)
async def test_flow(command: str) -> None:
    screen, function = FLOWS[command]
    status = RUNNING if command in ("pause_run", "stop_run") else FINISHED
    client = FakeClient(entries=bin_entries(), config=Config(protected=("keep",)), status=status)
    async with running_app(client, screen=screen) as (app, pilot):
        await function(app, pilot, client)


def marks(app: DpmApp) -> str:
    """Return the marks of files 1, 2, ... as letters."""
    letters = {Mark.KEEP: "K", Mark.REMOVE: "-", None: "."}
    return "".join(letters[app.session.marks.mark_of(id_)] for id_ in sorted(app.session.library.files))


def cursor(app: DpmApp) -> int:
    assert app.session.file is not None
    return app.session.file.id


@flow("groups")
async def keep_only(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "j", "enter")
    assert marks(app).startswith("-K-.")
    assert cursor(app) == 4


@flow("groups")
async def toggle(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "space")
    assert marks(app).startswith("-..")
    assert cursor(app) == 2
    await press(pilot, "k", "space")
    assert marks(app).startswith("...")


@flow("groups")
async def remove(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "x", "j", "x", "j", "x")
    assert marks(app).startswith("--.")
    assert "never loses its last file" in prompt_text(app)


@flow("groups")
async def keep(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "p", "j", "j", "a")
    assert marks(app).startswith("K--")


@flow("groups")
async def clear(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "enter", "h", "u")
    assert marks(app).startswith("...")


@flow("groups")
async def range(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:  # noqa: A001
    await press(pilot, "V", "j", "j", "j", "j")
    assert "range of 5 files" in screen_text(app)
    await press(pilot, "x")
    assert app.session.marks.removed == {2, 3, 5}
    assert prompt_text(app) == "2 stay: 1 the last of their groups, 1 needed for others."
    await press(pilot, "z")
    assert not app.session.marks.removed
    await press(pilot, "g", "V", "j", "p")
    assert marks(app).startswith("KK.")
    await press(pilot, "g", "V", "j", "u", "V", "escape", "x")
    assert marks(app)[:3].count("-") == 1


@flow("groups")
async def clear_all(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "U")
    assert prompt_text(app) == "Nothing shown here is marked."
    await press(pilot, "a", "a", "U")
    assert prompt_text(app) == "Take 5 marks away (3 to go, 5.6 MB)?  y / n"
    await press(pilot, "n")
    assert len(app.session.marks.removed) == 3
    await press(pilot, "U", "y")
    assert not app.session.marks.removed
    await press(pilot, "z")
    assert len(app.session.marks.removed) == 3


@flow("groups")
async def pass_group(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    group = app.session.group
    assert group is not None
    await press(pilot, "r")
    assert app.session.passed == {group.id}
    assert app.session.cursor.position == 1
    await until(lambda: client.record.passed == {group.id})
    await press(pilot, "h", "r")
    assert not app.session.passed


@flow("groups")
async def accept(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "a", "a")
    assert marks(app).startswith("K--K-..")
    assert "2 files" not in prompt_text(app)


@flow("groups")
async def accept_all(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "A")
    assert "5 groups" in prompt_text(app)
    assert "6 files" in prompt_text(app)
    await press(pilot, "y")
    assert marks(app) == "K--K-.K-....K-K-"
    # A group that was passed, or whose best file was given away, is no business of the rule.
    await press(pilot, "z", "x", "l", "r", "A")
    assert "3 groups" in prompt_text(app)
    await press(pilot, "y")
    assert marks(app).startswith("-.....")
    await press(pilot, "z", "g", "r", "l", *"rrrr", "A")
    assert "what you marked or passed stays so" in prompt_text(app)


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
async def accept_shown(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    """A look at the weakest pairs comes before the marks, and one z takes all of them back."""
    await press(pilot, "A", "l")
    assert "would mark 6 files" in screen_text(app)
    assert "wa_8812.jpg" in screen_text(app).splitlines()[1]
    assert not app.session.marks.removed
    await press(pilot, "A")
    assert marks(app) == "K--K-.K-....K-K-"
    await press(pilot, "z")
    assert "K" not in marks(app)
    await press(pilot, "A", "l", "escape")
    assert "Nothing was marked" in prompt_text(app)
    assert not app.session.marks.removed


@flow("groups")
async def leave_out(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "A", "l", "x")
    assert "5 files remain" in prompt_text(app)
    await press(pilot, "enter")
    assert marks(app) == "K-.K-.K-....K-K-"
    await press(pilot, "z", "A", "l", *("x",) * 6)
    assert "Every file was left out" in prompt_text(app)
    assert not app.session.marks.removed


@flow("groups")
async def use(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    """Criteria go off and on, limits too; where nothing is left the rule is best."""
    await press(pilot, "R", "j", "enter", *"jjjj", "enter")
    assert client.config.keeper == ("bytes",)
    await press(pilot, *"kkkk", "enter")
    assert client.config.keeper == ("best",)
    await press(pilot, "G", "k", "k", "space")
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


FLOWS["raise"] = ("groups", FLOWS["lower"][1])


@flow("groups")
async def not_duplicates(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "i")
    assert "p this and B" in prompt_text(app)
    assert "g all 3" in prompt_text(app)
    await press(pilot, "escape")
    assert decided(client) == {}
    await press(pilot, "i", "g")
    assert decided(client) == {(1, 2, 3): "not_duplicates"}
    assert "these 3 are not duplicates" in prompt_text(app)
    (decision,) = client.decisions.standing()
    assert decision.names == (b"holiday/IMG_4411.jpg", b"holiday/IMG_4411 (1).jpg", b"phone/wa_8812.jpg")
    await press(pilot, "z")
    assert decided(client) == {}
    await press(pilot, "j", "i", "p")
    assert decided(client) == {(1, 2): "not_duplicates"}


@flow("groups")
async def variants(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "l", "j", "space", "k", "v", "f")
    assert decided(client) == {(4, 5): "variants", (5, 6): "variants"}
    assert "each of the other 2" in prompt_text(app)
    assert marks(app).startswith("......"), "what is kept is not marked for removal"
    await press(pilot, "l", "v")
    assert decided(client)[7, 8] == "variants", "two files need no question"


@flow("groups")
async def apply(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "enter", "enter", "y", "d")
    assert "Move 4 files" in prompt_text(app)
    assert "weakest .913, 1 variant" in prompt_text(app)
    await press(pilot, "y")
    (request,) = client.sent(messages.ApplyPlan)
    assert {move.victim.path for move in request.plan.moves} == {
        b"holiday/IMG_4411 (1).jpg",
        b"phone/wa_8812.jpg",
        b"art/dragon_final.webp",
        b"art/dragon_smile.png",
    }
    assert all(move.rule == "hand" for move in request.plan.moves)
    assert "4 files moved to the bin" in prompt_text(app)
    await until(lambda: len(app.session.library.groups) == 4)
    assert not app.session.marks.removed


@flow("groups")
async def show_plan(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "D")
    assert prompt_text(app).startswith("Nothing is marked")
    await press(pilot, "enter", "l", "space", "D")
    lines = screen_text(app).splitlines()
    assert "3 files 15 MB weakest .982" in lines[0]
    assert "weakest first" in lines[1]
    await press(pilot, "escape")
    assert "wa_8812.jpg" in screen_text(app)
    assert len(app.session.marks.removed) == 3


async def open_sample_plan(pilot: Pilot[None]) -> None:
    """Mark five files of three groups and list the plan: four copies and a variant."""
    await press(pilot, "enter", "enter", "y", "a", "D")


@flow("groups")
async def apply_plan(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await open_sample_plan(pilot)
    await press(pilot, "x", "d")
    assert "Move 4 files" in prompt_text(app)
    await press(pilot, "y")
    (request,) = client.sent(messages.ApplyPlan)
    assert len(request.plan.moves) == 4
    assert b"art/dragon_smile.png" not in {move.victim.path for move in request.plan.moves}
    assert "4 files moved to the bin" in prompt_text(app)
    assert len(app.screen_stack) == 1


@flow("groups")
async def take_out(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await open_sample_plan(pilot)
    await press(pilot, "x")
    assert "art/dragon_smile.png" in prompt_text(app)
    assert marks(app)[5] == "."
    await press(pilot, "z")
    assert marks(app)[5] == "-"
    assert "dragon_smile.png" in screen_text(app)
    await press(pilot, "Z", "space", "space", "space", "space")
    assert not app.session.marks.removed
    assert len(app.screen_stack) == 1
    assert prompt_text(app) == "Nothing is left to move."


@flow("groups")
async def save_plan(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await open_sample_plan(pilot)
    await press(pilot, "w", "ctrl+u", *"plans/mine.json", "enter")
    (request,) = client.sent(messages.SavePlan)
    assert request.path == os.path.join(os.fsencode(os.path.expanduser("~")), b"plans/mine.json")
    assert len(request.plan.moves) == 5
    assert "--plan plans/mine.json --yes" in prompt_text(app)
    await press(pilot, "w", "escape", "w", "enter")
    path = client.sent(messages.SavePlan)[-1].path
    assert re.fullmatch(rb"/.*/dpm-tui-plan-\d{8}-\d{4}\.json", path)


@flow("groups")
async def sort_plan(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await open_sample_plan(pilot)
    assert "dragon_smile" in screen_text(app).splitlines()[2]
    await press(pilot, "s")
    lines = screen_text(app).splitlines()
    assert "by path" in lines[1]
    assert lines[2].split()[0] == "art/dragon_final.webp"


@flow("groups")
async def go_to_file(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await open_sample_plan(pilot)
    await press(pilot, "enter")
    assert len(app.screen_stack) == 1
    assert cursor(app) == 6


@flow("groups")
async def show_result(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "L")
    assert prompt_text(app) == "Nothing was moved yet: d moves what is marked."
    client.left = (Skipped(b"phone/wa_8812.jpg", "changed"), Skipped(b"art/odd \x1b.png", "changed"))
    await press(pilot, "a", "d", "y")
    await until(lambda: app.session.outcomes)
    await press(pilot, "L")
    text = screen_text(app)
    assert "2 files moved to the bin" in text
    assert "phone/wa_8812.jpg" in text
    assert "it changed since it was compared" in text
    assert "\x1b" not in text
    await press(pilot, "escape", "d")
    assert prompt_text(app).startswith("Nothing is marked")


@flow("groups")
async def undo(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "enter", "z")
    assert marks(app).startswith("...")
    assert cursor(app) == 2
    await press(pilot, "g", "enter", "d", "y")
    await until(lambda: len(app.session.library.groups) == 5)
    await press(pilot, "z")
    assert client.sent(messages.UndoBatch)
    assert "2 files are back" in prompt_text(app)
    await until(lambda: len(app.session.marks.removed) == 2)
    await press(pilot, "z")
    assert prompt_text(app) == "Undone: 3 marks."
    await press(pilot, "z")
    assert prompt_text(app) == "Nothing to undo."
    await press(pilot, "a", "i", "g", "z")
    assert "Decision taken back: 3 files" in prompt_text(app)
    assert decided(client) == {}
    await press(pilot, "z", "z")
    assert prompt_text(app) == "Nothing to undo."
    await press(pilot, "a", "4", "z")
    assert prompt_text(app) == "Nothing to undo."
    assert app.session.marks.removed


@flow("groups")
async def redo(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "enter", "z", "Z")
    assert marks(app).startswith("K--")
    await press(pilot, "d", "y")
    await until(lambda: len(app.session.library.groups) == 5)
    await press(pilot, "z")
    await until(lambda: len(app.session.library.groups) == 6)
    await press(pilot, "Z")
    assert client.sent(messages.RedoBatch)
    await until(lambda: len(app.session.library.groups) == 5)
    await press(pilot, "v", "g", "z")
    assert decided(client) == {}
    await press(pilot, "Z")
    assert decided(client) == {(4, 5, 6): "variants"}
    await press(pilot, "z", "a", "Z")
    assert prompt_text(app) == "Nothing to do again."


@flow("groups")
async def show_decisions(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "I")
    assert "Nothing was decided yet" in screen_text(app)
    await press(pilot, "escape", "i", "g", "I")
    assert "not duplicates" in screen_text(app)
    assert "holiday/IMG_4411 (1).jpg" in screen_text(app)


@flow("groups")
async def revoke(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    add_decisions(client)
    await press(pilot, "I", "j", "x")
    assert "Revoked: 1 decision" in prompt_text(app)
    assert "2 decisions" in screen_text(app)
    assert client.decisions.verdict("a" * 64, "b" * 64) == ""
    await press(pilot, "z")
    assert client.decisions.verdict("a" * 64, "b" * 64) == "not_duplicates"
    assert "3 decisions" in screen_text(app)
    await press(pilot, "Z")
    assert "2 decisions" in screen_text(app)
    await press(pilot, "escape", "a", "I", "z")
    assert "was no decision" in prompt_text(app)


@flow("groups")
async def select_decision(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    add_decisions(client)
    before = decided(client)
    await press(pilot, "I", "space", "space", "x")
    assert "Revoke 2 decisions on 6 files?" in prompt_text(app)
    await press(pilot, "n")
    assert decided(client) == before
    await press(pilot, "x", "y")
    assert "variants" in screen_text(app)
    assert set(decided(client).values()) == {"variants"}
    await press(pilot, "z")
    assert {*decided(client)} == {*before}


@flow("groups")
async def revoke_shown(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    add_decisions(client)
    await press(pilot, "I", "X")
    assert "Revoke 3 decisions on 21 files?" in prompt_text(app)
    await press(pilot, "y")
    assert decided(client) == {}
    assert "Nothing was decided yet" in screen_text(app)


@flow("groups")
async def find_decision(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    add_decisions(client)
    await press(pilot, "I", "/", *"odd")
    assert "esc takes the words away" in screen_text(app)
    await press(pilot, "escape", "/", *"a/21", "enter")
    assert "1 decision" in screen_text(app)
    await press(pilot, "X")
    assert set(decided(client).values()) == {"variants", "not_duplicates"}, "only what is shown goes"
    assert "2 decisions" not in screen_text(app)
    await press(pilot, "escape")
    assert "2 decisions" in screen_text(app)
    await press(pilot, "escape")
    assert "wa_8812.jpg" in screen_text(app)


@flow("groups")
async def flip(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    before = screen_text(app)
    assert "A   holiday/IMG_4411.jpg" in before
    await press(pilot, "tab")
    assert "B   holiday/IMG_4411 (1).jpg" in screen_text(app)
    await press(pilot, "tab")
    assert screen_text(app) == before


@flow("groups")
async def side_by_side(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "=")
    assert sum(preview.display for preview in app.screen.panes.previews) == 2  # type: ignore[attr-defined]


@flow("groups")
async def difference(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "l", "j", "j")
    assert "! differs here: centre" in screen_text(app)
    await press(pilot, ".")
    await until(lambda: "! differs here: upper left" in screen_text(app))
    (subject, *_) = [preview._subject for preview in app.screen.panes.previews]  # type: ignore[attr-defined]
    assert any(subject.differs)
    await press(pilot, "tab")
    assert "! differs here: upper right" in screen_text(app)
    await press(pilot, ".")
    assert len(client.sent(messages.GetDifference)) == 1


@flow("groups")
async def next_pair(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    assert "1/2" in screen_text(app)
    await press(pilot, "n")
    assert "A copy .982 weakest of C  2/2" in screen_text(app)
    assert "2/2" in screen_text(app)
    await press(pilot, "tab")
    assert "C   phone/wa_8812.jpg" in screen_text(app)
    await press(pilot, "n")
    assert "B   holiday/IMG_4411 (1).jpg" in screen_text(app)


@flow("groups")
async def previous_pair(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "N")
    assert "2/2" in screen_text(app)
    await press(pilot, "N", "j")
    assert "B identical 1.00 of A" in screen_text(app)


@flow("groups")
async def weakest_pair(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "l", "n", "w")
    assert cursor(app) == 6
    assert "C variant .913 weakest of A" in screen_text(app)
    await press(pilot, "f", "l", "w")
    assert "B identical 1.00 of A DSC00017.JPG" in screen_text(app)


@flow("groups")
async def split(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "l", "enter", "y", "h", "S")
    assert prompt_text(app).startswith("Split at .913 variant: 2 and 1 files, 2 pairs")
    await press(pilot, "escape")
    assert decided(client) == {}
    await press(pilot, "S", "y")
    assert prompt_text(app) == "Split into 2 and 1 files. z takes it back."
    assert decided(client) == {(4, 6): "not_duplicates", (5, 6): "not_duplicates"}
    assert not app.session.marks.removed
    await press(pilot, "z")
    assert decided(client) == {}
    assert app.session.marks.removed


@flow("groups")
async def next_group(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "j", "l")
    assert cursor(app) == 4
    await press(pilot, "right")
    assert cursor(app) == 7


@flow("groups")
async def previous_group(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "G", "h")
    assert cursor(app) == 13
    await press(pilot, "left")
    assert cursor(app) == 9


@flow("groups")
async def full_view(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "j", "f")
    lines = screen_text(app).splitlines()
    assert "holiday/IMG_4411 (1).jpg" in lines[1]
    assert "B identical 1.00 of A IMG_4411.jpg" in "\n".join(lines)
    for key in ("escape", "f"):
        await press(pilot, key)
        assert "-- 1  3 files" in screen_text(app)
        await press(pilot, "f")
        assert "-- 1  3 files" not in screen_text(app)


@flow("groups")
async def open_viewer(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(external_programs, "find_viewer", lambda: None)
        await press(pilot, "o")
        assert "install chafa" in prompt_text(app)


@flow("groups")
async def open_folder(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "O")
    assert prompt_text(app) == "Copied /pictures/holiday"


@flow("groups")
async def copy_path(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "y")
    assert app.clipboard == "/pictures/holiday/IMG_4411.jpg"


@flow("groups")
async def filter(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:  # noqa: A001
    await press(pilot, "/", *"kind:variant")
    assert len(app.session.rows) == 1
    await press(pilot, "enter")
    assert "kind:variant" in screen_text(app).splitlines()[0]
    await press(pilot, "/", *" size:huge")
    assert "number" in prompt_text(app)
    await press(pilot, "escape")
    assert len(app.session.rows) == 1
    await press(pilot, "escape")
    assert len(app.session.rows) == 6


@flow("groups")
async def hide_reviewed(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "a", "H")
    assert len(app.session.rows) == 5
    assert "1 reviewed group hidden" in prompt_text(app)
    assert "unreviewed" in screen_text(app).splitlines()[0]
    await press(pilot, "H")
    assert len(app.session.rows) == 6


@flow("groups")
async def go_to(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "#", "3", "enter")
    assert app.session.cursor.position == 2
    await press(pilot, "#", *"letter")
    assert app.session.cursor.position == 3
    await press(pilot, "escape")
    assert app.session.cursor.position == 2
    await press(pilot, "#", *"nowhere", "enter")
    assert "No group" in prompt_text(app)


@flow("groups")
async def next_match(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, ">")
    assert "Nothing is looked for" in prompt_text(app)
    await press(pilot, "#", *"kind:copy", "enter")
    assert app.session.cursor.position == 0
    await press(pilot, ">")
    assert app.session.cursor.position == 1
    await press(pilot, ">")
    assert app.session.cursor.position == 0


@flow("groups")
async def previous_match(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "G", "#", *"kind:copy", "enter")
    assert app.session.cursor.position == 0
    await press(pilot, "<")
    assert app.session.cursor.position == 1


@flow("groups")
async def sort(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "s", "s", "g")
    assert app.session.sorting.order is Order.SIZE
    assert app.session.rows.group(0).keeper == 13
    await press(pilot, "s", "s")
    assert app.session.rows.group(5).keeper == 13
    assert "reversed" in prompt_text(app)


def seen(app: DpmApp) -> tuple[float, ...]:
    """Return the part of the picture that is seen, rounded."""
    preview = app.screen.panes.previews[0]  # type: ignore[attr-defined]
    return tuple(round(place, 3) for place in preview.seen)


@flow("groups")
async def zoom_in(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "f", "+")
    left, top, right, bottom = seen(app)
    assert (top, bottom) == (0.25, 0.75)
    assert left == round(1 - right, 3)
    assert left < 0.25
    assert "2x" in screen_text(app).splitlines()[0]


@flow("groups")
async def zoom_out(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "f", "+", "+", "-")
    assert seen(app)[1::2] == (0.25, 0.75)


@flow("groups")
async def zoom_reset(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "f", "+", "+", "0")
    assert seen(app) == (0, 0, 1, 1)


@flow("groups")
async def pan_left(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "f", "l", "left")
    assert cursor(app) == 1
    await press(pilot, "+", "+", "left")
    left, top, right, bottom = seen(app)
    assert left + right < 1
    assert top + bottom == 1


@flow("groups")
async def pan_right(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "f", "l")
    assert cursor(app) == 4
    await press(pilot, "+", "+", "right")
    left, top, right, bottom = seen(app)
    assert left + right > 1
    assert top + bottom == 1


@flow("groups")
async def pan_up(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "j", "f", "up")
    assert cursor(app) == 1
    await press(pilot, "+", "up")
    assert seen(app)[1::2] == (0.125, 0.625)


@flow("groups")
async def pan_down(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "f", "j")
    assert cursor(app) == 2
    await press(pilot, "+", "j")
    assert seen(app)[1::2] == (0.375, 0.875)
    await press(pilot, *"jjjj")
    assert seen(app)[1::2] == (0.5, 1)


@flow("scan")
async def start_run(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    assert len(client.sent(messages.StartRun)) == 1
    await press(pilot, "c")
    assert len(client.sent(messages.StartRun)) == 2


@flow("compare")
async def pause_run(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "p")
    assert client.sent(messages.PauseRun) == [messages.PauseRun(True)]


@flow("compare")
async def stop_run(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "x")
    assert client.sent(messages.StopRun)
    assert "kept" in prompt_text(app)


@flow("scan")
async def only_errors(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    client.tell(messages.LogLine("info", "quiet", {"n": 1}))
    client.tell(messages.LogLine("error", "loud", {"path": "bad\x1b.jpg"}))
    await until(lambda: "loud" in screen_text(app))
    assert "quiet" in screen_text(app)
    await press(pilot, "e")
    assert "quiet" not in screen_text(app)
    assert "loud" in screen_text(app)


@flow("scan")
async def accept_missing(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "m")
    assert prompt_text(app) == "No files are missing."
    client.tell(messages.RunStatus(phase="stopped", attention="mount_guard", gone=900))
    await until(lambda: "not mounted" in screen_text(app))
    await press(pilot, "m", "y")
    assert client.sent(messages.StartRun)[-1].accept_missing


@flow("bin")
async def select(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "space", "space")
    assert app.session.bin.selected == {"e0", "e1"}


@flow("bin")
async def select_batch(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "b")
    assert app.session.bin.selected == {"e0", "e1", "e2"}
    await press(pilot, "b")
    assert not app.session.bin.selected


@flow("bin")
async def select_matching(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "/", *"size>2M kind:copy", "enter")
    assert app.session.bin.selected == {"e2", "e3", "e4"}
    assert prompt_text(app) == "3 entries selected, 12 MB. r restores, D deletes."
    await press(pilot, "/", *"size>huge")
    assert "number huge?" in prompt_text(app)
    await press(pilot, "enter")
    assert app.session.bin.selected == {"e2", "e3", "e4"}
    await press(pilot, "/", *"nowhere", "enter")
    assert prompt_text(app) == "No entry fits."


@flow("bin")
async def show_removals(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "L")
    assert "Nothing was ever moved to the recycle bin here." in screen_text(app)
    await press(pilot, "escape")
    client.removals = sample_removals()
    await press(pilot, "L")
    lines = screen_text(app).splitlines()
    assert "8 lines" in lines[0]
    assert "2026-11-21 08:00  ? missing" in lines[1]
    await press(pilot, "escape")
    assert "old/picture 4.jpg" in screen_text(app)


@flow("bin")
async def find_removal(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    client.removals = sample_removals()
    await press(pilot, "L", "/", *"picture 1", "enter")
    assert "2 lines  /picture 1" in screen_text(app).splitlines()[0]
    await press(pilot, "/", *"zzz", "enter")
    assert "No line of the record fits" in screen_text(app)
    await press(pilot, "escape")
    assert "8 lines" in screen_text(app)


@flow("bin")
async def copy_removal(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    client.removals = sample_removals()
    await press(pilot, "L", "y")
    assert app.clipboard == "/pictures/old/picture 9.jpg"
    await press(pilot, "j", "j", "j", "y")
    assert app.clipboard == "/pictures/old/picture 1 (restored 1).jpg"


@flow("bin")
async def restore(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "j", "r")
    assert client.sent(messages.RestoreEntries) == [messages.RestoreEntries(("e1",))]
    assert prompt_text(app) == "1 file restored to where it was."
    assert len(app.session.bin.entries) == 4


@flow("bin")
async def restore_to(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "b", "R", *"/tmp/back", "enter")
    assert client.sent(messages.RestoreEntries) == [messages.RestoreEntries(("e0", "e1", "e2"), b"/tmp/back")]


@flow("bin")
async def restore_all(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "A", "n", "A", "y")
    assert [len(request.ids) for request in client.sent(messages.RestoreEntries)] == [5]


@flow("bin")
async def purge(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "b", "D", "2", "enter")
    assert not client.sent(messages.PurgeEntries)
    assert "Nothing deleted" in prompt_text(app)
    await press(pilot, "D", "3", "enter")
    assert [len(request.ids) for request in client.sent(messages.PurgeEntries)] == [3]
    assert len(app.session.bin.entries) == 2


@flow("bin")
async def purge_all(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "X", "5", "enter")
    assert not app.session.bin.entries
    assert "The recycle bin is empty." in screen_text(app)


@flow("bin")
async def open_bin(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "O")
    assert app.clipboard == "/pictures/_image_temp/recycle_bin"


@flow("bin")
async def copy_origin(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "y")
    assert app.clipboard == "/pictures/old/picture 0.jpg"


@flow("settings")
async def change(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "enter")
    await until(lambda: client.config.model == "photo")
    await press(pilot, "j", "j", "enter", "end", *" jxl", "enter")
    await until(lambda: client.config.extensions[-1] == "jxl")
    await press(pilot, "j", "enter", *"s", "enter")
    await until(lambda: client.config.protected == ("keeps",))
    await until(lambda: "no folder keeps here: it protects nothing" in prompt_text(app))


@flow("settings")
async def increase(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "j", "right", "right")
    await until(lambda: client.config.threshold == 0.62)
    assert "balanced" in screen_text(app)


@flow("settings")
async def decrease(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "left")
    await until(lambda: client.config.model == "illustration")


@flow("settings")
async def default(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "j", "j", "j")
    assert "keep" in screen_text(app)
    await press(pilot, "u")
    await until(lambda: client.config.protected == ())


@flow("settings")
async def reset_state(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "R", *"no", "enter")
    assert not client.sent(messages.ResetState)
    await press(pilot, "R", *"reset", "enter")
    assert client.sent(messages.ResetState)


@flow("groups")
async def down(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "j", "down", "j")
    assert cursor(app) == 4


@flow("groups")
async def up(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "l", "k", "up")
    assert cursor(app) == 2


@flow("groups")
async def page_down(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "pagedown")
    assert cursor(app) > 10


@flow("groups")
async def page_up(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "G", "ctrl+u")
    assert cursor(app) < 7


@flow("groups")
async def top(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "l", "l", "g")
    assert cursor(app) == 1


@flow("groups")
async def bottom(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "G")
    assert cursor(app) == 16


@flow("groups")
async def show_scan(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "1")
    assert "1,234" in screen_text(app)


@flow("groups")
async def show_compare(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "2")
    assert "Verifying pairs" in screen_text(app)


@flow("scan")
async def show_groups(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "3")
    assert "wa_8812.jpg" in screen_text(app)


@flow("scan")
async def show_bin(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "4")
    assert "old/picture 4.jpg" in screen_text(app)


@flow("scan")
async def show_settings(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "5")
    assert "Strictness" in screen_text(app)


@flow("groups")
async def palette(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, ":", *"accept all")
    assert "every group shown" in screen_text(app)
    await press(pilot, "enter", "y")
    assert len(app.session.marks.removed) == 6
    await press(pilot, "ctrl+p", "escape")
    assert "wa_8812.jpg" in screen_text(app)


@flow("scan")
async def choose(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, ":", *"not called that")
    assert prompt_text(app) == "No command is called that."
    await press(pilot, "enter", "escape", ":", *"not dup", "enter")
    await until(lambda: "different pictures" in prompt_text(app))
    assert "wa_8812.jpg" in screen_text(app)
    assert not client.sent(messages.Decide)


@flow("groups")
async def back(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "?", "escape", "escape", "escape")
    assert app.is_running
    assert "wa_8812.jpg" in screen_text(app)


@flow("groups")
async def reconnect(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "ctrl+r")
    assert prompt_text(app) == "The worker is connected."
    client.lose()
    await until(lambda: "^r connect again" in prompt_text(app))
    await press(pilot, "escape", "i")
    assert prompt_text(app) == "The worker is not connected."
    client.lost = False
    await press(pilot, "ctrl+r")
    await until(lambda: app.reachable)


@flow("groups")
async def redraw(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "ctrl+l")
    assert "wa_8812.jpg" in screen_text(app)


@flow("groups")
async def suspend(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    called = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "action_suspend_process", lambda: called.append(True))
        await press(pilot, "ctrl+z")
    assert called


@flow("groups")
async def quit(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:  # noqa: A001
    client.refusals[messages.SaveReview] = messages.Failed("cannot_write", {"path": "x", "reason": "full"})
    await press(pilot, "a", "q")
    assert "will be lost" in prompt_text(app)
    await press(pilot, "escape", "z", "ctrl+c")
    assert not app.is_running


@flow("groups")
async def help(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:  # noqa: A001
    await press(pilot, "?")
    lines = screen_text(app).splitlines()
    assert "nothing moves before d" in " ".join("".join(lines[1:3]).split())
    assert lines[4].strip() == "Marks"
    assert "keep only this file" in lines[5]
    await press(pilot, "f1")
    assert "wa_8812.jpg" in screen_text(app)


def test_kinds_of_the_sample() -> None:
    assert {pair.kind for pair in FakeClient().sample.pairs} == set(Kind)
