"""Comparing: what is painted when, and that both pictures of a pair are seen at the same place."""

from __future__ import annotations

import pytest
from rich.style import Style

from dpm_tui.state.config import Config
from dpm_tui.tui.lines.reason_lines import fit_lines
from dpm_tui.tui.pictures.cell_renderer import Brush, draw
from dpm_tui.tui.previews.pane_layout import CAPTION_LINES
from dpm_tui.tui.previews.subject import Delays
from dpm_tui.tui.terminal.colour_depth import Palette
from dpm_tui.tui.theme import Look
from dpm_tui.worker.protocol import messages
from tests.tui import app_run
from tests.tui.app_run import press, prompt_text, running_app, screen_text, until
from tests.tui.fake_client import FakeClient
from tests.tui.samples.library import picture_of

pytestmark = pytest.mark.slow

PATIENT = Delays(fetch=0.0, rest=3600.0)
"""Nothing but what a key does at once."""


async def test_after_a_single_key_the_picture_is_finished_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_run, "NO_DELAYS", PATIENT)
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "l")
        preview = app.screen.panes.previews[0]  # type: ignore[attr-defined]
        width, height = preview.size.width - 1, preview.size.height - CAPTION_LINES
        fine = draw(picture_of(4, 96, 64), width, height, Brush(Palette.C256, centred=False))
        await until(lambda: preview._strips == fine)


async def test_flipped_and_side_by_side_both_are_at_the_same_place() -> None:
    async with running_app(FakeClient(), size=(120, 40), screen="groups") as (app, pilot):
        await press(pilot, "f", "+", "+", "right", "down")
        preview, other = app.screen.panes.previews[:2]  # type: ignore[attr-defined]
        before = preview.seen
        await press(pilot, "tab")
        assert "B   holiday/IMG_4411 (1).jpg" in screen_text(app)
        assert preview.seen == before
        await press(pilot, "=")
        assert preview.seen == other.seen
        assert {preview.file, other.file} == {1, 2}
        await press(pilot, "n")
        assert {preview.file, other.file} == {1, 3}
        assert preview.seen == other.seen
        await press(pilot, "0", "l")
        assert "4x" not in screen_text(app).splitlines()[0]


async def test_a_closer_look_shows_the_original() -> None:
    """Thumbnails are 256 pixels long; what needs more comes from the file, with a margin around it."""
    client = FakeClient()
    client.thumbnail_size = (256, 192)
    async with running_app(client, size=(120, 40), screen="groups") as (_, pilot):
        await press(pilot, "f", "+")
        assert client.sent(messages.GetPicture) == []
        await press(pilot, "+", "+", "+")
        await until(lambda: client.sent(messages.GetPicture))
        asked = client.sent(messages.GetPicture)[-1]
        assert asked.file == 1
        assert asked.box[2] - asked.box[0] < 1
        count = len(client.sent(messages.GetPicture))
        await press(pilot, "right", "down", "left")
        assert len(client.sent(messages.GetPicture)) == count, "the margin holds what is there"


async def test_pictures_below_another_screen_are_not_painted() -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "f")
        view = app.screen
        await press(pilot, "?")
        assert all(preview._blank for preview in view.panes.previews)  # type: ignore[attr-defined]
        await press(pilot, "escape")
        assert not any(preview._blank for preview in view.panes.previews)  # type: ignore[attr-defined]


async def test_pictures_are_marked_where_they_are_seen_large() -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        marks = app.session.marks
        await press(pilot, "f", "tab", "x")
        lines = screen_text(app).splitlines()
        assert lines[1].startswith("B - to the bin holiday/IMG_4411 (1).jpg")
        assert "1 file marked" in lines[0]
        assert marks.removed == {2}
        await press(pilot, "space", "space")
        assert marks.removed == {3}, "the mark of the one that is seen, then that of the next one"
        assert "2/" in screen_text(app).splitlines()[0], "after the last file of a group comes the next group"
        await press(pilot, "z", "z")
        assert marks.removed == {2}
        assert "B - to the bin" in screen_text(app)
        await press(pilot, "k", "p")
        assert screen_text(app).splitlines()[1].startswith("A K keep holiday/IMG_4411.jpg")
        await press(pilot, "u", "enter", "enter", "y")
        assert marks.removed == {2, 3, 5, 6}
        await press(pilot, "escape")
        assert app.session.cursor.position == 2


async def test_a_decision_in_the_full_view_leads_to_the_next_group() -> None:
    client = FakeClient()
    async with running_app(client, screen="groups") as (app, pilot):
        first = app.session.group
        await press(pilot, "f", "i", "g")
        await until(lambda: client.sent(messages.Decide))
        assert first is not None
        client.sample = client.sample.without([client.sample.files[id_].path for id_ in first.members])
        client.tell(messages.LibraryChanged(5))
        await until(lambda: app.session.group is not None and app.session.group.id != first.id)
        await press(pilot, "tab")
        assert app.screen.place == "view"  # type: ignore[attr-defined]


async def test_a_range_ends_where_pictures_are_looked_at_one_by_one() -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "V", "j", "f", "j", "x")
        assert app.session.marks.removed == {3}


async def test_where_nothing_can_differ_it_is_said() -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "j", ".")
        assert prompt_text(app) == "Same pixels: nothing differs anywhere."
        assert "differences" in screen_text(app).splitlines()[0]
        await press(pilot, ".")
        assert prompt_text(app) == "The pictures as they are."
        await press(pilot, "l", ".")
        assert prompt_text(app) == "No place differs clearly."
        await press(pilot, ".", "w", ".")
        assert prompt_text(app) == "Where they differ is marked."


async def test_reasons_that_have_no_room_are_counted() -> None:
    lines = [[(f"= reason {number}", Style.null())] for number in range(7)]
    shown = fit_lines(lines, 5, 30, Look())
    assert len(shown) == 5
    assert "".join(text for text, _ in shown[-1]) == "= reason 4  (+2 more lines)"
    assert fit_lines(lines, 5, 24, Look())[-1][0][0] == "(+3 more lines)"
    assert fit_lines(lines, 7, 24, Look()) == lines


async def test_what_is_protected_does_not_count_as_what_a_group_would_free() -> None:
    async with running_app(FakeClient(), screen="groups") as (app, _):
        free = screen_text(app)
    async with running_app(FakeClient(config=Config(protected=("holiday", "phone"))), screen="groups") as (
        app,
        _,
    ):
        held = screen_text(app)
    assert "3 files  4.7 MB" in free
    assert "3 files  0 B" in held
