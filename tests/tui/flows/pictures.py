"""Pictures: pairs, difference, full view, zoom, and programs of others."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from dpm_tui.tui.app import DpmApp
from dpm_tui.tui.terminal import external_programs
from dpm_tui.worker.protocol import messages
from tests.tui.app_run import press, prompt_text, screen_text, until
from tests.tui.fake_client import FakeClient
from tests.tui.flows.flow import cursor, flow


@flow("groups")
async def flip(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    before = screen_text(app)
    assert "A   holiday/IMG_4411.jpg" in before
    await press(pilot, "tab")
    assert "B   holiday/IMG_4411 (1).jpg" in screen_text(app)
    await press(pilot, "tab")
    assert screen_text(app) == before


@flow("groups")
async def side_by_side(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "=")
    assert sum(preview.display for preview in app.screen.panes.previews) == 2  # type: ignore[attr-defined]


@flow("groups")
async def difference(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "l", "j", "j")
    assert "! differs here: centre" in screen_text(app)
    await press(pilot, ".")
    await until(lambda: "! differs here: upper left" in screen_text(app))
    (subject, *_) = [preview._subject for preview in app.screen.panes.previews]  # type: ignore[attr-defined]
    assert any(subject.differs)
    await press(pilot, "tab")
    assert "! differs here: upper right" in screen_text(app)
    await press(pilot, ".")
    assert len(client.sent(messages.GetDifference)) == 1


@flow("groups")
async def next_pair(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    assert "1/2" in screen_text(app)
    await press(pilot, "n")
    assert "A copy .982 weakest of C" in screen_text(app)
    assert "2/2" in screen_text(app)
    await press(pilot, "tab")
    assert "C   phone/wa_8812.jpg" in screen_text(app)
    await press(pilot, "n")
    assert "B   holiday/IMG_4411 (1).jpg" in screen_text(app)


@flow("groups")
async def previous_pair(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "N")
    assert "2/2" in screen_text(app)
    await press(pilot, "N", "j")
    assert "B identical 1.00 of A" in screen_text(app)


@flow("groups")
async def weakest_pair(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "l", "n", "w")
    assert cursor(app) == 6
    assert "C variant .913 weakest of A" in screen_text(app)
    await press(pilot, "f", "l", "w")
    assert "B identical 1.00 of A DSC00017.JPG" in screen_text(app)


@flow("groups")
async def full_view(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "j", "f")
    lines = screen_text(app).splitlines()
    assert "holiday/IMG_4411 (1).jpg" in lines[1]
    assert "B identical 1.00 of A IMG_4411.jpg" in "\n".join(lines)
    for key in ("escape", "f"):
        await press(pilot, key)
        assert "1  holiday/" in screen_text(app)
        await press(pilot, "f")
        assert "1  holiday/" not in screen_text(app)


@flow("groups")
async def gallery(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "l", "l", "l", "G")
    shown = [preview for preview in app.screen.panes.previews if preview.display]  # type: ignore[attr-defined]
    assert [preview.file for preview in shown] == [9, 10, 11, 12]
    assert len({preview.size for preview in shown}) == 1
    await press(pilot, "j", "space")
    assert app.session.marks.removed == {10}
    await press(pilot, "G")
    assert [preview.file for preview in shown if preview.display] == [cursor(app)]
    await press(pilot, "escape")
    assert "4  scans/" in screen_text(app)


@flow("groups")
async def open_viewer(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(external_programs, "find_viewer", lambda: None)
        await press(pilot, "o")
        assert "install chafa" in prompt_text(app)


@flow("groups")
async def open_folder(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "O")
    assert prompt_text(app) == "Copied /pictures/holiday"


@flow("groups")
async def copy_path(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "y")
    assert app.clipboard == "/pictures/holiday/IMG_4411.jpg"


def seen(app: DpmApp) -> tuple[float, ...]:
    """Return the part of the picture that is seen, rounded."""
    preview = app.screen.panes.previews[0]  # type: ignore[attr-defined]
    return tuple(round(place, 3) for place in preview.seen)


@flow("groups")
async def zoom_in(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "f", "+")
    left, top, right, bottom = seen(app)
    assert (top, bottom) == (0.25, 0.75)
    assert left == round(1 - right, 3)
    assert left < 0.25
    assert "2x" in screen_text(app).splitlines()[0]


@flow("groups")
async def zoom_out(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "f", "+", "+", "-")
    assert seen(app)[1::2] == (0.25, 0.75)


@flow("groups")
async def zoom_reset(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "f", "+", "+", "0")
    assert seen(app) == (0, 0, 1, 1)


@flow("groups")
async def pan_left(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "f", "l", "left")
    assert cursor(app) == 1
    await press(pilot, "+", "+", "left")
    left, top, right, bottom = seen(app)
    assert left + right < 1
    assert top + bottom == 1


@flow("groups")
async def pan_right(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "f", "l")
    assert cursor(app) == 4
    await press(pilot, "+", "+", "right")
    left, top, right, bottom = seen(app)
    assert left + right > 1
    assert top + bottom == 1


@flow("groups")
async def pan_up(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "j", "f", "up")
    assert cursor(app) == 1
    await press(pilot, "+", "up")
    assert seen(app)[1::2] == (0.125, 0.625)


@flow("groups")
async def pan_down(app: DpmApp, pilot: Pilot[None], client: FakeClient) -> None:
    await press(pilot, "f", "j")
    assert cursor(app) == 2
    await press(pilot, "+", "j")
    assert seen(app)[1::2] == (0.375, 0.875)
    await press(pilot, *"jjjj")
    assert seen(app)[1::2] == (0.5, 1)
