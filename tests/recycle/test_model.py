"""A model of the library against the real one: whatever people and programs do, contents are conserved.

The model counts every content. Only its own user (who edits and deletes files while the bin works)
and purging may change that count. After each batch every moved file's keeper is still outside.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dpm_tui.catalog.verdict import Kind
from dpm_tui.errors import DpmError
from dpm_tui.recycle.moving import apply_plan
from dpm_tui.recycle.recycle_bin import RecycleBin
from dpm_tui.review.marks.plan import Move, Plan, Witness
from tests.recycle.library import HOSTILE_NAMES, Library, contents_below

FOLDERS = st.sampled_from([b"", b"a/", b"a/b/", b"\x1b[2J\n/", b"\xff\xfe/", b"y" * 255 + b"/"])
NAMES = st.one_of(
    st.sampled_from([name for name in HOSTILE_NAMES if b"/" not in name]),
    st.binary(min_size=1, max_size=12).filter(
        lambda name: b"/" not in name and b"\0" not in name and name not in (b".", b"..", b"_image_temp")
    ),
)
PATHS = st.builds(bytes.__add__, FOLDERS, NAMES)
INTERFERENCE = st.sampled_from(
    ["edit", "edit keeping mtime", "swap", "remove", "symlink", "hard link", "touch"]
)


class LibraryMachine(RuleBasedStateMachine):
    """People, other programs and the recycle bin at work on one library."""

    @initialize()
    def begin(self) -> None:
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.base = tempfile.mkdtemp(dir=memory)
        self.library = Library(Path(self.base))
        self.expected: Counter[bytes] = Counter()
        self.witnesses: dict[bytes, Witness] = {}
        self.made = 0
        # Ids are part of what is drawn from, so they must be the same in every run.
        numbers = itertools.count()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(apply_plan, "new_batch_id", lambda: f"20250101T000000-{next(numbers):08x}")

    def teardown(self) -> None:
        if hasattr(self, "base"):
            self.patch.undo()
            shutil.rmtree(self.base)

    def new_content(self) -> bytes:
        self.made += 1
        return b"content %06d" % self.made

    def add(self, path: bytes, content: bytes) -> bool:
        """Write a new file, counted, unless something is in its way."""
        if self.library.exists(path):
            return False
        try:
            self.witnesses[path] = self.library.write(path, content)
        except OSError:  # a file where a folder would have to be
            return False
        self.expected[content] += 1
        return True

    @rule(paths=st.lists(PATHS, min_size=2, max_size=4, unique=True), identical=st.booleans())
    def take_pictures(self, paths: list[bytes], identical: bool) -> None:
        content = self.new_content()
        for path in paths:
            self.add(path, content if identical else self.new_content())

    @precondition(lambda self: self.witnesses)
    @rule(data=st.data(), ending=st.sampled_from([b".xmp", b".CR2", b".mov"]), twin=st.booleans())
    def add_a_companion(self, data: st.DataObject, ending: bytes, twin: bool) -> None:
        paths = data.draw(st.lists(st.sampled_from(sorted(self.witnesses)), min_size=1, max_size=2))
        content = self.new_content()
        for path in paths:
            with contextlib.suppress(OSError):
                self.add(os.path.splitext(path)[0] + ending, content if twin else self.new_content())

    @precondition(lambda self: self.library.bin.entries())
    @rule(data=st.data())
    def take_a_place_in_the_library(self, data: st.DataObject) -> None:
        entry = data.draw(st.sampled_from(self.library.bin.entries()))
        self.add(entry.path, self.new_content())
        with contextlib.suppress(OSError):
            self.add(b"restored/" + entry.path, self.new_content())

    @precondition(lambda self: self.witnesses)
    @rule(data=st.data(), how=INTERFERENCE)
    def interfere(self, data: st.DataObject, how: str) -> None:
        self.change(data.draw(st.sampled_from(sorted(self.witnesses))), how)

    def change(self, path: bytes, how: str) -> None:
        """Do to a file what another program could do, and count what that takes away."""
        at = self.library.at(path)
        if not os.path.isfile(at) or os.path.islink(at):
            return
        before = os.stat(at)
        content = self.library.read(path)
        if how == "touch":
            os.utime(at)
            return
        new = self.new_content()
        if how.startswith("edit"):
            # Another name of the same inode changes with it.
            for other, text in self.library.pictures().items() | self.library.in_bin().items():
                if text == content and os.path.samestat(os.stat(self.library.at(other)), before):
                    self.expected[content] -= 1
                    self.expected[new] += 1
            with open(at, "r+b") as file:
                file.write(new)
            if how.endswith("mtime"):
                os.utime(at, ns=(before.st_atime_ns, before.st_mtime_ns))
            return
        self.expected[content] -= 1
        if how == "swap":
            with open(self.library.at(b"new"), "wb") as file:
                file.write(new)
            os.replace(self.library.at(b"new"), at)
            self.expected[new] += 1
            return
        os.unlink(at)
        others = [other for other in self.library.pictures() if other != path]
        if how == "symlink":
            os.symlink(os.path.join(self.library.canary, b"precious.jpg"), at)
        elif how == "hard link" and others:
            os.link(self.library.at(others[0]), at)
            self.expected[self.library.read(others[0])] += 1

    @rule()
    def scan_again(self) -> None:
        self.witnesses = {path: self.library.witness(path) for path in self.library.pictures()}

    @precondition(lambda self: len(self.witnesses) > 1)
    @rule(data=st.data(), rescan=st.booleans())
    def apply(self, data: st.DataObject, rescan: bool) -> None:
        if rescan:
            self.scan_again()
        paths = sorted(self.witnesses)
        pairs = data.draw(
            st.lists(st.tuples(st.sampled_from(paths), st.sampled_from(paths)), max_size=6), label="moves"
        ) if paths else []  # fmt: skip
        plan = Plan(tuple(self.move_of(victim, keeper) for victim, keeper in pairs))
        moves = self.library.bin.find_companions(plan, ["jpg"]).moves
        trouble = data.draw(
            st.lists(st.none() | st.tuples(st.sampled_from(paths or [b""]), INTERFERENCE), max_size=6)
        )
        result = self.library.bin.apply(Plan(moves), cancelled=self.troublemaker(list(trouble)))
        assert len(result.moved) + len(result.skipped) == len(moves)
        if not any(trouble):
            self.check_keepers(moves, result.moved)

    def move_of(self, victim: bytes, keeper: bytes) -> Move:
        first, second = self.witnesses[victim], self.witnesses[keeper]
        kind = Kind.IDENTICAL if first.digest == second.digest else Kind.COPY
        return Move(first, second, kind, 1.0, "best", "group")

    def troublemaker(self, trouble: list[tuple[bytes, str] | None]) -> object:
        def before_next_move() -> bool:
            if trouble and (what := trouble.pop(0)) is not None:
                self.change(*what)
            return False

        return before_next_move

    def check_keepers(self, moves: tuple[Move, ...], moved: tuple[bytes, ...]) -> None:
        """Each moved file has its keeper outside: unchanged, not a link, and not moved itself."""
        pictures = self.library.pictures()
        for move in moves:
            if move.victim.path in moved:
                keepers = [m.keeper for m in moves if m.victim.path == move.victim.path]
                assert any(
                    keeper.path in pictures
                    and hashlib.sha256(pictures[keeper.path]).hexdigest() == keeper.digest
                    and keeper.path not in moved
                    for keeper in keepers
                )

    @rule()
    def undo(self) -> None:
        with contextlib.suppress(DpmError):
            self.library.bin.undo()

    @rule()
    def redo(self) -> None:
        with contextlib.suppress(DpmError):
            self.library.bin.redo()

    @precondition(lambda self: self.library.bin.entries())
    @rule(data=st.data(), elsewhere=st.booleans())
    def restore(self, data: st.DataObject, elsewhere: bool) -> None:
        entries = self.library.bin.entries()
        chosen = data.draw(st.lists(st.sampled_from(entries), max_size=4, unique=True))
        to = self.library.at(b"restored") if elsewhere else None
        with contextlib.suppress(DpmError):
            self.library.bin.restore([entry.id for entry in chosen], to)

    @precondition(lambda self: self.library.bin.entries())
    @rule(data=st.data())
    def purge(self, data: st.DataObject) -> None:
        entries = self.library.bin.entries()
        chosen = data.draw(st.lists(st.sampled_from(entries), max_size=2, unique=True))
        pictures = {(entry.batch, entry.path) for entry in chosen}
        held = {
            entry.id: self.library.read(
                b"_image_temp/recycle_bin/%s/tree/%s" % (entry.batch.encode(), entry.path)
            )
            for entry in entries
            if entry in chosen or (entry.batch, entry.companion_of) in pictures
        }
        result = self.library.bin.purge([entry.id for entry in chosen])
        assert len(result.purged) == len(held)
        self.expected.subtract(held.values())

    @rule()
    def start_again(self) -> None:
        self.library.bin = RecycleBin(self.library.root)
        self.library.bin.recover()
        assert not self.library.bin.recover()

    @invariant()
    def contents_are_conserved(self) -> None:
        if hasattr(self, "library"):
            assert self.library.census() == +self.expected

    @invariant()
    def nothing_outside_changed(self) -> None:
        if hasattr(self, "library"):
            self.library.check_canary()

    @invariant()
    def entries_are_what_lies_in_the_bin(self) -> None:
        if hasattr(self, "library"):
            entries = self.library.bin.entries()
            assert len({entry.id for entry in entries}) == len(entries) == len(self.library.in_bin())
            assert all(entry.kind or entry.companion_of for entry in entries)
            left = contents_below(self.library.root)
            assert not [path for path in left if path.endswith(b".part") and b"_image_temp" in path]


LibraryMachine.TestCase.settings = settings(
    max_examples=60,
    phases=[phase for phase in Phase if phase is not Phase.explain],
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestLibrary = LibraryMachine.TestCase
