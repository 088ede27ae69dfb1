"""Palette pairs: pairs of one frame, one picture in few colours, that may be copies though their thumbnails
say that something differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dpm_tui.catalog.content_digest import DigestPair, digest_pair
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.catalog.verdict import Verdict
from dpm_tui.pipeline.inspection.inspected_verdict import PROVABLE

PARTNERS = 3
"""Pictures that one in few colours is held against: of a hundred variants the nearest ones."""
MIN_LONGEST = 256
"""Pixels of the longer side. In a smaller picture an eye or a mouth has a few pixels, too few to prove
anything of once its colours were cut down."""


class PalettePairs:
    """Collects the pairs that a proof could make copies of, and picks those worth a look."""

    def __init__(self, by_digest: Mapping[str, Sequence[ImageFile]]) -> None:
        self._by_digest = by_digest
        self._frames: dict[str, tuple[int, int, int]] = {}
        self._partners: dict[str, list[tuple[int, str]]] = {}

    def add(self, pair: DigestPair, verdict: Verdict) -> None:
        """Take note of a pair of known contents that are no copies, if it is such a pair."""
        if verdict.kind not in PROVABLE:
            return
        (width, height, colours), other = (self._frame(digest) for digest in pair)
        # Drawings in few colours each have their variants in few colours: only one that was cut down counts.
        if (width, height) != other[:2] or bool(colours) == bool(other[2]):
            return
        if max(width, height) < MIN_LONGEST:
            return
        cut, whole = pair if colours else pair[::-1]
        self._partners.setdefault(cut, []).append((sum(verdict.differs), whole))

    def pick(self, leaders: Mapping[str, str]) -> Iterator[DigestPair]:
        """Yield the pairs to look at, at most PARTNERS for a picture in few colours.

        Of the copies of one picture it is held against their leader, or that which differs least.
        """
        for cut, partners in sorted(self._partners.items()):
            families: dict[str, tuple[bool, int, str]] = {}
            for differs, whole in partners:
                leader = leaders.get(whole, whole)
                if leader == leaders.get(cut):
                    continue  # it is a copy of that one already
                place = whole != leader, differs, whole
                families[leader] = min(place, families.get(leader, place))
            nearest = sorted(families.values(), key=lambda place: place[1:])
            yield from (digest_pair(cut, whole) for _, _, whole in nearest[:PARTNERS])

    def _frame(self, digest: str) -> tuple[int, int, int]:
        if digest not in self._frames:
            facts = self._by_digest[digest][0].facts
            still = facts.frames == 1
            self._frames[digest] = (facts.width, facts.height, facts.colours) if still else (0, 0, 0)
        return self._frames[digest]
