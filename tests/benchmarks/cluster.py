"""Times a scan by the decoders of this computer beside scans by nodes of a cluster on it.

``python -m tests.benchmarks.cluster DIR [--rounds 3] [--nodes 1,2]``: DIR is copied, scanned alone with as
many decoders as there are nodes, then by so many nodes, in turn; medians of the seconds from the first
picture to the end, and of each stage, so that what programs take to start counts to neither. Groups and
pairs of all scans are compared. ``--rows N`` times the search for candidates among N synthetic vectors, here
and by shards on the nodes, in its place.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from dpm_tui.pipeline.candidates.block_search import Means
from dpm_tui.pipeline.candidates.nearest_neighbours import match_vectors
from dpm_tui.pipeline.candidates.search_space import SearchSpace
from dpm_tui.worker.cluster.cluster_client import ClusterClient
from dpm_tui.worker.cluster.cluster_shards import ClusterShards
from dpm_tui.worker.cluster.connection import Connection
from dpm_tui.worker.cluster.introduction import Introduction
from dpm_tui.worker.cluster.local_cluster import LocalNodes
from dpm_tui.worker.node.job import Share
from tests.support.cluster_lab import Findings
from tests.worker.cluster.test_cluster_shards import pairs_of, space_of

STAGES = ("decode", "fingerprint", "match", "verify", "inspect")


def scan(folder: Path, options: Sequence[str]) -> dict[str, float]:
    """Scan a folder anew; return the seconds of each stage, and of all of them."""
    shutil.rmtree(folder / "_image_temp", ignore_errors=True)
    command = [sys.executable, "-m", "dpm_tui", "scan", str(folder), "--json", *options]
    spent = dict.fromkeys(STAGES, 0.0)
    before, stage, began = time.monotonic(), "", 0.0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in map(json.loads, process.stdout):
            now = time.monotonic()
            if stage in spent and began:
                spent[stage] += now - before
            before = now
            if line["type"] == "progress":
                stage = line["stage"]
                began = began or (now if line["stage"] == "decode" and line["done"] else 0.0)
            elif line["type"] == "result":
                ended = now
    return {**spent, "all": ended - began}


def compare_scans(source: Path, rounds: int, counts: Sequence[int]) -> None:
    """Print the medians of scans here and by nodes."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "photos"
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("_image_temp"))
        times: dict[str, list[dict[str, float]]] = {}
        found: dict[str, Findings] = {}
        for _ in range(rounds):
            for count in counts:
                for name, options in (
                    (f"{count} decoders", ()),
                    (f"{count} nodes", ("--workers-local", str(count))),
                ):
                    (folder / "_image_temp").mkdir(exist_ok=True)
                    times.setdefault(name, []).append(scan(folder, options))
                    found[name] = Findings.of(folder)
                    print(name, {key: round(value, 1) for key, value in times[name][-1].items()}, flush=True)
    first = next(iter(found.values()))
    print("the same groups and pairs:", all(each == first for each in found.values()))
    for name, every in times.items():
        medians = {stage: statistics.median(each[stage] for each in every) for stage in (*STAGES, "all")}
        print(f"{name:12}", *(f"{stage} {seconds:6.1f} s" for stage, seconds in medians.items()))


def compare_searches(rows: int, counts: Sequence[int]) -> None:
    """Print the seconds of a search for candidates here, and by shards on nodes."""
    space: SearchSpace = space_of(rows, 192)
    began = time.monotonic()
    here = pairs_of(match_vectors(space, 0.8, Means(threads=1)))
    print(f"here, one thread: {time.monotonic() - began:.1f} s, {len(here):,} pairs", flush=True)
    for count in counts:
        nodes = LocalNodes(count)
        connection = Connection(nodes.address, nodes.security)
        connection.open()
        share = Share(tempfile.gettempdir().encode())
        introduction = Introduction(share, "auto", ())
        cluster = ClusterClient(connection, share, "auto", introduction, lambda *words, **values: None)
        while len(cluster.working) < count or not cluster.has_nodes:
            time.sleep(0.1)
        began = time.monotonic()
        there = pairs_of(match_vectors(space, 0.8, Means(shards=ClusterShards(cluster, lambda: False))))
        print(f"{count} nodes: {time.monotonic() - began:.1f} s, the same pairs: {there == here}", flush=True)
        cluster.close()
        nodes.close()


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--nodes", default="1,2")
    parser.add_argument("--rows", type=int, default=0)
    options = parser.parse_args()
    counts = [int(each) for each in options.nodes.split(",")]
    if options.rows:
        compare_searches(options.rows, counts)
    else:
        compare_scans(options.folder, options.rounds, counts)


if __name__ == "__main__":
    main()
