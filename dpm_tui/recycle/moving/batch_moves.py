"""Moves: the files of one batch that go into one bin, each right after its own proof."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Collection, Iterator, Mapping, Set as AbstractSet
from dataclasses import dataclass, field

from dpm_tui.catalog.image_file import Stamp
from dpm_tui.errors import reason_of
from dpm_tui.pipeline.scan.open_roots import Base
from dpm_tui.recycle.bin.bin_folder import BIN, LINKS, TREE, BinFolder
from dpm_tui.recycle.bin.removal_log import Action, LogEntry, RemovalLog
from dpm_tui.recycle.filesystem.exclusive_rename import move_in, move_out
from dpm_tui.recycle.filesystem.nofollow import (
    folder_below,
    join,
    remove_empty,
    same_file,
    split,
    status,
    sync_below,
)
from dpm_tui.recycle.linking.made_link import MadeLink, make_link
from dpm_tui.recycle.linking.new_side_file import make_side_file
from dpm_tui.recycle.linking.waiting_file import WaitingFile
from dpm_tui.recycle.moving.cross_device_move import copy_back, copy_in
from dpm_tui.recycle.moving.keeper_survival import check_survives
from dpm_tui.recycle.moving.proven_move import ProvenMove, prove_move
from dpm_tui.recycle.proof import OpenFile, Trace
from dpm_tui.recycle.refusal import Refused
from dpm_tui.recycle.results import Skipped
from dpm_tui.review.marks.plan import Move
from dpm_tui.state.disk.held_folder import sync_names


@dataclass(slots=True)
class Moves:
    """One batch that moves into one bin: what has moved, and the folders to be synced at the end."""

    root: Base
    home: BinFolder
    folder: int
    batch: str
    leaving: AbstractSet[Trace]
    reflinks: Mapping[bytes, Stamp]
    side_files: Mapping[str, bytes]
    log: RemovalLog | None
    moved: list[Move] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    made: set[bytes] = field(default_factory=set)
    touched_in_bin: set[bytes] = field(default_factory=set)
    touched_in_root: set[bytes] = field(default_factory=set)

    def move(self, move: Move) -> None:
        """Prove and move one victim with its companions; raises Refused or OSError with all in place."""
        with (
            prove_move(self.root, move, self.leaving, self.reflinks) as proven,
            self._link_of(move, proven) as link,
            self._side_file_of(move, proven) as side_file,
        ):
            taken: list[tuple[bytes, OpenFile]] = []
            witness, keeper = (link.witness, link.keeper) if link else (move.keeper, proven.keeper)
            try:
                for path, held in proven.files:
                    self._take(path, held, move)
                    taken.append((path, held))
                check_survives(self.root, witness, proven.victim.status, keeper)
                for companion, (_, held) in zip(move.companions, proven.files[1:], strict=False):
                    if companion.twin is not None:
                        check_survives(self.root, companion.twin, held.status)
                if link is not None:
                    self._give_name(link.file, move.victim.path, proven.victim.folder)
                if side_file is not None:
                    self._give_name(side_file, proven.files[-1][0], proven.keeper.folder)
            except (Refused, OSError):
                self._put_all_back(taken)
                raise

    @contextlib.contextmanager
    def _link_of(self, move: Move, proven: ProvenMove) -> Iterator[MadeLink | None]:
        """Yield the link that is to take the name of a proven victim, None where none is."""
        if not move.link:
            yield None
            return
        local = self.home.local(move.victim.path)
        self.touched_in_bin.add(join(LINKS, split(local)[0]))
        with make_link(self.folder, local, move, proven.victim, proven.keeper) as link:
            yield link

    @contextlib.contextmanager
    def _side_file_of(self, move: Move, proven: ProvenMove) -> Iterator[WaitingFile | None]:
        """Yield the side file that the kept picture is to get, None for none."""
        if move.side is None:
            yield None
            return
        new, old = move.side.new, move.side.old
        local = self.home.local(new.path)
        self.touched_in_bin.add(join(LINKS, split(local)[0]))
        self.touched_in_root.add(split(new.path)[0])
        like = proven.keeper if old is None else proven.files[-1][1]
        content = self.side_files.get(new.digest, b"")
        with make_side_file(self.folder, local, move.side, content, like) as waiting:
            yield waiting

    def _give_name(self, file: WaitingFile, gone: bytes, folder: int) -> None:
        """Let a file take its name in a folder once the disk has the name in the bin of what is ``gone``."""
        with folder_below(self.folder, join(TREE, split(self.home.local(gone))[0])) as target:
            sync_names(target)
        try:
            file.take_name(folder)
        except FileExistsError as error:
            raise Refused("name_taken") from error

    def _take(self, path: bytes, held: OpenFile, move: Move) -> None:
        """Move one proven file; if it turns out to be another file, move it back."""
        folder, name = split(path)
        place = join(TREE, split(self.home.local(path))[0])
        made = None if place in self.made else 0o700
        with folder_below(self.folder, place, make=made, touched=self.touched_in_bin) as target:
            self.made.add(place)
            self.touched_in_bin.add(place)
            self.touched_in_root.add(folder)
            try:
                move_in(held.folder, name, target, name)
            except OSError as error:
                if error.errno != errno.EXDEV or self.log is None or move.link:
                    raise
                entry = LogEntry(Action.COPYING, self.batch, path=path, size=held.status.st_size)
                digest = move.victim.digest if path == move.victim.path else ""
                copy_in(held, self.folder, target, self.log, entry, digest)
                return
            # Where the system does not tell, the file goes back as well.
            with contextlib.suppress(OSError):
                if same_file(status(name, target), held.status):
                    return
        self._put_back(path, held)
        raise Refused("swapped")

    def _put_all_back(self, taken: list[tuple[bytes, OpenFile]]) -> None:
        stuck: Refused | None = None
        for path, held in reversed(taken):
            try:
                self._put_back(path, held)
            except Refused as refused:
                stuck = refused
        if stuck is not None:
            raise stuck

    def _put_back(self, path: bytes, held: OpenFile) -> None:
        place = join(TREE, split(self.home.local(path))[0])
        try:
            with folder_below(self.folder, place) as target:
                try:
                    move_out(target, held.name, held.folder, held.name)
                except OSError as error:
                    if error.errno != errno.EXDEV or self.log is None:
                        raise
                    entry = LogEntry(Action.RESTORING, self.batch, path=path, size=held.status.st_size)
                    copy_back(held, target, self.log, entry)
        except OSError as error:
            raise Refused("not_moved_back", reason=reason_of(error)) from error

    def finish(self, moves: list[Move]) -> None:
        """Make the moves survive a power cut, first the names in the bin, and tidy what stayed empty."""
        for base, folders, shown in (
            (self.folder, self.touched_in_bin, join(self.home.top, BIN)),
            (self.root, self.touched_in_root, b""),
        ):
            for path, error in sync_below(base, folders):
                values = {"reason": reason_of(error)}
                self.skipped.append(Skipped(join(shown, path) or b".", "not_synced", values))
        remove_empty(self.folder, LINKS)
        if len(self.moved) < len(moves):
            gone = set(paths_of(self.moved))
            self.home.tidy(self.batch, [path for path in paths_of(moves) if path not in gone])


def paths_of(moves: Collection[Move]) -> list[bytes]:
    """Return the paths of the victims of ``moves``, of their companions and of replaced side files."""
    paths = []
    for move in moves:
        paths += [move.victim.path, *(companion.file.path for companion in move.companions)]
        if move.side is not None and move.side.old is not None:
            paths.append(move.side.old.path)
    return paths
