"""Runs in this very process: what their settings do, and what they say when the disk is full."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dpm_tui.catalog.image_file import Status
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from dpm_tui.state.config import Config
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.private_folder import prepare_folder
from dpm_tui.state.root_state import RootState
from dpm_tui.state.vectors import garbage_collection
from dpm_tui.worker.decoders.decoder_pool import DecoderPool
from dpm_tui.worker.protocol.messages import LogLine
from dpm_tui.worker.run.run_results import Results, compute_results
from dpm_tui.worker.run.runner import Runner
from tests.support.album import make_album
from tests.support.pictures import encode, scene
from tests.support.power import Disk

pytestmark = pytest.mark.slow


class Bench:
    """A runner with everything it needs, and the results of its runs."""

    def __init__(self, folder: Path, config: Config) -> None:
        self.layout = Layout(os.fsencode(folder), os.fsencode(folder))
        prepare_folder(self.layout)
        self.state = RootState(self.layout, AlignedJudge.version)
        self.pool = DecoderPool(self.layout.root, self.layout.thumbnails, config.workers)
        self.results: list[Results | None] = []
        self.ended = threading.Event()
        self.phases: list[tuple[str, bool]] = []
        self.runner = Runner(self.state, self.pool, self._take)

    def run(self, config: Config) -> list[LogLine]:
        """Run to the end and return what was logged."""
        self.runner.start(config)
        self.wait()
        return self.runner.take_lines()

    def wait(self) -> None:
        """Wait until the run has ended."""
        assert self.ended.wait(110)
        self.ended.clear()
        self.runner.stop()

    def _take(self, results: Results | None) -> None:
        self.results.append(results)
        self.phases.append((self.runner.status.phase, self.runner.running))
        self.ended.set()


@pytest.fixture
def config() -> Config:
    return Config(workers=2, device="cpu")


@pytest.fixture
def bench(tmp_path: Path, config: Config) -> Iterator[Bench]:
    bench = Bench(make_album(tmp_path / "album"), config)
    yield bench
    bench.pool.close()
    bench.state.close()


def test_who_is_told_of_the_end_finds_that_the_run_is_over(bench: Bench, config: Config) -> None:
    bench.run(config)
    bench.run(config)
    assert bench.phases == [("finished", False)] * 2


def test_a_full_disk_is_said_once_with_what_to_do_and_the_next_run_goes_on(
    bench: Bench, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(bench.layout.folder)
    disk.full_from = 40
    with disk.watched(monkeypatch):
        lines = bench.run(config)
    (line,) = (line for line in lines if line.level == "error")
    assert line.key == "disk_full"
    assert bench.runner.status.phase == "failed"
    assert not [line for line in bench.run(config) if line.level == "error"]
    assert bench.runner.status.phase == "finished"
    (results,) = filter(None, bench.results)
    assert len(results.groups) == 3


def test_other_workers_and_another_memory_act_from_the_next_run_on(
    bench: Bench, config: Config, tmp_path: Path
) -> None:
    bench.run(config)
    assert bench.pool.budget.count == 2
    reader = bench.pool.reader
    (tmp_path / "album/new.jpg").write_bytes(encode(scene(77)))
    bench.run(replace(config, workers=1, memory=2048))
    budget = bench.pool.budget
    assert budget.count == 1
    assert budget.child + budget.spare <= 2048 << 20
    assert bench.pool.reader != reader
    (results,) = [results for results in bench.results[1:] if results is not None]
    assert results.count(Status.OK) == 10


def test_decoders_leave_their_memory_to_the_stages_that_follow(bench: Bench, config: Config) -> None:
    bench.run(config)
    assert bench.pool.pids == []


def test_a_threshold_set_during_a_run_is_the_one_that_it_ends_with(bench: Bench, config: Config) -> None:
    bench.runner.start(config)
    bench.runner.show_from(1.0)
    bench.wait()
    (results,) = bench.results
    assert results is not None
    assert results.pairs
    assert {pair.similarity for pair in results.pairs} == {1.0}
    assert bench.runner.status.threshold == bench.state.checkpoint.threshold == 1.0


def test_what_is_kept_of_pictures_that_left_goes_and_they_are_found_again_when_they_return(
    bench: Bench, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(garbage_collection, "MIN_ROWS", 5)
    leaving, away = tmp_path / "album/leaving", tmp_path / "away"
    leaving.mkdir()
    for seed in range(30, 40):
        (leaving / f"{seed}.jpg").write_bytes(encode(scene(seed)))
        (leaving / f"{seed} small.webp").write_bytes(encode(scene(seed, 96, 72), "WEBP", quality=95))
    bench.run(config)
    before = kept_of(bench)
    leaving.rename(away)
    bench.runner.start(config, accept_missing=True)
    bench.wait()
    small = kept_of(bench)
    assert all(few < many / 2 for few, many in zip(small, before, strict=True))
    away.rename(leaving)
    bench.run(config)
    first, without, again = map(pairs_of, filter(None, bench.results))
    assert len(without) < len(first)
    assert again == first
    assert kept_of(bench)[:-1] == before[:-1]


def kept_of(bench: Bench) -> tuple[int, ...]:
    """Return how much there is: bytes of vectors by table, thumbnails, verdicts."""
    folder = Path(os.fsdecode(bench.layout.folder))
    tables = [path.stat().st_size for path in sorted(folder.glob("vectors/*.f16"))]
    return (*tables, len(list(folder.glob("thumbnails/*/*.jpg"))), len(bench.state.verdicts))


def pairs_of(results: Results) -> set[tuple[frozenset[bytes], str, float]]:
    """Return the pairs by path, with kind and similarity."""
    files = results.files
    return {
        (frozenset({files[pair.a].path, files[pair.b].path}), pair.kind.value, pair.similarity)
        for pair in results.pairs
    }


def test_at_the_end_of_a_run_everything_is_settled(bench: Bench, config: Config) -> None:
    bench.run(config)
    (whole,) = filter(None, bench.results)
    settled = compute_results(bench.state, config.threshold, settled=True)
    assert [group.members for group in settled.groups] == [group.members for group in whole.groups]
