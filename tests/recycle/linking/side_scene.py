"""Side files written and taken back, over and over, with a fault one call later each time."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import replace

from dpm_tui.catalog.image_file import Stamp, read_stamp
from dpm_tui.recycle.bin.move_record import encode_move
from dpm_tui.recycle.linking.new_side_file import SideFiles
from dpm_tui.review.marks.plan import Move, Plan, SideFile, Witness
from tests.recycle.crash_scene import Scene
from tests.recycle.library import Library, contents_below


def write_beside(root: bytes) -> Callable[[list[Move]], SideFiles]:
    """Return what gives every keeper below ``root`` a side file, made of the one that is there."""

    def make(moves: list[Move]) -> SideFiles:
        contents, made = {}, []
        for move in moves:
            path = move.keeper.path + b".xmp"
            at, old, text = os.path.join(root, path), None, b""
            if os.path.exists(at):
                with open(at, "rb") as file:
                    text = file.read()
                old = Witness(path, read_stamp(os.stat(at)), hashlib.sha256(text).hexdigest())
            content = text + b" and what was known of " + move.victim.path
            digest = hashlib.sha256(content).hexdigest()
            contents[digest] = content
            new = Witness(path, Stamp(len(content), 0, 0, 0, 0), digest)
            made.append(replace(move, side=SideFile(new, old)))
        return SideFiles(made, contents)

    return make


class SideScene(Scene):
    """One operation with two keepers that get side files; one of them has one already."""

    def fresh(self, number: int) -> tuple[Library, Plan]:
        """Make a library in the state that the operation starts from."""
        library = Library(self.base / str(number))
        moves = [
            library.move(b"d%d/victim.jpg" % each, b"keep/k%d.jpg" % each, b"picture %d" % each)
            for each in range(2)
        ]
        library.write(b"keep/k0.jpg.xmp", b"old notes")
        plan = Plan(tuple(moves))
        (self.base / str(number) / "plan.json").write_text(json.dumps([encode_move(m) for m in plan.moves]))
        self.before = contents_below(library.root)
        if self.operation != "apply":
            library.bin.apply(plan, side_files=write_beside(library.root))
        if self.operation == "redo":
            library.bin.undo()
        return library, plan

    def check(self, library: Library, plan: Plan) -> None:
        """Fail unless every content is there, a side file is old or new, and all comes back."""
        pictures, entries = library.pictures(), {entry.path for entry in library.bin.entries()}
        census = library.census()
        assert all(census[text] for text in self.before.values())
        for move in plan.moves:
            assert pictures[move.keeper.path] == self.before[move.keeper.path]
            assert (move.victim.path in pictures) != (move.victim.path in entries)
            side = move.keeper.path + b".xmp"
            old = self.before.get(side, b"")
            new = old + b" and what was known of " + move.victim.path
            assert pictures.get(side, b"") in (old, new)
            if side in entries:
                assert pictures[side] == new
        assert not [path for path in pictures if b"restored" in path]
        self.check_all_comes_back(library)
