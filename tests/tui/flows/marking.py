"""Marks of single files and of all that is shown."""

from __future__ import annotations

from textual.pilot import Pilot

from dpm_tui.tui.app import DpmApp
from tests.tui.app_run import press, prompt_text, screen_text, until
from tests.tui.fake_client import FakeClient
from tests.tui.flows.flow import cursor, flow, marks


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
    assert app.session.review.passed == {group.id}
    assert app.session.cursor.position == 1
    await until(lambda: client.record.passed == {group.id})
    await press(pilot, "h", "r")
    assert not app.session.review.passed


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
async def accept_shown(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    """A look at the weakest pairs comes before the marks, and one z takes all of them back."""
    await press(pilot, "A", "l")
    assert "would mark 6 files" in screen_text(app)
    assert "wa_8812.jpg" in screen_text(app).splitlines()[2]
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
async def protect_here(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "j", "space", "k", "P")
    assert client.config.protected == ("keep", "holiday")
    assert "holiday is protected" in prompt_text(app)
    assert not app.session.marks.removed
    assert cursor(app) in (1, 2, 3)
    await press(pilot, "g", "P")
    assert client.config.protected == ("keep",)
