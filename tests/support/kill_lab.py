"""Scans that are killed: a tree of small pictures, the ``scan`` command, and somebody who shoots at it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from PIL import Image

from dpm_tui.state.layout import Layout
from dpm_tui.state.root_state import RootState
from tests.support.pictures import encode, scene

TARGETS = ("worker", "decoder", "scan")
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)
LOST_SECONDS = 6.0
"""Work older than this is on the disk: a checkpoint every 5 seconds, and progress told 4 times a second."""


def make_tree(folder: Path, files: int) -> None:
    """Write so many small pictures: two in five are pictures of their own, the rest copies of them."""
    for number in range(files):
        original, role = divmod(number, 5)
        picture = scene(2 * original + role % 2, 160, 120)
        target = folder / f"{original % 20:02}"
        target.mkdir(parents=True, exist_ok=True)
        match role:
            case 0 | 1:
                name, content = "jpg", encode(picture, quality=92)
            case 2:
                name, content = "jpg", encode(picture.resize((120, 90)), quality=85)
            case 3:
                name, content = "png", encode(picture, "PNG")
            case _:
                name, content = "jpg", encode(picture.transpose(Image.Transpose.ROTATE_90), quality=90)
        (target / f"{original:05}-{role}.{name}").write_bytes(content)


@dataclass(frozen=True)
class Known:
    """How much a state folder knows."""

    files: int = 0
    verdicts: int = 0

    @classmethod
    def of(cls, root: Path, state: Path) -> Known:
        """Read it as it is on the disk now, whoever writes to it."""
        layout = Layout(os.fsencode(root), os.fsencode(state))
        if not os.path.isdir(layout.folder):
            return cls()
        tables = RootState(layout, writable=False)
        return cls(len(tables.files.files), len(tables.verdicts))

    def __ge__(self, other: Known) -> bool:
        return self.files >= other.files and self.verdicts >= other.verdicts


@dataclass
class Scan:
    """One ``scan`` command with what it tells; ``trace`` holds time, stage and work done."""

    root: Path
    state: Path
    trace: list[tuple[float, str, int]] = field(default_factory=list)
    worker: int = 0

    def __post_init__(self) -> None:
        self.before = Known.of(self.root, self.state)
        command = [sys.executable, "-m", "dpm_tui", "scan", str(self.root), "--state", str(self.state)]
        command.append("--json")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def pids(self, target: str) -> list[int]:
        """Return who can be shot at."""
        if target == "scan":
            return [self.process.pid] if self.process.poll() is None else []
        if not self.worker:
            return []
        if target == "worker":
            return [self.worker]
        try:
            return [child.pid for child in psutil.Process(self.worker).children()]
        except psutil.Error:
            return []

    def end(self) -> tuple[int, str]:
        """Wait until the command has ended and return its exit code and messages."""
        assert self.process.stderr is not None
        with self.process:
            errors = self.process.stderr.read()
            self._reader.join()
        return self.process.returncode, errors

    def owed(self, moment: float) -> Known:
        """Return what must be on the disk at ``moment``, by what the command had told well before."""
        told = {stage: done for when, stage, done in self.trace if when < moment - LOST_SECONDS}
        return Known(self.before.files + told.get("decode", 0), self.before.verdicts + told.get("verify", 0))

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            try:
                told: Mapping[str, Any] = json.loads(line)
            except ValueError:
                continue  # the command was killed in the middle of a line
            if told["type"] == "progress":
                self.worker = told["pid"]
                self.trace.append((time.monotonic(), told["stage"], told["done"]))


@dataclass
class Tally:
    """What came of the shots; ``trouble`` names everything that must not be."""

    shots: int = 0
    missed: int = 0
    finished: int = 0
    ends: dict[str, int] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)


class KillLab:
    """Shoots at scans of ``root`` until they finish, and compares each result with an undisturbed one."""

    def __init__(self, root: Path, states: Path, seed: int) -> None:
        self.root, self.states = root, states
        self.tally = Tally()
        self._dice = random.Random(seed)
        began = time.monotonic()
        scan = Scan(root, self._new_state())
        code, errors = scan.end()
        assert code == 0, errors
        # A scan tells nothing before its worker is up, and then there is nobody to shoot at but itself.
        self.seconds = time.monotonic() - scan.trace[0][0]
        self.starting = scan.trace[0][0] - began
        self.reference = self.report(scan.state)

    def report(self, state: Path) -> dict[str, Any]:
        """Return the JSON report with paths in the place of ids, which depend on the order of decoding."""
        command = [sys.executable, "-m", "dpm_tui", "report", str(self.root), "--state", str(state)]
        done = subprocess.run([*command, "--format", "json"], capture_output=True, text=True, check=True)
        report: dict[str, Any] = json.loads(done.stdout)
        paths = {file.pop("id"): file["path"] for file in report["files"]}
        report["pairs"] = sorted(
            (*sorted((paths[pair["a"]], paths[pair["b"]])), pair["kind"], pair["similarity"])
            for pair in report["pairs"]
        )
        report["groups"] = sorted(
            (paths[group["keeper"]], sorted(paths[id_] for id_ in group["members"]), group["weakest"])
            for group in report["groups"]
        )
        return report

    def series(self, shots: int) -> None:
        """Scan with a new state; shoot at most so many times, then let it finish; compare."""
        state = self._new_state()
        for number in range(shots + 1):
            scan = Scan(self.root, state)
            if number < shots:
                self._shoot(scan)
            code, errors = scan.end()
            self.tally.ends[str(code)] = self.tally.ends.get(str(code), 0) + 1
            if "Traceback" in errors or code not in (0, 1, 3, -9, -15, -1):
                self.tally.trouble.append(f"exit {code}: {errors[-2000:]}")
            if code == 0:
                self._finish(state)
                return
        self.tally.trouble.append(f"did not finish: exit {code}: {errors[-2000:]}")

    def _shoot(self, scan: Scan) -> None:
        target, number = self._dice.choice(TARGETS), self._dice.choice(SIGNALS)
        seconds = self._dice.uniform(-0.1 * self.starting, self.seconds)
        began = time.monotonic()
        while scan.process.poll() is None:
            first = scan.trace[0][0] if scan.trace else began + self.starting
            if time.monotonic() >= first + seconds:
                break
            time.sleep(0.01)
        pids = scan.pids(target) or scan.pids("worker")
        if not pids:
            self.tally.missed += 1
            return
        known = Known.of(self.root, scan.state)
        when = time.monotonic()
        try:
            os.kill(self._dice.choice(pids), number)
        except ProcessLookupError:
            self.tally.missed += 1
            return
        self.tally.shots += 1
        after = Known.of(self.root, scan.state)
        if not (after >= known and after >= scan.owed(when)):
            told = f"{target} {number.name}: {known} {scan.owed(when)} -> {after}"
            self.tally.trouble.append(f"work lost: {told}")

    def _finish(self, state: Path) -> None:
        self.tally.finished += 1
        found = self.report(state)
        differing = [key for key in self.reference if found[key] != self.reference[key]]
        if differing:
            self.tally.trouble.append(f"report differs in {', '.join(differing)} ({state})")

    def _new_state(self) -> Path:
        state = self.states / f"state{len(list(self.states.iterdir()))}"
        state.mkdir()
        return state
