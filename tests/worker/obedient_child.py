"""A child of a fork server that does what its first argument says."""

from __future__ import annotations

import os
import sys
import time

loaded: list[str] = []


def load(work: str) -> None:
    """Take note of what is asked for the first time."""
    if work == "no such work":
        raise LookupError(work)
    if work not in loaded:
        loaded.append(work)


def main() -> None:
    """Do as told."""
    match sys.argv[1].split():
        case ["echo"]:
            said = sys.stdin.buffer.read()
            os.write(1, f"{sys.argv[2]}: ".encode() + said)
        case ["loads"]:
            os.write(1, str(loaded).encode())
        case ["descriptors"]:
            listed = sorted(map(int, os.listdir("/proc/self/fd")))
            # The listing itself had one, which is closed by now.
            os.write(1, str([each for each in listed if os.path.exists(f"/proc/self/fd/{each}")]).encode())
        case ["load", "again"]:
            load("no such work")
        case ["exit", code]:
            os._exit(int(code))
        case ["segfault"]:
            os.kill(os.getpid(), 11)
        case ["raise"]:
            answers = os.fdopen(os.dup(1), "wb")
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            raise ValueError("as told", answers.closed)
        case _:
            time.sleep(600)
