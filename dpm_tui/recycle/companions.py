"""Companions: sidecars, RAW twins and Live Photo movies that go where their picture goes.

They are found by name, next to the picture. A set that can be read in two ways is not paired.
"""

from __future__ import annotations

import contextlib
import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from dpm_tui.pipeline.inventory import read_stamp
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
    taken = {bytes(each) for each in pictures} | OTHER_PICTURES
    stem, _ = _parts(picture)
    labels = [picture + b"." + ending for ending in sorted(LABELS)]
    found = [name for name in labels if name in names]
    kinds: dict[str, list[bytes]] = defaultdict(list)
    for name in names:
        if name == picture:
            continue
        other, extension = _parts(name)
        if other != stem:
            continue
        if extension in taken:
            return sorted(found)
        for kind, extensions in (("raw", RAW), ("movie", MOVIES), ("sidecar", SIDECARS)):
            if extension in extensions:
                kinds[kind if kind != "sidecar" else name.decode("latin-1")].append(name)
    return sorted([*found, *(group[0] for group in kinds.values() if len(group) == 1)])


@dataclass(slots=True)
class _Search:
    root: int
    pictures: frozenset[bytes]
    busy: set[bytes]
    listings: dict[bytes, Mapping[bytes, os.stat_result]] = field(default_factory=dict)
    digests: dict[bytes, str] = field(default_factory=dict)

    def move_with_companions(self, move: Move) -> Move:
        """Return ``move`` with the companions of its victim."""
        companions = []
        for witness in self._companions(move.victim.path):
            if witness.path not in self.busy:
                companions.append(self._with_twin(witness, move))
                self.busy.add(witness.path)
        return replace(move, companions=tuple(companions))

    def _companions(self, path: bytes) -> Iterator[Witness]:
        folder, name = split(path)
        listing = self._listing(folder)
        for other in pair_companions(name, listing.keys(), self.pictures):
            found = listing[other]
            if _parts(other)[1] not in MOVIES or found.st_size <= MOVIE_BYTES_AT_MOST:
                yield Witness(join(folder, other), read_stamp(found), "")

    def _with_twin(self, companion: Witness, move: Move) -> Companion:
        """Hold a companion against the one that would have its name beside the keeper."""
        ending = _ending_beyond(split(move.victim.path)[1], split(companion.path)[1])
        for candidate in self._companions(move.keeper.path):
            keeper_ending = _ending_beyond(split(move.keeper.path)[1], split(candidate.path)[1])
            alike = keeper_ending.lower() == ending.lower() and candidate.stamp.size == companion.stamp.size
            same_inode = (candidate.stamp.device, candidate.stamp.inode) == (
                companion.stamp.device, companion.stamp.inode,
            )  # fmt: skip
            if not alike or same_inode or candidate.path in self.busy:
                continue
            mine, theirs = self._digest(companion), self._digest(candidate)
            if mine and mine == theirs:
                return Companion(replace(companion, digest=mine), replace(candidate, digest=theirs))
        return Companion(companion)

    def _digest(self, witness: Witness) -> str:
        if witness.path not in self.digests:
            digest = ""
            with contextlib.suppress(Refused, OSError), hold(self.root, witness.path) as held:
                if read_stamp(held.status) == witness.stamp:
                    digest = digest_of(held.descriptor)
            self.digests[witness.path] = digest
        return self.digests[witness.path]

    def _listing(self, folder: bytes) -> Mapping[bytes, os.stat_result]:
        if folder not in self.listings:
            with contextlib.suppress(OSError), folder_below(self.root, folder) as descriptor:
                self.listings[folder] = dict(files_in(descriptor)[1])
        return self.listings.get(folder, {})


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


def _ending_beyond(picture: bytes, companion: bytes) -> bytes:
    """Return what a companion's name has beyond the picture's name, or else beyond its stem."""
    if companion.startswith(picture + b"."):
        return b"+" + companion[len(picture) :]
    return companion[len(_parts(picture)[0]) :]
