"""Power cuts: SCENARIO FOLDER alone|foreign, run as root in a mount namespace; prints how many there were.

The library lies on an ext4 file system whose journal is committed only where a program asks for it.
The process is killed before a system call, and what the disk holds at that moment is all that is left;
with ``foreign`` another program syncs a file of its own just before, so that the disk has all names, but
not what nobody synced.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from dpm_tui.review.marks.plan import Plan
from tests.recycle.crash_scene import CHANGING, Driver, Scene
from tests.recycle.library import Library

_BYTES = 8 << 20


def make_disk(image: Path) -> None:
    """Make a small ext4 file system in the file ``image``."""
    with image.open("wb") as file:
        file.truncate(_BYTES)
    subprocess.run(["mkfs.ext4", "-q", "-b", "1024", "-I", "256", image], check=True)


class PowerScene(Scene):
    """A scene on a disk of its own, which loses its power instead of the process its life."""

    foreign = False

    def __init__(
        self, driver: Driver, base: Path, scenario: str, make_disk: Callable[[Path], None] = make_disk
    ) -> None:
        self.make_disk = make_disk
        super().__init__(driver, base, scenario)

    def fresh(self, number: int) -> tuple[Library, Plan]:
        """Make the library on a new disk, all of it written."""
        place = self.base / str(number)
        place.mkdir()
        image = self.base / "disk"
        self.make_disk(image)
        subprocess.run(["mount", "-o", "loop,commit=300", image, place], check=True)
        made = super().fresh(number)
        subprocess.run(["sync", "-f", place], check=True)
        return made

    def inject(self, number: int, call: str, count: int, error: str = "") -> None:
        """Kill the operation, and go on with a copy of what the disk holds at that moment."""
        super().inject(number, call, count, error)
        place = self.base / str(number)
        if self.foreign:
            with (place / "foreign").open("wb") as file:
                os.fsync(file.fileno())
        shutil.copyfile(self.base / "disk", self.base / "cut")
        subprocess.run(["umount", place], check=True)
        subprocess.run(["mount", "-o", "loop", self.base / "cut", place], check=True)

    def clear(self, number: int) -> None:
        """Unmount what was checked."""
        subprocess.run(["umount", self.base / str(number)], check=True)
        (self.base / str(number)).rmdir()


def main(scenario: str, base: Path, who: str) -> None:
    """Cut the power at every point of ``scenario``."""
    driver = Driver()
    scene = PowerScene(driver, base, scenario)
    scene.foreign = who == "foreign"
    points = scene.points(CHANGING)
    scene.clear(0)
    for number, (call, count) in enumerate(points, 1):
        scene.check_point(number, call, count)
    driver.close()
    print(len(points))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
