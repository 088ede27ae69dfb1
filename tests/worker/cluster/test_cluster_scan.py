"""A scan on a cluster of real processes finds what this computer finds alone, whatever becomes of nodes."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from distributed import Security

from tests.support.cluster_lab import ClusterLab, Findings, cluster_of, make_library

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
ODD = str(Path(__file__).parents[2] / "support" / "odd_node.py")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of pictures that nobody has scanned."""
    folder = tmp_path_factory.mktemp("library")
    make_library(folder)
    return folder


@pytest.fixture(scope="module")
def expected(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """What this computer finds alone."""
    folder = tmp_path_factory.mktemp("alone") / "photos"
    shutil.copytree(library, folder)
    scan(folder)
    return Findings.of(folder)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterLab]:
    """Three nodes that fit."""
    with cluster_of(tmp_path_factory.mktemp("cluster"), "ada", "bob", "cyn") as cluster:
        yield cluster


def begin(folder: Path, *options: str) -> subprocess.Popen[str]:
    """Start a scan that tells what it does."""
    command = [sys.executable, "-m", "dpm_tui", "scan", str(folder), "--json", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def follow(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """Yield what a scan tells until it has ended well."""
    assert process.stdout is not None
    assert process.stderr is not None
    yield from map(json.loads, process.stdout)
    said = process.stderr.read()
    process.stdout.close()
    process.stderr.close()
    assert process.wait() == 0, said


def follow_until(
    process: subprocess.Popen[str], reached: Callable[[list[dict[str, Any]]], bool]
) -> list[dict[str, Any]]:
    """Return what a scan tells up to the line at which all so far is what is waited for."""
    lines: list[dict[str, Any]] = []
    for line in follow(process):
        lines.append(line)
        if reached(lines):
            break
    return lines


def works_on(lines: list[dict[str, Any]], nodes: int) -> bool:
    """Return whether so many nodes have joined and the work goes on since."""
    return len(told(lines, "cluster_node_joined")) == nodes and lines[-1]["type"] == "progress"


def scan(folder: Path, *options: str) -> list[dict[str, Any]]:
    """Scan to the end and return what was told."""
    return list(follow(begin(folder, *options)))


def told(lines: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    """Return the values of the lines of the log with a key."""
    return [line["values"] for line in lines if line["type"] == "log" and line["key"] == key]


def done_by(lines: list[dict[str, Any]]) -> dict[str, int]:
    """Return how much each node has done by the end."""
    rows = [line["nodes"] for line in lines if line["type"] == "progress" and line["nodes"]]
    return {row["name"]: row["done"] for row in rows[-1]}


def test_three_nodes_find_the_same(
    tmp_path: Path, library: Path, lab: ClusterLab, expected: Findings
) -> None:
    folder = shutil.copytree(library, tmp_path / "photos")
    lines = scan(folder, "--scheduler", lab.address)
    assert Findings.of(folder) == expected
    assert len(told(lines, "cluster_node_joined")) == 3, [line for line in lines if line["type"] == "log"]
    assert sum(done_by(lines).values()) >= 49


def test_a_share_may_have_another_path_there(
    tmp_path: Path, library: Path, lab: ClusterLab, expected: Findings
) -> None:
    there = shutil.copytree(library, tmp_path / "volume" / "photos")
    here = tmp_path / "mnt" / "nas"
    here.mkdir(parents=True)
    shutil.copytree(library, here / "photos")
    lines = scan(here / "photos", "--scheduler", lab.address, "--map", f"{here}={there.parent}")
    assert sum(done_by(lines).values()) >= 49
    assert Findings.of(here / "photos") == expected


def test_a_node_that_is_killed_and_one_that_is_paused(
    tmp_path: Path, library: Path, expected: Findings
) -> None:
    folder = shutil.copytree(library, tmp_path / "photos")
    with cluster_of(tmp_path / "cluster", "ada", "bob", "cyn") as lab:
        process = begin(folder, "--scheduler", lab.address)
        lines = follow_until(process, lambda lines: works_on(lines, 3))
        lab.send("ada", signal.SIGKILL)
        lab.send("bob", signal.SIGSTOP)
        lines += follow(process)
        lab.send("bob", signal.SIGCONT)
    assert Findings.of(folder) == expected
    assert told(lines, "cluster_node_lost") == [{"node": "ada"}]


def test_the_scheduler_starts_again_in_the_middle(tmp_path: Path, library: Path, expected: Findings) -> None:
    folder = shutil.copytree(library, tmp_path / "photos")
    with cluster_of(tmp_path / "cluster", "ada") as lab:
        process = begin(folder, "--scheduler", lab.address)
        lines = follow_until(process, lambda lines: works_on(lines, 1))
        lab.stop_scheduler()
        lab.start_scheduler(int(lab.address.rpartition(":")[2]))
        lab.start_node("bob")
        lines += follow(process)
    assert Findings.of(folder) == expected
    assert told(lines, "cluster_lost")


def test_a_cluster_that_never_comes_back(tmp_path: Path, library: Path, expected: Findings) -> None:
    folder = shutil.copytree(library, tmp_path / "photos")
    with cluster_of(tmp_path / "cluster", "ada") as lab:
        process = begin(folder, "--scheduler", lab.address)
        lines = follow_until(process, lambda lines: bool(told(lines, "cluster_node_joined")))
        lab.close()
        lines += follow(process)
    assert Findings.of(folder) == expected


def test_nodes_that_do_not_fit_change_nothing(
    tmp_path: Path, library: Path, expected: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(library, tmp_path / "photos")
    reasons = {"other version": "0.0.1", "liar": "other_picture", "garbler": "wrong_answers"}
    with cluster_of(tmp_path / "cluster") as lab:
        for way in reasons:
            monkeypatch.setenv("ODD_NODE", way)
            lab.start_node(way, "--preload", ODD)
        monkeypatch.delenv("ODD_NODE")
        process = begin(folder, "--scheduler", lab.address)
        lines = follow_until(process, lambda lines: len(told(lines, "cluster_node_refused")) == len(reasons))
        # Not before: it would take the jobs by which the others are found out.
        lab.start_node("ada")
        lines += follow(process)
    refusals = told(lines, "cluster_node_refused")
    assert sorted(each["node"] for each in refusals) == sorted(reasons)
    refused = {each["node"]: each["reason"] for each in refusals}
    assert {way: reasons[way] in reason for way, reason in refused.items()} == dict.fromkeys(reasons, True)
    assert Findings.of(folder) == expected


def test_nodes_without_the_share_leave_the_work_here(
    tmp_path: Path, library: Path, lab: ClusterLab, expected: Findings
) -> None:
    folder = shutil.copytree(library, tmp_path / "photos")
    lines = scan(folder, "--scheduler", lab.address, "--map", f"{tmp_path}={tmp_path}/nowhere")
    refused = told(lines, "cluster_node_refused")
    assert len(refused) == 3
    assert "unseen_file" in refused[0]["reason"] or "no_share" in refused[0]["reason"]
    assert Findings.of(folder) == expected


def test_nodes_of_this_computer(tmp_path: Path, library: Path, expected: Findings) -> None:
    folder = shutil.copytree(library, tmp_path / "photos")
    lines = scan(folder, "--workers-local", "2")
    assert Findings.of(folder) == expected
    assert len(done_by(lines)) == 2


def test_a_scheduler_that_is_not_there_is_named(tmp_path: Path, library: Path) -> None:
    folder = shutil.copytree(library, tmp_path / "photos")
    process = begin(folder, "--scheduler", "tcp://127.0.0.1:9")
    said, _ = process.communicate()
    lines = list(map(json.loads, said.splitlines()))
    assert process.returncode == 1
    assert told(lines, "cluster_unreachable")[0]["address"] == "tcp://127.0.0.1:9"


def test_certificates_of_dask_are_used(
    tmp_path: Path, library: Path, expected: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of its settings, here in the environment; without them nobody comes in."""
    folder = shutil.copytree(library, tmp_path / "photos")
    made = Security.temporary()
    names = {}
    for name, content in (
        ("ca", made.tls_ca_file),
        ("cert", made.tls_client_cert),
        ("key", made.tls_client_key),
    ):
        names[name] = tmp_path / f"{name}.pem"
        names[name].write_text(content)
    options = ["--tls-ca-file", names["ca"], "--tls-cert", names["cert"], "--tls-key", names["key"]]
    with cluster_of(tmp_path / "cluster", "ada", security=list(map(str, options))) as lab:
        assert lab.address.startswith("tls://")
        stranger = begin(folder, "--scheduler", lab.address)
        said, _ = stranger.communicate()
        assert stranger.returncode == 1
        assert "cluster_unreachable" in said
        for name in ("CA_FILE", "CLIENT__CERT", "CLIENT__KEY"):
            value = names[name.rpartition("__")[2].lower().removesuffix("_file")]
            monkeypatch.setenv(f"DASK_DISTRIBUTED__COMM__TLS__{name}", str(value))
        lines = scan(folder, "--scheduler", lab.address)
    assert done_by(lines)["ada"] > 0
    assert Findings.of(folder) == expected
