"""Whatever moves files counts them, stops after the file at hand, and lets nothing else move meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from dpm_tui.locale import translate
from dpm_tui.recycle.results import BatchResult, PurgeResult, Restored, RestoreResult, Skipped
from dpm_tui.worker.protocol import messages
from tests.tui.app_run import press, prompt_text, running_app, until
from tests.tui.fake_client import FakeClient
from tests.tui.samples.recycle_bin import bin_entries

pytestmark = pytest.mark.slow

_LEFT = (Skipped(b"old/picture 4.jpg", "cancelled"),)


class SlowMover(FakeClient):
    """Answers what moves files once it may ``go_on``, as if it had been stopped before the last file."""

    def __init__(self, entries: int = 5) -> None:
        super().__init__(entries=bin_entries(entries))
        self.go_on = asyncio.Event()
        self.batches = [self.entries]
        self.undone = [self.entries]

    async def request(self, message: messages.Request) -> messages.Answer:
        """Answer at once, or once it may."""
        kinds = (messages.RestoreEntries, messages.PurgeEntries, messages.UndoBatch, messages.RedoBatch)
        if not isinstance(message, kinds):
            return await super().request(message)
        self.requests.append(message)
        await self.go_on.wait()
        match message:
            case messages.PurgeEntries():
                return messages.PurgeDone(PurgeResult((b"old/picture 1.jpg",), _LEFT, 1000))
            case messages.RedoBatch():
                return messages.BatchDone(BatchResult("b", (b"old/picture 1.jpg",), _LEFT, 1000))
        back = Restored(b"old/picture 1.jpg", b"old/picture 1.jpg")
        return messages.RestoreDone(RestoreResult((back,), _LEFT))


@pytest.mark.parametrize(
    ("keys", "kind"),
    [
        (("r",), messages.RestoreEntries),
        (("R", *"/tmp/x", "enter"), messages.RestoreEntries),
        (("A", "y"), messages.RestoreEntries),
        (("D", "1", "enter"), messages.PurgeEntries),
        (("X", "5", "enter"), messages.PurgeEntries),
        (("z",), messages.UndoBatch),
        (("Z",), messages.RedoBatch),
    ],
)
async def test_the_bin_counts_files_and_esc_stops_them(keys: tuple[str, ...], kind: type) -> None:
    client = SlowMover()
    async with running_app(client, screen="bin") as (app, pilot):
        await press(pilot, *keys)
        await until(lambda: client.sent(kind))
        assert prompt_text(app)
        client.tell(messages.BatchProgress(1, 2))
        await until(lambda: prompt_text(app) == "1 of 2 files.  esc stops after the file at hand")
        await press(pilot, "A")
        assert prompt_text(app) == "Files are moving: esc stops them after the file at hand."
        await press(pilot, "escape")
        assert client.sent(messages.StopBatch)
        client.tell(messages.BatchProgress(2, 2))
        await until(lambda: prompt_text(app) == "Stopping after the file at hand...")
        client.go_on.set()
        await until(lambda: "Stopped: 1 file stays." in prompt_text(app))
        assert app.session.batch is None
        await press(pilot, "space", "escape")
        assert len(client.sent(messages.StopBatch)) == 1


async def test_nothing_to_suggest_counts_as_reviewed() -> None:
    client = FakeClient()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "l", "l", "l")
        group = app.session.group
        assert group is not None
        await press(pilot, "a")
        assert "counts as reviewed" in prompt_text(app)
        assert app.session.review.passed == {group.id}
        assert app.session.cursor.position == 4
        await press(pilot, "H")
        assert all(app.session.rows.group(each).id != group.id for each in range(len(app.session.rows)))
        await until(lambda: client.record.passed == {group.id})


async def test_undo_takes_back_that_a_group_was_passed_in_turn_with_marks() -> None:
    client = FakeClient()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "l", "l", "l")
        group = app.session.group
        assert group is not None
        await press(pilot, "H", "a", "g", "space", "z")
        assert app.session.review.passed == {group.id}
        await press(pilot, "z")
        assert app.session.review.passed == set()
        assert app.session.group == group
        assert "to be reviewed again" in prompt_text(app)
        await press(pilot, "Z")
        assert app.session.review.passed == {group.id}
        await press(pilot, "Z")
        assert app.session.marks.removed == {1}
        await press(pilot, "z", "r", "z", "z")
        assert app.session.review.passed == set()
        await until(lambda: client.record.passed == set())


@pytest.mark.parametrize("key", ["d", "D"])
async def test_the_search_for_a_plan_is_given_up_whole(key: str) -> None:
    client = FakeClient()
    go_on = asyncio.Event()
    real = client.request

    async def slow(message: messages.Request) -> messages.Answer:
        if isinstance(message, messages.FindCompanions):
            client.requests.append(message)
            await go_on.wait()
        return await real(message)

    client.request = slow  # type: ignore[method-assign]
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "a", key)
        await until(lambda: client.sent(messages.FindCompanions))
        assert "esc stops" in prompt_text(app)
        await press(pilot, "escape")
        assert prompt_text(app) == "Stopped. Nothing was moved; every mark stays."
        go_on.set()
        await press(pilot, "j")
        assert app.screen.place == "groups"
        assert not app.screen.prompt.busy
        assert app.session.marks.removed == {2, 3}
        assert not client.sent(messages.ApplyPlan)
        await press(pilot, "d", "y")
        await until(lambda: client.sent(messages.ApplyPlan))


async def test_a_bin_that_takes_long_to_read_is_said_to_be_read() -> None:
    client = FakeClient(entries=bin_entries())
    go_on = asyncio.Event()
    real = client.request

    async def slow(message: messages.Request) -> messages.Answer:
        if isinstance(message, messages.GetBin) and len(client.sent(messages.GetBin)):
            await go_on.wait()
        return await real(message)

    client.request = slow  # type: ignore[method-assign]
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "4")
        await until(lambda: prompt_text(app) == "Reading the recycle bin...")
        go_on.set()
        await until(lambda: not prompt_text(app))


async def test_an_empty_bin_hides_no_other_obstacle() -> None:
    """Nothing lies in the bin, but a batch could be moved again: not by an app that may only look."""
    client = FakeClient(reviewer=False)
    client.undone = [bin_entries(2)]
    async with running_app(client, screen="bin") as (app, pilot):
        await until(lambda: app.session.bin.can_redo)
        await press(pilot, "Z")
        assert prompt_text(app) == translate("tui.view_only_other_app")
        assert not client.sent(messages.RedoBatch)


async def test_what_a_rule_marked_is_not_counted_again() -> None:
    client = FakeClient()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "A", "n")
        await press(pilot, "a", "A")
        whole = app.session.marks.suggest(range(len(app.session.rows)), app.session.rule)
        fresh = whole.beyond(app.session.marks.removed)
        assert 0 < fresh.files < whole.files
        assert f"mark {fresh.files} file" in prompt_text(app)
        await press(pilot, "y", "A")
        assert "nothing more to mark" in prompt_text(app)


async def test_the_last_line_does_not_tell_of_files_that_are_back() -> None:
    client = FakeClient()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "a", "d", "y")
        await until(lambda: app.session.tally.moved == 2)
        assert "2 files moved" in app.last_line()
        await until(lambda: app.session.bin.can_undo)
        await press(pilot, "z")
        await until(lambda: app.session.tally.moved == 0)
        assert app.session.tally.size == 0
        assert "moved" not in app.last_line()
        await until(lambda: app.session.bin.can_redo)
        await press(pilot, "Z")
        await until(lambda: app.session.tally.moved == 2)
        assert "2 files moved" in app.last_line()
