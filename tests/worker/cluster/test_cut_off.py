"""Nodes in networks of their own: one is cut off in the middle, and comes back."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.cluster_lab import Findings, cluster_of, make_library
from tests.worker.cluster.test_cluster_scan import begin, done_by, follow, scan, told

pytestmark = [pytest.mark.slow, pytest.mark.root, pytest.mark.timeout(300)]
BRIDGE = "dpmtest0"


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@pytest.fixture
def networks() -> Iterator[dict[str, str]]:
    """Three networks behind one bridge, by the names of their nodes; this computer is 10.213.7.1."""
    names = {"ada": "10.213.7.11", "bob": "10.213.7.12", "cyn": "10.213.7.13"}
    with ExitStack() as stack:
        try:
            ip("link", "add", BRIDGE, "type", "bridge")
            stack.callback(ip, "link", "del", BRIDGE)
            ip("addr", "add", "10.213.7.1/24", "dev", BRIDGE)
            ip("link", "set", BRIDGE, "up")
            for name, address in names.items():
                ip("netns", "add", f"dpm-{name}")
                stack.callback(ip, "netns", "del", f"dpm-{name}")
                ip(
                    "link",
                    "add",
                    f"dpm-{name}",
                    "type",
                    "veth",
                    "peer",
                    "name",
                    "eth0",
                    "netns",
                    f"dpm-{name}",
                )
                ip("link", "set", f"dpm-{name}", "master", BRIDGE, "up")
                for words in (("link", "set", "lo", "up"), ("link", "set", "eth0", "up")):
                    ip("-n", f"dpm-{name}", *words)
                ip("-n", f"dpm-{name}", "addr", "add", f"{address}/24", "dev", "eth0")
        except (OSError, subprocess.CalledProcessError) as error:
            pytest.skip(f"no networks of their own here: {error}")
        yield names


def test_a_node_that_is_cut_off_costs_nothing_but_time(tmp_path: Path, networks: dict[str, str]) -> None:
    library = tmp_path / "library"
    make_library(library)
    alone, folder = tmp_path / "alone", tmp_path / "photos"
    shutil.copytree(library, alone)
    shutil.copytree(library, folder)
    scan(alone)
    with cluster_of(tmp_path / "cluster", host="10.213.7.1") as lab:
        for name, address in networks.items():
            lab.start_node(name, "--host", address, within=("ip", "netns", "exec", f"dpm-{name}"))
        process, lines = begin(folder, "--scheduler", lab.address), []
        for line in follow(process):
            lines.append(line)
            if len(told(lines, "cluster_node_joined")) == 3 and line["type"] == "progress":
                break
        ip("link", "set", "dpm-ada", "down")
        lines += follow(process)
    assert Findings.of(folder) == Findings.of(alone)
    assert done_by(lines)["bob"] + done_by(lines)["cyn"] > 0
