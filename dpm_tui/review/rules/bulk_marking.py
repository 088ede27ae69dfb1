"""Bulk marking: what a rule marks in very many groups, by columns; odd groups are looked at one by one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.library.library import Library
from dpm_tui.review.library.library_columns import LibraryColumns, of_codes
from dpm_tui.review.rules.criterion_scores import by_folder
from dpm_tui.review.rules.rule import Rule, mark_group
from dpm_tui.review.rules.spared_copy_columns import spared_rows

Flags = NDArray[np.bool_]


def mark_in_bulk(
    library: Library,
    numbers: Sequence[int],
    rule: Rule,
    kinds: Collection[Kind],
    protected: Callable[[ImageFile], bool],
) -> dict[int, int]:
    """Return what ``mark_group`` marks in the groups of these numbers, in the order of the library."""
    columns = library.columns
    groups, files = columns.groups, columns.files
    starts, counts = groups.starts, groups.counts
    chosen = np.zeros(len(groups), np.bool_)
    chosen[np.array(numbers, np.int64)] = True
    alike = columns.alike(kinds) | columns.keepers
    safe = _protected(columns, protected)
    odd = _odd(columns, rule, kinds, alike, safe & alike & ~np.repeat(safe[starts[:-1]], counts))
    going = alike & ~columns.keepers & ~safe & np.repeat(chosen & ~odd, counts)
    rows = np.flatnonzero(going)
    kept = np.repeat(starts[:-1], counts)[rows]
    spared = spared_rows(columns, rows, kept, careful=rule.careful, safe=safe)
    stays = alike & ~columns.keepers & safe & np.repeat(chosen & ~odd, counts)
    repeated = chosen & _repeated(columns, rows[spared], np.flatnonzero(stays))
    taken = ~spared & ~repeated[groups.numbers_at(rows)]
    rows, kept = rows[taken], kept[taken]
    if rule.limits:
        allowed = _allowed(columns, rule, kept, rows)
        rows, kept = rows[allowed], kept[allowed]
    ids = files.rows["id"]
    marked = dict(zip(ids[rows].tolist(), ids[kept].tolist(), strict=True))
    for number in np.flatnonzero(chosen & odd | repeated).tolist():
        marked |= mark_group(library.files, library.pairs, library.groups[number], rule, kinds, protected)
    return marked


def _protected(columns: LibraryColumns, protected: Callable[[ImageFile], bool]) -> Flags:
    if isinstance(protected, FolderSet):
        return by_folder(columns, protected)
    return np.array([protected(columns.files.at(row)) for row in range(len(columns.files))], np.bool_)


def _odd(columns: LibraryColumns, rule: Rule, kinds: Collection[Kind], alike: Flags, leads: Flags) -> Flags:
    """Return for each group whether the keeper is another one, or there is something to keep besides."""
    odd = columns.any_of(leads)
    if rule.rank is not None:
        odd[:] = True
    pairs = columns.pairs.rows
    beside = of_codes(kinds)[pairs["kind"]] & ~alike[pairs["first"]] & ~alike[pairs["second"]]
    odd[columns.groups.numbers_at(pairs["first"][beside])] = True
    return odd


def _repeated(columns: LibraryColumns, spared: NDArray[np.int64], stays: NDArray[np.int64]) -> Flags:
    """Return for each group whether a spared file has the bytes of another one that is left where it is."""
    found = np.zeros(len(columns.groups), np.bool_)
    rows = np.concatenate([spared, stays])
    numbers, digests = columns.groups.numbers_at(rows), columns.files.rows["digest"][rows]
    order = np.lexsort((digests, numbers))
    same = (numbers[order][1:] == numbers[order][:-1]) & (digests[order][1:] == digests[order][:-1])
    found[numbers[order][1:][same]] = True
    return found


def _allowed(columns: LibraryColumns, rule: Rule, kept: NDArray[np.int64], rows: NDArray[np.int64]) -> Flags:
    """Ask the limits once for each two folders, however many files lie in them."""
    files = columns.files
    folders = files.rows["folder"].astype(np.int64)
    count = max(len(files.folders), 1)
    both, places = np.unique(folders[kept] * count + folders[rows], return_inverse=True)
    answers = [
        rule.allows(files.folders[each // count], files.folders[each % count]) for each in both.tolist()
    ]
    allowed = np.array(answers or [False], np.bool_)[places] if len(rows) else np.zeros(0, np.bool_)
    for place, row in enumerate(rows.tolist()) if files.odd else ():
        if row in files.odd or int(kept[place]) in files.odd:
            allowed[place] = rule.allows(files.at(int(kept[place])).folder, files.at(row).folder)
    return cast(Flags, allowed)
