"""The file that is highlighted, spoken of, shown and marked is one file, in every view."""

from __future__ import annotations

import pytest

from tests.tui.app_run import press, running_app, screen_text
from tests.tui.fake_client import FakeClient

pytestmark = pytest.mark.slow


def _spoken_of(text: str) -> str:
    """Return the letter of the file that the reasons below the pictures are about."""
    line = next(line for line in text.splitlines() if " of A" in line or " of B" in line or " of C" in line)
    return line[-60:].strip().split()[0] if "│" in line else line.split(" identical")[0].split()[-1]


@pytest.mark.parametrize(
    "keys", [("tab",), ("f", "tab", "escape"), ("f", "tab", "f"), ("tab", "f", "escape")]
)
async def test_what_is_marked_is_what_is_shown_and_highlighted(keys: tuple[str, ...]) -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "j")
        assert _spoken_of(screen_text(app)) == "B"
        await press(pilot, *keys)
        assert _spoken_of(screen_text(app)) == "A"
        assert app.session.file is not None
        assert app.session.file.id == 1
        await press(pilot, "x")
        assert app.session.marks.removed == {1}


async def test_in_the_full_view_the_picture_that_is_shown_is_marked() -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "j", "f", "tab")
        assert "A   holiday/IMG_4411.jpg" in screen_text(app)
        await press(pilot, "x", "tab", "p")
        assert app.session.marks.removed == {1}
        assert app.session.marks.kept == {2}
        await press(pilot, "escape")
        assert app.session.file is not None
        assert app.session.file.id == 2
        assert _spoken_of(screen_text(app)) == "B"


async def test_the_next_pair_of_a_flipped_one_shows_the_next_file_in_its_place() -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "tab", "n")
        assert app.session.file is not None
        assert app.session.file.id == 3
        await press(pilot, "tab")
        assert app.session.file.id == 1
        assert "of C" in screen_text(app)
