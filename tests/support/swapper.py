"""A second user of the machine who may write in the scanned folder, and swaps what lies there."""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

NOBODY = 65534
_EXCHANGE = 2
_PAUSE_SECONDS = 0.0002
"""Leaves the processor to whoever is watched; thousands of swaps a second are enough."""


def exchange(one: bytes, other: bytes) -> None:
    """Swap two names at once where the system can, else one after the other."""
    here = -100
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None or call(here, one, here, other, _EXCHANGE):
        os.rename(one, one + b".aside")
        os.rename(other, one)
        os.rename(one + b".aside", other)


@contextlib.contextmanager
def swapping(folder: Path, one: str, other: str) -> Iterator[None]:
    """Swap two names in ``folder`` as fast as it goes, as another user where we may become one.

    ``folder`` has to be writable for everybody; what is swapped has to be theirs.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.swapper", str(folder), one, other],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"swapping\n"
        yield
        assert process.poll() is None, "the second user gave up"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def give_away(*paths: Path) -> None:
    """Let files belong to the second user, where there can be one."""
    if os.geteuid() == 0:
        for path in paths:
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)


def _main() -> None:
    os.chdir(sys.argv[1])
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    one, other = (os.fsencode(name) for name in sys.argv[2:4])
    exchange(one, other)
    print("swapping", flush=True)
    while True:
        exchange(one, other)
        time.sleep(_PAUSE_SECONDS)


if __name__ == "__main__":
    _main()
