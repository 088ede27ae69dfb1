"""Links made and put away on a fresh library, over and over, with a fault one call later each time."""

from __future__ import annotations

import json
import os
from dataclasses import replace

from dpm_tui.recycle.bin.move_record import encode_move
from dpm_tui.recycle.filesystem.file_clone import share_all_data
from dpm_tui.review.marks.link import Link
from dpm_tui.review.marks.plan import Plan
from tests.recycle.crash_scene import CHANGING, Scene
from tests.recycle.library import Library, contents_below

CALLS = f"{CHANGING} ioctl fchown fremovexattr"
"""Calls that change something, those of clones among them."""
_TAG = "user.tag"


def content(number: int) -> bytes:
    """Return the content of a picture, too large to lie among the metadata of a file system."""
    return (b"picture %d " % number) * 2000


class LinkScene(Scene):
    """One operation with links; the scenario ends with the kind of link."""

    def fresh(self, number: int) -> tuple[Library, Plan]:
        """Make a library in the state that the operation starts from, victims with metadata of their own."""
        library = Library(self.base / str(number))
        link = Link(self.scenario.rpartition("-")[2])
        moves = []
        for each in range(2):
            victim, keeper = b"d%d/sub/victim %d.jpg" % (each, each), b"keep/keeper %d.jpg" % each
            library.move(victim, keeper, content(each))
            os.chmod(library.at(victim), 0o640)
            os.utime(library.at(victim), ns=(10**18, 10**18 + 7 * each))
            if link is Link.REFLINK:
                os.setxattr(library.at(victim), _TAG, b"%d" % each)
            moves.append(replace(library.move_of(victim, keeper), link=link))
        plan = Plan(tuple(moves))
        (self.base / str(number) / "plan.json").write_text(json.dumps([encode_move(m) for m in plan.moves]))
        self.before = contents_below(library.root)
        self.statuses = {path: os.stat(library.at(path)) for path in self.before}
        if self.operation != "apply":
            library.bin.apply(plan)
        if self.operation == "redo":
            library.bin.undo()
        return library, plan

    def check(self, library: Library, plan: Plan) -> None:
        """Fail unless every name has its content, by file or by link, and all comes back as it was."""
        entries = {entry.path: entry for entry in library.bin.entries()}
        assert library.pictures() == self.before
        for number, move in enumerate(plan.moves):
            path = move.victim.path
            here = list(library.in_bin().values()).count(content(number))
            assert here == (path in entries)
            if path not in entries:
                self.check_own(library, path)
                continue
            assert entries[path].keeper_present
            assert entries[path].link == move.link
            self.check_link(library, path, move.keeper.path, move.link)
        self.check_all_comes_back(library)
        for path in self.before:
            self.check_own(library, path)

    def check_nothing_lost(self, library: Library, plan: Plan) -> None:
        """Every name has its content, and every victim is in the bin, in its place or beside its link."""
        pictures = library.pictures()
        assert {path: pictures.get(path) for path in self.before} == self.before
        lying = {entry.path for entry in library.bin.entries()}
        for move in plan.moves:
            path = move.victim.path
            stem, ending = os.path.splitext(path)
            beside = stem + b" (restored 1)" + ending
            places = [each for each in (path, beside) if each in pictures]
            inodes = {os.stat(library.at(each)).st_ino for each in places}
            assert (path in lying) != (self.statuses[path].st_ino in inodes)

    def check_own(self, library: Library, path: bytes) -> None:
        """A name leads to the very file that it led to in the beginning, with all its metadata."""
        found, before = os.stat(library.at(path)), self.statuses[path]
        for field in ("st_ino", "st_mtime_ns", "st_mode", "st_uid", "st_gid", "st_nlink"):
            assert getattr(found, field) == getattr(before, field), (path, field)

    def check_link(self, library: Library, path: bytes, keeper: bytes, link: Link) -> None:
        """A name leads to another name of the kept file, or to a clone that looks as its victim did."""
        found, before = os.stat(library.at(path)), self.statuses[path]
        if link is Link.HARD:
            assert os.path.samestat(found, os.stat(library.at(keeper)))
            return
        assert found.st_ino != before.st_ino
        assert (found.st_mtime_ns, found.st_mode) == (before.st_mtime_ns, before.st_mode)
        assert os.listxattr(library.at(path)) == [_TAG]
        with open(library.at(path), "rb") as first, open(library.at(keeper), "rb") as second:
            assert share_all_data(first.fileno(), second.fileno())
