"""The mounted file systems, as the system lists them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_OCTAL = re.compile(rb"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Mount:
    """A file system: the absolute path ``point`` where it begins, and its type, such as ``ext4``."""

    point: bytes
    type: str


def read_mounts(proc: str = "/proc") -> list[Mount]:
    """Return what is mounted now, the newest last; raises OSError where the system does not tell."""
    with open(f"{proc}/self/mountinfo", "rb") as file:
        lines = file.read().split(b"\n")
    mounts: list[Mount] = []
    for line in lines:
        before, _, after = line.partition(b" - ")
        fields = before.split(b" ")
        if len(fields) > 4 and after:
            point = _OCTAL.sub(lambda match: bytes((int(match[1], 8),)), fields[4])
            mounts.append(Mount(point, after.split(b" ")[0].decode("ascii", "replace")))
    return mounts
