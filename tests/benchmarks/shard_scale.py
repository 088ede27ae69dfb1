"""Measures a search by shards that is too large for memory: what it takes, and what it misses.

``python -m tests.benchmarks.shard_scale DIR [--rows 10000000] [--shards 32] [--blocks 6]``: DIR gets a
table of synthetic vectors in half precision, which stays and is used again, and while it runs the shards.
All rows are open. Of their blocks only some are searched, spread evenly over all; the whole is so many
times as long. Times are those of the processor over all threads, as others may share the computer. Memory
is the largest of the process; what lies on the disk counts while it is looked at. The recall is that of the
pairs that rows of these blocks bring, against comparing them with all rows.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs
from dpm_tui.neural.quick_screen import load_screen
from dpm_tui.pipeline.candidates.nearest_neighbours import ROWS_PER_LISTED_BLOCK, settle_whole
from dpm_tui.pipeline.candidates.search_space import SearchSpace
from dpm_tui.pipeline.candidates.shards import (
    Searched,
    ShardParts,
    ShardQuestion,
    ShardSpace,
    TableVectors,
    ask,
)
from dpm_tui.pipeline.sharding.local_shards import LocalShards
from dpm_tui.pipeline.sharding.recall import SAMPLE, Recall, brute_force
from dpm_tui.pipeline.sharding.shard_codec import encode_answer
from tests.benchmarks.synthetic_library import DIMS, describe_wholes

THRESHOLD = 0.8
_BYTES = 2 * DIMS


class FileRows:
    """Rows of a file, read each time: a page that is mapped would count as memory."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)
        self._rows = path.stat().st_size // _BYTES

    def __len__(self) -> int:
        return self._rows

    def read(self, start: int, end: int) -> NDArray[np.float16]:
        """Return the rows from ``start`` to ``end``."""
        self._file.seek(start * _BYTES)
        return np.frombuffer(self._file.read((end - start) * _BYTES), np.float16).reshape(-1, DIMS)

    def take(self, numbers: NDArray[np.int64]) -> NDArray[np.float16]:
        """Return the rows with these numbers, which come in order."""
        rows = np.empty((len(numbers), DIMS), np.float16)
        for run in np.split(np.arange(len(numbers)), np.flatnonzero(np.diff(numbers) != 1) + 1):
            if len(run):
                rows[run] = self.read(int(numbers[run[0]]), int(numbers[run[-1]]) + 1)
        return rows


class Clock:
    """Prints what each step took."""

    def __init__(self) -> None:
        self._since = time.process_time(), time.perf_counter()

    def lap(self, step: str) -> float:
        """Print and return the seconds of the processor since the last step."""
        now = time.process_time(), time.perf_counter()
        cpu, wall = (one - other for one, other in zip(now, self._since, strict=True))
        self._since = now
        print(f"{step}: {cpu:.0f} s of processor, {wall:.0f} s, {memory():.2f} GB at most", flush=True)
        return cpu


def memory() -> float:
    """Return the largest memory of the process so far, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def write_table(path: Path, rows: int) -> None:
    """Write a table of so many vectors."""
    partial = path.with_suffix(".part")
    with partial.open("wb") as file:
        for vectors in describe_wholes(rows):
            vectors.astype(np.float16).tofile(file)
    partial.replace(path)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.shard_scale")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--shards", type=int, default=32)
    parser.add_argument("--blocks", type=int, default=6)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    clock, path = Clock(), options.folder / f"vectors-{options.rows}.f2"
    if not path.exists():
        write_table(path, options.rows)
        clock.lap("table")
    rows = FileRows(path)
    everyone = np.ones(len(rows), np.bool_)
    places = np.random.default_rng(0).permutation(len(rows))
    field = SearchSpace(rows, everyone, everyone, NeighbourPairs.none(), places)
    turns, table = field.turns(), TableVectors(rows)
    space = ShardSpace(Searched.WHOLE, len(rows), DIMS, THRESHOLD, listed=True)
    shards = LocalShards(
        options.shards, threads=options.threads, screen=load_screen(), folder=str(options.folder)
    )
    shards.build(space, ShardParts(table, np.arange(len(rows)), DIMS, turns))
    built = clock.lap(f"{options.shards} shards of {len(rows):,} rows built")
    blocks = list(field.open_blocks(ROWS_PER_LISTED_BLOCK))
    chosen = ((np.arange(options.blocks) + 0.5) / options.blocks * len(blocks)).astype(int).tolist()

    def questions() -> Iterator[ShardQuestion]:
        for number in chosen:
            vectors, none = table.read(blocks[number]), np.zeros(0, np.int64)
            yield ShardQuestion(
                number, blocks[number], vectors, turns[blocks[number]], none, none.astype("f4")
            )

    near, sent, settling = [], 0, 0.0
    for numbers, answers in ask(shards, questions()):
        sent += sum(len(encode_answer(answer)) for answer in answers)
        since = time.thread_time()
        near.append(settle_whole(table, turns, numbers, answers).near)
        settling += time.thread_time() - since
    searched = clock.lap(f"{len(chosen)} of {len(blocks)} blocks searched")
    asked = sum(len(blocks[number]) for number in chosen)
    hours = (built + searched / len(chosen) * len(blocks)) / 3600
    print(f"settling: {1e6 * settling / asked:.0f} us a row, of which reading is the most")
    print(f"answers: {sent / asked:,.0f} bytes a row, {sent / asked / options.shards:,.0f} of each shard")
    print(f"candidates: {sum(map(len, near)) / asked:.1f} a row")
    print(f"the whole search: {hours:.1f} hours of one core")
    sample = np.sort(
        np.random.default_rng(1).permutation(np.concatenate([blocks[n] for n in chosen]))[:SAMPLE]
    )
    wanted = brute_force(field, Searched.WHOLE, THRESHOLD, sample, screen=load_screen())
    assert wanted is not None
    found = NeighbourPairs.joined(near).unique()
    keys = [pairs.firsts << 32 | pairs.seconds for pairs in (wanted, found)]
    hit = np.isin(keys[0], keys[1], kind="sort")
    clock.lap(f"{len(sample):,} rows compared with all")
    for name, some in (("all", hit), ("from the threshold on", hit[wanted.cosines >= THRESHOLD])):
        recall = Recall(len(some), int(some.sum()))
        print(f"recall of {name}: {recall.share:.5f} of {recall.wanted:,} pairs")


if __name__ == "__main__":
    main()
