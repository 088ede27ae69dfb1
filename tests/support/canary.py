"""A folder beside a root that nothing may touch, and a second user who puts a link to it in our place."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

_CALLS = (
    "open", "stat", "lstat", "mkdir", "rename", "replace", "unlink", "rmdir", "listdir", "scandir", "write",
    "fsync", "ftruncate", "link",
)  # fmt: skip

NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="plays a second user")

_SWAPPER = """
import os, sys
os.setgroups([])
os.setgid(int(sys.argv[3]))
os.setuid(int(sys.argv[3]))
place, canary = map(os.fsencode, sys.argv[1:3])
print(flush=True)
while True:
    for step in (
        lambda: os.rename(place, place + b" away"), lambda: os.symlink(canary, place),
        lambda: os.unlink(place), lambda: os.rename(place + b" away", place),
    ):
        try:
            step()
        except OSError:
            pass
"""


@contextmanager
def public_folder() -> Iterator[Path]:
    """Make a folder that other users can reach, which pytest's own ones are not."""
    with tempfile.TemporaryDirectory(prefix="dpm-test-") as path:
        os.chmod(path, 0o755)
        yield Path(path)


def seal(folder: str | bytes | Path) -> str:
    """Return a digest of everything in a folder: names, kinds, owners, contents, times of change."""
    told: list[Any] = []
    for at, folders, names in os.walk(os.fsencode(folder)):
        for name in sorted(folders + names):
            path = os.path.join(at, name)
            found = os.lstat(path)
            content = b""
            if name in names and os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb") as file:
                    content = file.read()
            told.append((path, found.st_mode, found.st_uid, found.st_mtime_ns, found.st_ctime_ns, content))
    return hashlib.sha256(repr(sorted(told)).encode()).hexdigest()


@contextmanager
def swapped_at(number: int, place: bytes, canary: bytes) -> Iterator[list[int]]:
    """Put a link to ``canary`` in place of a folder before the ``number``-th call of ``os``; count them."""
    calls = [0]
    with pytest.MonkeyPatch.context() as patch:
        rename, symlink = os.rename, os.symlink

        def watch(real: Callable[..., Any]) -> Callable[..., Any]:
            def call(*arguments: Any, **options: Any) -> Any:
                calls[0] += 1
                if calls[0] == number:
                    with suppress(FileNotFoundError):
                        rename(place, place + b" away")
                    symlink(canary, place)
                return real(*arguments, **options)

            return call

        for name in _CALLS:
            patch.setattr(os, name, watch(getattr(os, name)))
        yield calls


@contextmanager
def swapping(place: bytes, canary: bytes) -> Iterator[None]:
    """Let a second user put a link in place of a folder and take it away again, over and over."""
    command = [sys.executable, "-c", _SWAPPER, os.fsdecode(place), os.fsdecode(canary), str(NOBODY)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as swapper:
        assert swapper.stdout is not None
        swapper.stdout.readline()
        try:
            yield
        finally:
            swapper.kill()
            swapper.wait()
            with suppress(OSError):
                os.unlink(place)
            with suppress(OSError):
                os.rename(place + b" away", place)
