"""Weighing: which files a rule may mark, which one is kept for each, and why it is spared, if it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.pair_columns import KIND_CODES
from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.library.library import Library
from dpm_tui.review.library.library_columns import LibraryColumns, of_codes
from dpm_tui.review.rules.keeper_ranking_columns import rank_places
from dpm_tui.review.rules.rule import Rule, Spared
from dpm_tui.review.rules.spared_copies import GOES, SPARED, find_spared

Codes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
Rows = NDArray[np.int64]
_NOBODY = -1


@dataclass(frozen=True, eq=False)
class Weighing:
    """The files that a rule may mark, by their ids, group after group.

    ``kept`` holds the file that is kept for each, ``codes`` why it is spared (see ``SPARED``) or ``GOES``.
    """

    files: Rows
    kept: Rows
    codes: Codes

    def __len__(self) -> int:
        return len(self.files)

    @property
    def marked(self) -> dict[int, int]:
        """The files that the rule marks for removal, each with the file that is kept for it."""
        goes = self.codes == GOES
        return dict(zip(self.files[goes].tolist(), self.kept[goes].tolist(), strict=True))

    @property
    def spared(self) -> Iterator[tuple[int, int, Spared]]:
        """Yield the files that the rule spares, each with its kept file and the reason."""
        stays = self.codes != GOES
        for id_, kept, code in zip(
            *(each[stays].tolist() for each in (self.files, self.kept, self.codes)), strict=True
        ):
            yield id_, kept, SPARED[code]


def weigh(
    library: Library, numbers: Sequence[int], rule: Rule, kinds: Collection[Kind], protected: FolderSet
) -> Weighing:
    """Return what a rule may mark in the groups of these numbers, in the order of the library.

    The rule chooses among the group's keeper and the members whose pair with it is of one of
    ``kinds``: a variant is neither kept in place of a picture nor removed for it. Only members with
    a verified pair of these kinds with the kept file are marked, and none that is spared (see
    ``spared_copies``); a protected file never is, and is kept before any other. The members that are not of
    these kinds are looked at among themselves in the same way, so that of ``identical`` alone every
    repetition is found. Of several spared files of the same bytes one is enough: it is kept for the others.
    """
    none = np.zeros(0, np.int64)
    if not library.groups:
        return Weighing(none, none, none.astype(np.uint8))
    columns = library.columns.part(numbers)
    safe = columns.within(protected)
    if columns.crowded.any():
        columns = columns.with_twins(*_kept_beside(columns, rule, kinds, safe))
    weighed = [_weigh_round(columns, each, rule, safe) for each in _rounds(columns, rule, kinds, safe)]
    files, kept, codes = (np.concatenate(parts) for parts in zip((none, none, none), *weighed, strict=True))
    order = np.argsort(columns.groups.numbers_at(files), kind="stable")
    ids = columns.files.rows["id"]
    return Weighing(ids[files[order]], ids[kept[order]], codes[order].astype(np.uint8))


def find_lacking(
    library: Library, numbers: Sequence[int], rule: Rule, kinds: Collection[Kind], protected: FolderSet
) -> list[tuple[int, ...]]:
    """Return which files must be compared with which others before ``weigh`` can tell what may go.

    Each file that would be kept comes before those that it lacks a pair with. The best ones lack none.
    """
    if not library.groups or (rule.order in ("", "best") and not protected):
        return []
    columns = library.columns.part(numbers)
    firsts, others = _kept_beside(columns, rule, kinds, columns.within(protected))
    lacking = columns.pairs.lacking(firsts, others)
    return columns.lists(firsts[lacking], others[lacking])


def _kept_beside(
    columns: LibraryColumns, rule: Rule, kinds: Collection[Kind], safe: Flags
) -> tuple[Rows, Rows]:
    """Return the rows that would be kept and those that could go for them, whether or not compared."""
    kept, rows = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for each in _rounds(columns, rule, kinds, safe):
        going = np.flatnonzero(each.alike & ~safe)
        keeps = each.kept[columns.groups.numbers_at(going)]
        wanted = (keeps != _NOBODY) & (keeps != going)
        kept.append(keeps[wanted])
        rows.append(going[wanted])
    return np.concatenate(kept), np.concatenate(rows)


@dataclass(frozen=True, eq=False)
class _Round:
    """One family of each group: a head and what is like it.

    ``alike`` tells which files are in one, ``kept`` which row of each group is kept. ``links`` are the
    numbers of the pairs of the wanted kinds between files that were there, and ``places`` order the files.
    """

    alike: Flags
    kept: Rows
    links: Rows
    places: Rows


def _rounds(columns: LibraryColumns, rule: Rule, kinds: Collection[Kind], safe: Flags) -> Iterator[_Round]:
    """Yield the families of all groups: the keepers' first, then those of the best of whatever is left."""
    pairs = columns.pairs.rows
    links = np.flatnonzero(of_codes(kinds)[pairs["kind"]])
    homes = np.repeat(np.arange(len(columns.groups)), columns.groups.counts)
    rest, places = np.ones(len(columns.files), np.bool_), np.arange(len(columns.files))
    heads: Rows = columns.groups.starts[:-1]
    ranked = False
    while len(links):
        first, second = pairs["first"][links], pairs["second"][links]
        leads = columns.flags(heads)
        alike = leads.copy()
        alike[second[leads[first]]] = True
        alike[first[leads[second]]] = True
        rest &= ~alike
        # A head without family has nothing to mark.
        alike &= np.repeat(columns.any_of(alike & ~leads), columns.groups.counts)
        yield _Round(alike, _choose_kept(columns, rule, alike, leads, safe), links, places)
        links = links[rest[first] & rest[second]]
        left = np.unique(np.concatenate([pairs["first"][links], pairs["second"][links]])).astype(np.int64)
        if not ranked:
            places[left] = rank_places(columns.files.take(left), "best")
            ranked = True
        heads = _first_of_each(homes[left], left, places[left])


def _first_of_each(homes: Rows, rows: Rows, places: Rows) -> Rows:
    """Return the first of some rows in each group."""
    order = np.lexsort((places, homes))
    found: Rows = rows[order][np.unique(homes[order], return_index=True)[1]]
    return found


def _choose_kept(columns: LibraryColumns, rule: Rule, alike: Flags, leads: Flags, safe: Flags) -> Rows:
    """Return the row that is kept of the family of each group: a protected one, the head, the best one."""
    counts = columns.groups.counts
    able = alike & (safe | ~np.repeat(columns.any_of(alike & safe), counts))
    kept = np.full(len(counts), _NOBODY, np.int64)
    if not rule.order:
        heads = np.flatnonzero(able & leads)
        kept[columns.groups.numbers_at(heads)] = heads
        able &= ~np.repeat(columns.any_of(able & leads), counts)
    rows = np.flatnonzero(able)
    places = rank_places(columns.files.take(rows), rule.order)
    best = _first_of_each(columns.groups.numbers_at(rows), rows, places)
    kept[columns.groups.numbers_at(best)] = best
    return kept


def _weigh_round(columns: LibraryColumns, each: _Round, rule: Rule, safe: Flags) -> tuple[Rows, Rows, Codes]:
    """Return the rows that may be marked in one round, those kept for them, and the codes of why not."""
    pairs = columns.pairs.rows
    keeps = columns.flags(each.kept[each.kept != _NOBODY])
    first, second = (pairs[end][each.links].astype(np.int64) for end in ("first", "second"))
    beside = [
        keeps[one] & each.alike[other] & ~safe[other] for one, other in ((first, second), (second, first))
    ]
    rows = np.concatenate([second[beside[0]], first[beside[1]]])
    links = np.concatenate([each.links[beside[0]], each.links[beside[1]]])
    order = np.lexsort((each.places[rows], columns.groups.numbers_at(rows)))
    rows, links = rows[order], links[order]
    kept = each.kept[columns.groups.numbers_at(rows)]
    if rule.limits:
        allowed = _allowed(columns, rule, kept, rows)
        rows, links, kept = rows[allowed], links[allowed], kept[allowed]
    codes = find_spared(columns, rows, kept, links, careful=rule.careful, safe=safe)
    stays = np.flatnonzero(each.alike & safe & ~keeps)
    if repeated := _keep_one_each(columns, each, rule, rows[codes != GOES], stays):
        places = [place for place, row in enumerate(rows.tolist()) if row in repeated]
        kept[places], codes[places] = [repeated[row] for row in rows[places].tolist()], GOES
    return rows, kept, codes


def _keep_one_each(
    columns: LibraryColumns, each: _Round, rule: Rule, spared: Rows, stays: Rows
) -> dict[int, int]:
    """Return which of the ``spared`` files have the bytes of a better one, or of one that ``stays``.

    Each comes with the first such file, which is none of those returned.
    """
    pairs, digests = columns.pairs.rows, columns.files.field("digest")
    links = each.links[pairs["kind"][each.links] == KIND_CODES[Kind.IDENTICAL]]
    first, second = pairs["first"][links], pairs["second"][links]
    asked = columns.flags(np.concatenate([spared, stays]))
    met = asked[first] & asked[second] & (digests[first] == digests[second])
    if not met.any():
        return {}
    twins: dict[int, list[int]] = defaultdict(list)
    for one, other in zip(first[met].tolist(), second[met].tolist(), strict=True):
        twins[one].append(other)
        twins[other].append(one)
    numbers, folders = columns.files.words("folder")
    spared = spared[np.isin(spared, list(twins))]
    order = np.argsort(rank_places(columns.files.take(spared), rule.order or "best"))
    staying = {row: turn for turn, row in enumerate(stays[np.argsort(each.places[stays])].tolist())}
    repeated: dict[int, int] = {}
    for row in spared[order].tolist():
        others = (
            other
            for other in twins[row]
            if other in staying and rule.allows(folders[numbers[other]], folders[numbers[row]])
        )
        kept = min(others, key=staying.__getitem__, default=None)
        if kept is None:
            staying[row] = len(staying)
        else:
            repeated[row] = kept
    return repeated


def _allowed(columns: LibraryColumns, rule: Rule, kept: Rows, rows: Rows) -> Flags:
    """Return which pairs of files the limits allow; each pair of folders is checked once."""
    numbers, folders = columns.files.words("folder")
    both, places = np.unique(numbers[kept] * len(folders) + numbers[rows], return_inverse=True)
    asked = (divmod(each, len(folders)) for each in both.tolist())
    answers = [rule.allows(folders[one], folders[other]) for one, other in asked]
    allowed: Flags = np.array(answers, np.bool_)[places]
    return allowed
