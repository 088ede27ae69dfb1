"""Scans that are killed while the folder and the settings change: what is left is what a first scan finds."""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dpm_tui.errors import DpmError
from dpm_tui.state.disk.layout import Layout
from dpm_tui.worker.client import WorkerClient
from dpm_tui.worker.protocol.messages import SaveConfig, Shutdown
from tests.support.churn import Churn, unexplained
from tests.support.marksman import Marksman, Tally
from tests.support.scan_process import Scan, report_by_path

THRESHOLDS = (0.6, 0.8, 0.9)
CHOICES = ("auto", "photo", "illustration")


@dataclass(frozen=True)
class Work:
    """What a state folder holds that took work: thumbnails with their inodes, vectors by table, verdicts."""

    thumbnails: frozenset[tuple[str, int]]
    vectors: dict[str, list[str]]
    verdicts: list[tuple[str, str]]

    @classmethod
    def of(cls, state: Path) -> Work:
        folder = state / "_image_temp"
        thumbnails = frozenset((path.name, path.stat().st_ino) for path in folder.glob("thumbnails/*/*.jpg"))
        vectors = {}
        for path in folder.glob("vectors/*.f16"):
            row = 38 + 2 * 192 * (6 if "-parts-" in path.name else 1)
            content = path.read_bytes()
            vectors[path.name] = [content[at : at + 32].hex() for at in range(0, len(content), row)]
        lines = (folder / "pairs.jsonl").read_bytes().splitlines()
        records = [json.loads(line[9:]) for line in lines if line]
        return cls(thumbnails, vectors, [(record["a"], record["b"]) for record in records])

    @property
    def repeated(self) -> int:
        """How many vectors and verdicts are there twice."""
        tables = [*self.vectors.values(), self.verdicts]
        return sum(len(table) - len(set(table)) for table in tables)

    def since(self, before: Work) -> tuple[int, int, int]:
        """Return how many pictures were decoded, embedded (by the table with most) and judged since."""
        rows = [len(table) - len(before.vectors.get(name, [])) for name, table in self.vectors.items()]
        return (
            len(self.thumbnails - before.thumbnails),
            max(rows, default=0),
            len(self.verdicts) - len(before.verdicts),
        )


@dataclass
class Costs:
    """Sums over all series: contents written, and what their scans did for them; pairs that only history
    explains."""

    contents: int = 0
    decoded: int = 0
    embedded: int = 0
    judged: int = 0
    by_model: int = 0
    extra: int = 0
    pairs: int = 0


@dataclass
class ChurnLab:
    """Series of scans that are shot at, each with its own folder of ``files`` pictures."""

    base: Path
    files: int
    seed: int
    tally: Tally = field(default_factory=Tally)
    costs: Costs = field(default_factory=Costs)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        self._tree = self.base / "tree"
        self._tree.mkdir(parents=True)
        Churn(self._tree, self._dice).fill(self.files)
        began = time.monotonic()
        scan = Scan(self._tree, self._state("first"))
        code, errors = scan.end()
        assert code == 0, errors
        starting, self.seconds = scan.trace[0][0] - began, time.monotonic() - scan.trace[0][0]
        self._marksman = Marksman(self._dice, starting, self.seconds, self.tally)
        shutil.rmtree(scan.state)

    def series(self, shots: int) -> None:
        """Shoot so often, with changes between; let it finish, count what changes cost, and compare."""
        root, state = self.base / "root", self._state("state")
        shutil.copytree(self._tree, root)
        churn = Churn(root, self._dice)
        for _ in range(shots):
            churn.step(self._dice.randrange(self.files // 10 + 2))
            self._set_up(root, state, self._dice.choice(CHOICES), self._dice.choice(THRESHOLDS))
            scan = Scan(root, state)
            if self._dice.random() < 0.3:
                self._disturb(root, state, churn, scan)
            self._marksman.shoot(scan, files_stay=False)
            self._marksman.note_end(scan)
        self._set_up(root, state, "auto", 0.6)
        with _attended(root, state):
            finished = self._finish(root, state)
            if finished:
                self.tally.finished += 1
                model, threshold = self._count_costs(root, state, churn)
        if finished:
            self._compare(root, state, model, threshold)
        for folder in (root, state):
            shutil.rmtree(folder)

    def _disturb(self, root: Path, state: Path, churn: Churn, scan: Scan) -> None:
        """Change files and settings while a scan runs."""
        end = time.monotonic() + self._dice.uniform(0, self.seconds / 2)
        while scan.process.poll() is None and (not scan.trace or time.monotonic() < end):
            time.sleep(0.01)
        churn.step(3)
        self._set_up(root, state, "auto", self._dice.choice(THRESHOLDS), end=False)

    def _finish(self, root: Path, state: Path) -> bool:
        """Scan undisturbed; tell whether it came to its end."""
        code, errors = self._marksman.note_end(Scan(root, state))
        if code != 0:
            self.tally.trouble.append(f"did not finish: exit {code}: {errors[-2000:]}")
        return code == 0

    def _count_costs(self, root: Path, state: Path, churn: Churn) -> tuple[str, float]:
        """Change files, threshold and model one after the other; note what costs more than its own work.

        Returns the last model and threshold.
        """
        before, contents = Work.of(state), churn.contents
        churn.step(6)
        self._finish(root, state)
        work = Work.of(state)
        decoded, embedded, judged = work.since(before)
        contents = churn.contents - contents
        self.costs.contents += contents
        self.costs.decoded += decoded
        self.costs.embedded += embedded
        self.costs.judged += judged
        if decoded > contents or embedded > contents or work.repeated:
            told = f"{decoded} decoded, {embedded} embedded, {work.repeated} repeated"
            self.tally.trouble.append(f"{contents} new contents: {told}")
        report, threshold = report_by_path(root, state), self._dice.choice(THRESHOLDS[1:])
        self._set_up(root, state, "auto", threshold, end=False)
        regrouped = report_by_path(root, state)
        if Work.of(state) != work:
            self.tally.trouble.append(f"threshold: {Work.of(state).since(work)}")
        if regrouped["pairs"] != [pair for pair in report["pairs"] if pair[3] >= threshold]:
            self.tally.trouble.append("threshold: other pairs")
        model = self._dice.choice(CHOICES[1:])
        self._set_up(root, state, model, threshold, end=False)
        self._finish(root, state)
        decoded, _, judged = Work.of(state).since(work)
        self.costs.by_model += judged
        if decoded or Work.of(state).repeated:
            self.tally.trouble.append(f"model: {decoded} decoded, {Work.of(state).repeated} repeated")
        return model, threshold

    def _compare(self, root: Path, state: Path, model: str, threshold: float) -> None:
        fresh = self._state("fresh")
        self._set_up(root, fresh, model, threshold)
        self._finish(root, fresh)
        found, reference = report_by_path(root, state), report_by_path(root, fresh)
        shutil.rmtree(fresh)
        for key in ("model", "threshold", "files", "errors"):
            if found[key] != reference[key]:
                self.tally.trouble.append(f"{key} differs: {_first_difference(found[key], reference[key])}")
        missing = unexplained(found["pairs"], reference["pairs"])
        if missing:
            self.tally.trouble.append(f"{len(missing)} pairs missing: {missing[:3]}")
        self.costs.pairs += len(reference["pairs"])
        self.costs.extra += len(set(found["pairs"]) - set(reference["pairs"]))
        if found["pairs"] == reference["pairs"] and found["groups"] != reference["groups"]:
            self.tally.trouble.append("the same pairs make other groups")

    def _state(self, name: str) -> Path:
        state = self.base / name
        state.mkdir()
        return state

    @staticmethod
    def _set_up(root: Path, state: Path, model: str, threshold: float, *, end: bool = True) -> None:
        """Save settings by way of a worker that is started for it; without ``end`` by one that may run."""

        async def save() -> None:
            layout = Layout(os.fsencode(root), os.fsencode(state))
            client = await WorkerClient.connect(layout, "app", start=end)
            config = replace(client.welcome.config, model=model, threshold=threshold)
            await client.request(SaveConfig(config))
            if end:
                await client.request(Shutdown())
            await client.close()

        try:
            asyncio.run(save())
        except DpmError:
            if end:
                raise


@contextmanager
def _attended(root: Path, state: Path) -> Iterator[None]:
    """Have one worker for several scans and shut it down: each of its own would load torch first."""
    loop = asyncio.new_event_loop()
    layout = Layout(os.fsencode(root), os.fsencode(state))
    client = loop.run_until_complete(WorkerClient.connect(layout, "status"))
    try:
        yield
    finally:
        loop.run_until_complete(client.request(Shutdown()))
        loop.run_until_complete(client.close())
        loop.close()


def _first_difference(one: Any, other: Any) -> str:
    if isinstance(one, list) and isinstance(other, list):
        return str(next(((a, b) for a, b in zip(one, other, strict=False) if a != b), (len(one), len(other))))
    return f"{one} {other}"
