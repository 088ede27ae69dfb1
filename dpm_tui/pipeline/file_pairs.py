"""File pairs: turns verdicts on contents into verified pairs of the files that hold them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from dpm_tui.catalog.content_digest import DigestPair
from dpm_tui.catalog.content_index import ContentIndex, unread_contents
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.file_selection import FileSelection
from dpm_tui.catalog.group import Pair, pair_key
from dpm_tui.catalog.image_file import SAME_BYTES, ImageFile
from dpm_tui.catalog.pair_columns import KIND_CODES, REASON_CODES, TURNED, PairColumns
from dpm_tui.catalog.verdict import MAX_HOLDS_MORE, Kind, Verdict
from dpm_tui.pipeline.inspection.inspected_verdict import Compared, InspectedVerdict
from dpm_tui.pipeline.keeper_order import Ranking, order_files
from dpm_tui.pipeline.quality.tone_votes import Inspections
from dpm_tui.pipeline.verdict_weighing import weigh_verdicts

MANY = 48
"""Files of one content up to which each has a pair with each."""


def index_contents(files: Mapping[int, ImageFile] | Iterable[ImageFile]) -> ContentIndex:
    """Return content digest -> the readable files that hold it, in order of id."""
    return ContentIndex(FileColumns.of(files))


def pair_files(
    files: Mapping[int, ImageFile],
    verdicts: Iterable[tuple[DigestPair, Verdict]],
    decided: Callable[[str, str], str] = lambda first, second: "",
    inspections: Inspections | None = None,
    rank: Ranking | None = None,
    compared: Compared = frozenset(),
) -> PairColumns:
    """Return every verified pair of files, sorted by ids.

    Files of the same bytes are ``identical``, also those whose picture cannot be had; readable ones of the
    same pixels are ``pixels``, both with similarity 1. Of files of the same pixels that do not hold the same
    besides, one is a ``copy``.
    ``decided`` returns a person's decision on two digests: a decided pair stays out. ``inspections`` are
    what looking at copies at full size found, None where nobody wants them to be looked at. Of contents of
    which only a preview was read no verdict counts. ``compared`` are the pairs of contents that have been
    judged, alike or not.

    Of more than MANY files of one content only the best by ``rank``, and the first one, have pairs with the
    others: what the others have follows from these, and there would be the square of them.
    """
    columns = FileColumns.of(files)
    contents = ContentIndex(columns)
    crowds = _Crowds(columns, rank)
    same = [
        Pair(one, other, Kind.IDENTICAL, 1.0)
        for ids in _index_unseen(columns, contents).repeated()
        for one, other in crowds.pairs(ids)
    ]
    unlike: list[Pair] = []
    for alike in _of_equal_pixels(columns, contents):
        by_id = {file.id: file for file in alike}
        for one, other in crowds.pairs(sorted(by_id)):
            mine, theirs = by_id[one], by_id[other]
            if decided(mine.facts.digest, theirs.facts.digest):
                continue
            if mine.facts.holds == theirs.facts.holds:
                same.append(Pair(mine.id, theirs.id, Kind.PIXELS, 1.0))
            else:
                unlike.append(Pair(mine.id, theirs.id, Kind.COPY, MAX_HOLDS_MORE))
    unread = unread_contents(columns)
    seen = (each for each in verdicts if unread.isdisjoint(each[0])) if unread else verdicts
    judged = [(pair, verdict) for pair, verdict in seen if not decided(*pair)]
    inspected = weigh_verdicts(judged, inspections, contents, columns, compared)
    of_verdicts = _told_apart(columns, _of_verdicts(contents, inspected, crowds))
    return _sorted_once(PairColumns.of(same) + of_verdicts + PairColumns.of(unlike))


def _index_unseen(columns: FileColumns, contents: ContentIndex) -> ContentIndex:
    """Return the index of contents whose picture may be unseen; mostly there is none such."""
    unseen = any(map(columns.count_status, SAME_BYTES))
    return ContentIndex(columns, unseen=True) if unseen else contents


class _Crowds:
    """Which files of many of one content have pairs."""

    def __init__(self, columns: FileColumns, rank: Ranking | None) -> None:
        self._columns = columns
        self._rank = rank

    def pairs(self, ids: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield the pairs, the lower id first, of files that are all the same, given in order."""
        if len(ids) <= MANY:
            yield from combinations(ids, 2)
            return
        leads = self._leads(ids)
        for lead in leads:
            yield from (pair_key(lead, id_) for id_ in ids if id_ not in leads)
        yield from combinations(sorted(leads), 2)

    def across(self, ones: Sequence[int], others: Sequence[int]) -> set[tuple[int, int]]:
        """Return the pairs of files of one content with files of another one."""
        pairs = {(lead, other) for lead in self._leads(ones) for other in others}
        return pairs | {(one, lead) for one in ones for lead in self._leads(others)}

    def _leads(self, ids: Sequence[int]) -> set[int]:
        """Return the best of some files and the first one."""
        if self._rank is None:
            return {ids[0]}
        best = order_files(FileSelection.of(self._columns, list(ids)), self._rank)[0]
        return {ids[0], ids[int(best)]}


def _of_equal_pixels(columns: FileColumns, contents: ContentIndex) -> Iterator[list[ImageFile]]:
    """Yield the files of each set of contents that show the same still pixels."""
    ids, pixels = columns.gather("id", "pixels")
    known = pixels != b""
    if not known.any():
        return
    known &= np.isin(ids, contents.firsts())
    kinds, counts = np.unique(pixels[known], return_counts=True)
    several = known & np.isin(pixels, kinds[counts > 1])
    alike: dict[str, list[ImageFile]] = defaultdict(list)
    for id_ in ids[several].tolist():
        facts = columns[id_].facts
        if facts.frames == 1:
            alike[facts.pixels].extend(contents[facts.digest])
    yield from alike.values()


def _of_verdicts(contents: ContentIndex, inspected: list[InspectedVerdict], crowds: _Crowds) -> PairColumns:
    """Return the pairs of files that verdicts on their contents make."""
    firsts, seconds = (contents.places([each.pair[end] for each in inspected]) for end in (0, 1))
    many = np.flatnonzero(contents.product_sizes(firsts, seconds) > MANY**2)
    crowded = [
        (number, one, other)
        for number in many.tolist()
        for one, other in crowds.across(*(contents.ids(digest) for digest in inspected[number].pair))
    ]
    firsts[many] = -1
    few = contents.product(firsts, seconds)
    numbers, ones, others = np.concatenate((few, np.array(crowded, np.int64).reshape(-1, 3).T), axis=1)
    kinds = np.array([KIND_CODES[each.verdict.kind] for each in inspected], np.uint8)
    similarities = np.array([each.verdict.similarity for each in inspected], np.float64)
    better = np.array([each.better for each in inspected], np.uint8)[numbers]
    better = np.where(ones > others, TURNED[better], better)
    reasons = np.array([REASON_CODES[each.reason] for each in inspected], np.uint8)
    amounts = np.array([each.amount for each in inspected], np.float32)
    return PairColumns(
        np.minimum(ones, others),
        np.maximum(ones, others),
        kinds[numbers],
        similarities[numbers],
        [inspected[number].verdict.differs for number in numbers.tolist()],
        better,
        reasons[numbers],
        amounts[numbers],
    )


def _told_apart(columns: FileColumns, pairs: PairColumns) -> PairColumns:
    """Return pairs without the kind ``pixels`` for files that do not hold the same besides their picture.

    A verdict may be older than what is known of a file.
    """
    sure = np.flatnonzero(pairs.similarities > MAX_HOLDS_MORE)
    if not len(sure):
        return pairs
    ids, holds = columns.gather("id", "holds")
    mine, theirs = (holds[np.searchsorted(ids, ends[sure])] for ends in (pairs.firsts, pairs.seconds))
    apart = sure[mine != theirs]
    kinds, similarities = pairs.kinds.copy(), pairs.similarities.copy()
    kinds[apart[kinds[apart] == KIND_CODES[Kind.PIXELS]]] = KIND_CODES[Kind.COPY]
    similarities[apart] = MAX_HOLDS_MORE
    return replace(pairs, kinds=kinds, similarities=similarities)


def _sorted_once(pairs: PairColumns) -> PairColumns:
    """Return the pairs sorted by ids; of several between two files the first one."""
    order = np.lexsort((pairs.seconds, pairs.firsts))
    firsts, seconds = pairs.firsts[order], pairs.seconds[order]
    fresh = firsts != seconds
    fresh[1:] &= (firsts[1:] != firsts[:-1]) | (seconds[1:] != seconds[:-1])
    return pairs.take(order[fresh])
