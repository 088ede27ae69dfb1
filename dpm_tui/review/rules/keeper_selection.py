"""Keeper selection: groups are built around the best file; a user's rule may choose another keeper."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from dpm_tui.catalog.group import TIER_OF, pair_key
from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.library.library import Library
from dpm_tui.review.rules.rule import DEFAULT_KINDS, Rule

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dpm_tui.review.library.library_columns import LibraryColumns


def select_keepers(library: Library, rule: Rule, protected: FolderSet, *, whole: bool = False) -> Library:
    """Return the library, each group with the keeper that ``rule`` prefers, protected files before others.

    The groups keep their members, ids and order. Only a true copy of a group's best file may take its
    place, so that no crop and no variant is kept for a picture; and only one that was compared with all
    the others of these and is no closer to any member than the best file is, so that nothing becomes a
    copy of the keeper that was not one before. ``whole`` asks for a pair with every member, variants and
    crops too. Files that nothing tells apart go by the best file, then by path.
    """
    if not library.groups or not (rule.criteria or protected):
        return library
    columns = library.columns
    leaders = _choose(columns, rule, protected, _may_lead(columns, whole))
    if not (leaders == columns.groups.starts[:-1]).all():
        crowd = columns.crowded.nonzero()[0]
        columns = columns.with_twins(leaders[columns.groups.numbers_at(crowd)], crowd)
        library = _lead(columns, leaders)
    return _spare(library, protected) if protected else library


def find_lacking(
    library: Library,
    numbers: Sequence[int],
    rule: Rule,
    kinds: Collection[Kind],
    protected: FolderSet,
    asked: Collection[tuple[int, int]] = (),
) -> list[tuple[int, ...]]:
    """Return which files must be compared with which others before ``rule`` can choose keepers in groups.

    Each file that would lead a group comes before the members, of ``kinds`` or copies, that it lacks a pair
    with. Pairs that were ``asked`` for are not asked for again: whoever still lacks one leads no group.
    """
    if not library.groups or not (rule.criteria or protected):
        return []
    import numpy as np

    columns = library.columns.part(numbers)
    beside = columns.alike({*DEFAULT_KINDS, *kinds}) | columns.keepers
    able = _no_closer(columns)
    ids = columns.files.rows["id"]
    while True:
        leaders = np.repeat(_choose(columns, rule, protected, able), columns.groups.counts)
        members = np.flatnonzero(beside & (leaders != np.arange(len(leaders))))
        members = members[columns.pairs.lacking(leaders[members], members)]
        firsts = leaders[members]
        ends = zip(ids[firsts].tolist(), ids[members].tolist(), strict=True)
        fresh = np.array([pair_key(*pair) not in asked for pair in ends], np.bool_)
        hopeless = firsts[~fresh & ~columns.pairs.has(firsts, members)]
        if not able[hopeless].any():
            return columns.lists(firsts[fresh], members[fresh])
        able[hopeless] = False


def _spare(library: Library, protected: FolderSet) -> Library:
    """Return the library with no protected file counted among the bytes that a group may give back."""
    import numpy as np

    from dpm_tui.catalog.group_columns import GroupColumns

    columns = library.columns
    groups = columns.groups
    starts = groups.starts[:-1]
    stays = columns.within(protected)
    stays[starts] = False
    if not stays.any():
        return library
    spared = np.add.reduceat(np.where(stays, columns.files.sizes(), 0), starts)
    rows = GroupColumns(groups.names, groups.starts, groups.weakest, groups.reclaimable - spared, groups.ids)
    return Library(library.files, rows, library.pairs)


def _choose(
    columns: LibraryColumns, rule: Rule, protected: FolderSet, able: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the row of each group's keeper; ``able`` tells which files may take the place of the best."""
    import numpy as np

    from dpm_tui.review.rules.criterion_scores import narrow, sieves_of

    starts = columns.groups.starts
    alive = columns.alike(DEFAULT_KINDS) & able | columns.keepers
    if protected:
        safe = alive & columns.within(protected)
        alive &= safe | ~np.repeat(columns.any_of(safe), columns.groups.counts)
    for word in rule.criteria:
        for sieve in sieves_of(columns, word):
            alive = narrow(columns, alive, sieve)
    # The first file is the best one, the others come by path.
    rows = np.flatnonzero(alive)
    leaders: NDArray[np.int64] = rows[np.searchsorted(rows, starts[:-1])]
    return leaders


def _may_lead(columns: LibraryColumns, whole: bool) -> NDArray[np.bool_]:
    """Return for each file whether it has a pair with all others, or all copies, of no closer kind."""
    import numpy as np

    from dpm_tui.catalog.pair_columns import KIND_CODES

    pairs, starts = columns.pairs.rows, columns.groups.starts
    first, second = pairs["first"].astype(np.int64), pairs["second"].astype(np.int64)
    home = _tiers()[columns.beside_keeper]
    needed = np.ones(len(home), np.bool_) if whole else home == 0
    twins = columns.crowded[first] & (pairs["kind"] == KIND_CODES[Kind.IDENTICAL])
    met = np.bincount(first[needed[second] & ~twins], minlength=len(home))
    met += np.bincount(second[needed[first] & ~twins], minlength=len(home))
    met += columns.twins(needed)
    others = np.repeat(np.add.reduceat(needed.astype(np.int64), starts[:-1]), columns.groups.counts) - needed
    leads: NDArray[np.bool_] = (met == others) & _no_closer(columns)
    return leads


def _no_closer(columns: LibraryColumns) -> NDArray[np.bool_]:
    """Return for each file whether it is closer to no other file of its group than the best file is."""
    import numpy as np

    pairs, tiers = columns.pairs.rows, _tiers()
    # The best file has no kind of its own, whose tier is 0: none is closer.
    tier, home = tiers[pairs["kind"]], tiers[columns.beside_keeper]
    leads = np.ones(len(home), np.bool_)
    for one, other in (("first", "second"), ("second", "first")):
        leads[pairs[one][tier < home[pairs[other]]]] = False
    return leads


def _tiers() -> NDArray[np.int64]:
    """Return the tier of each code of a kind."""
    import numpy as np

    from dpm_tui.catalog.pair_columns import KIND_CODES
    from dpm_tui.review.library.pair_table import NO_KIND

    tiers = np.zeros(NO_KIND + 1, np.int64)
    for kind, tier in TIER_OF.items():
        tiers[KIND_CODES[kind]] = tier
    return tiers


def _lead(columns: LibraryColumns, leaders: NDArray[np.int64]) -> Library:
    """Return the library with its files, pairs and groups in the order that the leaders make."""
    import numpy as np

    from dpm_tui.catalog.group_columns import GroupColumns
    from dpm_tui.catalog.pair_columns import TURNED
    from dpm_tui.review.library.pair_table import PairTable

    files, groups = columns.files, columns.groups
    homes = np.repeat(np.arange(len(groups)), groups.counts)
    follows = np.ones(len(files), np.int64)
    follows[leaders] = 0
    order = np.argsort(homes * 2 + follows, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    file_rows = files.take(order)
    pairs = columns.pairs.rows.copy()
    ends = place[pairs["first"]], place[pairs["second"]]
    pairs["better"] = np.where(ends[0] > ends[1], TURNED[pairs["better"]], pairs["better"])
    pairs["first"], pairs["second"] = np.minimum(*ends), np.maximum(*ends)
    pairs = pairs[np.lexsort((pairs["second"], pairs["first"]))]
    starts = groups.starts
    # Whatever was not compared with the new keeper hangs on the best file, as it did before.
    similarity = np.full(len(files), np.inf)
    for anchors in (place[starts[:-1]], starts[:-1]):
        anchor = np.zeros(len(files), np.bool_)
        anchor[anchors] = True
        for one, other in (("first", "second"), ("second", "first")):
            beside = pairs[anchor[pairs[one]]]
            similarity[beside[other]] = beside["similarity"]
    similarity[starts[:-1]] = np.inf
    weakest = np.minimum.reduceat(similarity, starts[:-1])
    sizes = file_rows.sizes()
    reclaimable = np.add.reduceat(sizes, starts[:-1]) - sizes[starts[:-1]]
    unchanged = leaders == starts[:-1]
    return Library(
        file_rows,
        GroupColumns(
            groups.names,
            starts,
            np.where(unchanged, groups.weakest, weakest),
            np.where(unchanged, groups.reclaimable, reclaimable),
            groups.ids[order],
        ),
        PairTable(file_rows, pairs, columns.pairs.grids),
    )
