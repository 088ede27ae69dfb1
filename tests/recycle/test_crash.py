"""SIGKILL before every system call that changes anything: afterwards each picture is in one right place.

``strace`` kills the process at the N-th such call, for every N there is. A deliberately broken order
of writing must make the same check fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recycle.conftest import INJECTED
from tests.recycle.crash_scene import CHANGING, READING, Driver, Scene, can_trace


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    driver = Driver()
    yield driver
    driver.close()


pytestmark = [
    pytest.mark.skipif(not can_trace(), reason="strace is missing or may not trace"),
    pytest.mark.soak,
]


def fail_everywhere(driver: Driver, base: Path, scenario: str, error: str = "", names: str = CHANGING) -> int:
    """Check every point of ``scenario`` and return their number."""
    scene = Scene(driver, base, scenario)
    points = scene.points(names)
    for number, (call, count) in enumerate(points, 1):
        scene.check_point(number, call, count, error)
    INJECTED["kills" if not error else "errors"] += len(points)
    return len(points)


SCENARIOS = (
    "apply", "apply-link", "apply-copy", "apply-companions", "undo", "undo-link", "undo-companions", "redo",
    "restore-link", "restore-copy", "restore-outside", "purge", "purge-companions", "recover",
    "apply-elsewhere", "undo-elsewhere", "redo-elsewhere", "purge-elsewhere",
)  # fmt: skip


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_kill_anywhere_loses_nothing(driver: Driver, base: Path, scenario: str) -> None:
    points = fail_everywhere(driver, base, scenario)
    print(f"{scenario}: killed at {points} points")
    assert points > 7


ERRORS = ("ENOSPC", "EIO", "EROFS", "EACCES", "EMFILE", "ESTALE")


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize(
    "scenario",
    [
        "apply-companions", "apply-copy", "undo-companions", "redo", "restore-link", "restore-copy",
        "purge-companions", "apply-elsewhere", "undo-elsewhere",
    ],
)  # fmt: skip
def test_a_call_that_fails_anywhere_loses_nothing(
    driver: Driver, base: Path, scenario: str, error: str
) -> None:
    names = "openat" if error == "EMFILE" else CHANGING
    points = fail_everywhere(driver, base, scenario, error, names)
    print(f"{scenario}: {error} at {points} points")


@pytest.mark.parametrize("scenario", ["apply-companions", "undo-companions", "purge-companions"])
def test_a_disk_that_cannot_be_read_anywhere_loses_nothing(driver: Driver, base: Path, scenario: str) -> None:
    points = fail_everywhere(driver, base, scenario, "EIO", READING)
    print(f"{scenario}: EIO at {points} reading points")


def test_the_check_notices_a_broken_order(driver: Driver, base: Path) -> None:
    scene = Scene(driver, base, "apply-broken")
    for number, (call, count) in enumerate(scene.points(CHANGING), 1):
        try:
            scene.check_point(number, call, count)
        except AssertionError:
            print(f"index last: the check fails at point {number}")
            return
    pytest.fail("a kill between the moves and their index went unnoticed")
