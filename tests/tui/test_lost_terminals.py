"""A terminal that goes away in the middle of a scan takes the app along, and nothing else."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support.album import COPIES, dpm, kinds_by_path, make_album, report_of
from tests.support.pictures import encode, scene
from tests.support.workers import has_ended
from tests.tui.test_in_a_terminal import Terminal

pytestmark = pytest.mark.slow
WAYS = {
    "signal": {"controls": True, "nohup": False},
    "ignored signal": {"controls": True, "nohup": True},
}


@pytest.fixture
def album(tmp_path: Path) -> Path:
    album = make_album(tmp_path / "album")
    for number in range(25):
        (album / f"more{number}.jpg").write_bytes(encode(scene(100 + number, 700, 500)))
    return album


def status_of(album: Path) -> dict[str, Any]:
    done = dpm("status", album, "--json")
    assert done.returncode == 0, done.stderr
    status: dict[str, Any] = json.loads(done.stdout)
    return status


def wait_for_worker(album: Path, terminal: Terminal) -> int:
    """Wait until a run is under way; return the worker's number."""
    end = time.monotonic() + 60
    while (status := status_of(album))["phase"] != "running":
        assert time.monotonic() < end, terminal.text
        terminal.read()
    return int(status["pid"])


def end_of(terminal: Terminal) -> tuple[int, float]:
    """Wait until the process has ended by itself; return its exit code and the CPU time since now."""
    times = psutil.Process(terminal.process.pid).cpu_times()
    _, code, usage = os.wait4(terminal.process.pid, 0)
    terminal.process.returncode = os.waitstatus_to_exitcode(code)
    return terminal.process.returncode, usage.ru_utime + usage.ru_stime - times.user - times.system


def assert_found_by(album: Path, worker: int) -> None:
    """The worker goes on to the end without anybody, then ends; its results are there."""
    end = time.monotonic() + 90
    while not has_ended(worker):
        assert time.monotonic() < end
        time.sleep(0.1)
    assert status_of(album)["phase"] == "finished"
    kinds = kinds_by_path(report_of(album))
    assert {kind: kinds.get(frozenset(pair)) for kind, pair in COPIES.items()} == {k: k for k in COPIES}


@pytest.mark.parametrize("way", WAYS)
def test_the_app_ends_and_the_worker_goes_on(album: Path, way: str) -> None:
    """Within seconds and without turning in circles, whether a signal tells it or, as under nohup, none."""
    terminal = Terminal(album, {}, command=("dpm_tui",), **WAYS[way])
    try:
        worker = wait_for_worker(album, terminal)
        began = time.monotonic()
        terminal.hang_up()
        code, processor = end_of(terminal)
        assert code == 0
        assert time.monotonic() - began < 10
        assert processor < 2
        assert not has_ended(worker)
    finally:
        terminal.end()
    assert_found_by(album, worker)


@pytest.mark.parametrize("way", WAYS)
def test_a_scan_is_not_lost_with_its_terminal(album: Path, way: str) -> None:
    """A hang-up leaves the scan to the worker; where none is noticed, the command follows it to the end."""
    terminal = Terminal(album, {}, command=("dpm_tui", "scan"), **WAYS[way])
    try:
        worker = wait_for_worker(album, terminal)
        terminal.hang_up()
        code, processor = end_of(terminal)
        # Only a scan that was over by then may have come to its end.
        over = status_of(album)["phase"] == "finished"
        expected = {0} if way != "signal" else {0, 3} if over else {3}
        assert code in expected, (code, over, terminal.text[-500:])
        assert processor < 3
    finally:
        terminal.end()
    assert_found_by(album, worker)
