"""Proof: that a file on disk is the one that was compared, and that its keeper really stays."""

from __future__ import annotations

import contextlib
import os
import stat
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Set as AbstractSet
from dataclasses import dataclass, replace

from dpm_tui.catalog.image_file import Stamp, read_stamp
from dpm_tui.catalog.verdict import Kind
from dpm_tui.file_names import display_name, is_safe_path
from dpm_tui.pipeline.scan.junk_folders import is_junk_folder
from dpm_tui.pipeline.scan.open_roots import Base
from dpm_tui.recycle.filesystem.nofollow import digest_of, folder_below, open_file, same_file, split, status
from dpm_tui.recycle.refusal import Refused, refusal_of
from dpm_tui.recycle.results import Skipped
from dpm_tui.review.marks.link import Link
from dpm_tui.review.marks.plan import Companion, Move, Plan, Witness
from dpm_tui.state.disk.layout import STATE_FOLDER

Trace = tuple[int, ...]
"""What identifies a file: device and inode number, or what is equal under every path."""


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A proven file held open: its folder, its name there, its own descriptor and its status."""

    folder: int
    name: bytes
    descriptor: int
    status: os.stat_result

    def in_place(self) -> bool:
        """Return whether the name still leads to this very file."""
        with contextlib.suppress(OSError):
            return same_file(status(self.name, self.folder), self.status)
        return False


def check_path(path: bytes) -> None:
    """Raise Refused unless ``path`` stays below a root and outside every bin, snapshot and index."""
    if not is_safe_path(path):
        raise Refused("unsafe_path")
    if leads_into_state(path):
        raise Refused("in_state_folder")
    if any(map(is_junk_folder, path.split(b"/")[:-1])):
        raise Refused("in_junk_folder")


def leads_into_state(path: bytes) -> bool:
    """Return whether a component of ``path`` is ``_image_temp``, in any case: some file systems ignore it."""
    return STATE_FOLDER in path.lower().split(b"/")


def check_move(move: Move, victims: Collection[bytes]) -> None:
    """Raise Refused if ``move`` contradicts itself or the plan whose victims are given; reads no disk."""
    check_path(move.victim.path)
    try:
        check_path(move.keeper.path)
    except Refused as refused:
        raise about_keeper(refused, move.keeper) from refused
    if move.keeper.path in victims:
        raise Refused("keeper_leaves", keeper=display_name(move.keeper.path))
    for companion in move.companions:
        check_path(companion.file.path)
        if companion.twin is not None:
            check_path(companion.twin.path)
    if move.kind is Kind.IDENTICAL and move.victim.digest != move.keeper.digest:
        raise Refused("digests_differ", keeper=display_name(move.keeper.path))
    if move.link and move.kind is not Kind.IDENTICAL:
        raise Refused("link_not_identical", keeper=display_name(move.keeper.path))


def check_plan(
    plan: Plan, protected: Callable[[bytes], bool] = lambda path: False
) -> tuple[list[Move], list[Skipped]]:
    """Return the moves of ``plan`` that agree with each other, and why the rest is skipped; reads no disk.

    A companion that another move speaks of, too, stays where it is: it is not known to whom it belongs.
    So do files in protected folders, and companions of a picture whose name a link takes.
    """
    victims = {move.victim.path for move in plan.moves}
    claims = Counter(each.file.path for move in plan.moves for each in move.companions)
    claims.update(path for move in plan.moves for path in (move.victim.path, move.keeper.path))
    claims.update(each.twin.path for move in plan.moves for each in move.companions if each.twin)
    seen: set[bytes] = set()
    valid: list[Move] = []
    skipped: list[Skipped] = []
    for move in plan.moves:
        try:
            check_move(move, victims)
            if protected(move.victim.path):
                raise Refused("protected")
            if move.link is Link.HARD and protected(move.keeper.path):
                raise Refused("link_protected", keeper=display_name(move.keeper.path))
            if move.victim.path in seen:
                raise Refused("twice_in_plan")
            seen.add(move.victim.path)
            own = tuple(
                each
                for each in move.companions
                if claims[each.file.path] == 1 and not protected(each.file.path) and not move.link
            )
            valid.append(replace(move, companions=own))
        except Refused as refused:
            skipped.append(refused.skipped(move.victim.path))
    return valid, skipped


@contextlib.contextmanager
def hold(root: Base, path: bytes) -> Iterator[OpenFile]:
    """Open and hold the regular file at ``path``, reached without following links; raises Refused."""
    folder, name = split(path)
    with contextlib.ExitStack() as stack:
        try:
            parent = stack.enter_context(folder_below(root, folder))
            _check_type(os.stat(name, dir_fd=parent, follow_symlinks=False))
            descriptor = open_file(name, parent)
            stack.callback(os.close, descriptor)
            found = os.fstat(descriptor)
            _check_type(found)
        except OSError as error:
            raise refusal_of(error) from error
        yield OpenFile(parent, name, descriptor, found)


@contextlib.contextmanager
def prove(root: Base, witness: Witness) -> Iterator[OpenFile]:
    """Hold the file that ``witness`` saw open, proven to be unchanged.

    Every component is opened without following links; the file must be a regular one. An equal stamp
    (device, inode, size and times) proves it; with any difference its SHA-256 must equal the witness's.
    Limits: a change within one tick of the file system's clock, or through a memory map that is not yet
    written back, leaves the stamp equal.

    Raises Refused.
    """
    with hold(root, witness.path) as held:
        try:
            _check_content(held.descriptor, held.status, witness)
        except OSError as error:
            raise refusal_of(error) from error
        yield held


@contextlib.contextmanager
def prove_keeper(
    root: Base, keeper: Witness, victim: os.stat_result, leaving: AbstractSet[Trace]
) -> Iterator[OpenFile]:
    """Hold the keeper open, proven unchanged, readable, not on a read-only mount and not the victim.

    ``leaving`` are the traces of all victims of the plan: a bind mount shows one file under two paths, so
    paths alone do not tell that a keeper leaves. Some mounts even give it another device, so files that
    agree in everything else count as the same. Raises Refused.
    """
    shown = display_name(keeper.path)
    with contextlib.ExitStack() as stack:
        try:
            held = stack.enter_context(prove(root, keeper))
            _check_stays(held, shown, victim, leaving)
        except (Refused, OSError) as error:
            raise about_keeper(refusal_of(error), keeper) from error
        yield held


@contextlib.contextmanager
def prove_companion(root: Base, companion: Companion, leaving: AbstractSet[Trace]) -> Iterator[OpenFile]:
    """Hold a companion open, unchanged since it was found; its twin, where it has one, stays.

    Its time of change may differ, as that of a file does which was moved to the bin and back. Raises
    Refused with the companion's name.
    """
    with contextlib.ExitStack() as stack:
        try:
            held = stack.enter_context(hold(root, companion.file.path))
            then = companion.file.stamp
            if replace(read_stamp(held.status), ctime_ns=then.ctime_ns) != then:
                raise Refused("changed")
            if companion.twin is not None:
                stack.enter_context(prove_keeper(root, companion.twin, held.status, leaving))
        except (Refused, OSError) as error:
            raise Refused("companion_doubtful", companion=display_name(companion.file.path)) from error
        yield held


def traces_of(stamp: Stamp) -> tuple[Trace, Trace]:
    """Return the traces of a file: its identity, and what stays the same under every mount.

    Two files never share inode number, size and both times unless a whole disk was cloned.
    """
    return stamp.identity, (stamp.inode, stamp.size, stamp.mtime_ns, stamp.ctime_ns)


def is_proven(root: Base, witness: Witness) -> bool:
    """Return whether the file that ``witness`` saw is in its place and unchanged now."""
    try:
        check_path(witness.path)
        with prove(root, witness):
            return True
    except Refused:
        return False


def _check_type(found: os.stat_result) -> None:
    if stat.S_ISLNK(found.st_mode):
        raise Refused("through_link")
    if not stat.S_ISREG(found.st_mode):
        raise Refused("not_regular")


def _check_content(descriptor: int, found: os.stat_result, witness: Witness) -> None:
    stamp = read_stamp(found)
    if stamp == witness.stamp and not stamp.is_coarse:
        return
    if stamp.size != witness.stamp.size or not witness.digest:
        raise Refused("changed")
    if digest_of(descriptor) != witness.digest or read_stamp(os.fstat(descriptor)) != stamp:
        raise Refused("changed")


def _check_stays(held: OpenFile, shown: str, victim: os.stat_result, leaving: AbstractSet[Trace]) -> None:
    own, gone = traces_of(read_stamp(held.status)), traces_of(read_stamp(victim))
    if own[0] == gone[0]:
        raise Refused("same_file", keeper=shown)
    if own[1] == gone[1]:
        raise Refused("same_file_elsewhere", keeper=shown)
    if not leaving.isdisjoint(own):
        raise Refused("keeper_leaves", keeper=shown)
    # A snapshot shows up as a read-only file system; its files vanish with it.
    if os.fstatvfs(held.descriptor).f_flag & os.ST_RDONLY:
        raise Refused("keeper_read_only", keeper=shown)
    if not os.pread(held.descriptor, 512, 0):
        raise Refused("keeper_empty", keeper=shown)


def about_keeper(refused: Refused, keeper: Witness) -> Refused:
    """Return a refusal of a keeper as a refusal of the file to be removed."""
    if "keeper" in refused.values:
        return refused
    return Refused(f"keeper_{refused.key}", keeper=display_name(keeper.path), **refused.values)
