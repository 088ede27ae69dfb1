"""A fault at every system call of making a link and of putting it away: every name keeps its content."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recycle.conftest import INJECTED
from tests.recycle.crash_scene import READING, Driver, can_trace
from tests.recycle.linking.link_scene import CALLS, LinkScene
from tests.recycle.linking.side_scene import SideScene

pytestmark = [
    pytest.mark.skipif(not can_trace(), reason="strace is missing or may not trace"),
    pytest.mark.soak,
]


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    driver = Driver()
    yield driver
    driver.close()


def fail_everywhere(driver: Driver, base: Path, scenario: str, error: str, names: str = CALLS) -> int:
    """Let every call to one of ``names`` fail in its turn, or kill there; return how many there are."""
    kind = SideScene if scenario.endswith("-side") else LinkScene
    scene = kind(driver, base, scenario)
    points = scene.points(names)
    for number, (call, count) in enumerate(points, 1):
        scene.check_point(number, call, count, error)
    INJECTED["errors" if error else "kills"] += len(points)
    print(f"{scenario}: {error or 'killed'} at {len(points)} points")
    return len(points)


@pytest.mark.parametrize("error", ["", "ENOSPC", "EIO", "EROFS", "EACCES", "ESTALE"])
@pytest.mark.parametrize(
    "scenario", ["apply-hard", "undo-hard", "redo-hard", "apply-side", "undo-side", "redo-side"]
)
def test_a_fault_anywhere_leaves_every_name_with_its_content(
    driver: Driver, base: Path, scenario: str, error: str
) -> None:
    assert fail_everywhere(driver, base, scenario, error) > 20


def test_a_disk_that_cannot_be_read_anywhere_leaves_every_name(driver: Driver, base: Path) -> None:
    assert fail_everywhere(driver, base, "apply-hard", "EIO", READING) > 50


def test_an_index_that_cannot_be_read_brings_files_back_beside_their_links(
    driver: Driver, base: Path
) -> None:
    scene = LinkScene(driver, base, "undo-hard")
    for number, (call, count) in enumerate(scene.points(READING), 1):
        library, plan = scene.fresh(number)
        scene.inject(number, call, count, "EIO")
        library.bin.recover()
        scene.check_nothing_lost(library, plan)
        scene.clear(number)


@pytest.mark.parametrize("error", ["EXDEV", "EPERM", "EMLINK"])
def test_a_link_that_cannot_be_made_leaves_everything(driver: Driver, base: Path, error: str) -> None:
    fail_everywhere(driver, base, "apply-hard", error, "linkat renameat2")
