"""Companions: sidecars, RAW twins and Live Photo movies that go where their picture goes.

They are found by name, next to the picture. A set that can be read in two ways is not paired.
"""

from __future__ import annotations

import contextlib
import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from dpm_tui.pipeline.image_file import read_stamp
from dpm_tui.recycle.folders import files_in, folder_below, join, split
from dpm_tui.recycle.proof import check_path, digest_of, hold
from dpm_tui.recycle.refusal import Refused
from dpm_tui.review.plan import Companion, Move, Plan, Witness

RAW = frozenset(
    b"3fr ari arw bay cr2 cr3 crw dcr dng erf fff gpr iiq k25 kdc mef mos mrw nef nrw orf pef raf raw rw2 rwl"
    b" sr2 srf srw x3f".split()
)
MOVIES = frozenset({b"mov", b"mp4"})
MOVIE_BYTES_AT_MOST = 1 << 25
"""A Live Photo lasts three seconds; a longer film of the same name is a film of its own."""
SIDECARS = frozenset({b"xmp", b"aae", b"pp3", b"dop"})
"""Files that share the stem of their picture: ``IMG_1.xmp`` belongs to ``IMG_1.jpg``."""
LABELS = frozenset({b"xmp", b"json", b"txt", b"pp3", b"dop"})
"""Files that carry the picture's whole name: ``IMG_1.jpg.xmp``, and what galleries and exports add."""
OTHER_PICTURES = frozenset({b"heic", b"heif", b"hif", b"jxl", b"psd", b"svg"})
"""Pictures that are not scanned, but may be what a sidecar belongs to."""


def pair_companions(picture: bytes, names: Collection[bytes], pictures: Collection[bytes]) -> list[bytes]:
    """Return which of ``names``, all in one folder, are companions of ``picture``, sorted.

    ``pictures`` are the extensions of pictures, lower case. What shares the picture's stem is paired
    only if no other picture does, and of RAW twins and movies only if there is one of the kind.
    """
    stem = _parts(picture)[0]
    found = [name for ending in LABELS if (name := picture + b"." + ending) in names]
    endings = {name: _parts(name)[1] for name in names if name != picture and _parts(name)[0] == stem}
    if any(ending in pictures or ending in OTHER_PICTURES for ending in endings.values()):
        return sorted(found)
    found += [name for name, ending in endings.items() if ending in SIDECARS]
    for kind in (RAW, MOVIES):
        twins = [name for name, ending in endings.items() if ending in kind]
        found += twins if len(twins) == 1 else []
    return sorted(found)


def follow_picture(companion: bytes, picture: bytes, other: bytes) -> bytes:
    """Return the name that the companion of ``picture`` has beside a picture that is called ``other``."""
    if companion.startswith(picture + b"."):
        return other + companion[len(picture) :]
    return _parts(other)[0] + companion[len(_parts(picture)[0]) :]


@dataclass(slots=True)
class _Search:
    root: int
    pictures: frozenset[bytes]
    busy: set[bytes]
    listings: dict[bytes, Mapping[bytes, Mapping[bytes, os.stat_result]]] = field(default_factory=dict)
    digests: dict[bytes, str] = field(default_factory=dict)

    def move_with_companions(self, move: Move) -> Move:
        """Return ``move`` with the companions of its victim."""
        companions = []
        for witness in self._companions(move.victim.path):
            if witness.path not in self.busy:
                companions.append(self._with_twin(witness, move))
                self.busy.add(witness.path)
        return replace(move, companions=tuple(companions)) if companions or move.companions else move

    def _companions(self, path: bytes) -> Iterator[Witness]:
        folder, name = split(path)
        by_stem = self._listing(folder)
        alike, labels = by_stem.get(_parts(name)[0], {}), by_stem.get(name, {})
        if not labels and alike.keys() <= {name}:
            return
        # What has the picture's whole name and one ending more has that name for its stem.
        near = {**alike, **labels}
        for other in pair_companions(name, near.keys(), self.pictures):
            found = near[other]
            if _parts(other)[1] not in MOVIES or found.st_size <= MOVIE_BYTES_AT_MOST:
                yield Witness(join(folder, other), read_stamp(found), "")

    def _with_twin(self, companion: Witness, move: Move) -> Companion:
        """Hold a companion against the one that has its name beside the keeper, in any case."""
        names = (split(path)[1] for path in (companion.path, move.victim.path, move.keeper.path))
        wanted = follow_picture(*names).lower()
        for candidate in self._companions(move.keeper.path):
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

    def _listing(self, folder: bytes) -> Mapping[bytes, Mapping[bytes, os.stat_result]]:
        """Return the files of a folder by stem and name: a folder may hold thousands of victims."""
        if folder not in self.listings:
            by_stem: dict[bytes, dict[bytes, os.stat_result]] = defaultdict(dict)
            with contextlib.suppress(OSError), folder_below(self.root, folder) as descriptor:
                for name, found in files_in(descriptor)[1]:
                    by_stem[_parts(name)[0]][name] = found
            self.listings[folder] = by_stem
        return self.listings[folder]


def find_companions(root: int, plan: Plan, extensions: Iterable[str]) -> Plan:
    """Return ``plan`` with the companions that lie beside its victims now, below the open ``root``.

    ``extensions`` are those of scanned pictures, which are never companions. A companion whose
    content the keeper's own companion has, too, names that one as its twin; both then carry their
    SHA-256. Folders that cannot be read have none.
    """
    busy = {move.victim.path for move in plan.moves} | {move.keeper.path for move in plan.moves}
    pictures = frozenset(extension.lower().encode("utf-8") for extension in extensions)
    search = _Search(root, pictures, busy)
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


def _parts(name: bytes) -> tuple[bytes, bytes]:
    """Return stem and extension, the latter lower case and without its dot."""
    stem, extension = os.path.splitext(name)
    return stem, extension[1:].lower()
