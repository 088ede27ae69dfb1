"""Groups that come while a run goes on: shown at once where nobody looks at groups, else announced."""

from __future__ import annotations

from dataclasses import replace

from textual.pilot import Pilot

from dpm_tui.catalog.verdict import Kind
from dpm_tui.tui.app import DpmApp
from dpm_tui.worker.protocol.messages import GetLibrary, GroupsFound, LibraryChanged, RunStatus
from tests.tui.app_run import calm, press, prompt_text, running_app, screen_text, until
from tests.tui.fake_client import FakeClient
from tests.tui.flows.flow import cursor, marks
from tests.tui.samples.library import Sample, sample_library
from tests.tui.samples.runs import FINISHED, RUNNING

VERIFYING = replace(RUNNING, stage="verify")


def grown(sample: Sample) -> Sample:
    """Return a sample with two more groups, of which one comes before all others."""
    more = Sample(dict(sample.files), [*sample.groups], [*sample.pairs])
    more.add(("zoo/1.jpg", 100, 100, 700), ("zoo/2.jpg", 100, 100, 600, Kind.IDENTICAL, 1.0))
    more.add(("a/1.jpg", 100, 100, 700), ("a/2.jpg", 100, 100, 600, Kind.IDENTICAL, 1.0))
    more.groups.insert(0, more.groups.pop())
    return more


async def find_more(client: FakeClient, pilot: Pilot[None]) -> None:
    """Let the run settle two more groups, and wait until the app has them."""
    before = len(client.sent(GetLibrary))
    client.sample = grown(client.sample)
    client.tell(GroupsFound(len(client.sample.groups)))
    await until(lambda: len(client.sent(GetLibrary)) > before)
    await calm(pilot)


def line_of(app: DpmApp, words: str) -> int:
    """Return the first line of the screen with these words."""
    return next(number for number, line in enumerate(screen_text(app).splitlines()) if words in line)


def shown(app: DpmApp) -> str:
    """Return the screen without its title, which counts."""
    return screen_text(app).partition("\n")[2]


async def test_new_groups_are_announced_and_nothing_moves_until_they_are_asked_for() -> None:
    client = FakeClient(status=VERIFYING)
    async with running_app(client, size=(120, 40), screen="groups") as (app, pilot):
        await press(pilot, "l", "l", "j", "space")
        before, here, marked = shown(app), cursor(app), marks(app)
        await find_more(client, pilot)
        await until(lambda: "2 new groups: ^l" in screen_text(app))
        assert shown(app) == before
        await press(pilot, "ctrl+l")
        assert "new groups" not in screen_text(app)
        assert "a/1.jpg" in "".join(str(file.path) for file in app.session.library.files.values())
        assert cursor(app) == here
        assert marks(app)[: len(marked)] == marked


async def test_what_comes_above_the_cursor_does_not_push_it_away() -> None:
    client = FakeClient(status=VERIFYING)
    async with running_app(client, size=(80, 24), screen="groups") as (app, pilot):
        await press(pilot, "G", "k")
        name = app.session.library.files[cursor(app)].name.decode()
        before = line_of(app, name)
        await find_more(client, pilot)
        await press(pilot, "ctrl+l")
        assert line_of(app, name) == before


async def test_leaving_the_groups_shows_them_too() -> None:
    client = FakeClient(status=VERIFYING)
    async with running_app(client, screen="groups") as (app, pilot):
        await find_more(client, pilot)
        assert len(app.session.library.groups) == 6
        await press(pilot, "1")
        assert len(app.session.library.groups) == 8
        assert "zoo/" in screen_text(app) or len(app.session.parts) > 7


async def test_elsewhere_they_come_at_once_and_the_cursor_stays_on_its_folder() -> None:
    client = FakeClient(status=VERIFYING)
    async with running_app(client, size=(120, 40), screen="compare") as (app, pilot):
        await press(pilot, "G", "k")
        before = app.screen.part.folder  # type: ignore[attr-defined]
        await find_more(client, pilot)
        await until(lambda: "zoo/" in screen_text(app))
        assert app.screen.part.folder == before  # type: ignore[attr-defined]


async def test_the_first_groups_of_a_library_come_at_once() -> None:
    client = FakeClient(Sample(), status=VERIFYING)
    async with running_app(client, screen="groups") as (app, pilot):
        assert "they come while" in screen_text(app)
        client.sample = sample_library()
        client.tell(GroupsFound(6))
        await until(lambda: len(app.session.rows) == 6)
        await press(pilot, "j", "space")
        assert app.session.marks.removed


async def test_what_was_marked_early_is_marked_at_the_end() -> None:
    client = FakeClient(status=VERIFYING)
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "j", "space")
        marked = set(app.session.marks.removed)
        await find_more(client, pilot)
        client.tell(replace(FINISHED, run=RUNNING.run))
        client.tell(LibraryChanged(8))
        await until(lambda: len(app.session.library.groups) == 8)
        assert marked
        assert set(app.session.marks.removed) == marked
        assert app.session.waiting is None


async def test_the_next_step_is_offered_where_the_run_was_watched() -> None:
    client = FakeClient(status=VERIFYING)
    async with running_app(client, screen="compare") as (app, pilot):
        client.tell(replace(FINISHED, run=RUNNING.run))
        await until(lambda: prompt_text(app) == "The scan is done: 6 groups. Press 3 to review them.")
        await press(pilot, "3")
        assert "IMG_4411" in screen_text(app)


async def test_whoever_is_led_to_the_groups_hears_how_to_go_on() -> None:
    client = FakeClient(status=VERIFYING)
    async with running_app(client) as (app, pilot):
        client.tell(replace(FINISHED, run=RUNNING.run))
        await until(lambda: "Press A" in prompt_text(app))
        assert "IMG_4411" in screen_text(app)
        await press(pilot, "A")
        assert "Press A" not in prompt_text(app)


async def test_a_change_that_must_be_seen_is_not_held_back_by_early_groups() -> None:
    client = FakeClient(status=VERIFYING)
    async with running_app(client, screen="groups") as (app, _):
        client.sample = grown(client.sample)
        client.tell(LibraryChanged(8))
        client.tell(GroupsFound(8))
        await until(lambda: len(app.session.library.groups) == 8)
        assert isinstance(app.session.status, RunStatus)


async def test_whoever_opens_the_groups_for_the_first_time_begins_at_the_first() -> None:
    client = FakeClient(status=VERIFYING)
    async with running_app(client, screen="scan") as (app, pilot):
        await find_more(client, pilot)
        await until(lambda: len(app.session.library.groups) == 8)
        await press(pilot, "3")
        assert app.session.cursor.position == 0
        assert app.session.file is not None
        assert app.session.file.path == b"a/1.jpg"
