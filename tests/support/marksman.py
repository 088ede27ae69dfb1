"""Somebody who shoots at scans, and the tally of it."""

from __future__ import annotations

import os
import random
import signal
import time
from dataclasses import dataclass, field

from tests.support.scan_process import Known, Scan

TARGETS = ("worker", "decoder", "scan")
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Tally:
    """What came of the shots; ``trouble`` names everything that must not be."""

    shots: int = 0
    missed: int = 0
    finished: int = 0
    ends: dict[str, int] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)


@dataclass
class Marksman:
    """Shoots at a moment between ``starting`` before and ``seconds`` after the first sign of life."""

    dice: random.Random
    starting: float
    seconds: float
    tally: Tally

    def shoot(self, scan: Scan, *, again: bool = False, files_stay: bool = True) -> None:
        """Shoot once at worker, decoder or command; note what got lost that must not.

        ``again`` is for another shot at a scan that outlived one: its time runs from now. Without
        ``files_stay`` the scan may rightly forget files.
        """
        target, number = self.dice.choice(TARGETS), self.dice.choice(SIGNALS)
        seconds = self.dice.uniform(0 if again else -0.1 * self.starting, self.seconds)
        began = time.monotonic()
        while scan.process.poll() is None:
            first = began if again else scan.trace[0][0] if scan.trace else began + self.starting
            if time.monotonic() >= first + seconds:
                break
            time.sleep(0.01)
        pids = scan.pids(target) or scan.pids("worker")
        if not pids:
            self.tally.missed += 1
            return
        known = Known.of(scan.root, scan.state)
        when = time.monotonic()
        try:
            os.kill(self.dice.choice(pids), number)
        except ProcessLookupError:
            self.tally.missed += 1
            return
        self.tally.shots += 1
        after, owed = Known.of(scan.root, scan.state), scan.owed(when)
        if not files_stay:
            known, owed = Known(0, known.verdicts), Known(0, owed.verdicts)
        if not (after >= known and after >= owed):
            told = f"{target} {number.name}: {known} {owed} -> {after}"
            self.tally.trouble.append(f"work lost: {told}")

    def note_end(self, scan: Scan) -> tuple[int, str]:
        """Wait for the end of a scan, note how it ended, and return exit code and messages."""
        code, errors = scan.end()
        self.tally.ends[str(code)] = self.tally.ends.get(str(code), 0) + 1
        if "Traceback" in errors or code not in (0, 1, 3, -9, -15, -1):
            self.tally.trouble.append(f"exit {code}: {errors[-2000:]}")
        return code, errors
