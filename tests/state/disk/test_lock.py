from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dpm_tui.errors import DamagedError, HeldError
from dpm_tui.state.disk.lock import ENDING, SERVING, STARTING, Holder, Lock, read_holder
from tests.support.sources import PACKAGE

HOLDER = """
import os, sys
from dpm_tui.state.disk.lock import Lock
lock = Lock(os.fsencode(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
lock.release()
"""


@pytest.fixture
def path(tmp_path: Path) -> bytes:
    return os.fsencode(tmp_path / "_image_temp" / "lock")


@pytest.fixture
def other(path: bytes) -> Iterator[subprocess.Popen[str]]:
    """A second process that holds the lock until its input ends."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, os.fsdecode(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PACKAGE.parent,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


@pytest.mark.slow
def test_a_second_process_is_told_who_holds_it(path: bytes, other: subprocess.Popen[str]) -> None:
    with pytest.raises(HeldError, match=rf"process {other.pid} on ") as failure:
        Lock(path)
    assert failure.value.exit_code == 4
    assert read_holder(path) == Holder(os.uname().nodename, other.pid)


@pytest.mark.slow
def test_a_holder_that_was_killed_holds_nothing(path: bytes, other: subprocess.Popen[str]) -> None:
    other.send_signal(signal.SIGKILL)
    other.wait()
    lock = Lock(path)
    assert read_holder(path) == Holder(os.uname().nodename, os.getpid())
    lock.release()


def test_whoever_comes_later_learns_what_the_holder_is_at(path: bytes) -> None:
    os.makedirs(os.path.dirname(path))
    lock = Lock(path, STARTING)
    for phase in (STARTING, SERVING, ENDING):
        lock.note_phase(phase)
        holder = read_holder(path)
        assert holder is not None
        assert (holder.pid, holder.phase) == (os.getpid(), phase)
        with pytest.raises(HeldError) as failure:
            Lock(path)
        assert failure.value.values["phase"] == phase
    lock.release()


@pytest.mark.slow
def test_a_lock_that_was_given_back_is_free(path: bytes, other: subprocess.Popen[str]) -> None:
    other.communicate("")
    lock = Lock(path)
    lock.release()
    lock.release()
    assert read_holder(path) is None
    Lock(path).release()


def test_what_a_dead_holder_wrote_does_not_keep_anybody_out(path: bytes) -> None:
    os.makedirs(os.path.dirname(path))
    for content in (b'{"host": "elsewhere", "pid": 1}\n', b"noise", b"[]", b'{"host": 1}'):
        with open(path, "wb") as file:
            file.write(content)
        Lock(path).release()


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink("elsewhere", path)])
def test_what_is_no_file_is_neither_followed_nor_waited_for(
    path: bytes, make: Callable[[bytes], None]
) -> None:
    os.makedirs(os.path.dirname(path))
    make(path)
    with pytest.raises(DamagedError, match="special file"):
        Lock(path)
    assert read_holder(path) is None


@pytest.mark.parametrize("pid", [0, -1, 1 << 31, 10**300])
def test_a_holder_that_cannot_be_is_nobody(path: bytes, pid: int) -> None:
    os.makedirs(os.path.dirname(path))
    with open(path, "w") as file:
        json.dump({"host": os.uname().nodename, "pid": pid}, file)
    assert read_holder(path) is None


@pytest.fixture
def no_locks(path: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system without locks, as some network mounts are."""

    def flock(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    os.makedirs(os.path.dirname(path), exist_ok=True)
    monkeypatch.setattr(fcntl, "flock", flock)


@pytest.mark.usefixtures("no_locks")
def test_without_locks_a_living_holder_counts(path: bytes) -> None:
    for holder in (Holder(os.uname().nodename, os.getppid()), Holder("elsewhere\x1b[2J", 1)):
        with open(path, "w") as file:
            json.dump({"host": holder.host, "pid": holder.pid}, file)
        with pytest.raises(HeldError) as failure:
            Lock(path)
        assert "\x1b" not in str(failure.value)


@pytest.mark.slow
@pytest.mark.usefixtures("no_locks")
def test_without_locks_a_dead_holder_does_not_count(path: bytes) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    with open(path, "w") as file:
        json.dump({"host": os.uname().nodename, "pid": process.pid}, file)
    Lock(path).release()


@pytest.mark.slow
@pytest.mark.usefixtures("no_locks")
@pytest.mark.parametrize(
    ("later", "counts"),
    [
        ({}, True),
        ({"boot": "another"}, False),
        ({"started": 1}, False),
        ({"machine": "another", "boot": "another"}, True),
        ({"machine": "", "boot": "", "started": 0}, True),
    ],
)
def test_without_locks_a_number_that_was_given_again_does_not_count(
    path: bytes, other: subprocess.Popen[str], later: dict[str, object], counts: bool
) -> None:
    """The process of this number is the holder only if machine, boot and start are the same, if known."""
    with open(path) as file:
        holder = json.load(file)
    if sys.platform != "linux" and {"boot", "started"} & later.keys() and not counts:
        pytest.skip("the system does not tell")
    with open(path, "w") as file:
        json.dump(holder | later, file)
    if counts:
        with pytest.raises(HeldError):
            Lock(path)
    else:
        Lock(path).release()
