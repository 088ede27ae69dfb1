"""The plan with its companions, where marks change while the worker looks for them."""

from __future__ import annotations

from dpm_tui.review_session.plan_finder import PlanFinder
from dpm_tui.state.config import Config
from dpm_tui.worker.protocol import messages
from tests.review_session.fake_worker import FakeWorker, begun
from tests.tui.samples.recycle_bin import sample_companions


async def test_companions_go_where_their_pictures_go() -> None:
    worker = FakeWorker()
    worker.client.companions = sample_companions()
    review = await begun(worker)
    review.marks.remove(2)
    told: list[tuple[int, int]] = []
    plan = await PlanFinder(review, worker).find(lambda done, total: told.append((done, total)))
    assert plan.companions == 2
    assert told == [(0, 1)]


async def test_nobody_looks_where_the_settings_say_never() -> None:
    worker = FakeWorker()
    review = await begun(worker, Config(companions="never"))
    review.marks.remove(2)
    assert len((await PlanFinder(review, worker).find()).moves) == 1
    assert not worker.client.sent(messages.FindCompanions)


async def test_a_file_whose_mark_was_taken_away_meanwhile_stays() -> None:
    worker = FakeWorker()
    review = await begun(worker)
    review.marks.remove(2)
    review.marks.remove(8)
    worker.meanwhile = lambda: review.marks.toggle(2)
    assert [move.victim.path for move in (await PlanFinder(review, worker).find()).moves] == [
        b"backup/2021/DSC00017.JPG"
    ]


async def test_a_file_stays_whose_witness_was_marked_meanwhile() -> None:
    worker = FakeWorker()
    review = await begun(worker)
    review.marks.remove(2)
    worker.meanwhile = lambda: review.marks.remove(1)
    assert not (await PlanFinder(review, worker).find()).moves
    assert review.marks.removed == {1, 2}, "another file is their witness in the next plan"
