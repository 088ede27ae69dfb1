"""A ``scan`` command as a process of its own: whom one can shoot at, what it told, and what it left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.root_state import RootState
from tests.support.album import report_of

LOST_SECONDS = 6.0
"""Work older than this is on the disk: a checkpoint every 5 seconds, and progress told 4 times a second."""


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
    options: Sequence[str] = ()

    def __post_init__(self) -> None:
        self.before = Known.of(self.root, self.state)
        command = [sys.executable, "-m", "dpm_tui", "scan", str(self.root), "--state", str(self.state)]
        command += ["--json", *self.options]
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
            return [child.pid for child in psutil.Process(self.worker).children(recursive=True)]
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


def report_by_path(root: Path, state: Path) -> dict[str, Any]:
    """Return the JSON report with paths in the place of ids, of which killed scans skip some."""
    report = report_of(root, "--state", state)
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
