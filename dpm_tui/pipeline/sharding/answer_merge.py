"""Answer merge: several answers to one question as one, for a machine that has several shards."""

from __future__ import annotations

from collections.abc import Sequence

from dpm_tui.catalog.neighbour_pairs import NeighbourPairs, keep_nearest
from dpm_tui.pipeline.candidates import crop_search, nearest_neighbours
from dpm_tui.pipeline.candidates.shards import Searched, ShardAnswer


def merge_answers(searched: Searched, answers: Sequence[ShardAnswer]) -> ShardAnswer:
    """Return the answer that stands for those of several shards, at least one, to the same question.

    It is about as large as one of them, and changes nothing of what a search finds: what is dropped is
    surpassed by what is kept, whatever others answer. Raises ValueError for answers to different questions.
    """
    number = answers[0].number
    if any(answer.number != number for answer in answers):
        raise ValueError("answers to different questions")
    found = [answer.found for answer in answers]
    nearest = [answer.nearest for answer in answers]
    approached = NeighbourPairs.joined([answer.approached for answer in answers])
    if searched is Searched.PARTS:
        near = keep_nearest(nearest, 1)
        return ShardAnswer(number, keep_nearest(found, crop_search.MOST), near, approached)
    most = nearest_neighbours.LOOKED_AT * nearest_neighbours.NEAREST
    # All sure pairs stay, as those that were there first matter, too; a shard names few of them.
    kept = keep_nearest(found, most, nearest_neighbours.SURE)
    below = keep_nearest(nearest, nearest_neighbours.NEIGHBOURS_LOOKED_AT)
    return ShardAnswer(number, kept, below, approached)
