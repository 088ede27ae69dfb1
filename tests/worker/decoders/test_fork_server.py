"""The fork server: children in milliseconds, each with its own pipes, exit code and end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest

from dpm_tui.worker.decoders.forked_process import ForkedProcess, ForkServer
from tests.support.workers import until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each decoder starts by itself"),
]


@pytest.fixture
def server() -> Iterator[ForkServer]:
    """Yield a server of children that do what they are told."""
    made = ForkServer("tests.worker.obedient_child")
    yield made
    made.close()


def fork(server: ForkServer, *arguments: str, descriptors: tuple[int, ...] = ()) -> ForkedProcess:
    """Return a child."""
    return server.fork("work", arguments, descriptors)


def end(child: ForkedProcess) -> tuple[bytes, bytes, int]:
    """Close the input of a child; return all that it writes, and its exit code."""
    child.stdin.close()
    said, errors = child.stdout.read() or b"", child.stderr.read() or b""
    code = child.wait(10)
    child.stdout.close()
    child.stderr.close()
    return said, errors, code


def test_each_child_has_its_own_arguments_and_pipes(server: ForkServer) -> None:
    children = [fork(server, "echo", str(number)) for number in range(5)]
    for number, child in enumerate(children):
        child.stdin.write(b"to %d" % number)
    found = [end(child) for child in children]
    assert found == [(b"%d: to %d" % (number, number), b"", 0) for number in range(5)]
    assert len({child.pid for child in children}) == 5


def test_what_some_work_needs_is_loaded_before_the_fork(server: ForkServer) -> None:
    for _ in range(2):
        assert end(fork(server, "loads")) == (b"['work']", b"", 0)


def test_what_cannot_be_loaded_is_the_last_word_of_the_child(server: ForkServer) -> None:
    child = server.fork("no such work", ["load again"], [])
    said, errors, code = end(child)
    assert (said, code) == (b"", 1)
    assert b"LookupError: no such work" in errors


def test_a_child_inherits_what_it_is_given_and_nothing_else(server: ForkServer, tmp_path: object) -> None:
    """Not the pipes of another child, nor the socket of the server: else an end would never be seen."""
    other = fork(server, "echo", "other")
    given = os.open(str(tmp_path), os.O_RDONLY)
    try:
        said, _, _ = end(fork(server, "descriptors", descriptors=(given,)))
    finally:
        os.close(given)
    assert said == str([0, 1, 2, given]).encode()
    end(other)


@pytest.mark.parametrize(
    ("order", "code"),
    [("exit 7", 7), ("segfault", -signal.SIGSEGV), ("raise", 1)],
)
def test_how_a_child_ended_is_known(server: ForkServer, order: str, code: int) -> None:
    _, errors, found = end(fork(server, order))
    assert found == code
    assert (b"as told" in errors) is (order == "raise")


def test_a_child_is_killed_at_once(server: ForkServer) -> None:
    child = fork(server, "sleep")
    assert child.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(0.01)
    started = time.monotonic()
    child.kill()
    assert child.wait(10) == -signal.SIGKILL
    assert time.monotonic() - started < 5
    assert child.poll() == -signal.SIGKILL
    child.kill()
    end(child)


def test_children_that_ended_leave_nothing_behind(server: ForkServer) -> None:
    for _ in range(10):
        end(fork(server, "echo", ""))
    assert psutil.Process(server.pid).children() == []
    assert psutil.Process(server.pid).num_fds() < 10


def test_another_server_takes_the_place_of_one_that_was_killed(server: ForkServer) -> None:
    """Children of the first end with their input; nothing is sent to a process that may be another by now."""
    child = fork(server, "echo", "old")
    first = server.pid
    os.kill(first, signal.SIGKILL)
    assert end(fork(server, "echo", "new"))[0] == b"new: "
    assert server.pid != first
    child.kill()
    child.stdin.write(b"still here")
    said, _, code = end(child)
    assert (said, code) == (b"old: still here", -signal.SIGKILL)


async def test_it_ends_with_whoever_started_it() -> None:
    """Also if that is killed: its end of the socket closes."""
    code = (
        "import os, signal; from dpm_tui.worker.decoders.forked_process import ForkServer\n"
        "server = ForkServer('tests.worker.obedient_child'); child = server.fork('work', ['echo', ''], [])\n"
        "print(server.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    server = int(done.stdout)
    await until(lambda: not psutil.pid_exists(server) or psutil.Process(server).status() == "zombie")


def test_a_program_that_cannot_be_loaded_is_an_error_for_whoever_asks() -> None:
    server = ForkServer("tests.worker.no_such_child")
    with pytest.raises(OSError, match=r"."):
        fork(server, "echo")
    server.close()


def test_the_last_words_are_there_before_the_output_ends(server: ForkServer) -> None:
    """Whoever reads answers sees their end and wants to know at once why."""
    for _ in range(20):
        child = fork(server, "raise")
        assert child.stdout.readall() == b""
        os.set_blocking(child.stderr.fileno(), False)
        assert b"as told" in (child.stderr.read() or b"")
        end(child)
