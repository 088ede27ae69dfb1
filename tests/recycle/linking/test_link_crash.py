"""A fault at every system call of making a link and of putting it away: every name keeps its content."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.recycle.conftest import INJECTED
from tests.recycle.crash_scene import Driver, can_trace
from tests.recycle.linking.link_scene import CALLS, LinkScene

pytestmark = [
    pytest.mark.skipif(not can_trace(), reason="strace is missing or may not trace"),
    pytest.mark.soak,
]


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    driver = Driver()
    yield driver
    driver.close()


@pytest.mark.parametrize("error", ["", "ENOSPC", "EIO", "EACCES", "EXDEV"])
@pytest.mark.parametrize("scenario", ["apply-hard", "undo-hard", "redo-hard"])
def test_a_fault_anywhere_leaves_every_name_with_its_content(
    driver: Driver, base: Path, scenario: str, error: str
) -> None:
    scene = LinkScene(driver, base, scenario)
    points = scene.points(CALLS)
    for number, (call, count) in enumerate(points, 1):
        scene.check_point(number, call, count, error)
    INJECTED["errors" if error else "kills"] += len(points)
    print(f"{scenario}: {error or 'killed'} at {len(points)} points")
    assert len(points) > 20
