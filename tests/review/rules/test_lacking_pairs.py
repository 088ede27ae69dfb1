"""What a rule lacks: once that is compared, the file that it prefers leads its group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, strategies as st

from dpm_tui.catalog.group import Better, Group, Pair, pair_key
from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.library.library import Library
from dpm_tui.review.marks.marks import Marks
from dpm_tui.review.marks.plan import plan_marks
from dpm_tui.review.rules import keeper_selection, weighing
from dpm_tui.review.rules.rule import DEFAULT_KINDS, RULES, Rule, read_rule
from tests.review.libraries import FOLDERS, WORDS, libraries
from tests.support.image_files import image_file

NOWHERE = FolderSet([])
NEWEST = read_rule("newest", ["newest"])


def family(pairs: Iterable[tuple[int, int]] = (), **facts: str) -> Library:
    """Return five files, each newer than the one before, around the first of them."""
    files = {id_: image_file(id_, mtime_ns=id_ * 10**12, **facts) for id_ in range(1, 6)}
    group = Group("g", 1, (1, 2, 3, 4, 5), 0.99, 4000)
    own = {(1, id_) for id_ in range(2, 6)} | set(pairs)
    return Library(files, [group], {key: Pair(*key, Kind.COPY, 0.99) for key in own})


def test_the_file_that_a_rule_prefers_lacks_its_pairs_with_the_others() -> None:
    library = family()
    assert keeper_selection.find_lacking(library, [0], NEWEST, DEFAULT_KINDS, NOWHERE) == [(5, 2, 3, 4)]
    assert weighing.find_lacking(library, [0], RULES["newest"], DEFAULT_KINDS, NOWHERE) == [(5, 2, 3, 4)]
    for rule in (RULES["best"], RULES["oldest"]):
        assert weighing.find_lacking(library, [0], rule, DEFAULT_KINDS, NOWHERE) == []


def test_who_could_not_be_compared_makes_room_for_the_next() -> None:
    library = family({(2, 5), (3, 5)})
    asked = {(4, 5)}
    lacking = keeper_selection.find_lacking(library, [0], NEWEST, DEFAULT_KINDS, NOWHERE, asked)
    # Neither 5 nor 4 can stand for the other.
    assert lacking == [(3, 2, 4)]
    everything = {(one, other) for one in range(2, 6) for other in range(one + 1, 6)}
    assert not keeper_selection.find_lacking(library, [0], NEWEST, DEFAULT_KINDS, NOWHERE, everything)


def test_copies_that_were_not_looked_at_are_asked_for_once() -> None:
    library = family({(2, 5), (3, 5), (4, 5)})
    pairs = {**library.pairs, (2, 5): replace(library.pairs[2, 5], better=Better.UNSEEN)}
    library = Library(library.files, library.groups, pairs)
    lacking = keeper_selection.find_lacking(library, [0], NEWEST, DEFAULT_KINDS, NOWHERE)
    assert lacking == weighing.find_lacking(library, [0], RULES["newest"], DEFAULT_KINDS, NOWHERE) == [(5, 2)]
    assert not keeper_selection.find_lacking(library, [0], NEWEST, DEFAULT_KINDS, NOWHERE, {(2, 5)})


def test_files_of_the_same_bytes_are_a_pair_without_being_compared() -> None:
    library = family(digest="ab" * 32)
    assert not weighing.find_lacking(library, [0], RULES["newest"], DEFAULT_KINDS, NOWHERE)
    pair = library.pair(5, 2)
    assert pair is not None
    assert (pair.a, pair.b, pair.kind, pair.similarity) == (2, 5, Kind.IDENTICAL, 1.0)


@given(
    libraries(), st.lists(st.sampled_from(WORDS), max_size=2, unique=True), st.sampled_from([(), FOLDERS[:1]])
)
def test_nothing_lacks_once_it_was_compared(
    library: Library, words: list[str], protected: tuple[str, ...]
) -> None:
    """Whatever comes out of it: a rule does not ask without end, and those that it asks for are copies."""
    rule, safe = read_rule("own", words or ["best"]), FolderSet(protected)
    numbers = range(len(library.groups))
    asked: set[tuple[int, int]] = set()
    while wanted := keeper_selection.find_lacking(library, numbers, rule, DEFAULT_KINDS, safe, asked):
        new = {pair_key(ids[0], id_) for ids in wanted for id_ in ids[1:]}
        assert not new & asked
        for one, other in new:
            group = library.group_of(one)
            assert {one, other} <= {*group.members}
            for id_ in {one, other} - {group.keeper}:
                pair = library.pair(group.keeper, id_)
                assert pair is not None
                assert pair.kind in DEFAULT_KINDS
        asked |= new


@pytest.mark.parametrize("rule", [NEWEST, RULES["newest"], read_rule("own", ["-date"])])
def test_many_files_of_one_content_need_no_pair_with_each_other(rule: Rule) -> None:
    """Where only the best of them has a pair with each, any of them is kept as if all had one."""
    many, last = range(1, 61), 61
    files = {id_: image_file(id_, mtime_ns=id_ * 10**12, digest="ab" * 32) for id_ in many}
    files[last] = image_file(last)
    across = {(id_, last): Pair(id_, last, Kind.COPY, 0.99) for id_ in many}
    few = {(1, id_): Pair(1, id_, Kind.IDENTICAL, 1.0) for id_ in many[1:]}
    whole = {key: Pair(*key, Kind.IDENTICAL, 1.0) for key in combinations(many, 2)}
    groups = [Group("g", 1, (*many, last), 0.99, 60_000)]
    found = []
    for pairs in (few, whole):
        library = Library(files, groups, {**across, **pairs})
        own = rule
        if rule is not RULES["newest"]:
            library, own = keeper_selection.select_keepers(library, rule, NOWHERE), rule.settled
            assert library.groups[0].keeper == 60
        marks = Marks(library)
        marks.accept(marks.suggest([0], own))
        plan, unjustified = plan_marks(library, marks)
        assert not unjustified
        found.append(([(move.victim.path, move.keeper.path, move.kind) for move in plan.moves], marks.size))
        assert set(marks.removed) == {*many, last} - {60}
        assert marks.suggest([0], own).weakest == 0.99
    assert found[0] == found[1]
