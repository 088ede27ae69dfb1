"""Measures how time and memory of each stage grow with the library, and writes a table.

``python -m tests.benchmarks.growth DIR [--sizes 1000,10000] [--shapes library,scans] [--output FILE]``: DIR
gets the synthetic states, which are removed again. Each stage runs in a process of its own. Times are
those of the processor over all threads, as others may share the computer; memory is the largest of the
process. The last column is the exponent of the curve of time that fits best, of sizes from a tenth of the
largest on: 1 is linear. What every process takes to start counts to neither.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from dpm_tui.catalog.content_digest import digest_pair
from dpm_tui.catalog.content_index import ContentIndex
from dpm_tui.catalog.verdict import Kind, Verdict
from dpm_tui.neural.quick_screen import load_screen
from dpm_tui.pipeline.candidates.candidate_search import match_all
from dpm_tui.pipeline.checkpointing import Checkpointer
from dpm_tui.pipeline.family_pairs import find_family_pairs
from dpm_tui.pipeline.file_pairs import index_contents
from dpm_tui.pipeline.inspection.inspected_verdict import inspect_verdicts
from dpm_tui.pipeline.keeper_order import order_contents
from dpm_tui.pipeline.reporter import Reporter
from dpm_tui.pipeline.verification.candidate_verifier import pick_open
from dpm_tui.report.json_report import write_json
from dpm_tui.review.rules.keeper_ranking_columns import rank_best_rows
from dpm_tui.review.rules.reclaimable_space import ReclaimableSpace
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.root_state import RootState
from dpm_tui.worker.run.run_results import compute_results
from tests.benchmarks.compare import OUTPUT
from tests.benchmarks.state_scale import digest_of
from tests.benchmarks.synthetic_library import CHOICE, SHAPES, families_of, fill, open_searches

THRESHOLD = 0.6
_BURSTS = {"scans": (5000, 20_000), "atlas": (2500, 10_000), "frames": (1250, 5000)}
Order = Callable[[list[str]], list[int]]
"""Returns the place of each of some contents."""


def measure(stage: str, layout: Layout, shape: str, files: int) -> dict[str, float]:
    """Run one stage on a state; return seconds, memory in MB, and what it made."""
    if stage != "match":
        os.environ["OMP_NUM_THREADS"] = "1"
    state = None if stage in ("fill", "open") else RootState(layout)
    load_screen() if stage == "match" else None
    before = time.process_time(), time.perf_counter(), _memory()
    made = _STAGES[stage](layout, state, shape, files)
    cpu, wall = time.process_time() - before[0], time.perf_counter() - before[1]
    if state:
        state.close()
    return {"cpu": cpu, "wall": wall, "memory": _memory(), "before": before[2], "made": made}


def _fill(layout: Layout, state: RootState | None, shape: str, files: int) -> int:
    fill(layout, shape, files)
    return files


def _open(layout: Layout, state: RootState | None, shape: str, files: int) -> int:
    state = RootState(layout)
    open_searches(state)
    return len(state.files.files)


def _match(layout: Layout, state: RootState, shape: str, files: int) -> int:
    searches = list(open_searches(state))
    by_digest = index_contents(state.files.files)
    pace = Checkpointer(state.sync, Reporter())
    known = ContentIndex(state.files.files, readable=False)
    match_all(searches, known, _order_of(by_digest), pace, load_screen, os.cpu_count() or 1)
    return sum(len(search.candidates.near) for search in searches)


def _order_of(by_digest: ContentIndex) -> Order:
    def order(digests: list[str]) -> list[int]:
        places = order_contents(digests, by_digest, rank_best_rows)
        return [places[digest] for digest in digests]

    return order


def _judge(layout: Layout, state: RootState, shape: str, files: int) -> int:
    """Give every candidate the verdict that its families mean, and every pair that groups need after that."""
    families = dict(zip(map(digest_of, range(1, files + 1)), families_of(shape, files).tolist(), strict=True))
    by_digest = index_contents(state.files.files)
    judged = 0
    for search in open_searches(state):
        for pair in pick_open(search.near(by_digest), state.verdicts).cosines:
            alike = families[pair[0]] == families[pair[1]]
            state.verdicts.put(pair, Verdict(Kind.COPY, 0.97) if alike else None)
            judged += 1
    alike = inspect_verdicts(state.verdicts.alike(), None)
    for one, other in list(find_family_pairs(alike, by_digest, rank_best_rows)):
        pair = digest_pair(one, other)
        if pair not in state.verdicts:
            state.verdicts.put(pair, Verdict(Kind.COPY, 0.95))
            judged += 1
    state.sync()
    return judged


def _group(layout: Layout, state: RootState, shape: str, files: int) -> int:
    return len(compute_results(state, THRESHOLD).groups)


def _report(layout: Layout, state: RootState, shape: str, files: int) -> int:
    results = compute_results(state, THRESHOLD)
    parts = write_json(
        root=layout.root,
        model=CHOICE,
        threshold=THRESHOLD,
        files=results.files,
        pairs=results.pairs,
        groups=results.groups,
        model_of=lambda digest: CHOICE,
        freeable=ReclaimableSpace(),
    )
    return sum(map(len, parts))


_STAGES: dict[str, Callable[..., int]] = {
    "fill": _fill,
    "open": _open,
    "match": _match,
    "judge": _judge,
    "group": _group,
    "report": _report,
}


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e3 if sys.platform == "linux" else 1e6)


def run(folder: Path, shape: str, files: int) -> dict[str, dict[str, float]]:
    """Return what each stage takes for one library."""
    found = {}
    for stage in _STAGES:
        command = [sys.executable, "-m", "tests.benchmarks.growth", str(folder)]
        command += ["--stage", stage, "--shapes", shape, "--sizes", str(files)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        found[stage] = json.loads(done.stdout)
        print(shape, files, stage, done.stdout.strip(), file=sys.stderr, flush=True)
    shutil.rmtree(folder)
    return found


def exponent(sizes: list[int], seconds: list[float]) -> float:
    """Return the power of the size that time grows with, by least squares over logarithms."""
    chosen = [number for number, size in enumerate(sizes) if size * 10 >= sizes[-1]]
    across, up = (np.log([values[number] for number in chosen]) for values in (sizes, seconds))
    return float(np.polyfit(across, up, 1)[0])


def table(found: dict[str, dict[int, dict[str, dict[str, float]]]]) -> str:
    """Return the results as tables in Markdown."""
    lines = []
    for shape, by_size in found.items():
        sizes = sorted(by_size)
        lines += [f"`{shape}`, seconds of processor and MB:", ""]
        lines.append(f"| stage | {' | '.join(f'{size:,}' for size in sizes)} | exponent |")
        lines.append("|---" * (len(sizes) + 2) + "|")
        for stage in [name for name in _STAGES if name != "fill"]:
            runs = [by_size[size][stage] for size in sizes]
            cells = [f"{one['cpu']:.2f} s, {one['memory']:.0f} MB" for one in runs]
            power = f"{exponent(sizes, [one['cpu'] for one in runs]):.2f}" if len(sizes) > 1 else ""
            lines.append(f"| {stage} | {' | '.join(cells)} | {power} |")
        made = (f"{by_size[size]['match']['made']:,.0f}" for size in sizes)
        judged = (f"{by_size[size]['judge']['made']:,.0f}" for size in sizes)
        lines += [f"| candidates | {' | '.join(made)} | |", f"| pairs judged | {' | '.join(judged)} | |", ""]
    return "\n".join(lines)


def main() -> None:
    """Measure, print and write the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.growth")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--shapes", default=",".join(SHAPES))
    parser.add_argument("--stage", choices=_STAGES, help=argparse.SUPPRESS)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args()
    sizes, shapes = [int(size) for size in options.sizes.split(",")], options.shapes.split(",")
    if options.stage:
        base = os.fsencode(options.folder)
        print(json.dumps(measure(options.stage, Layout(base, base), shapes[0], sizes[0])))
        return
    found: dict[str, dict[int, dict[str, dict[str, float]]]] = {}
    for shape in shapes:
        for size in _BURSTS.get(shape, sizes):
            options.folder.mkdir(parents=True)
            found.setdefault(shape, {})[size] = run(options.folder, shape, size)
    written = table(found)
    print(written)
    with options.output.open("a", encoding="utf-8") as file:
        file.write("\n" + written)


if __name__ == "__main__":
    main()
