"""Marks outlive whatever is killed: the app, its worker, or both; nothing but real processes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from dpm_tui.review.history.mark_changes import Mark
from dpm_tui.state.review.review_journal import ReviewStore
from tests.support.album import dpm, make_album
from tests.support.workers import has_ended, layout_of
from tests.tui.test_in_a_terminal import Terminal
from tests.tui.test_lost_terminals import status_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    album = make_album(tmp_path_factory.mktemp("kept") / "album")
    assert dpm("scan", album, "--quiet").returncode == 0
    return album


def marks_of(album: Path) -> int:
    """Return how many files are marked for removal on the disk."""
    store = ReviewStore(layout_of(album).review, writable=False)
    assert not store.damaged
    return sum(marking.mark is Mark.REMOVE for marking in store.record.history.markings.values())


def open_app(album: Path) -> Terminal:
    """Start the app and wait until its groups are on the screen."""
    terminal = Terminal(album, {}, command=("dpm_tui",))
    terminal.wait(lambda: "3 Groups" in terminal.text)
    terminal.press(b"3")
    terminal.wait(lambda: " files  " in terminal.text)
    return terminal


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_marks_are_there_after_the_app_and_the_worker_were_killed(scanned: Path) -> None:
    terminal = open_app(scanned)
    try:
        terminal.press(b"a")
        terminal.wait(lambda: "marked" in terminal.text)
        until(lambda: marks_of(scanned))
        count = marks_of(scanned)
        worker = int(status_of(scanned)["pid"])
        terminal.process.kill()
    finally:
        terminal.end()
    assert marks_of(scanned) == count
    terminal = open_app(scanned)
    try:
        terminal.wait(lambda: b"marked last time" in terminal.written)  # until the next key
        if not has_ended(worker):
            os.kill(worker, signal.SIGKILL)
        worker = int(status_of(scanned)["pid"])
        if worker and psutil.pid_exists(worker):
            os.kill(worker, signal.SIGKILL)
        terminal.wait(lambda: "connect" in terminal.text)
        terminal.press(b"r")
        terminal.wait(lambda: "connect" not in terminal.text)
        terminal.press(b"z")
        terminal.wait(lambda: "Undone" in terminal.text)
        until(lambda: not marks_of(scanned))
        terminal.press(b"Z")
        until(lambda: marks_of(scanned) == count)
        terminal.press(b"q")
        terminal.wait(lambda: terminal.process.poll() is not None)
    finally:
        terminal.end()
    terminal = open_app(scanned)
    try:
        terminal.wait(lambda: b"marked last time" in terminal.written)  # until the next key
        terminal.press(b"d")
        terminal.wait(lambda: "y / n" in terminal.text)
        terminal.press(b"y")
        terminal.wait(lambda: "moved to the bin" in terminal.text)
        until(lambda: not marks_of(scanned))
    finally:
        terminal.end()
