"""Walk: the order in which pairs are looked at, so that what one picture cost serves all its pairs."""

from __future__ import annotations

from collections.abc import Collection

from dpm_tui.catalog.content_digest import DigestPair


def order_pairs(pairs: Collection[DigestPair]) -> list[DigestPair]:
    """Return the pairs so that those of one picture, and of the pictures paired with it, lie close together.

    Walks from picture to picture, each time on to the neighbour with the fewest pairs left (as Cuthill and
    McKee 1969 do with matrices); a pair comes when its second picture is reached. The order depends on the
    pairs alone.
    """
    near: dict[str, list[str]] = {}
    for one, other in pairs:
        near.setdefault(one, []).append(other)
        near.setdefault(other, []).append(one)
    rank: dict[str, int] = {}
    for start in sorted(near, key=lambda d: (len(near[d]), d)):
        if start in rank:
            continue
        rank[start] = len(rank)
        queue = [start]
        for digest in queue:
            for other in sorted(near[digest], key=lambda d: (len(near[d]), d)):
                if other not in rank:
                    rank[other] = len(rank)
                    queue.append(other)
    return sorted(pairs, key=lambda pair: sorted((rank[pair[0]], rank[pair[1]]), reverse=True))
