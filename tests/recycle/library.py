"""A small picture library on the disk, for tests: real files, a plan over them, and a canary beside it."""

from __future__ import annotations

import hashlib
import os
import sys
from collections import Counter
from pathlib import Path

from dpm_tui.catalog.image_file import read_stamp
from dpm_tui.catalog.verdict import Kind
from dpm_tui.recycle.recycle_bin import RecycleBin
from dpm_tui.review.marks.plan import Move, Plan, Witness

HOSTILE_NAMES = (
    b"plain.jpg",
    b"with space.jpg",
    b"new\nline.jpg",
    b"esc\x1b[2J\x1b]52;c;aGk=\x07.jpg",
    b"latin1-\xe9\xff.jpg",
    b"-rf.jpg",
    b".hidden",
    "全角 \u202egpj.jpg".encode(),
    b"x" * 251 + b".jpg",
    "長".encode() * 83 + b".jpg",
    b"quote'\"$(id)`.jpg",
    b"[/]{name}%s.jpg",
)
if sys.platform == "darwin":  # takes UTF-8 only, and counts characters another way
    HOSTILE_NAMES = tuple(name for name in HOSTILE_NAMES if b"\xff" not in name and len(name) < 200)


OWN_FILES = {b"log.jsonl", b"reserve", b"file_systems.jsonl"}
"""What lies in a recycle bin beside its batches."""


class Library:
    """A root with pictures and, outside of it, a canary that nothing may ever touch.

    With ``elsewhere`` there is another root, in which the victims of ``several`` lie.
    """

    def __init__(self, base: Path, *, elsewhere: bool = False) -> None:
        self.base = os.fsencode(base)
        self.root = os.path.join(self.base, b"root")
        self.canary = os.path.join(self.base, b"canary")
        os.makedirs(self.root, exist_ok=True)
        os.makedirs(self.canary, exist_ok=True)
        with open(os.path.join(self.canary, b"precious.jpg"), "wb") as file:
            file.write(b"never to be touched")
        self.others = other_roots(self.root) if elsewhere else ()
        for other in self.others:
            os.makedirs(other, exist_ok=True)
        self.bin = self.open_bin()
        self.canary_before = contents_below(self.canary)

    def open_bin(self) -> RecycleBin:
        """Return the recycle bin as another process would open it."""
        return RecycleBin(self.root, others=lambda: self.others)

    def at(self, path: bytes) -> bytes:
        """Return the absolute path of a file of the library."""
        return os.path.join(self.root, path)

    def write(self, path: bytes, content: bytes) -> Witness:
        """Write a picture and return what comparing would have seen of it."""
        os.makedirs(os.path.dirname(self.at(path)), exist_ok=True)
        with open(self.at(path), "wb") as file:
            file.write(content)
        return self.witness(path)

    def witness(self, path: bytes) -> Witness:
        """Return what comparing sees of the file now."""
        with open(self.at(path), "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        return Witness(path, read_stamp(os.lstat(self.at(path))), digest)

    def read(self, path: bytes) -> bytes:
        """Return the content of a file of the library."""
        with open(self.at(path), "rb") as file:
            return file.read()

    def exists(self, path: bytes) -> bool:
        """Return whether something lies at ``path``, links not followed."""
        return os.path.lexists(self.at(path))

    def move(
        self,
        victim: bytes = b"a/victim.jpg",
        keeper: bytes = b"b/keeper.jpg",
        content: bytes = b"the same picture",
        kept: bytes | None = None,
    ) -> Move:
        """Write a victim and its keeper and return the move; another ``kept`` content makes it a copy."""
        self.write(victim, content)
        self.write(keeper, content if kept is None else kept)
        return self.move_of(victim, keeper, Kind.IDENTICAL if kept is None else Kind.COPY)

    def move_of(self, victim: bytes, keeper: bytes, kind: Kind = Kind.IDENTICAL) -> Move:
        """Return the move of a file as it is now."""
        similarity = 1.0 if kind is Kind.IDENTICAL else 0.99
        return Move(self.witness(victim), self.witness(keeper), kind, similarity, "best", "group")

    def several(self, count: int, companions: bool = False) -> Plan:
        """Return a plan of ``count`` moves in a few folders, every content different.

        With ``companions`` each victim has a sidecar and a movie.
        """
        for i in range(count) if companions else ():
            for ending in (b"xmp", b"mov"):
                self.write(self._victim(i, ending), b"%s content %d" % (ending, i))
        plan = self._several(count)
        return self.bin.find_companions(plan, ["jpg"]) if companions else plan

    def _victim(self, number: int, ending: bytes = b"jpg") -> bytes:
        path = b"d%d/sub/victim %d.%s" % (number % 2, number, ending)
        return os.path.join(*self.others, path)

    def _several(self, count: int) -> Plan:
        return Plan(
            tuple(
                self.move(
                    self._victim(i),
                    b"keep/keeper %d.jpg" % i,
                    b"victim content %d" % i,
                    b"keeper content %d" % i,
                )
                for i in range(count)
            )
        )

    def contents(self) -> dict[bytes, bytes]:
        """Return path -> content of every file of all roots."""
        found = contents_below(self.root)
        for other in self.others:
            found |= {os.path.join(other, path): text for path, text in contents_below(other).items()}
        return found

    def pictures(self) -> dict[bytes, bytes]:
        """Return path -> content of every file outside ``_image_temp``."""
        found = self.contents()
        return {path: text for path, text in found.items() if b"_image_temp" not in path.split(b"/")}

    def in_bin(self) -> dict[bytes, bytes]:
        """Return path in the bin -> content of every file in the trees of batches."""
        found = self.contents()
        bins = (b"_image_temp/recycle_bin/", b"/tree/")
        return {path: text for path, text in found.items() if all(part in path for part in bins)}

    def batches_on_disk(self) -> set[bytes]:
        """Return the names of what lies in the recycle bin beside its own files."""
        folders = [os.path.join(root, b"_image_temp/recycle_bin") for root in (self.root, *self.others)]
        names = {name for folder in folders if os.path.isdir(folder) for name in os.listdir(folder)}
        return names - OWN_FILES

    def census(self) -> Counter[bytes]:
        """Return how often each content exists, in the bin and outside of it."""
        return Counter([*self.pictures().values(), *self.in_bin().values()])

    def check_canary(self) -> None:
        """Fail if anything outside the root changed."""
        assert contents_below(self.canary) == self.canary_before
        ours = {b"canary", b"root", *map(os.path.basename, self.others)}
        assert {*os.listdir(self.base)} == ours


def other_roots(root: bytes) -> tuple[bytes, ...]:
    """Return the other roots of a library that has some."""
    return (os.path.join(os.path.dirname(root), b"other"),)


def contents_below(folder: bytes) -> dict[bytes, bytes]:
    """Return relative path -> content of every regular file below ``folder``; links are not followed."""
    found: dict[bytes, bytes] = {}
    for at, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(at, name)
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb") as file:
                    found[os.path.relpath(path, folder)] = file.read()
    return found
