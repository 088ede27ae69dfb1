"""The plan screen and its list: order, cursor, marks that change below it, very many moves."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from textual import events

from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.library.filter import parse_filter
from dpm_tui.review.marks.link import Link as FileLink
from dpm_tui.review.marks.plan import Companion, Plan
from dpm_tui.tui.lines.plan_lines import PlanLines, rule_words
from dpm_tui.tui.screens.base import host_app
from dpm_tui.tui.screens.plan import PlanScreen
from dpm_tui.tui.session.plan_list import PlanList
from dpm_tui.tui.session.session import Link, Session
from dpm_tui.tui.theme import Look
from dpm_tui.tui.widgets.row_list import RowList
from dpm_tui.worker.protocol import messages
from dpm_tui.worker.protocol.library_codec import unpack_library
from dpm_tui.worker.protocol.messages import Failed, LibraryChanged
from tests.tui.app_run import calm, press, prompt_text, running_app, screen_text, until
from tests.tui.fake_client import FakeClient
from tests.tui.samples.library import large_library, sample_library
from tests.tui.samples.recycle_bin import bin_entries

pytestmark = pytest.mark.slow


@pytest.fixture
def plan_list() -> PlanList:
    """The plan of four files of the sample."""
    session = Session(link=Link.CONNECTED)
    session.adopt_library(unpack_library(sample_library().pack()))
    for file in (2, 3, 5, 6):
        session.marks.remove(file)
    return PlanList(session.review.plan()[0])


def test_the_weakest_move_is_first(plan_list: PlanList) -> None:
    assert [move.similarity for move in plan_list.moves] == [0.913, 0.982, 0.991, 1.0]
    assert plan_list.weakest == 0.913
    plan_list.move(1)
    plan_list.turn()
    assert [move.victim.path[:3] for move in plan_list.moves] == [b"art", b"art", b"hol", b"pho"]
    assert plan_list.weakest == 0.913
    assert plan_list.current is not None
    assert plan_list.current.victim.path == b"phone/wa_8812.jpg"


def test_what_is_doubtful_is_first(plan_list: PlanList) -> None:
    moves = [replace(move, doubt="untold" if move.similarity == 1.0 else "") for move in plan_list.moves]
    listed = PlanList(Plan(tuple(moves)))
    assert [move.similarity for move in listed.moves] == [1.0, 0.913, 0.982, 0.991]
    assert listed.doubtful == 1
    assert listed.weakest == 0.913
    listed.take_out()
    assert listed.doubtful == 0


@pytest.mark.slow
async def test_the_pair_under_the_cursor_is_seen() -> None:
    async with running_app(FakeClient(), size=(120, 40), screen="groups") as (app, pilot):
        await press(pilot, "l", "j", "j", "x", "h", "j", "j", "x", "D")
        shown = [preview.file for preview in app.screen.panes.previews if preview.display]  # type: ignore[attr-defined]
        assert shown == [6, 4]
        assert "! A variant: the pictures differ." in screen_text(app)
        assert "variant 1 6.1M" in screen_text(app)
        await press(pilot, "j")
        shown = [preview.file for preview in app.screen.panes.previews if preview.display]  # type: ignore[attr-defined]
        assert shown == [3, 1]


def test_numbers_follow_what_is_taken_out(plan_list: PlanList) -> None:
    assert plan_list.size == plan_list.plan.size
    assert plan_list.kinds == {Kind.VARIANT: 1, Kind.COPY: 2, Kind.IDENTICAL: 1}
    assert plan_list.take_out().kind is Kind.VARIANT
    unlike = (move for move in plan_list.moves if move.kind is not Kind.IDENTICAL)
    plan_list = plan_list.renew(Plan(tuple(unlike)))
    assert plan_list.size == plan_list.plan.size == 310_000 + 900_000
    assert +plan_list.kinds == {Kind.COPY: 2}
    plan_list.take_out()
    plan_list.take_out()
    assert plan_list.current is None
    assert plan_list.size == 0
    assert plan_list.weakest == 1.0


def test_what_a_keeper_gets_is_said(plan_list: PlanList) -> None:
    moves = [replace(move, adds=("taken", "keywords")) for move in plan_list.moves[:2]]
    plan_list = PlanList(Plan((*moves, *plan_list.moves[2:])))
    assert plan_list.noted == 2
    lines = PlanLines(Session(link=Link.CONNECTED), Look())
    assert "metadata for 2" in "".join(text for text, _ in lines.summary(plan_list, 100))


def test_companions_stay_with_the_name_of_their_picture_and_go_with_it_again(plan_list: PlanList) -> None:
    companion = Companion(plan_list.moves[0].victim)
    moves = [replace(move, companions=(companion,)) for move in plan_list.moves]
    plan_list = PlanList(Plan(tuple(moves)))
    for link in (FileLink.REFLINK, FileLink.HARD):
        plan_list = plan_list.turn_link()
        assert plan_list.links == {link: 1}
        assert plan_list.companions == 3
        plan_list = plan_list.renew(plan_list.plan)
        assert [move.kind for move in plan_list.moves if move.link] == [Kind.IDENTICAL]
    plan_list = plan_list.turn_link()
    assert not +plan_list.links
    assert plan_list.companions == 4


@pytest.mark.slow
async def test_very_many_moves() -> None:
    client = FakeClient(large_library(50_000))
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "A")
        await until(lambda: "50,000 files" in prompt_text(app), 60)
        await press(pilot, "y", "D")
        await until(lambda: isinstance(app.screen, PlanScreen), 60)
        assert max(len(request.plan.moves) for request in client.sent(messages.FindCompanions)) == 2000
        await calm(pilot)
        rows = app.screen.query_one("#plan", RowList)
        drawn: list[int] = []
        draw = rows._draw
        rows._draw = lambda line, width: drawn.append(line) or draw(line, width)  # type: ignore[func-returns-value]
        await press(pilot, "G", "k")
        assert len(set(drawn)) <= 2 * rows.size.height
        assert max(drawn) == 49_999
        await press(pilot, "x")
        assert "49,999 files" in screen_text(app)


async def test_moves_go_with_their_marks_when_the_library_changes() -> None:
    client = FakeClient()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "enter", "enter", "y", "D")
        assert "4 files" in screen_text(app).splitlines()[0]
        client.sample = client.sample.without([b"holiday/IMG_4411.jpg"])
        client.tell(LibraryChanged(6))
        await until(lambda: "wa_8812" not in screen_text(app))
        client.sample = sample_library().without([b"holiday/IMG_4411.jpg", b"art/dragon_final.png"])
        client.tell(LibraryChanged(6))
        await until(lambda: len(app.screen_stack) == 1)
        await calm(pilot)
        assert prompt_text(app) == "Nothing is left to move."


async def test_a_file_that_the_filter_hides_is_not_gone_to() -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "a")
        app.session.filter = parse_filter("kind:variant")
        app.session.lay_out()
        await press(pilot, "D", "enter")
        assert prompt_text(app) == "The filter of the groups hides this file."
        await press(pilot, "y")
        assert app.clipboard == "/pictures/phone/wa_8812.jpg"


async def test_a_plan_that_cannot_be_saved_is_explained() -> None:
    client = FakeClient()
    client.refusals[messages.SavePlan] = Failed("plan_exists", {"path": "/there.json"})
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "a", "D", "w", "enter")
        assert "/there.json" in prompt_text(app)
        assert isinstance(app.screen, PlanScreen)


async def test_nothing_is_applied_where_nothing_may_be() -> None:
    client = FakeClient(writable=False)
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "a", "D", "d")
        assert "cannot be written to" in prompt_text(app)
        assert not client.sent(messages.ApplyPlan)


async def test_undo_reaches_marks_from_before_the_plan() -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "enter", "enter", "y", "D", "z")
        assert "2 files" in screen_text(app).splitlines()[0]
        await press(pilot, "Z")
        assert "4 files" in screen_text(app).splitlines()[0]
        await press(pilot, "z", "z")
        assert prompt_text(app) == "Nothing is left to move."


async def test_keys_before_a_shorter_list_is_shown_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    client = FakeClient(entries=bin_entries())
    async with running_app(client, screen="bin") as (app, pilot):
        await press(pilot, "G", "A")
        monkeypatch.setattr(host_app, "_REFRESH_SECONDS", 60)
        for key in "ykjDg":
            app.post_message(events.Key(key, key))
            await asyncio.sleep(0.05)
        assert app.is_running
        assert not app.session.bin.entries


@pytest.mark.parametrize(("rule", "words"), [("hand", "by hand"), ("keeper", "own order"), ("best", "best")])
def test_a_rule_is_called_as_the_settings_call_it(rule: str, words: str) -> None:
    assert rule_words(rule, 9) == words
