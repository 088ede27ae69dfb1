"""What a worker reads of the machine, and how it behaves on a small one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from dpm_tui.state.config import Config
from dpm_tui.worker.run import resource_policy
from dpm_tui.worker.run.resource_policy import is_slow_disk, memory_of, reader_count
from tests.support.workers import worker_of


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine whose disks and mounts tests make up."""
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "my pictures").mkdir()
    return tmp_path


def is_slow(machine: Path, kind: str, rotational: str = "") -> bool:
    root = machine / "my pictures"
    device = os.stat(root).st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    point = str(root).replace(" ", "\\040")
    (machine / "proc/self/mountinfo").write_text(
        "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
        f"2 1 {number} / {point} rw shared:1 - {kind} there rw\n"
        "torn line\n"
    )
    if rotational:
        disk = machine / "sys/devices/disk"
        (disk / "queue").mkdir(parents=True)
        (disk / "part1").mkdir()
        (disk / "queue/rotational").write_text(rotational + "\n")
        (machine / "sys/dev/block").mkdir(parents=True)
        (machine / "sys/dev/block" / number).symlink_to(disk / "part1")
    return is_slow_disk(os.fsencode(root), str(machine / "proc"), str(machine / "sys"))


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "fuse.rclone"])
def test_network_mounts_are_slow(machine: Path, kind: str) -> None:
    assert is_slow(machine, kind)


@pytest.mark.parametrize(("rotational", "slow"), [("1", True), ("0", False), ("", False)])
def test_the_disk_below_a_partition_tells_whether_it_rotates(
    machine: Path, rotational: str, slow: bool
) -> None:
    assert is_slow(machine, "ext4", rotational) is slow


def test_a_machine_that_tells_nothing_is_taken_for_fast(tmp_path: Path) -> None:
    assert not is_slow_disk(os.fsencode(tmp_path), str(tmp_path), str(tmp_path))
    assert not is_slow_disk(os.fsencode(tmp_path / "nowhere"))


def test_few_read_a_slow_disk_unless_the_settings_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource_policy, "is_slow_disk", lambda root: True)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(16)), raising=False)
    assert reader_count(Config(), b"/") == 2
    assert reader_count(Config(workers=7), b"/") == 7
    monkeypatch.setattr(resource_policy, "is_slow_disk", lambda root: False)
    assert reader_count(Config(), b"/") == 16


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(psutil, "IOPRIO_CLASS_BE"), reason="no priorities at the disk here")
async def test_a_worker_lets_others_go_first(tmp_path: Path) -> None:
    async with worker_of(tmp_path) as client:
        process = psutil.Process(client.welcome.pid)
        assert process.nice() >= 5
        assert process.ionice().value == 7


@pytest.mark.slow
@pytest.mark.skipif(
    not os.path.exists(resource_policy.AUTOGROUP), reason="sessions are not groups of their own here"
)
async def test_a_worker_lets_other_sessions_go_first(tmp_path: Path) -> None:
    """Where each session has its own share of the processor, the nice value alone says nothing to others."""
    async with worker_of(tmp_path) as client:
        group = Path(f"/proc/{client.welcome.pid}/autogroup").read_text()
        assert int(group.split()[-1]) >= 5


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what is shared")
def test_memory_that_processes_share_counts_once() -> None:
    code = "import sys; print(flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as one,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other,
    ):
        for process in (one, other):
            assert process.stdout is not None
            process.stdout.readline()
        alone = memory_of([one.pid])
        assert alone < memory_of([one.pid, other.pid]) < 2 * alone
        one.kill()
        other.kill()
    assert memory_of([one.pid, other.pid]) == 0
