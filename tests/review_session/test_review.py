"""A review follows newer libraries and other settings."""

from __future__ import annotations

from dataclasses import replace

from dpm_tui.review.library.filter import parse_filter
from dpm_tui.review.library.sort import Sorting
from dpm_tui.review_session.review_worker import fetch_library
from dpm_tui.state.config import Config
from tests.review_session.fake_worker import FakeWorker, begun


async def test_newly_protected_files_lose_their_marks() -> None:
    review = await begun(FakeWorker())
    review.marks.remove(3)
    assert not review.adopt_config(Config(bell=False))
    assert review.adopt_config(Config(protected=("phone",)))
    assert not review.marks.removed


async def test_keepers_follow_another_rule_at_once() -> None:
    review = await begun(FakeWorker())
    before = [group.keeper for group in review.library.groups]
    assert review.adopt_config(Config(keeper=("-pixels",)))
    assert [group.keeper for group in review.library.groups] != before


async def test_marks_of_changed_files_are_lost_and_counted() -> None:
    worker = FakeWorker()
    review = await begun(worker)
    review.marks.remove(2)
    review.marks.remove(8)
    file = worker.client.sample.files[2]
    worker.client.sample.files[2] = replace(file, facts=replace(file.facts, digest="e" * 64))
    review.adopt_library(await fetch_library(worker))
    assert review.marks.removed == {8}
    assert review.marks.changed == 1


async def test_groups_are_chosen_by_what_was_done_in_them() -> None:
    review = await begun(FakeWorker())
    assert len(review.choose(parse_filter(""), Sorting())) == 6
    review.marks.remove(8)
    (number,) = review.choose(parse_filter("marked"), Sorting())
    assert 8 in review.library.groups[number].members
