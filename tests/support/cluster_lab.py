"""A Dask cluster as people start it: a scheduler and nodes, each a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.album import report_of
from tests.support.pictures import encode, scene

_START_SECONDS = 60.0
_SCHEDULER = "from distributed.cli.dask_scheduler import main; main()"
_NODE = "from distributed.cli.dask_worker import main; main()"


@dataclass
class ClusterLab:
    """One scheduler and its nodes by name; ``folder`` is theirs to write to."""

    folder: Path
    host: str = "127.0.0.1"
    within: Sequence[str] = ()
    """What the scheduler is started with, such as a command that puts it into a network of its own."""
    security: Sequence[str] = ()
    """Options that name certificates."""
    nodes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    scheduler: subprocess.Popen[bytes] | None = None
    address: str = ""

    def start_scheduler(self, port: int = 0) -> None:
        """Start the scheduler and wait until it listens."""
        file = self.folder / "scheduler.json"
        file.unlink(missing_ok=True)
        options = ["--host", self.host, "--port", str(port), "--no-dashboard", "--scheduler-file", str(file)]
        if self.security:
            options += ["--protocol", "tls", *self.security]
        self.scheduler = self._start("scheduler", _SCHEDULER, options, self.within)
        end = time.monotonic() + _START_SECONDS
        while not file.exists():
            assert time.monotonic() < end
            assert self.scheduler.poll() is None, self.said("scheduler")
            time.sleep(0.05)
        self.address = json.loads(file.read_text())["address"]

    def start_node(self, name: str, *options: str, within: Sequence[str] = ()) -> None:
        """Start a node with one thread; it joins when it is ready."""
        base = [self.address, "--name", name, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        base += ["--local-directory", str(self.folder / name), *self.security, *options]
        self.nodes[name] = self._start(name, _NODE, base, within)

    def stop_scheduler(self) -> None:
        """Kill the scheduler."""
        assert self.scheduler is not None
        self.scheduler.kill()
        self.scheduler.wait()

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a node."""
        self.nodes[name].send_signal(number)

    def said(self, name: str) -> str:
        """Return what a process wrote."""
        return (self.folder / f"{name}.log").read_text()

    def close(self) -> None:
        """End everything."""
        for process in (*self.nodes.values(), self.scheduler):
            if process is not None:
                process.kill()
                process.wait()

    def _start(
        self, name: str, code: str, options: Sequence[str], within: Sequence[str]
    ) -> subprocess.Popen[bytes]:
        with open(self.folder / f"{name}.log", "wb") as log:
            command = [*within, sys.executable, "-c", code, *options]
            around = {**os.environ, "PYTHONPATH": _home()}
            return subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, env=around)


@contextmanager
def cluster_of(folder: Path, *names: str, **options: Any) -> Iterator[ClusterLab]:
    """Start a scheduler and nodes with these names; end them at the end."""
    folder.mkdir(exist_ok=True)
    lab = ClusterLab(folder, **options)
    try:
        lab.start_scheduler()
        for name in names:
            lab.start_node(name)
        yield lab
    finally:
        lab.close()


def make_library(folder: Path, scenes: int = 12) -> None:
    """Fill a folder with pictures and copies, smaller ones, crops and other formats of them."""
    for seed in range(scenes):
        picture = scene(seed, 480, 360)
        place = folder / f"trip {seed % 3}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{seed}.jpg").write_bytes(encode(picture, quality=92))
        (place / f"{seed} small.jpg").write_bytes(encode(picture.resize((320, 240)), quality=80))
        (place / f"{seed} part.png").write_bytes(encode(picture.crop((60, 45, 440, 330)), "PNG"))
        (place / f"{seed} copy.png").write_bytes(encode(picture, "PNG"))
    (folder / "same.jpg").write_bytes((folder / "trip 0" / "0.jpg").read_bytes())
    (folder / "broken.jpg").write_bytes(b"\xff\xd8 no picture")


@dataclass(frozen=True)
class Findings:
    """What was found of a library, by paths: its groups with the kept file first, kinds of pairs, errors."""

    groups: frozenset[tuple[str, ...]]
    pairs: Mapping[frozenset[str], tuple[str, float]]
    errors: frozenset[str]

    @classmethod
    def of(cls, folder: Path) -> Findings:
        """Read the report of a library."""
        report = report_of(folder)
        paths = {file["id"]: file["path"] for file in report["files"]}
        groups = (
            (paths[group["keeper"]], *sorted(paths[id_] for id_ in group["members"]))
            for group in report["groups"]
        )
        pairs = {
            frozenset((paths[pair["a"]], paths[pair["b"]])): (pair["kind"], pair["similarity"])
            for pair in report["pairs"]
        }
        return cls(frozenset(groups), pairs, frozenset(error["path"] for error in report["errors"]))


def _home() -> str:
    return str(Path(__file__).resolve().parents[2])
