"""What is about to happen is said before it does, and what was done, or passed over, is named."""

from __future__ import annotations

import pytest

from dpm_tui.catalog.verdict import Kind
from dpm_tui.locale import insist_on
from dpm_tui.state.config import Config
from dpm_tui.worker.protocol import messages
from tests.tui.app_run import press, prompt_text, running_app, screen_text, until
from tests.tui.fake_client import FakeClient
from tests.tui.samples.library import Sample

pytestmark = pytest.mark.slow


def _sample() -> Sample:
    sample = Sample()
    for folder in ("lake", "hill", "wood"):
        sample.add(
            (f"{folder}/1.jpg", 800, 600, 90_000),
            (f"{folder}/2.jpg", 800, 600, 90_000, Kind.IDENTICAL, 1.0),
            (f"{folder}/3.jpg", 800, 600, 90_000, Kind.IDENTICAL, 1.0),
        )
    return sample


async def test_marks_that_the_filter_hides_are_named_before_anything_moves() -> None:
    client = FakeClient(_sample())
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "a", "a", "a", "/", *"lake", "enter", "d")
        assert prompt_text(app).startswith("6 marked, 2 shown by the filter:")
        await press(pilot, "escape")
        assert not client.sent(messages.ApplyPlan)
        await press(pilot, "d", "s")
        assert prompt_text(app).startswith("Move 2 files")
        await press(pilot, "y")
        await until(lambda: client.sent(messages.ApplyPlan))
        (sent,) = client.sent(messages.ApplyPlan)
        assert {move.victim.path for move in sent.plan.moves} == {b"lake/2.jpg", b"lake/3.jpg"}
        await press(pilot, "d")
        assert prompt_text(app).startswith("4 marked, none of them shown")
        await press(pilot, "a")
        assert prompt_text(app).startswith("Move 4 files")


async def test_undo_names_what_had_left_the_bin_and_the_farewell_counts_what_lies_there() -> None:
    client = FakeClient(_sample())
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "a", "a", "a", "d", "y")
        await until(lambda: app.session.tally.moved == 6)
        await press(pilot, "4", "space", "space", "R", *"/tmp/away", "enter")
        await until(lambda: len(app.session.bin.entries) == 4)
        assert app.last_line().startswith("4 files moved to the bin")
        await press(pilot, "3", "z")
        await until(lambda: not app.session.bin.entries)
        assert "4 files are back in their places. 2 had left the bin before." in prompt_text(app)
        assert "moved to the bin" not in app.last_line()


async def test_undo_says_that_it_passes_a_move_over_whose_files_are_gone() -> None:
    client = FakeClient(_sample())
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "a", "d", "y")
        await until(lambda: app.session.tally.moved == 2)
        await press(pilot, "4", "b", "R", *"/tmp/away", "enter")
        await until(lambda: not app.session.bin.entries)
        assert "moved to the bin" not in app.last_line()
        await press(pilot, "3", "z")
        assert prompt_text(app).startswith("Passed over: the 2 files moved then have left the bin")
        await press(pilot, "z")
        assert prompt_text(app).startswith("Undone:")


async def test_keeping_only_one_asks_before_it_marks_what_is_no_plain_copy() -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "l", "enter")
        assert prompt_text(app).startswith("Mark 2 files, not only copies: 1 variant?")
        await press(pilot, "escape")
        assert not app.session.marks.removed
        await press(pilot, "enter", "c")
        assert app.session.marks.removed == {5}
        await press(pilot, "h", "enter", "y")
        assert app.session.marks.removed == {5, 6}
        await press(pilot, "enter")
        assert app.session.marks.removed == {5, 6, 8}, "copies alone are marked without a question"


async def test_a_reviewed_group_has_a_sign_and_its_marks_are_told() -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "r")
        assert "stays as it is" in prompt_text(app)
        assert "reviewed" in screen_text(app).splitlines()[3]
        await press(pilot, "h", "r")
        assert "reviewed" not in screen_text(app).splitlines()[3]
        await press(pilot, "h", "j", "x", "r")
        assert prompt_text(app) == "Reviewed; its 1 marked file still goes with d."


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize(
    ("typed", "last"), [("frobnicated:hello", "files"), ("kind:frobnicated", "variant"), ("date:zz", "2023")]
)
async def test_what_is_wrong_with_a_filter_can_be_read_whole(typed: str, last: str, language: str) -> None:
    async with running_app(FakeClient(config=Config(language=language)), screen="groups") as (app, pilot):
        await press(pilot, "/", *typed)
        line = screen_text(app).splitlines()[22]
        assert last in line
        *shown, field = line.split()
        assert " ".join(shown).count("~") <= 1, "only the word that was typed is shortened"
        assert typed.endswith(field)


async def test_the_key_that_the_screen_names_connects_again() -> None:
    client = FakeClient()
    async with running_app(client, screen="groups") as (app, pilot):
        client.lose()
        await until(lambda: "^r connect again" in prompt_text(app))
        client.lost = False
        await press(pilot, "ctrl+r")
        await until(lambda: app.reachable)


async def test_an_app_that_only_looks_loses_no_marks_and_does_not_say_so() -> None:
    sample = _sample()
    client = FakeClient(sample)
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "a")
        await until(lambda: client.record.history.markings)
    other = FakeClient(sample, reviewer=False)
    other.record = client.record
    async with running_app(other, screen="groups") as (app, pilot):
        await until(lambda: app.session.marks.removed)
        await press(pilot, "q")
        assert "lost" not in prompt_text(app)
        await until(lambda: not app.is_running)


async def test_the_language_of_the_command_line_beats_that_of_the_settings() -> None:
    insist_on("zh_CN")
    try:
        async with running_app(FakeClient(config=Config(language="en")), screen="groups") as (app, pilot):
            await press(pilot, "j", "k")
            assert "分组" in screen_text(app)
            await press(pilot, "2")
            assert "比较" in screen_text(app)
    finally:
        insist_on("")
