"""What is marked is written down, and comes back below what was marked meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dpm_tui.errors import DpmError
from dpm_tui.review.history.mark_changes import Mark
from dpm_tui.review.history.record_codec import read_record, write_record
from dpm_tui.review.history.review_record import ReviewRecord, View
from dpm_tui.review_session.review import Review
from dpm_tui.review_session.saved_review import Restored, SavedReview
from dpm_tui.worker.protocol.messages import Failed, ReviewData, SaveReview
from tests.review_session.fake_worker import FakeWorker, begun
from tests.tui.fake_client import FakeClient


def saved(review: Review, worker: FakeWorker) -> SavedReview:
    return SavedReview(review, worker, lambda before: replace(before, filter="kind:copy"))


def marked(worker: FakeWorker) -> set[bytes]:
    """Return the paths whose mark for removal the worker knows."""
    markings = worker.client.record.history.markings
    return {path for (path, _), marking in markings.items() if marking.mark is Mark.REMOVE}


def again(worker: FakeWorker) -> FakeWorker:
    """Return a worker that was started anew and has read its record."""
    client = FakeClient(worker.client.sample)
    client.record = read_record(write_record(worker.client.record))
    return FakeWorker(client)


async def test_marks_and_what_is_looked_at_come_back() -> None:
    worker = FakeWorker()
    review = await begun(worker)
    memory = saved(review, worker)
    assert await memory.restore() == Restored()
    review.marks.remove(2)
    assert not memory.reliable
    assert memory.unsaved == 1
    await memory.flush()
    assert memory.reliable
    assert memory.unsaved == 0
    fresh = again(worker)
    later = await begun(fresh)
    restored = await saved(later, fresh).restore()
    assert restored is not None
    assert restored.view is not None
    assert restored.view.filter == "kind:copy"
    assert later.marks.removed == {2}
    later.marks.step_back()
    assert not later.marks.removed


async def test_marks_that_did_not_arrive_are_sent_again_whoever_sent_them() -> None:
    """Leaving sends what is new as well: it must not take for written what failed."""
    worker = FakeWorker()
    review = await begun(worker)
    memory = saved(review, worker)
    await memory.restore()
    review.marks.remove(2)
    worker.client.refusals[SaveReview] = Failed("cannot_write", {"path": "x", "reason": "full"})
    with pytest.raises(DpmError):
        await memory.flush()
    assert not memory.reliable
    worker.client.refusals.clear()
    await memory.flush()
    assert memory.reliable
    assert len(marked(worker)) == 1


async def test_what_is_marked_before_the_record_has_come_lies_on_top_of_it() -> None:
    worker = FakeWorker()
    review = await begun(worker)
    memory = saved(review, worker)
    await memory.restore()
    review.marks.remove(2)
    await memory.flush()
    fresh = again(worker)
    later = await begun(fresh)
    later.marks.remove(8)
    memory = saved(later, fresh)
    await memory.restore()
    assert later.marks.removed == {2, 8}
    await memory.flush()
    assert len(marked(fresh)) == 2


async def test_only_the_reviewer_writes_and_reads_anew_when_it_is_appointed() -> None:
    worker = FakeWorker()
    worker.reviewer = False
    review = await begun(worker)
    memory = saved(review, worker)
    await memory.restore()
    review.marks.remove(2)
    await memory.flush()
    assert not marked(worker)
    assert memory.unsaved == 1
    worker.reviewer = True
    memory.forget()
    await memory.restore()
    await memory.flush()
    assert len(marked(worker)) == 1


@pytest.mark.parametrize("is_empty", [True, False])
async def test_a_damaged_record_is_named_even_where_nothing_of_it_is_left(is_empty: bool) -> None:
    worker = FakeWorker()
    worker.client.damaged = True
    worker.client.record = ReviewRecord() if is_empty else ReviewRecord(view=View(filter="kind:copy"))
    restored = await saved(await begun(worker), worker).restore()
    assert restored is not None
    assert restored.damaged


async def test_a_record_that_makes_no_sense_is_an_error_with_a_sentence() -> None:
    worker = FakeWorker()
    review = await begun(worker)
    worker.client._GetReview = lambda message: ReviewData([1])  # type: ignore[method-assign]
    with pytest.raises(DpmError):
        await saved(review, worker).restore()
