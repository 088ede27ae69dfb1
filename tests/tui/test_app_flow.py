"""What happens around the commands: start, the end of a run, other apps, a lost worker, leaving."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events

from dpm_tui.errors import DpmError
from dpm_tui.recycle.results import BatchResult, Skipped
from dpm_tui.state.config import Config
from dpm_tui.tui.app import DpmApp
from dpm_tui.tui.screens.base.screen import DpmScreen
from dpm_tui.tui.session.session import Link
from dpm_tui.tui.session.settings_table import SETTINGS
from dpm_tui.worker.client import Client
from dpm_tui.worker.protocol import messages
from dpm_tui.worker.protocol.messages import BatchDone, Failed, LibraryChanged, RunStatus
from tests.tui.app_run import calm, press, prompt_text, running_app, screen_text, until
from tests.tui.fake_client import FakeClient
from tests.tui.samples.library import Sample
from tests.tui.samples.recycle_bin import bin_entries
from tests.tui.samples.runs import FINISHED, RUNNING

pytestmark = pytest.mark.slow


def open_screen(app: DpmApp) -> str:
    assert isinstance(app.screen, DpmScreen)
    return app.screen.NAME


async def test_start_runs_at_once() -> None:
    async with running_app(client := FakeClient()) as (app, _):
        assert client.sent(messages.StartRun) == [messages.StartRun()]
        assert open_screen(app) == "scan"


async def test_start_joins_a_run_that_is_going() -> None:
    async with running_app(client := FakeClient(status=RUNNING)) as (app, _):
        assert not client.sent(messages.StartRun)
        assert "Reading pictures" in screen_text(app)


async def test_first_paint_does_not_wait_for_the_worker() -> None:
    never: asyncio.Future[Client] = asyncio.get_running_loop().create_future()

    async def connect() -> Client:
        return await never

    app = DpmApp(connect, b"/pictures")
    async with app.run_test(size=(80, 24)) as pilot:
        await calm(pilot)
        assert "/pictures" in screen_text(app)
        assert "connecting to the worker" in screen_text(app)
        await press(pilot, "3", "j", "a", "d", "4", "space", "r", "5", "l", "1")
        await calm(pilot)
        assert app.session.link is Link.CONNECTING
        never.cancel()


async def test_finished_run_leads_to_the_groups() -> None:
    async with running_app(client := FakeClient(status=RUNNING)) as (app, _):
        client.tell(FINISHED)
        client.tell(LibraryChanged(6))
        await until(lambda: open_screen(app) == "groups")


async def test_finished_run_stays_where_the_user_went() -> None:
    async with running_app(client := FakeClient(status=RUNNING)) as (app, pilot):
        await press(pilot, "2")
        client.tell(FINISHED)
        await until(lambda: not app.session.running)
        await calm(pilot)
        assert open_screen(app) == "compare"


async def test_finished_run_rings_as_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for bell in (True, False):
        rung: list[bool] = []
        async with running_app(client := FakeClient(status=RUNNING, config=Config(bell=bell))) as (app, _):
            monkeypatch.setattr(app, "bell", lambda rung=rung: rung.append(True))
            client.tell(FINISHED)
            await until(lambda app=app: not app.session.running)  # type: ignore[misc]
        assert bool(rung) is bell


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (RunStatus(phase="finished"), "There are no pictures in this folder."),
        (RunStatus(phase="finished", pictures=7), "No duplicates found."),
        (RunStatus(phase="running", stage="match"), "No groups yet"),
    ],
)
async def test_no_groups_says_why(status: RunStatus, words: str) -> None:
    async with running_app(FakeClient(Sample(), status=status)) as (app, pilot):
        if status.phase == "finished":
            assert words in screen_text(app)
        await press(pilot, "3", "enter")
        await calm(pilot)
        assert words in screen_text(app)
        assert prompt_text(app) == "There is no group here."


async def test_filter_that_hides_all_says_so() -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "/", *"qqq", "enter")
        await calm(pilot)
        assert "No group fits the filter qqq" in screen_text(app)
        await press(pilot, "escape")
        await calm(pilot)
        assert "wa_8812.jpg" in screen_text(app)


@pytest.mark.parametrize(
    ("client", "words"),
    [
        (FakeClient(writable=False, entries=bin_entries()), "cannot be written to"),
        (FakeClient(reviewer=False, entries=bin_entries()), "another app"),
    ],
)
async def test_view_only_moves_nothing(client: FakeClient, words: str) -> None:
    async with running_app(client, screen="groups") as (app, pilot):
        assert "view only" in screen_text(app).splitlines()[0]
        await press(pilot, "a", "d")
        await calm(pilot)
        assert words in prompt_text(app)
        await press(pilot, "4", "r")
        await calm(pilot)
        assert words in prompt_text(app)
        moves = (messages.ApplyPlan, messages.RestoreEntries, messages.UndoBatch, messages.Decide)
        assert not [request for request in client.requests if isinstance(request, moves)]


async def test_apply_without_confirming() -> None:
    client = FakeClient(config=Config(confirm=False))
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "a", "d")
        await until(lambda: client.sent(messages.ApplyPlan))
        await until(lambda: app.session.tally.moved == 2)


async def test_keys_pressed_before_anything_is_painted_do_no_harm() -> None:
    client = FakeClient()

    async def connect() -> Client:
        return client

    app = DpmApp(connect, b"/pictures")
    async with app.run_test(size=(80, 24)) as pilot:
        for key in ("3", "j", "a", "colon", "x", "escape", "question_mark", "5", "l", "4", "3"):
            app.post_message(events.Key(key, None))
        await until(lambda: app.session.review.known)
        await calm(pilot)
        assert app.is_running


@pytest.mark.parametrize(("keys", "removed"), [("Ay", 6), ("An", 0), ("/drgn", 0), ("ssa", 2)])
async def test_keys_typed_ahead_answer_the_question(keys: str, removed: int) -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        for key in keys:
            app.post_message(events.Key("slash" if key == "/" else key, key))
        await calm(pilot)
        assert len(app.session.marks.removed) == removed
        assert app.session.filter.text == ("drgn" if keys[0] == "/" else "")


async def test_confirmation_can_be_declined() -> None:
    async with running_app(client := FakeClient(), screen="groups") as (app, pilot):
        for key in ("n", "escape", "ctrl+c"):
            await press(pilot, "a", "d", key)
            await calm(pilot)
        assert not client.sent(messages.ApplyPlan)
        assert app.session.marks.removed


async def test_what_was_left_is_said_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    client = FakeClient()
    left = Skipped(b"holiday/IMG_4411 (1).jpg", "changed")
    done = BatchDone(BatchResult("b", (b"phone/wa_8812.jpg",), (left,), 310_000))
    monkeypatch.setattr(client, "_ApplyPlan", lambda message: done)
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "a", "d", "y")
        await calm(pilot)
        assert prompt_text(app).endswith("1 was left: L says why.")
        assert app.session.marks.removed == {2}
        await press(pilot, "L")
        assert "1 file stays where it was:" in screen_text(app)
        assert "it changed since it was compared" in screen_text(app)
        await press(pilot, "escape", "1")
        await calm(pilot)
        assert "IMG_4411 (1).jpg" in screen_text(app)


async def test_errors_of_the_worker_are_said() -> None:
    client = FakeClient()
    client.refusals[messages.ApplyPlan] = Failed("root_read_only", {"path": "/pictures"})
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "a", "d", "y")
        await calm(pilot)
        assert "/pictures" in prompt_text(app)
        assert app.session.marks.removed


async def test_lost_worker_is_offered_again() -> None:
    async with running_app(client := FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "a")
        client.lose()
        await until(lambda: "^r connect again" in prompt_text(app))
        client.lost = False
        await press(pilot, "r")
        await until(lambda: app.reachable)
        assert app.session.marks.removed == {2, 3}


async def test_worker_that_does_not_start_is_explained() -> None:
    async def connect() -> Client:
        raise DpmError("root_missing", path="/gone")

    app = DpmApp(connect, b"/gone")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: app.session.link is Link.LOST)
        await until(lambda: "^r connect again" in screen_text(app))
        assert "/gone does not exist" in screen_text(app)
        await press(pilot, "q")
        await until(lambda: not app.is_running)


@pytest.mark.parametrize(("key", "stops"), [("l", False), ("s", True)])
async def test_quit_during_a_run_asks(key: str, stops: bool) -> None:
    async with running_app(client := FakeClient(status=RUNNING)) as (app, pilot):
        await press(pilot, "q", "escape")
        await calm(pilot)
        assert app.is_running
        await press(pilot, "q", key)
        await until(lambda: not app.is_running)
        assert bool(client.sent(messages.Shutdown)) is stops
        assert ("The scan goes on" in app.last_line()) is not stops


GUARDED = replace(FINISHED, run=2, attention="mount_guard", gone=900, files=100, added=0)


async def test_missing_files_are_asked_about_once_a_run() -> None:
    async with running_app(client := FakeClient(), screen="groups") as (app, pilot):
        client.tell(GUARDED)
        await until(lambda: "900 of 1,000 files gone: disk not mounted?" in prompt_text(app))
        await press(pilot, "escape")
        assert "m on Scan" in prompt_text(app)
        client.tell(GUARDED)
        await calm(pilot)
        assert "disk" not in prompt_text(app)
        values = {"gone": 9000, "known": 10000}
        client.tell(messages.LogLine("warning", "mount_guard_device", values))
        client.tell(replace(GUARDED, run=3))
        await until(lambda: "9,000 of 10,000 files gone" in prompt_text(app))
        runs = len(client.sent(messages.StartRun))
        await press(pilot, "r")
        assert client.sent(messages.StartRun)[runs:] == [messages.StartRun()]


async def test_missing_files_are_forgotten_after_a_second_question() -> None:
    async with running_app(client := FakeClient(), screen="bin") as (app, pilot):
        client.tell(replace(GUARDED, phase="running"))
        await until(lambda: "f forget" in prompt_text(app))
        await press(pilot, "f", "n")
        assert len(client.sent(messages.StartRun)) == 1
        client.tell(replace(GUARDED, run=3, phase="running"))
        await until(lambda: "f forget" in prompt_text(app))
        await press(pilot, "f")
        assert "900 missing files" in prompt_text(app)
        await press(pilot, "y")
        assert client.sent(messages.StopRun)
        assert client.sent(messages.StartRun)[-1] == messages.StartRun(accept_missing=True)


async def test_the_question_about_missing_files_waits_for_its_turn() -> None:
    async with running_app(client := FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "A")
        client.tell(GUARDED)
        await calm(pilot)
        assert "best: mark 6 files of 5 groups" in prompt_text(app)
        await press(pilot, "n")
        assert "disk not mounted?" in prompt_text(app)
        await press(pilot, "escape", "?")
        client.tell(replace(GUARDED, run=3))
        await calm(pilot)
        await press(pilot, "escape")
        await until(lambda: "disk not mounted?" in prompt_text(app))


async def test_another_app_is_not_asked_about_missing_files() -> None:
    async with running_app(client := FakeClient(reviewer=False), screen="groups") as (app, pilot):
        client.tell(GUARDED)
        await until(lambda: app.session.status.run == 2)
        await calm(pilot)
        assert "disk" not in prompt_text(app)


async def test_last_line_says_what_was_done() -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        assert app.last_line() == "6 groups of duplicates"
        await press(pilot, "a", "d", "y")
        await until(lambda: app.session.tally.moved == 2)
        assert app.last_line().startswith("2 files moved to the bin, 4.7 MB.")


async def test_full_view_leaves_when_its_file_is_gone() -> None:
    async with running_app(client := FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "f")
        await calm(pilot)
        client.sample = client.sample.without([b"holiday/IMG_4411.jpg"])
        client.tell(LibraryChanged(6))
        await until(lambda: 1 not in app.session.library.files)
        await until(lambda: open_screen(app) == "groups" and len(app.screen_stack) == 1)


async def test_pictures_are_blank_below_another_screen() -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        panes = app.screen.panes  # type: ignore[attr-defined]
        await press(pilot, "?")
        await calm(pilot)
        assert panes.previews[0]._blank
        await press(pilot, "escape")
        await calm(pilot)
        assert not panes.previews[0]._blank


async def test_click_moves_the_cursor_and_opens_screens() -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        await pilot.click("#groups", offset=(10, 6))
        await calm(pilot)
        assert app.session.file is not None
        assert app.session.file.id == 5
        await pilot.click("TitleLine", offset=(32, 0))
        await calm(pilot)
        assert open_screen(app) == "bin"


async def test_language_changes_at_once() -> None:
    async with running_app(FakeClient(), screen="settings") as (app, pilot):
        row = [setting.name for setting in SETTINGS].index("language")
        await press(pilot, *"j" * row, "left")
        await calm(pilot)
        assert "设置" in screen_text(app)
        assert "语言" in screen_text(app)


async def test_a_wrong_setting_is_refused_while_it_is_typed() -> None:
    async with running_app(client := FakeClient(), screen="settings") as (app, pilot):
        await press(pilot, "j", "j", "enter", "end", "ctrl+u")
        await calm(pilot)
        assert "ending" in prompt_text(app).lower() or "extension" in prompt_text(app).lower()
        await press(pilot, "enter")
        await calm(pilot)
        assert app.session.config.extensions == Config().extensions
        assert not client.sent(messages.SaveConfig)


async def test_a_busy_library_is_fetched_again_once_it_rests() -> None:
    client = FakeClient(status=replace(RUNNING, groups=6))
    async with running_app(client, screen="groups"):
        before = len(client.sent(messages.GetLibrary))
        for _ in range(50):
            client.tell(LibraryChanged(6))
        await asyncio.sleep(0.1)
        assert len(client.sent(messages.GetLibrary)) <= before + 1


def test_the_app_never_needs_torch_or_an_original() -> None:
    folder = Path(__file__).parents[2] / "dpm_tui" / "tui"
    for path in folder.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "torch" not in text, path
        assert "Image.open" not in text, path


async def test_files_that_move_are_counted_and_esc_stops_them() -> None:
    client = FakeClient()
    go_on = asyncio.Event()
    real = client.request

    async def slow(message: messages.Request) -> messages.Answer:
        if isinstance(message, messages.ApplyPlan):
            client.requests.append(message)
            await go_on.wait()
            skipped = (Skipped(b"phone/wa_8812.jpg", "cancelled"),)
            result = BatchResult("b", (b"holiday/IMG_4411 (1).jpg",), skipped, 4_404_019)
            client.sample = client.sample.without(result.moved)
            client.tell(messages.LibraryChanged(6))
            return messages.BatchDone(result)
        return await real(message)

    client.request = slow  # type: ignore[method-assign]
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "a", "d", "y")
        await until(lambda: client.sent(messages.ApplyPlan))
        client.tell(messages.BatchProgress(1, 2))
        await until(lambda: prompt_text(app) == "1 of 2 files.  esc stops after the file at hand")
        await press(pilot, "escape")
        assert client.sent(messages.StopBatch)
        go_on.set()
        await until(lambda: "Stopped: 1 file stays." in prompt_text(app))
        await until(lambda: len(app.session.marks.removed) == 1)
