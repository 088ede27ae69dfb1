"""Ways through the groups: filter, order, next and previous."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from dpm_tui.review.library.sort import Order
from dpm_tui.tui.app import DpmApp
from dpm_tui.tui.screens.commands.path_opener import PathOpener
from dpm_tui.worker.protocol.messages import FindPictures
from tests.tui.app_run import press, prompt_text, screen_text
from tests.tui.fake_client import FakeClient
from tests.tui.flows.flow import cursor, flow


@flow("groups")
async def next_group(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "j", "l")
    assert cursor(app) == 4
    await press(pilot, "right")
    assert cursor(app) == 7


@flow("groups")
async def previous_group(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "end", "h")
    assert cursor(app) == 13
    await press(pilot, "left")
    assert cursor(app) == 9


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
    assert "No search yet" in prompt_text(app)
    await press(pilot, "#", *"kind:copy", "enter")
    assert app.session.cursor.position == 0
    await press(pilot, ">")
    assert app.session.cursor.position == 1
    await press(pilot, ">")
    assert app.session.cursor.position == 0


@flow("groups")
async def previous_match(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "end", "#", *"kind:copy", "enter")
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
    assert cursor(app) > 7


@flow("groups")
async def page_up(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "end", "ctrl+u")
    assert cursor(app) < 10


@flow("groups")
async def top(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "l", "l", "g")
    assert cursor(app) == 1


@flow("groups")
async def bottom(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "end")
    assert cursor(app) == 16


@flow("groups")
async def next_step(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "}")
    assert app.session.sorting.order is Order.KIND
    kinds = screen_text(app).splitlines()[1]
    assert kinds.split() == [
        "identical",
        "1",
        "pixels",
        "2",
        "copy",
        "1",
        "edited",
        "1",
        "4.0M",
        "variant",
        "1",
    ]
    assert cursor(app) == 9
    await press(pilot, "}", "}")
    assert "no groups of another kind" in prompt_text(app)
    assert cursor(app) == 4


@flow("groups")
async def previous_step(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "end", "{")
    assert "the same bytes" in prompt_text(app)
    assert cursor(app) == 7


async def look_for(pilot: Pilot[None], path: str) -> None:
    await press(pilot, "F", *path, "enter")


@flow("groups")
async def find_picture(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await look_for(pilot, "/nowhere")
    assert "No such file" in prompt_text(app)
    await look_for(pilot, "/media/card")
    shown = screen_text(app)
    assert "found 2 of 5" in shown
    assert "/media/card/100CANON/IMG_0008.JPG" in shown
    assert "cannot be read" in shown
    assert [len(request.names) for request in client.sent(FindPictures)] == [4, 1], "a few at a time"
    await press(pilot, "escape", "F", "up")
    assert "/media/card" in screen_text(app), "what was looked for comes back"


@flow("groups")
async def go_to_match(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "end")
    await look_for(pilot, "/media/card")
    await press(pilot, "j", "j", "enter")
    assert app.screen.place == "groups"  # type: ignore[attr-defined]
    assert cursor(app) == 2
    await look_for(pilot, "/media/card")
    await press(pilot, "end", "k", "enter")
    assert "In no group" in prompt_text(app)


@flow("groups")
async def narrow_found(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await look_for(pilot, "/media/card")
    await press(pilot, "/", *"variant", "enter")
    shown = screen_text(app)
    assert "dragon" in shown
    assert "IMG_0008" not in shown
    await press(pilot, "escape")
    assert "IMG_0008" in screen_text(app)


@flow("groups")
async def open_match(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await look_for(pilot, "/media/card/alone.png")
    with pytest.MonkeyPatch.context() as patch:
        opened: list[bytes] = []
        patch.setattr(PathOpener, "view", lambda opener, path: opened.append(path))
        await press(pilot, "o", "j", "o")
    assert opened == [b"/media/card/alone.png", b"/pictures/lonely/alone.png"]


@flow("groups")
async def copy_match(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await look_for(pilot, "/media/card/alone.png")
    assert screen_text(app).count("/media/card/alone.png") == 2, "in the list, and whole in its details"
    await press(pilot, "y")
    assert app.clipboard == "/media/card/alone.png"
    await press(pilot, "j", "y")
    assert app.clipboard == "/pictures/lonely/alone.png"
