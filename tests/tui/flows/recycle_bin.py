"""The recycle bin and the record of removals."""

from __future__ import annotations

from textual.pilot import Pilot

from dpm_tui.tui.app import DpmApp
from dpm_tui.worker.protocol import messages
from tests.tui.app_run import press, prompt_text, screen_text
from tests.tui.fake_client import FakeClient
from tests.tui.flows.flow import flow
from tests.tui.samples.recycle_bin import sample_removals


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
    assert "8 lines" in lines[1]
    assert "2026-11-21 08:00  ? missing" in lines[2]
    await press(pilot, "escape")
    assert "old/picture 4.jpg" in screen_text(app)


@flow("bin")
async def find_removal(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    client.removals = sample_removals()
    await press(pilot, "L", "/", *"picture 1", "enter")
    assert "2 lines  /picture 1" in screen_text(app).splitlines()[1]
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
