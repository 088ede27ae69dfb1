"""Decision: what a person said about contents, and the arithmetic of sets that it takes to change one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from dpm_tui.catalog.image_file import ImageFile

VERDICTS = ("not_duplicates", "variants")

Contents = tuple[str, ...]
"""Content digests, each once and in order."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One verdict on every pair of ``digests``, which are sorted; an empty verdict revokes.

    ``time`` is ISO 8601 UTC or empty. ``names`` are the paths that files with these contents had when it
    was decided, in the order of the digests; there are none where nobody knew.
    """

    digests: Contents
    verdict: str
    time: str = ""
    names: tuple[bytes, ...] = ()

    @property
    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield every pair that is decided."""
        return combinations(self.digests, 2)

    @property
    def pair_count(self) -> int:
        """Number of pairs that are decided."""
        return len(self.digests) * (len(self.digests) - 1) // 2

    def narrow(self, digests: Collection[str]) -> Decision:
        """Return the same decision, limited to those of ``digests`` that it is about."""
        wanted = set(digests)
        if wanted.issuperset(self.digests):
            return self
        places = [place for place, digest in enumerate(self.digests) if digest in wanted]
        names = tuple(self.names[place] for place in places) if self.names else ()
        return replace(self, digests=tuple(self.digests[place] for place in places), names=names)


def decide(files: Iterable[ImageFile], verdict: str) -> list[Decision]:
    """Return the decision on every pair of these files; none where all have the same content."""
    named = {file.facts.digest: file.path for file in files if file.facts.digest}
    digests = tuple(sorted(named))
    if len(digests) < 2:
        return []
    return [Decision(digests, verdict, names=tuple(named[digest] for digest in digests))]


def set_apart(file: ImageFile, others: Iterable[ImageFile], verdict: str) -> list[Decision]:
    """Return the decisions on each pair of ``file`` with one of ``others``, but on none among ``others``."""
    by_content = {other.facts.digest: other for other in others}
    return [decision for other in by_content.values() for decision in decide((file, other), verdict)]


def subtract(digests: Contents, taken: Iterable[Contents]) -> list[Contents]:
    """Return sets that together hold exactly those pairs of ``digests`` that are in none of ``taken``."""
    holes = [frozenset(other).intersection(digests) for other in taken]
    holes = [hole for hole in holes if len(hole) > 1]
    parts = [frozenset(digests)]
    for hole in holes:
        parts = [piece for part in parts for piece in _split(part, hole)]
        if sum(map(len, parts)) > len(digests) ** 2:
            # So many sets overlap that single pairs are fewer.
            return _subtract_pairs(digests, holes)
    return [tuple(sorted(part)) for part in parts if len(part) > 1]


def drop_contained(sets: Iterable[Contents]) -> list[Contents]:
    """Return those of ``sets`` that are not contained in another one, the largest first."""
    kept: list[Contents] = []
    holding: dict[str, list[frozenset[str]]] = defaultdict(list)
    for digests in sorted(sets, key=len, reverse=True):
        rarest: list[frozenset[str]] = min((holding[digest] for digest in digests), key=len, default=[])
        if not any(other.issuperset(digests) for other in rarest):
            kept.append(digests)
            members = frozenset(digests)
            for digest in digests:
                holding[digest].append(members)
    return kept


def _split(part: frozenset[str], hole: frozenset[str]) -> list[frozenset[str]]:
    common, rest = part & hole, part - hole
    return [part] if len(common) < 2 else [rest | {digest} for digest in sorted(common) if rest]


def _subtract_pairs(digests: Contents, holes: Iterable[frozenset[str]]) -> list[Contents]:
    gone = {pair for hole in holes for pair in combinations(sorted(hole), 2)}
    return [pair for pair in combinations(digests, 2) if pair not in gone]
