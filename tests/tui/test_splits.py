"""Splitting says what is left alone, so that nothing vanishes without a word."""

from __future__ import annotations

import pytest

from dpm_tui.catalog.verdict import Kind
from tests.tui.app_run import press, prompt_text, running_app
from tests.tui.fake_client import FakeClient
from tests.tui.samples.decisions import decided
from tests.tui.samples.library import Sample

pytestmark = pytest.mark.slow


def pair_of(kind: Kind, similarity: float) -> Sample:
    sample = Sample()
    sample.add(("a.jpg", 400, 300, 1000), ("b.jpg", 400, 300, 900, kind, similarity))
    return sample


async def test_two_files_are_no_group_afterwards_and_the_question_says_so() -> None:
    client = FakeClient(pair_of(Kind.CROP, 0.874))
    async with running_app(client, size=(120, 40), screen="groups") as (app, pilot):
        await press(pilot, "S")
        assert "these two are not duplicates, at .874 crop" in prompt_text(app)
        assert "Neither is in a group then." in prompt_text(app)
        await press(pilot, "y")
        assert "no group any more" in prompt_text(app)
        assert decided(client) == {(1, 2): "not_duplicates"}


@pytest.mark.parametrize(("kind", "similarity"), [(Kind.COPY, 0.999), (Kind.PIXELS, 1.0)])
async def test_what_is_as_good_as_sure_is_not_split(kind: Kind, similarity: float) -> None:
    client = FakeClient(pair_of(kind, similarity))
    async with running_app(client, size=(120, 40), screen="groups") as (app, pilot):
        await press(pilot, "S")
        assert "No weak place" in prompt_text(app)
        assert decided(client) == {}
