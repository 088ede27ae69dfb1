"""One client at a time moves files; when it leaves, the next one may."""

from __future__ import annotations

from pathlib import Path

import pytest

from dpm_tui.review.marks.plan import Plan
from dpm_tui.worker.client import WorkerClient, WorkerFailed
from dpm_tui.worker.protocol.messages import ApplyPlan, BatchDone, ReviewerChanged
from tests.support.workers import layout_of, worker_of

pytestmark = pytest.mark.slow


async def test_the_next_app_reviews_when_the_first_has_left(tmp_path: Path) -> None:
    """The second app is told, and may then do what was refused before."""
    first = await WorkerClient.connect(layout_of(tmp_path), "app")
    async with worker_of(tmp_path) as second:
        assert (first.welcome.reviewer, second.welcome.reviewer) == (True, False)
        with pytest.raises(WorkerFailed, match="another"):
            await second.request(ApplyPlan(Plan(())))
        await first.close()
        async for event in second.events():
            if isinstance(event, ReviewerChanged):
                break
        assert event.reviewer
        assert isinstance(await second.request(ApplyPlan(Plan(()))), BatchDone)


async def test_an_app_only_looks_while_a_verb_moves_files(tmp_path: Path) -> None:
    """``clean`` at work and an app that opens meanwhile do not both move files."""
    verb = await WorkerClient.connect(layout_of(tmp_path), "clean")
    async with worker_of(tmp_path) as app:
        assert (verb.welcome.reviewer, app.welcome.reviewer) == (True, False)
        await verb.close()
        async for event in app.events():
            if isinstance(event, ReviewerChanged):
                break
        assert isinstance(await app.request(ApplyPlan(Plan(()))), BatchDone)


async def test_those_who_never_move_files_take_nobodys_place(tmp_path: Path) -> None:
    """A scan or a question for the status leaves the review to the app that comes later."""
    scan = await WorkerClient.connect(layout_of(tmp_path), "scan")
    async with worker_of(tmp_path) as app:
        assert (scan.welcome.reviewer, app.welcome.reviewer) == (False, True)
        await scan.close()
