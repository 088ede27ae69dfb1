"""Scans that are killed: a tree of small pictures, the ``scan`` command, and somebody who shoots at it."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from tests.support.marksman import Marksman, Tally
from tests.support.pictures import encode, scene
from tests.support.scan_process import Scan, report_by_path


def make_tree(folder: Path, files: int, originals: Sequence[Path] = ()) -> None:
    """Write so many small pictures: two in five are pictures of their own, the rest copies of them.

    They are the ``originals`` one after the other, or made up where there are none.
    """
    for number in range(files):
        original, role = divmod(number, 5)
        picture = _original(2 * original + role % 2, originals)
        target = folder / f"{original % 20:02}"
        target.mkdir(parents=True, exist_ok=True)
        match role:
            case 0 | 1:
                name, content = "jpg", encode(picture, quality=92)
            case 2:
                smaller = picture.resize((picture.width * 3 // 4, picture.height * 3 // 4))
                name, content = "jpg", encode(smaller, quality=85)
            case 3:
                name, content = "png", encode(picture, "PNG")
            case _:
                name, content = "jpg", encode(picture.transpose(Image.Transpose.ROTATE_90), quality=90)
        (target / f"{original:05}-{role}.{name}").write_bytes(content)


def _original(number: int, originals: Sequence[Path]) -> Image.Image:
    if not originals:
        return scene(number, 160, 120)
    with Image.open(originals[number % len(originals)]) as image:
        return image.convert("RGB")


class KillLab:
    """Shoots at scans of ``root`` until they finish, and compares each result with an undisturbed one.

    Scans get ``options``. Shots fall ``within`` so many seconds, or at any time of an undisturbed scan.
    """

    def __init__(
        self,
        root: Path,
        states: Path,
        seed: int,
        within: float | None = None,
        options: Sequence[str] = (),
    ) -> None:
        self.root, self.states, self._options = root, states, options
        self.tally = Tally()
        began = time.monotonic()
        scan = Scan(root, self._new_state(), options=options)
        code, errors = scan.end()
        assert code == 0, errors
        # A scan tells nothing before its worker is up, and then there is nobody to shoot at but itself.
        self.seconds, starting = time.monotonic() - scan.trace[0][0], scan.trace[0][0] - began
        self.reference = report_by_path(root, scan.state)
        self._marksman = Marksman(random.Random(seed), starting, within or self.seconds, self.tally)

    def series(self, shots: int) -> None:
        """Scan with a new state; shoot at most so many times, then let it finish; compare."""
        state, left = self._new_state(), shots
        for _ in range(shots + 1):
            scan, again = Scan(self.root, state, options=self._options), False
            while left and scan.process.poll() is None:
                self._marksman.shoot(scan, again=again)
                left, again = left - 1, True
            code, errors = self._marksman.note_end(scan)
            if code == 0:
                self._finish(state)
                return
        self.tally.trouble.append(f"did not finish: exit {code}: {errors[-2000:]}")

    def _finish(self, state: Path) -> None:
        self.tally.finished += 1
        found = report_by_path(self.root, state)
        differing = [key for key in self.reference if found[key] != self.reference[key]]
        if differing:
            self.tally.trouble.append(f"report differs in {', '.join(differing)} ({state})")

    def _new_state(self) -> Path:
        state = self.states / f"state{len(list(self.states.iterdir()))}"
        state.mkdir()
        return state
