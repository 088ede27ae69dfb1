"""One operation of the bin on a fresh library, over and over, with a fault one call later each time."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from dpm_tui.recycle.bin.move_record import encode_move
from dpm_tui.recycle.bin.removal_log import Action
from dpm_tui.recycle.results import BinEntry
from dpm_tui.review.marks.plan import Move, Plan
from tests.recycle.library import Library, contents_below

CHANGING = """
    mkdir mkdirat rename renameat renameat2 link linkat unlink unlinkat rmdir symlink symlinkat
    write pwrite64 writev fsync fdatasync truncate ftruncate fallocate fchmod fchmodat utimensat fsetxattr
"""
"""Calls that change something."""
READING = "openat newfstatat fstat getdents64 read pread64 statfs fstatfs"
"""Calls that ask for something."""
IN_BIN = (Action.RECYCLED, Action.KEPT)


def can_trace() -> bool:
    """Return whether faults can be injected here."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-e", "trace=none", "true"], capture_output=True).returncode == 0


class Driver:
    """A process that has imported everything and forks one process for each operation."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.recycle.crash_driver"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )

    def run(self, scenario: str, base: Path, *strace: str) -> int:
        """Carry out ``scenario`` in the library at ``base`` under strace; return the exit code."""
        fifo = base / "go"
        os.mkfifo(fifo)
        request = [scenario, str(base / "root"), str(base / "plan.json"), str(fifo)]
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(request), file=self._process.stdin, flush=True)
        number = self._process.stdout.readline().strip()
        command = ["strace", "-f", *strace, "-p", number]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
            assert tracer.stderr is not None
            assert "attached" in tracer.stderr.readline()
            fifo.write_bytes(b"go")
            code = int(self._process.stdout.readline())
            tracer.stderr.read()
        fifo.unlink()
        return code

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


class Scene:
    """One operation on a fresh library, over and over, killed one call later each time."""

    def __init__(self, driver: Driver, base: Path, scenario: str) -> None:
        self.driver = driver
        self.base = base
        self.scenario = scenario
        self.operation = scenario.partition("-")[0]
        self.fresh(0)

    def fresh(self, number: int) -> tuple[Library, Plan]:
        """Make a library in the state that the operation starts from."""
        library = Library(self.base / str(number), elsewhere=self.scenario.endswith("-elsewhere"))
        companions = self.scenario.endswith("-companions")
        plan = library.several(3 if self.operation == "apply" and not companions else 2, companions)
        (self.base / str(number) / "plan.json").write_text(json.dumps([encode_move(m) for m in plan.moves]))
        self.before = library.contents()
        if self.operation != "apply":
            library.bin.apply(plan)
        if self.operation == "redo":
            library.bin.undo()
        if self.scenario == "restore-link":  # a taken name: the second name is not the original one
            library.write(b"restored/" + plan.moves[0].victim.path, b"in the way")
        if self.operation == "recover":
            leave_half_done(library, plan)
        return library, plan

    def points(self, names: str) -> list[tuple[str, int]]:
        """Return the calls of the whole operation to one of ``names``: each name and its how-manieth.

        That is how strace counts. Opening counts only where it makes a file, unless it is named.
        """
        trace = self.base / "trace"
        calls = ",".join(f"?{name}" for name in {*names.split(), "openat"})
        assert self.driver.run(self.scenario, self.base / "0", "-e", f"trace={calls}", "-o", str(trace)) == 0
        seen: Counter[str] = Counter()
        points = []
        for name, rest in re.findall(r"^(?:\d+ +)?(\w+)\((.*)", trace.read_text(), re.MULTILINE):
            seen[name] += 1
            if name != "openat" or "openat" in names or "O_CREAT" in rest:
                points.append((name, seen[name]))
        return points

    def check_point(self, number: int, call: str, count: int, error: str = "") -> None:
        """Kill the operation before its ``count``-th ``call``, recover, and fail unless all is well.

        With ``error`` that call fails with it instead, and the operation goes on as it sees fit.
        """
        library, plan = self.fresh(number)
        self.inject(number, call, count, error)
        library.bin = library.open_bin()
        library.bin.recover()
        if self.scenario == "restore-outside":
            self.check_outside(library, plan)
        else:
            self.check(library, plan)
        self.clear(number)

    def inject(self, number: int, call: str, count: int, error: str = "") -> None:
        """Carry the operation out with its fault."""
        fault = f"error={error}" if error else "signal=KILL"
        inject = f"inject={call}:{fault}:when={count}"
        options = ("-e", f"trace={call}", "-e", inject, "-o", "/dev/null")
        code = self.driver.run(self.scenario, self.base / str(number), *options)
        assert code == (0 if error else -signal.SIGKILL)

    def clear(self, number: int) -> None:
        """Remove a library that was checked."""
        shutil.rmtree(self.base / str(number))

    def check(self, library: Library, plan: Plan) -> None:
        """Fail unless every picture is in one right place and the bin can be used as ever."""
        self.check_places(library, plan)
        self.check_tidy(library)
        self.check_log(library)
        self.check_way_back(library, plan)

    def check_outside(self, library: Library, plan: Plan) -> None:
        """Nothing is lost before, and each picture lies in one place once the same folder is named again."""
        outside = os.path.join(library.base, b"outside")
        os.makedirs(outside, exist_ok=True)

        def everything() -> Counter[bytes]:
            return library.census() + Counter(contents_below(outside).values())

        contents = [b"victim content %d" % number for number in range(len(plan.moves))]
        assert all(everything()[content] >= 1 for content in contents)
        self.check_log(library)
        assert not library.bin.recover()
        library.bin.restore([entry.id for entry in library.bin.entries()], outside)
        assert library.bin.entries() == []
        assert [everything()[content] for content in contents] == [1] * len(contents)
        assert set(contents_below(outside)) == {move.victim.path for move in plan.moves}
        told = [entry for entry in library.bin.log.read() if entry.action is Action.RESTORED]
        assert sorted((entry.path, entry.to, entry.below) for entry in told) == sorted(
            (move.victim.path, move.victim.path, outside) for move in plan.moves
        )

    def check_places(self, library: Library, plan: Plan) -> None:
        """Every picture exists exactly once, where it was or where it was going, and can be explained."""
        census = library.census()
        entries = {entry.path: entry for entry in library.bin.entries()}
        for number, move in enumerate(plan.moves):
            content = b"victim content %d" % number
            assert census[b"keeper content %d" % number] == 1
            assert library.read(move.keeper.path) == b"keeper content %d" % number
            if self.operation == "purge" and move.victim.path not in entries:
                assert census[content] == 0
                self.check_companions(library, move, entries)
                continue
            assert census[content] == 1, (number, library.pictures(), library.in_bin())
            self.check_companions(library, move, entries)
            if move.victim.path in entries:
                entry = entries[move.victim.path]
                assert (entry.kind, entry.digest) == ("copy", move.victim.digest)
                assert entry.keeper_present
            else:
                places = {path for path, text in library.pictures().items() if text == content}
                assert places <= self.right_places(move.victim.path)

    def check_companions(self, library: Library, move: Move, entries: Mapping[bytes, BinEntry]) -> None:
        """Every companion exists exactly once, and in the bin it names its picture."""
        census = library.census()
        for companion in move.companions:
            path = companion.file.path
            content = b"%s content %s" % (path[-3:], path.split(b" ")[1].split(b".")[0])
            if path in entries:
                assert census[content] == 1
                assert entries[path].companion_of == move.victim.path
            elif self.operation == "purge":
                assert census[content] == 0
            else:
                assert census[content] == 1
                assert library.read(path) == content

    def right_places(self, path: bytes) -> set[bytes]:
        """Return where a victim may lie outside of the bin."""
        if self.operation != "restore":
            return {path}
        stem, ending = os.path.splitext(path)
        return {b"restored/" + path, b"restored/" + stem + b" (restored 1)" + ending}

    def check_tidy(self, library: Library) -> None:
        """Nothing half done is left, and recovering again finds nothing to do."""
        left = library.contents()
        assert not [path for path in left if path.endswith(b".part")]
        batches = {entry.batch for entry in library.bin.entries()}
        assert library.batches_on_disk() == {batch.encode() for batch in batches}
        assert not library.bin.recover()

    def check_log(self, library: Library) -> None:
        """The log says of every file whether it lies in the bin."""
        entries = [entry for entry in library.bin.log.read() if entry.path]
        last = {
            (entry.batch, entry.path): entry.action
            for entry in entries
            if entry.action is not Action.RESTORING
        }
        told = {key for key, action in last.items() if action in IN_BIN}
        assert told == {(entry.batch, entry.path) for entry in library.bin.entries()}
        if self.scenario in ("undo", "redo", "restore-copy"):
            assert Action.MISSING not in last.values()

    def check_way_back(self, library: Library, plan: Plan) -> None:
        """Undo brings back whatever is still in the bin."""
        if library.bin.entries():
            library.bin.undo()
        assert library.bin.entries() == []
        if self.operation in ("apply", "undo", "redo"):
            assert library.pictures() == self.before

    def check_all_comes_back(self, library: Library) -> None:
        """No file waits in a batch any more, the log is true, and undo makes everything what it was."""
        left = library.contents()
        assert not [path for path in left if b"/links/" in path or b"link.part" in path]
        self.check_tidy(library)
        self.check_log(library)
        if library.bin.entries():
            library.bin.undo()
        assert library.bin.entries() == []
        assert library.pictures() == self.before


def leave_half_done(library: Library, plan: Plan) -> None:
    """Leave what kills leave: a lost log, a second name, a batch not yet begun, a partial index."""
    (batch,) = library.bin.batches()
    victim = plan.moves[0].victim.path
    folder = library.at(b"_image_temp/recycle_bin/")
    os.unlink(library.bin.log.path)
    os.link(os.path.join(folder, batch.id.encode(), b"tree", victim), library.at(victim))
    os.makedirs(folder + b"20250101T000000-0123abcd/tree/a/b")
    for name in (b"index.json", b"index.json.part"):
        with open(folder + b"20250101T000000-0123abcd/" + name, "wb") as file:
            file.write(b"half")
