"""Links on a file system of its own, as root in a mount namespace: SCENARIO FILE_SYSTEM FOLDER [ERROR].

Prints at how many places something went wrong. With the error ``power`` the disk loses its power instead.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from tests.recycle.crash_scene import Driver, Scene
from tests.recycle.linking.disks import MAKERS, make_disk, mount_disk
from tests.recycle.linking.link_scene import CALLS, LinkScene
from tests.recycle.power_driver import PowerScene


class PowerLinkScene(PowerScene, LinkScene):
    """Links on a disk that loses its power just after another program has synced a file of its own."""

    foreign = True


def scene_on(file_system: str, driver: Driver, base: Path, scenario: str, *, power: bool) -> Scene:
    """Return the scene on a new disk, or on one that loses its power."""
    if power:
        makers = {"make_disk": partial(make_disk, file_system)} if file_system in MAKERS else {}
        return PowerLinkScene(driver, base, scenario, **makers)
    mount_disk(file_system, base / "disk", base / "place")
    return LinkScene(driver, base / "place", scenario)


def main(scenario: str, file_system: str, base: Path, error: str = "") -> None:
    """Let every call fail in its turn, or kill there."""
    driver = Driver()
    power = error == "power"
    scene = scene_on(file_system, driver, base, scenario, power=power)
    points = scene.points(CALLS)
    scene.clear(0)
    for number, (call, count) in enumerate(points, 1):
        scene.check_point(number, call, count, "" if power else error)
    driver.close()
    print(len(points))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), *sys.argv[4:])
