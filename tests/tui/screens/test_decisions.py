"""Decisions in the app: made for a pair, a file or a group, taken back and made again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tui.app_run import press, prompt_text, running_app, screen_text, until
from tests.tui.fake_client import FakeClient
from tests.tui.samples.decisions import decided
from tests.tui.samples.library import sample_library

pytestmark = pytest.mark.slow


def verdict(client: FakeClient, one: int, other: int) -> str:
    return client.decisions.verdict(f"{one:064x}", f"{other:064x}")


async def test_undo_and_redo_walk_through_decisions() -> None:
    client = FakeClient()
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "i", "g", "l", "v", "g", "z", "z")
        assert decided(client) == {}
        await press(pilot, "Z")
        assert decided(client) == {(1, 2, 3): "not_duplicates"}
        await press(pilot, "Z")
        assert decided(client) == {(1, 2, 3): "not_duplicates", (4, 5, 6): "variants"}
        await press(pilot, "Z")
        assert prompt_text(app) == "Nothing to do again."
        await press(pilot, "z", "i", "g", "Z")
        assert prompt_text(app) == "Nothing to do again.", "a new decision settles what was undone"


async def test_what_a_decision_replaced_comes_back_with_undo() -> None:
    client = FakeClient()
    async with running_app(client, screen="groups") as (_, pilot):
        await press(pilot, "i", "g", "j", "v", "p")
        pairs = ((1, 2), (1, 3), (2, 3))
        assert [verdict(client, *pair) for pair in pairs] == ["variants", "not_duplicates", "not_duplicates"]
        await press(pilot, "z")
        assert {verdict(client, *pair) for pair in pairs} == {"not_duplicates"}
        await press(pilot, "Z", "z", "z")
        assert decided(client) == {}


@pytest.mark.slow
async def test_files_of_the_same_bytes_cannot_be_told_apart() -> None:
    sample = sample_library()
    digest = sample.files[1].facts.digest
    twin = sample.files[2]
    sample.files[2] = replace(twin, facts=replace(twin.facts, digest=digest))
    client = FakeClient(sample)
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "j", "i", "p")
        assert "cannot be told apart" in prompt_text(app)
        assert decided(client) == {}
        await press(pilot, "z")
        assert prompt_text(app) == "Nothing to undo."
        await press(pilot, "i", "g")
        assert decided(client) == {(1, 3): "not_duplicates"}


async def test_a_group_of_a_thousand_is_one_decision() -> None:
    sample = sample_library()
    facts = sample.files[1].facts
    members = [sample.files[1]]
    for id_ in range(100, 1099):
        file = replace(
            sample.files[1], id=id_, path=b"burst/%d.jpg" % id_, facts=replace(facts, digest=f"{id_:064x}")
        )
        sample.files[id_] = file
        sample.pair(1, id_, sample.pairs[1].kind, 0.9)
        members.append(file)
    ids = tuple(file.id for file in members)
    sample.groups[0] = replace(sample.groups[0], members=ids)
    client = FakeClient(sample)
    async with running_app(client, screen="groups") as (app, pilot):
        await press(pilot, "v")
        assert "g all 1000" in prompt_text(app)
        await press(pilot, "g")
        assert decided(client) == {ids: "variants"}
        await press(pilot, "z")
        assert decided(client) == {}


async def test_a_pair_is_decided_that_is_on_the_screen() -> None:
    """Not the one that would be, had another counterpart not been chosen."""
    client = FakeClient()
    async with running_app(client, screen="groups") as (_, pilot):
        await press(pilot, "n", "i", "p")
        assert decided(client) == {(1, 3): "not_duplicates"}


async def test_one_told_from_several_is_not_listed_as_if_all_were_told_apart() -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "i", "f", "I")
        await until(lambda: "2 pairs of these 3 are no duplicates:" in screen_text(app))
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "i", "g", "I")
        await until(lambda: "These 3 are not duplicates:" in screen_text(app))
