"""Companions: sidecars, RAW twins and Live Photo movies that go where their picture goes.

They are found by name, next to the picture. A set that can be read in two ways is not paired.
"""

from __future__ import annotations

import contextlib
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set as AbstractSet
from dataclasses import dataclass, field, replace

from dpm_tui.catalog.image_file import read_stamp
from dpm_tui.pipeline.raw_twins import split_ending
from dpm_tui.pipeline.scan.open_roots import Base
from dpm_tui.recycle.companions.side_files import (
    MOVIES,
    FolderNames,
    follow_picture,
    pair_companions as pair_companions,
)
from dpm_tui.recycle.filesystem.nofollow import digest_of, files_in, folder_below, join, split
from dpm_tui.recycle.proof import check_path, hold
from dpm_tui.recycle.refusal import Refused
from dpm_tui.review.marks.plan import Companion, Move, Plan, Witness

MAX_MOVIE_BYTES = 1 << 25
"""A Live Photo lasts three seconds; a longer film of the same name is not part of it."""
MAX_SOUND_BYTES = 1 << 23
"""A spoken note to a picture is short; of a longer sound file the picture may be the cover."""
_LIMITS = dict.fromkeys(MOVIES, MAX_MOVIE_BYTES) | {b"wav": MAX_SOUND_BYTES}


@dataclass(frozen=True, slots=True)
class _Folder:
    names: FolderNames
    found: Mapping[bytes, os.stat_result]


@dataclass(slots=True)
class _Search:
    root: Base
    pictures: frozenset[bytes]
    busy: set[bytes]
    victims: Mapping[bytes, frozenset[bytes]]
    listings: dict[bytes, _Folder] = field(default_factory=dict)
    digests: dict[bytes, str] = field(default_factory=dict)

    def move_with_companions(self, move: Move) -> Move:
        """Return ``move`` with the companions of its victim, which stay where a link takes its name."""
        if move.link:
            return move
        companions = []
        removed = self.victims.get(split(move.victim.path)[0], frozenset())
        for witness in self.beside(move.victim.path, removed):
            if witness.path not in self.busy:
                companions.append(self._with_twin(witness, move))
                self.busy.add(witness.path)
        return replace(move, companions=tuple(companions)) if companions or move.companions else move

    def beside(self, path: bytes, removed: AbstractSet[bytes] | None = None) -> Iterator[Witness]:
        """Yield the companions of a picture; shared ones only if all their pictures are ``removed``.

        Without ``removed`` shared ones count, too.
        """
        name = split(path)[1]
        folder = self._listing(split(path)[0])
        shared = folder.names if removed is None else removed
        for other in pair_companions(name, folder.names, self.pictures, shared):
            found = folder.found[other]
            if found.st_size <= _LIMITS.get(split_ending(other)[1], found.st_size):
                yield Witness(join(split(path)[0], other), read_stamp(found), "")

    def _with_twin(self, companion: Witness, move: Move) -> Companion:
        """Return a companion, with its twin if the same file lies beside the keeper; case is ignored."""
        names = (split(path)[1] for path in (companion.path, move.victim.path, move.keeper.path))
        wanted = follow_picture(*names).lower()
        for candidate in self.beside(move.keeper.path):
            mine, theirs = companion.stamp, candidate.stamp
            same_inode = mine.identity == theirs.identity
            named_so = split(candidate.path)[1].lower() == wanted
            if not named_so or mine.size != theirs.size or same_inode or candidate.path in self.busy:
                continue
            digest = self._digest(companion)
            if digest and digest == self._digest(candidate):
                return Companion(replace(companion, digest=digest), replace(candidate, digest=digest))
        return Companion(companion)

    def _digest(self, witness: Witness) -> str:
        if witness.path not in self.digests:
            digest = ""
            with contextlib.suppress(Refused, OSError), hold(self.root, witness.path) as held:
                if read_stamp(held.status) == witness.stamp:
                    digest = digest_of(held.descriptor)
            self.digests[witness.path] = digest
        return self.digests[witness.path]

    def _listing(self, folder: bytes) -> _Folder:
        """Return the files of a folder, read once: it may hold thousands of victims."""
        if folder not in self.listings:
            found: dict[bytes, os.stat_result] = {}
            with contextlib.suppress(OSError), folder_below(self.root, folder) as descriptor:
                found = dict(files_in(descriptor)[1])
            self.listings[folder] = _Folder(FolderNames(found, self.pictures), found)
        return self.listings[folder]


def find_companions(root: Base, plan: Plan, extensions: Iterable[str]) -> Plan:
    """Return ``plan`` with the companions that lie beside its victims now, below the open ``root``.

    ``extensions`` are those of scanned pictures, which are no companions unless they are RAW twins. If the
    keeper has a companion with the same content, that is the twin; both then carry their SHA-256. What
    belongs to several pictures goes only with the last of them. Folders that cannot be read have none.
    """
    busy = {move.victim.path for move in plan.moves} | {move.keeper.path for move in plan.moves}
    pictures = frozenset(extension.lower().encode("utf-8") for extension in extensions)
    victims: dict[bytes, set[bytes]] = defaultdict(set)
    for folder, name in (split(move.victim.path) for move in plan.moves if not move.link):
        victims[folder].add(name)
    removed = {folder: frozenset(names) for folder, names in victims.items()}
    search = _Search(root, pictures, busy, removed)
    moves = []
    for move in plan.moves:
        try:
            check_path(move.victim.path)
            check_path(move.keeper.path)
        except Refused:
            moves.append(move)
        else:
            moves.append(search.move_with_companions(move))
    return Plan(tuple(moves))


def find_xmp(root: Base, pictures: Iterable[bytes], extensions: Iterable[str]) -> dict[bytes, list[Witness]]:
    """Return the XMP side files that lie beside pictures now, those first that carry the whole name.

    One that may belong to another picture as well is none. ``extensions`` as in ``find_companions``.
    """
    endings = frozenset(extension.lower().encode("utf-8") for extension in extensions)
    search = _Search(root, endings, set(), {})
    found: dict[bytes, list[Witness]] = {}
    for path in pictures:
        sides = [each for each in search.beside(path) if split_ending(each.path)[1] == b"xmp"]
        found[path] = sorted(sides, key=lambda each: not each.path.startswith(path))
    return found
