"""The line that says what to do next: every way the folder may stand has its sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dpm_tui.tui.lines.next_step import next_step
from dpm_tui.tui.session.session import Link, Session
from dpm_tui.worker.protocol.messages import LogLine, RunStatus
from tests.tui.app_run import press, running_app, screen_text
from tests.tui.fake_client import FakeClient
from tests.tui.samples.library import Sample
from tests.tui.samples.runs import FINISHED, RUNNING

EMPTY = RunStatus(phase="finished")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (RunStatus(), "c starts the scan"),
        (EMPTY, "no pictures in this folder. 5 sets which file types"),
        (replace(EMPTY, pictures=5), "No duplicates found"),
        (replace(EMPTY, phase="stopped", pictures=5), "c continues"),
        (replace(RUNNING, phase="paused"), "p goes on"),
        (RUNNING, "2 follows the run"),
        (FINISHED, "3 opens the groups, c scans again"),
        (replace(FINISHED, attention="mount_guard"), "is a disk not mounted"),
    ],
)
def test_each_state_has_its_sentence(status: RunStatus, words: str) -> None:
    assert words in next_step(Session(link=Link.CONNECTED, status=status))


def test_a_failed_run_says_why() -> None:
    session = Session(link=Link.CONNECTED, status=replace(FINISHED, phase="failed"))
    session.log.append(LogLine("error", "failed", {"reason": "No such file or directory: /pictures"}))
    assert "No such file or directory" in next_step(session)
    assert "c tries again" in next_step(session)


def test_a_lost_worker_says_how_to_get_it_back() -> None:
    words = next_step(Session(link=Link.LOST, trouble="another computer holds it"))
    assert words.startswith("another computer holds it")
    assert "ctrl+r" in words


@pytest.mark.parametrize(
    ("writable", "reviewer", "words"),
    [(False, True, "cannot be written to"), (True, False, "another app reviews this folder")],
)
async def test_view_only_is_said_with_what_can_be_done(writable: bool, reviewer: bool, words: str) -> None:
    client = FakeClient(writable=writable, reviewer=reviewer)
    async with running_app(client, screen="scan") as (app, _):
        assert words in screen_text(app)
        assert "3 opens the groups" in screen_text(app)


async def test_marks_are_shown_with_the_way_to_the_bin() -> None:
    async with running_app(FakeClient(), screen="groups") as (app, pilot):
        await press(pilot, "enter", "1")
        assert "2 files are marked" in screen_text(app)
        assert "d moves them to the bin" in screen_text(app)


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (200, 60)])
async def test_an_empty_folder_says_so_at_any_size(size: tuple[int, int]) -> None:
    client = FakeClient(Sample(), status=EMPTY)
    async with running_app(client, size=size, screen="scan") as (app, _):
        assert "no pictures" in screen_text(app)
