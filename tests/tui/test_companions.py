"""Companions: the question about those that exist nowhere else, what is said of them, the bin."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dpm_tui.review.marks.plan import Companion, Plan
from dpm_tui.state.config import Config
from dpm_tui.tui.screens.commands.plan_maker import endings_of
from dpm_tui.worker.protocol import messages
from tests.tui.app_run import press, prompt_text, running_app, screen_text, until
from tests.tui.fake_client import FakeClient
from tests.tui.samples.recycle_bin import bin_with_companions, companion, sample_companions

pytestmark = pytest.mark.slow


def client_with_companions(**config: object) -> FakeClient:
    client = FakeClient(config=replace(Config(), **config))  # type: ignore[arg-type]
    client.companions = sample_companions()
    return client


def applied(client: FakeClient) -> Plan:
    (request,) = client.sent(messages.ApplyPlan)
    plan: Plan = request.plan
    return plan


def names(plan: Plan) -> set[bytes]:
    return {each.file.path for move in plan.moves for each in move.companions}


async def test_unique_companions_go_along() -> None:
    client = client_with_companions()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "enter", "d")
        assert prompt_text(app).startswith("2 companions found only here: t go too")
        await press(pilot, "t")
        assert prompt_text(app).startswith("Move 2 files + 3 companions, 7.8 MB, to the bin? weakest .982")
        await press(pilot, "y")
        assert len(names(applied(client))) == 3
        assert prompt_text(app).startswith("2 files and 3 companions moved to the bin, 7.8 MB.")
        await until(lambda: len(app.session.bin.entries) == 5)
        await press(pilot, "z")
        assert prompt_text(app) == "Batch undone: 2 files and 3 companions are back in their places."
        await until(lambda: app.session.bin.can_redo)
        await press(pilot, "Z")
        assert prompt_text(app) == "Batch applied again: 2 files and 3 companions moved to the bin."


async def test_pictures_go_alone() -> None:
    client = client_with_companions()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "enter", "d", "p", "y")
        assert len(applied(client).moves) == 2
        assert not names(applied(client))
        assert prompt_text(app).startswith("2 files moved")


async def test_pictures_with_unique_companions_stay() -> None:
    client = client_with_companions()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "enter", "d", "s")
        assert prompt_text(app) == "Nothing is left to move."
        await press(pilot, "a", "d", "s", "y")
        assert [move.victim.path for move in applied(client).moves] == [b"art/dragon_final.webp"]
        assert app.session.marks.removed == {2, 3}


async def test_backing_out_moves_nothing() -> None:
    client = client_with_companions()
    async with running_app(client, screen="groups") as (_, pilot):
        await press(pilot, "enter", "d", "escape", "y")
        assert not client.sent(messages.ApplyPlan)


async def test_a_wide_terminal_has_room_for_the_whole_question() -> None:
    async with running_app(client_with_companions(), screen="groups", size=(200, 40)) as (app, pilot):
        await press(pilot, "enter", "d")
        assert "t move them together   p pictures only   s leave those pictures   esc" in prompt_text(app)


@pytest.mark.parametrize(("setting", "companions"), [("together", 3), ("never", 0)])
async def test_settings_answer_the_question(setting: str, companions: int) -> None:
    client = client_with_companions(companions=setting, confirm=False)
    async with running_app(client, screen="groups") as (_, pilot):
        await press(pilot, "enter", "d")
        assert len(names(applied(client))) == companions


async def test_without_confirmation_only_unique_companions_are_asked_about() -> None:
    client = client_with_companions(confirm=False)
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "enter", "d")
        assert "found only here" in prompt_text(app)
        await press(pilot, "t")
        assert applied(client)


async def test_a_companion_with_a_twin_goes_without_a_question() -> None:
    client = FakeClient()
    both = companion("phone/wa_8812.aae", twin="holiday/IMG_4411.aae")
    client.companions = {b"phone/wa_8812.jpg": (both,)}
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "enter", "d")
        assert prompt_text(app).startswith("Move 2 files + 1 companion")


async def test_the_plan_is_listed_before_it_is_applied() -> None:
    client = client_with_companions()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "enter", "d", "t", "l")
        assert "+ 3 companions" in screen_text(app)
        await press(pilot, "d")
        assert prompt_text(app).startswith("Move 2 files + 3 companions")
        assert "l list" not in prompt_text(app)
        await press(pilot, "y")
        assert len(applied(client).moves) == 2


async def test_a_saved_plan_says_how_companions_go_along() -> None:
    client = client_with_companions()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "enter", "D", "w", "t", "enter")
        assert "--plan FILE --kinds LIST --companions together --yes" in prompt_text(app)
        assert len(names(client.sent(messages.SavePlan)[0].plan)) == 3
        await press(pilot, "d", "escape")
        assert prompt_text(app) == ""


async def test_the_plan_asks_about_unique_companions_when_it_is_applied() -> None:
    client = client_with_companions()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "enter", "D", "d", "p", "escape")
        assert "companions" not in screen_text(app)
        await press(pilot, "x", "z", "d")
        assert "found only here" in prompt_text(app)


async def test_a_companion_of_two_pictures_goes_once() -> None:
    client = FakeClient()
    shared: tuple[Companion, ...] = (companion("a.xmp", twin="b.xmp"),)
    client.companions = {b"phone/wa_8812.jpg": shared, b"holiday/IMG_4411 (1).jpg": shared}
    async with running_app(client, screen="groups") as (_, pilot):
        await press(pilot, "enter", "d", "y")
        assert applied(client).companions == 1


def test_endings_are_few() -> None:
    paths = ("a.AAE", "b.aae", "c.mov", "d.xmp", "e.json", "f")
    assert endings_of(companion(path) for path in paths) == ".aae .mov .xmp ..."
    assert endings_of([]) == ""


async def test_bin_lists_companions_under_their_picture() -> None:
    async with running_app(FakeClient(entries=bin_with_companions()), screen="bin") as (app, pilot):
        lines = screen_text(app).splitlines()
        assert "old/picture 0.jpg" in lines[3]
        assert "old/picture 0.MOV" in lines[4]
        assert "goes with picture 0.jpg" in lines[4]
        await press(pilot, "space")
        assert app.session.bin.selected == {"e0", "c0", "c1"}
        assert app.session.bin.current is not None
        assert app.session.bin.current.id == "e1"
        await press(pilot, "k", "k", "space")
        assert app.session.bin.selected == {"e0", "c1"}


async def test_restoring_a_picture_names_its_companions() -> None:
    client = FakeClient(entries=bin_with_companions())
    async with running_app(client, screen="bin") as (app, pilot):
        await press(pilot, "r")
        assert set(client.sent(messages.RestoreEntries)[0].ids) == {"e0", "c0", "c1"}
        assert prompt_text(app) == "1 file and 2 companions restored to where they were."


async def test_selecting_by_size_takes_companions_by_their_picture() -> None:
    client = FakeClient(entries=bin_with_companions())
    async with running_app(client, screen="bin") as (app, pilot):
        await press(pilot, "/", *"size>2.5M", "enter")
        assert app.session.bin.selected == {"e2", "e3", "e4"}
        await press(pilot, "/", *"size<1.5M older>1h", "enter")
        assert app.session.bin.selected == {"e0", "c0", "c1"}
        await press(pilot, "/", *"gone")
        assert app.session.bin.selected == {"e2"}
        await press(pilot, "escape")
        assert app.session.bin.selected == {"e0", "c0", "c1"}


@pytest.mark.parametrize("words", ["older>x", "size=3", "what>3", "kind:cat", "older>"])
async def test_words_that_select_nothing_are_explained(words: str) -> None:
    async with running_app(FakeClient(entries=bin_with_companions()), screen="bin") as (app, pilot):
        await press(pilot, "/", *words, "enter")
        assert "?" in prompt_text(app)
        assert not app.session.bin.selected


async def test_purging_warns_of_last_copies() -> None:
    client = FakeClient(entries=bin_with_companions())
    client.without_keeper = 2
    async with running_app(client, screen="bin") as (app, pilot):
        reads = len(client.sent(messages.GetBin))
        await press(pilot, "b", "D")
        assert prompt_text(app) == "2 perhaps the last! Delete 5 files, 9.0 MB, for good? Type 5:"
        assert "No verified copies are kept of 2 of these files; they may be the last." in screen_text(app)
        assert "the kept file of 1 is gone, 1 or its kept file has changed" in screen_text(app)
        await press(pilot, "escape")
        assert "may be the last" not in screen_text(app)
        assert not client.sent(messages.PurgeEntries)
        await until(lambda: len(client.sent(messages.GetBin)) > reads)
