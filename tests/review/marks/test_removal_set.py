"""What goes is counted alike, and refused alike, whether a few files are looked at or very many."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from hypothesis import given, strategies as st

from dpm_tui.review.history.mark_changes import Mark, Marking
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.library.library import Library
from dpm_tui.review.marks.mark_refusal import has_witness
from dpm_tui.review.marks.removal_set import RemovalSet
from dpm_tui.worker.protocol.library_codec import unpack_library
from tests.review.libraries import libraries
from tests.tui.samples.library import Sample, large_library

REMOVE, KEEP = Marking(Mark.REMOVE), Marking(Mark.KEEP)


def library_of(groups: int) -> Library:
    sample = large_library(groups)
    # Some are in a group without a pair between them.
    pairs = [pair for number, pair in enumerate(sample.pairs) if number % 7]
    return unpack_library(Sample(sample.files, sample.groups, pairs).pack())


def unjustified(library: Library, folders: FolderSet, going: set[int], near: Iterable[int]) -> set[int]:
    """Return by hand which files may not go from the groups of the files ``near``."""
    members = {id_: library.group_of(file).members for file in near for id_ in library.group_of(file).members}
    return {
        id_
        for id_, own in members.items()
        if id_ in going and (folders(library.files[id_]) or not has_witness(library, id_, set(own) - going))
    }


@given(libraries(), st.sets(st.integers(1, 9)), st.sets(st.integers(1, 9)), st.booleans())
def test_what_may_not_go_is_found_as_by_hand(
    library: Library, removed: set[int], near: set[int], protects: bool
) -> None:
    folders = FolderSet(["safe", "one"] if protects else [])
    going = RemovalSet(library, folders)
    going.follow(removed, dict.fromkeys(removed, REMOVE))
    assert set(going) == {id_ for id_ in removed if library.has(id_)}
    known = [id_ for id_ in near if library.has(id_)]
    assert set(going.unjustified(near)) == unjustified(library, folders, set(going), known)


@pytest.mark.parametrize("seed", range(5))
def test_many_files_are_judged_as_one_by_one(seed: int) -> None:
    library, chance = library_of(300), random.Random(seed)
    markings = {id_: chance.choice((REMOVE, REMOVE, KEEP)) for id_ in library.files if chance.random() < 0.6}
    folders = FolderSet(["dir3", "dir11"])
    many, few = RemovalSet(library, folders), RemovalSet(library, folders)
    many.follow(library.files, markings)
    for id_ in library.files:
        few.follow([id_], markings)
    assert set(many) == set(few) == {id_ for id_, marking in markings.items() if marking == REMOVE}
    assert many.size == few.size == sum(library.files[id_].stamp.size for id_ in many)
    near = chance.sample(sorted(library.files), 200)
    wrong = unjustified(library, folders, set(many), near)
    assert set(many.unjustified(near)) == wrong
    assert {id_ for file in near for id_ in few.unjustified([file])} == wrong
    assert wrong
    many.follow(list(library.files), {})
    assert (list(many), many.size) == ([], 0)


def test_files_of_no_group_do_not_count() -> None:
    going = RemovalSet(library_of(1), FolderSet([]))
    strangers = {number: REMOVE for number in range(-500, 0)}
    going.follow(strangers, strangers)
    assert (list(going), going.size) == ([], 0)
    assert going.unjustified(list(strangers)) == []
    empty = RemovalSet(Library(), FolderSet([]))
    empty.follow(strangers, strangers)
    assert empty.unjustified(list(strangers)) == []
