"""What the rule suggests agrees with what the screen says of the pair, and every silence has its reason."""

from __future__ import annotations

from dataclasses import replace

from dpm_tui.catalog.group import Pair
from dpm_tui.catalog.verdict import GRID, Kind
from dpm_tui.state.config import Config
from tests.tui.app_run import press, prompt_text, running_app, screen_text
from tests.tui.fake_client import FakeClient
from tests.tui.samples.library import Sample


def _copies(*, differs: bytes = bytes(GRID * GRID)) -> Sample:
    """Return a group of two copies, the first of which has EXIF data and a higher JPEG quality."""
    sample = Sample()
    sample.add(("a/sheet.jpg", 800, 600, 90_000), ("safe/sheet.jpg", 800, 600, 40_000, Kind.COPY, 0.957))
    sample.pairs[:] = [replace(pair, differs=differs) for pair in sample.pairs]
    sample.files[2] = replace(sample.files[2], facts=replace(sample.files[2].facts, quality=55))
    return sample


async def test_a_copy_that_is_shown_to_differ_is_not_suggested() -> None:
    caption = bytes([*[0] * (GRID * GRID - 1), 91])
    async with running_app(FakeClient(_copies(differs=caption)), screen="groups") as (app, pilot):
        assert "lower right" in screen_text(app)
        await press(pilot, "A")
        assert "finds nothing to mark" in prompt_text(app)
        await press(pilot, "a")
        assert prompt_text(app) == "Left to you: sheet.jpg: it visibly differs from the file kept."
        assert not app.session.marks.removed


async def test_an_original_is_not_suggested_for_the_poorer_copy_that_is_protected() -> None:
    client = FakeClient(_copies(), config=Config(protected=("safe",)))
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "A")
        assert "finds nothing to mark" in prompt_text(app)
        await press(pilot, "a")
        assert prompt_text(app).startswith("Left to you: sheet.jpg: it has a higher JPEG quality than")
        assert not app.session.marks.removed


async def test_a_group_that_is_marked_is_not_said_to_be_no_copies() -> None:
    sample = Sample()
    sample.add(("a/1.jpg", 800, 600, 90_000), ("b/1.jpg", 800, 600, 90_000, Kind.IDENTICAL, 1.0))
    async with running_app(FakeClient(sample), screen="groups") as (app, pilot):
        await press(pilot, "j", "enter", "g", "a")
        assert prompt_text(app) == "Nothing more to suggest: this group is marked already."
        assert app.session.marks.removed == {1}
        assert not app.session.review.passed
        await press(pilot, "u", "g", "p", "j", "p", "a")
        assert prompt_text(app) == "No suggestion: you keep these files by hand."


async def test_accepting_keeps_every_mark_that_was_set_by_hand() -> None:
    sample = Sample()
    sample.add(
        ("a/1.jpg", 800, 600, 90_000),
        ("b/1.jpg", 800, 600, 90_000, Kind.IDENTICAL, 1.0),
        ("c/smile.jpg", 800, 600, 90_000, Kind.VARIANT, 0.9),
    )
    async with running_app(FakeClient(sample), screen="groups") as (app, pilot):
        await press(pilot, "j", "j", "x", "a")
        assert app.session.marks.removed == {2, 3}
        await press(pilot, "z")
        assert app.session.marks.removed == {3}


def test_pairs_of_copies_differ_nowhere_unless_they_are_told_to() -> None:
    assert _copies().pairs == [Pair(1, 2, Kind.COPY, 0.957, bytes(GRID * GRID))]
