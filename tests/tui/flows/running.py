"""The run of the worker and its messages."""

from __future__ import annotations

import tempfile

from textual.pilot import Pilot

from dpm_tui.tui.app import DpmApp
from dpm_tui.worker.protocol import messages
from tests.tui.app_run import press, prompt_text, screen_text, until
from tests.tui.fake_client import FakeClient
from tests.tui.flows.flow import flow


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


@flow("scan")
async def review_part(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "j", "j", "enter")
    assert app.session.filter.text == "kind:copy"
    assert "/kind:copy" in screen_text(app)
    assert "2 groups" not in screen_text(app)
    assert len(app.session.rows.numbers) == 2


@flow("scan")
async def protect_folder(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "P")
    assert prompt_text(app) == "Put the cursor on a folder: rules and keys will leave its files alone."
    folders = [part.folder for part in app.session.parts]
    await press(pilot, *"j" * folders.index(b"scans"), "P")
    assert client.config.protected == ("keep", "scans")
    assert "scans is protected" in prompt_text(app)
    assert " P scans/" in screen_text(app)
    await press(pilot, *"k" * 20, *"j" * [part.folder for part in app.session.parts].index(b"scans"), "P")
    assert client.config.protected == ("keep",)


@flow("scan")
async def switch_panel(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    for number in range(40):
        client.tell(messages.LogLine("info", f"line-{number}"))
    await until(lambda: "line-39" in screen_text(app))
    await press(pilot, "g")
    assert "line-39" in screen_text(app)
    await press(pilot, "tab", "g")
    assert "line-0" in screen_text(app)


@flow("scan")
async def add_root(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    with tempfile.TemporaryDirectory(prefix="dpm") as folder:
        await press(pilot, "w", *"/no/such", "enter")
        await until(lambda: "does not exist" in screen_text(app))
        await press(pilot, "w", *folder, "enter")
        await until(lambda: client.config.other_roots == (folder,))
        assert f"{folder} is compared from the next scan on" in prompt_text(app)
        assert f"Compared with  {folder}" in screen_text(app)
