"""Family pairs: further pairs to compare, so that all copies of one picture can be in one group.

A group is built around one file, and every member has its own pair with it. But the search finds only some
neighbours of each picture: two grey copies may have been near to another colour copy than the best one. So
the best of each family is compared with the rest of it, and with similar families.

And a better picture stands for what is alike it (see ``pair_schedule``): nobody compares the copies of what a
page shows, or those of one that turns out to be a variant at full size. So the best of what a picture stood
for is compared with the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from dpm_tui.catalog.content_digest import DigestPair, digest_pair
from dpm_tui.catalog.group import TIER_OF, Better
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.catalog.verdict import Verdict
from dpm_tui.pipeline.inspection.inspected_verdict import InspectedVerdict
from dpm_tui.pipeline.keeper_order import Ranking, order_contents

RIVALS = 3
"""A crop or an edit is compared with so many better families."""


def find_family_pairs(
    alike: Sequence[InspectedVerdict],
    by_digest: Mapping[str, Sequence[ImageFile]],
    rank: Ranking,
    changed: Collection[DigestPair] = (),
) -> Iterator[DigestPair]:
    """Yield pairs of contents that groups need, as far as verdicts show; many of them have a verdict already.

    ``changed`` are those of the pairs that are variants at full size and were not by their thumbnails.
    There are no more than a few for each verdict and each content of a family.
    """
    alike = [each for each in alike if each.pair[0] in by_digest and each.pair[1] in by_digest]
    copies = [each for each in alike if TIER_OF[each.verdict.kind] == 0]
    families = _join(each.pair for each in copies)
    standing = _standing(alike)

    places = order_contents((digest for each in alike for digest in each.pair), by_digest, rank)

    def place(digest: str) -> tuple[bool, int, int]:
        wins, losses = standing.get(digest, (0, 0))
        return losses > 0, losses - wins, places[digest]

    leaders: dict[str, str] = {}
    for family in families:
        leader = min(family, key=place)
        leaders |= dict.fromkeys(family, leader)
        yield from (digest_pair(leader, member) for member in family if member != leader)
    better: dict[str, set[str]] = {}
    below: dict[str, set[str]] = {}
    for each in alike:
        if TIER_OF[each.verdict.kind] == 1 or each.pair in changed:
            first, second = sorted(each.pair, key=places.__getitem__)
            below.setdefault(first, set()).add(second)
        one, other = (leaders.get(digest, digest) for digest in each.pair)
        if one == other:
            continue
        yield digest_pair(one, other)
        if TIER_OF[each.verdict.kind] == 1:
            first, second = sorted((one, other), key=place)
            better.setdefault(second, set()).add(first)
    for family in families:
        rivals = sorted(better.get(leaders[family[0]], ()), key=place)
        yield from (digest_pair(rival, member) for rival in rivals[:RIVALS] for member in family)
    for alike_one in below.values():
        # By their files alone: an edit that nothing is better than would keep copies apart round after round.
        best = min(alike_one, key=places.__getitem__)
        home = leaders.get(best, best)
        yield from (digest_pair(best, one) for one in alike_one if leaders.get(one, one) != home)


def find_changed(
    judged: Iterable[tuple[DigestPair, Verdict]], inspected: Iterable[InspectedVerdict]
) -> set[DigestPair]:
    """Return the pairs that are variants at full size and were not by their thumbnails, both in one order."""
    return {
        pair
        for (pair, before), after in zip(judged, inspected, strict=True)
        if TIER_OF[before.kind] < TIER_OF[after.verdict.kind]
    }


def _join(pairs: Iterable[DigestPair]) -> list[list[str]]:
    """Return the sets of contents that pairs connect."""
    home: dict[str, list[str]] = {}
    for one, other in pairs:
        mine, theirs = home.setdefault(one, [one]), home.setdefault(other, [other])
        if mine is theirs:
            continue
        small, large = sorted((mine, theirs), key=len)
        large += small
        home.update(dict.fromkeys(small, large))
    return list({id(family): family for family in home.values()}.values())


def _standing(alike: Iterable[InspectedVerdict]) -> dict[str, tuple[int, int]]:
    """Return of each content how many others it is better than, and how many are better."""
    standing: dict[str, tuple[int, int]] = {}
    for each in alike:
        if each.better in (Better.FIRST, Better.SECOND):
            winner, loser = each.pair if each.better is Better.FIRST else each.pair[::-1]
            wins, losses = standing.get(winner, (0, 0))
            standing[winner] = wins + 1, losses
            wins, losses = standing.get(loser, (0, 0))
            standing[loser] = wins, losses + 1
    return standing
