"""A crop is shown where it lies in the picture that it was cut from, at the same scale."""

from __future__ import annotations

import pytest

from dpm_tui.tui.pictures.picture_field import seen_part
from dpm_tui.tui.pictures.zoom import WHOLE, Box
from dpm_tui.tui.previews.preview import Preview
from dpm_tui.worker.protocol import messages
from tests.tui.app_run import press, running_app, until
from tests.tui.fake_client import FakeClient

LETTER, CROP, TURNED = 9, 10, 11
PLACE = (0.25, 0.5, 0.75, 1.0)
FRAME = (-0.5, -1.0, 1.5, 1.0)
TO_THE_CROP = ("/", *"letter_crop", "enter", "j")


def client_with(place: tuple[float, ...]) -> FakeClient:
    client = FakeClient()
    client.places[LETTER, CROP] = place
    return client


async def shown(preview: Preview, file: int) -> Box:
    """Wait until a preview shows a file, and return the part of it."""
    await until(lambda: preview.file == file and preview._scene() is not None)
    scene = preview._scene()
    assert scene is not None
    return scene.box


def asked(client: FakeClient) -> list[messages.GetDifference]:
    return [request for request in client.requests if isinstance(request, messages.GetDifference)]


@pytest.mark.parametrize("keys", [(), ("f", "=")])
async def test_a_crop_lies_where_it_was_cut_out(keys: tuple[str, ...]) -> None:
    client = client_with(PLACE)
    async with running_app(client, size=(120, 40), screen="groups") as (app, pilot):
        await press(pilot, *TO_THE_CROP, *keys)
        whole, crop = app.screen.panes.previews[:2]  # type: ignore[attr-defined]
        assert await shown(crop, CROP) == pytest.approx(FRAME)
        assert await shown(whole, LETTER) == WHOLE
        assert len(asked(client)) == 1


async def test_a_flip_stays_in_place_close_up() -> None:
    client = client_with(PLACE)
    async with running_app(client, size=(80, 24), screen="groups") as (app, pilot):
        await press(pilot, *TO_THE_CROP, "f", "+", "+", "down")
        preview = app.screen.panes.previews[0]  # type: ignore[attr-defined]
        await shown(preview, CROP)
        seen = preview.seen
        await press(pilot, "tab")
        assert await shown(preview, LETTER) == pytest.approx(seen, abs=0.02)
        assert preview.seen == pytest.approx(seen, abs=0.02)


async def test_close_up_there_is_ground_where_the_crop_does_not_reach() -> None:
    client = client_with(PLACE)
    client.thumbnail_size = (256, 192)
    async with running_app(client, size=(80, 24), screen="groups") as (app, pilot):
        await press(pilot, *TO_THE_CROP, "f", *"++", *["up"] * 4)
        preview = app.screen.panes.previews[0]  # type: ignore[attr-defined]
        assert seen_part(await shown(preview, CROP)) is None
        await until(lambda: preview._strips)
        styles = {segment.style for strip in preview._strips for segment in strip}
        assert len(styles) == 1
        assert {segment.text.strip() for strip in preview._strips for segment in strip} == {""}


@pytest.mark.parametrize("place", [(), (0.4, 0.4, 0.5, 0.5)])
async def test_a_crop_of_unknown_place_or_a_tiny_one_is_shown_by_itself(place: tuple[float, ...]) -> None:
    async with running_app(client_with(place), size=(120, 40), screen="groups") as (app, pilot):
        await press(pilot, *TO_THE_CROP)
        assert await shown(app.screen.panes.previews[1], CROP) == WHOLE  # type: ignore[attr-defined]


async def test_a_worker_that_cannot_tell_does_not_keep_the_picture_back() -> None:
    client = client_with(PLACE)
    client.refusals[messages.GetDifference] = messages.Failed("state_busy", {})
    async with running_app(client, size=(120, 40), screen="groups") as (app, pilot):
        await press(pilot, *TO_THE_CROP)
        assert await shown(app.screen.panes.previews[1], CROP) == WHOLE  # type: ignore[attr-defined]


async def test_no_other_pair_is_asked_about() -> None:
    client = client_with(PLACE)
    async with running_app(client, size=(120, 40), screen="groups") as (app, pilot):
        await press(pilot, *TO_THE_CROP, "j")
        await shown(app.screen.panes.previews[1], TURNED)  # type: ignore[attr-defined]
        assert len(asked(client)) <= 1
