"""What a person decides of pairs, and the list of it."""

from __future__ import annotations

from textual.pilot import Pilot

from dpm_tui.tui.app import DpmApp
from tests.tui.app_run import press, prompt_text, screen_text
from tests.tui.fake_client import FakeClient
from tests.tui.flows.flow import flow, marks
from tests.tui.samples.decisions import add_decisions, decided


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
async def split(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "l", "enter", "y", "h", "S")
    assert prompt_text(app) == "dragon_smile.png at .913 variant: in no group then?  y / n"
    await press(pilot, "escape")
    assert decided(client) == {}
    await press(pilot, "S", "y")
    assert prompt_text(app) == "dragon_smile.png is in no group any more. z takes it back."
    assert decided(client) == {(4, 6): "not_duplicates", (5, 6): "not_duplicates"}
    assert not app.session.marks.removed
    await press(pilot, "z")
    assert decided(client) == {}
    assert app.session.marks.removed
    await press(pilot, "h", "l", "l", "l", "l", "S")
    assert prompt_text(app).startswith("No weak place to split at: the weakest pair is 1.00"), (
        "as good as sure"
    )
    assert decided(client) == {}


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
