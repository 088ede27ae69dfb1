"""The plan, what became of it, undo and redo."""

from __future__ import annotations

import os
import re

from textual.pilot import Pilot

from dpm_tui.recycle.results import Skipped
from dpm_tui.tui.app import DpmApp
from dpm_tui.worker.protocol import messages
from tests.tui.app_run import press, prompt_text, screen_text, until
from tests.tui.fake_client import FakeClient
from tests.tui.flows.flow import cursor, flow, marks
from tests.tui.samples.decisions import decided


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
    assert "doubtful first" in lines[2]
    assert "copy 1 310K" in lines[1]
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
    assert "on_smile.png" in screen_text(app)
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
    assert "--plan FILE --kinds LIST --yes" in prompt_text(app)
    await press(pilot, "w", "escape", "w", "enter")
    path = client.sent(messages.SavePlan)[-1].path
    assert re.fullmatch(rb"/.*/dpm-tui-plan-\d{8}-\d{4}\.json", path)


@flow("groups")
async def sort_plan(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await open_sample_plan(pilot)
    assert "smile.png" in screen_text(app).splitlines()[3]
    await press(pilot, "s")
    lines = screen_text(app).splitlines()
    assert "by path" in lines[2]
    assert "final.webp" in lines[3].split()[0]


@flow("groups")
async def turn_link(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await open_sample_plan(pilot)
    await press(pilot, "L")
    assert prompt_text(app) == "2 identical files leave reflinks: their names stay. Purging frees the space."
    assert "2 leave reflinks" in screen_text(app).splitlines()[1]
    await press(pilot, "L")
    assert "whoever edits one name edits both" in prompt_text(app)
    await press(pilot, "L")
    assert prompt_text(app) == "Identical files leave nothing under their names."
    await press(pilot, "L", "L", "d")
    assert "Move 5 files (2 leave hard links)" in prompt_text(app)
    await press(pilot, "y")
    (request,) = client.sent(messages.ApplyPlan)
    links = {(move.kind.value, move.link.value) for move in request.plan.moves}
    assert links == {("identical", "hard"), ("copy", ""), ("variant", "")}


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
