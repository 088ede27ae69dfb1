"""Undo and redo of marks, decisions and moves, also where something is marked while the worker is at it."""

from __future__ import annotations

import pytest

from dpm_tui.errors import DpmError
from dpm_tui.locale import translate
from dpm_tui.recycle.results import Restored, RestoreResult, Skipped
from dpm_tui.review.history.mark_history import StepKind
from dpm_tui.review.marks.plan import Plan
from dpm_tui.review_session.batch_mover import BatchMover
from dpm_tui.review_session.decision_maker import DecisionMaker
from dpm_tui.review_session.outcomes import BatchRedone, BatchUndone, Decided, Hindered, Marked
from dpm_tui.review_session.review import Review
from dpm_tui.review_session.review_undo import ReviewUndo
from dpm_tui.review_session.review_worker import fetch_library
from dpm_tui.worker.protocol import messages
from tests.review_session.fake_worker import FakeWorker, begun
from tests.tui.samples.decisions import decided
from tests.tui.samples.recycle_bin import sample_companions


def undo_of(review: Review, worker: FakeWorker) -> ReviewUndo:
    return ReviewUndo(review, worker, worker)


async def decide_first(review: Review, worker: FakeWorker) -> None:
    """Decide that the files of the first group are no duplicates."""
    group, files = review.library.groups[0], review.library.files
    assert await DecisionMaker(review, worker).decide_group(files, group, (), "not_duplicates")


async def move(review: Review, worker: FakeWorker, *files: int) -> None:
    """Mark files and move them."""
    for file in files:
        review.marks.remove(file)
    plan, _ = review.plan()
    await BatchMover(review, worker, worker).apply(plan)
    review.adopt_library(await fetch_library(worker))


def kinds(review: Review) -> list[StepKind]:
    return [step.deed for step in review.marks.history.done]


async def test_steps_are_taken_back_in_turn_and_done_again() -> None:
    worker = FakeWorker()
    review = await begun(worker)
    undo = undo_of(review, worker)
    review.marks.remove(2)
    await decide_first(review, worker)
    review.passing.note(review.library.groups[1].id, 4, review.marks.history)
    assert isinstance(await undo.undo(), Marked)
    assert isinstance(await undo.undo(), Decided)
    assert not decided(worker.client)
    assert review.marks.removed == {2}
    assert isinstance(await undo.undo(), Marked)
    assert isinstance(await undo.undo(), Hindered)
    assert isinstance(await undo.redo(), Marked)
    assert isinstance(await undo.redo(), Decided)
    assert decided(worker.client) == {(1, 2, 3): "not_duplicates"}
    assert isinstance(await undo.redo(), Marked)
    assert await undo.redo() == Hindered("Nothing to do again.")


async def test_whoever_may_not_change_anything_hears_why_and_nothing_is_sent() -> None:
    worker = FakeWorker()
    review = await begun(worker)
    await decide_first(review, worker)
    worker.hindrance = "tui.view_only_other_app"
    sent = len(worker.client.requests)
    assert await undo_of(review, worker).undo() == Hindered(translate("tui.view_only_other_app"))
    assert len(worker.client.requests) == sent


async def test_a_mark_set_while_a_decision_is_taken_back_stays() -> None:
    worker = FakeWorker()
    review = await begun(worker)
    await decide_first(review, worker)
    worker.meanwhile = lambda: review.marks.remove(8)
    await undo_of(review, worker).undo()
    assert not decided(worker.client)
    assert review.marks.removed == {8}
    assert kinds(review) == [StepKind.DECIDE, StepKind.MARK]


async def test_a_mark_set_while_a_decision_is_made_again_stays() -> None:
    worker = FakeWorker()
    review = await begun(worker)
    await decide_first(review, worker)
    await undo_of(review, worker).undo()
    worker.meanwhile = lambda: review.marks.remove(8)
    await undo_of(review, worker).redo()
    assert decided(worker.client)
    assert review.marks.removed == {8}
    assert kinds(review) == [StepKind.MARK, StepKind.DECIDE]


async def test_a_mark_set_while_a_batch_comes_back_stays_and_the_batch_is_no_step_any_more() -> None:
    worker = FakeWorker()
    review = await begun(worker)
    await move(review, worker, 8)
    await move(review, worker, 14)
    worker.meanwhile = lambda: review.marks.remove(2)
    outcome = await undo_of(review, worker).undo()
    assert isinstance(outcome, BatchUndone)
    review.adopt_library(await fetch_library(worker))
    assert review.marks.removed == {2, 14}, "what came back is marked as it was"
    assert kinds(review) == [StepKind.MARK, StepKind.MOVE, StepKind.MARK, StepKind.MARK]
    await undo_of(review, worker).undo()
    await undo_of(review, worker).undo()
    assert not review.marks.removed
    outcome = await undo_of(review, worker).undo()
    assert isinstance(outcome, BatchUndone)
    assert [restored.origin for restored in outcome.result.restored] == [b"backup/2021/DSC00017.JPG"]


async def test_a_batch_that_goes_again_while_something_is_marked_is_a_step() -> None:
    worker = FakeWorker()
    review = await begun(worker)
    await move(review, worker, 8)
    await undo_of(review, worker).undo()
    review.adopt_library(await fetch_library(worker))
    worker.meanwhile = lambda: review.marks.remove(2)
    assert isinstance(await undo_of(review, worker).redo(), BatchRedone)
    assert kinds(review)[-2:] == [StepKind.MARK, StepKind.MOVE]
    assert isinstance(await undo_of(review, worker).undo(), BatchUndone)


async def test_a_move_whose_files_left_the_bin_is_passed_over_below_what_was_marked_meanwhile() -> None:
    worker = FakeWorker()
    review = await begun(worker)
    await move(review, worker, 8)
    worker.client.refusals[messages.UndoBatch] = messages.Failed("undo_nothing")
    outcome = await undo_of(review, worker).undo()
    assert isinstance(outcome, Hindered)
    assert outcome.words.startswith("Passed over: the 1 file")
    review.marks.remove(2)
    assert kinds(review) == [StepKind.MARK, StepKind.MARK]


async def test_a_batch_that_was_stopped_on_its_way_back_goes_on_with_the_next_undo() -> None:
    worker = FakeWorker()
    review = await begun(worker)
    await move(review, worker, 8, 14)
    whole = worker.client._UndoBatch

    def stop(message: messages.Request) -> messages.Answer:
        one, other = (Restored(entry.path, entry.path) for entry in worker.client.batches[-1])
        worker.client._UndoBatch = whole  # type: ignore[method-assign]
        return messages.RestoreDone(RestoreResult((one,), (Skipped(other.origin, "cancelled"),)))

    worker.client._UndoBatch = stop  # type: ignore[method-assign]
    await undo_of(review, worker).undo()
    assert kinds(review)[-1] is StepKind.MOVE, "the rest of it is still in the bin"
    await undo_of(review, worker).undo()
    assert kinds(review) == [StepKind.MARK, StepKind.MARK]
    review.adopt_library(await fetch_library(worker))
    assert review.marks.removed == {8, 14}


async def test_what_fails_at_the_worker_leaves_the_history_as_it_is() -> None:
    worker = FakeWorker()
    review = await begun(worker)
    await move(review, worker, 8)
    worker.client.refusals[messages.UndoBatch] = messages.Failed("root_read_only", {"path": "x"})
    with pytest.raises(DpmError):
        await undo_of(review, worker).undo()
    assert kinds(review) == [StepKind.MARK, StepKind.MOVE]


async def test_companions_are_no_pictures() -> None:
    worker = FakeWorker()
    worker.client.companions = sample_companions()
    review = await begun(worker)
    for file in (2, 3):
        review.marks.remove(file)
    plan, _ = review.plan()
    found = await worker.ask(messages.FindCompanions(plan), messages.PlanData)
    await BatchMover(review, worker, worker).apply(Plan(found.plan.moves))
    worker.client.entries = tuple(each for each in worker.client.entries if each.path != b"phone/wa_8812.jpg")
    outcome = await undo_of(review, worker).undo()
    assert isinstance(outcome, BatchUndone)
    assert (outcome.pictures, outcome.elsewhere) == (1, 1)


async def test_several_files_one_file_or_a_group_are_decided_on() -> None:
    worker = FakeWorker()
    review = await begun(worker)
    group, files, decisions = review.library.groups[3], review.library.files, DecisionMaker(review, worker)
    assert "these 2 are variants" in (await decisions.decide_group(files, group, (9, 11), "variants")).lower()
    assert decided(worker.client) == {(9, 11): "variants"}
    await undo_of(review, worker).undo()
    await decisions.decide_group(files, group, (10,), "not_duplicates")
    assert decided(worker.client) == dict.fromkeys([(9, 10), (10, 11), (10, 12)], "not_duplicates")
    await undo_of(review, worker).undo()
    await decisions.decide_group(files, group, (), "variants")
    assert decided(worker.client) == {(9, 10, 11, 12): "variants"}
