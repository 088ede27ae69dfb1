"""Rules: whatever the order, nothing protected goes, never the last one, never across kinds."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, strategies as st

from dpm_tui.catalog.group import TIERS, Group, Pair, pair_key
from dpm_tui.catalog.verdict import Kind
from dpm_tui.pipeline.clustering import group_pairs
from dpm_tui.review.library.group_links import holding_pair
from dpm_tui.review.library.library import Library
from dpm_tui.review.marks.marks import Mark, Marks
from dpm_tui.review.rules.keeper_ranking_columns import rank_best_rows
from dpm_tui.review.rules.keeper_selection import select_keepers
from dpm_tui.review.rules.rule import (
    DEFAULT_KINDS,
    OWN,
    RULES,
    Spared,
    find_rule,
    name_rule,
    protect_folders,
    read_rule,
)
from dpm_tui.review.rules.weighing import weigh
from tests.review.libraries import KINDS, RULE_WORDS, file_of, libraries
from tests.review.oracle.spared_copies import why_spared

NOWHERE = protect_folders(())


@given(libraries(), RULE_WORDS, KINDS, st.booleans(), st.booleans())
def test_no_rule_takes_a_protected_file_or_the_last_or_one_of_another_kind(
    library: Library, words: list[str], kinds: set[Kind], elects: bool, protects: bool
) -> None:
    protected = protect_folders(["safe"] if protects else [])
    rule = read_rule("mine", words)
    if elects:
        library, rule = select_keepers(library, rule, protected), rule.settled
    files, pairs, groups = library.files, library.pairs, library.groups
    for number, group in enumerate(groups):
        marked = weigh(library, [number], rule, kinds, protected).marked
        assert not any(protected(files[id_]) for id_ in marked)
        assert set(marked) < set(group.members)
        assert not set(marked) & set(marked.values())
        for id_, kept in marked.items():
            pair = pairs[pair_key(id_, kept)]
            assert pair.kind in kinds
            safe = protected(files[kept])
            assert why_spared(files[id_], files[kept], pair, careful=False, safe=safe) is None
            assert rule.allows(files[kept].folder, files[id_].folder)
    marks = Marks(library, protected)
    marks.accept(marks.suggest(range(len(groups)), rule, kinds))
    for id_ in marks.removed:
        staying = [other for other in marks.group_of(id_).members if other not in marks.removed]
        assert any(pair_key(id_, other) in pairs for other in staying)
    marks.undo()
    assert not marks.removed


@given(libraries(), RULE_WORDS, KINDS, st.booleans(), st.booleans(), st.integers(0, 9))
def test_what_is_suggested_for_all_groups_is_suggested_for_each(
    library: Library, words: list[str], kinds: set[Kind], elects: bool, protects: bool, by_hand: int
) -> None:
    protected = protect_folders(["safe"] if protects else [])
    rule = read_rule("mine", words)
    if elects:
        library = select_keepers(library, rule, protected)
    marks = Marks(library, protected)
    numbers = range(len(library.groups))
    if library.groups and by_hand in library.groups[0].members:
        marks.keep(by_hand)
        marks.remove(library.groups[0].members[-1])
    one_by_one = [marks.suggest([number], rule.settled, kinds) for number in numbers]
    at_once = marks.suggest(numbers, rule.settled, kinds)
    assert at_once.markings == {id_: mark for each in one_by_one for id_, mark in each.markings.items()}
    assert at_once.kept == {id_: kept for each in one_by_one for id_, kept in each.kept.items()}
    assert at_once.groups == sum(each.groups for each in one_by_one)
    assert at_once.size == sum(library.files[id_].stamp.size for id_ in at_once.kept)
    values = [library.pairs[pair_key(id_, kept)].similarity for id_, kept in at_once.kept.items()]
    assert list(at_once.similarities.values()) == sorted(values)
    assert at_once.weakest == min(values, default=1.0)
    marks.accept(at_once)
    assert at_once.beyond(marks.removed).files == 0 == at_once.beyond(marks.removed).groups
    assert at_once.beyond(set()) is at_once


def test_nothing_of_more_pixels_goes_for_a_protected_file() -> None:
    """Whoever protects a folder of small versions does not want to lose the large ones by it."""
    files = {1: file_of(1, "a/1.jpg", 400), 2: file_of(2, "safe/2.jpg", 200), 3: file_of(3, "a/3.jpg", 200)}
    pairs = {(a, b): Pair(a, b, Kind.COPY, 0.99) for a, b in combinations(files, 2)}
    found = Library(files, group_pairs(files, pairs.values(), 0.6, rank_best_rows), pairs)
    protected = protect_folders(["safe"])
    library = select_keepers(found, RULES["best"], protected)
    assert library.groups[0].keeper == 2
    assert weigh(library, [0], RULES["best"], DEFAULT_KINDS, protected).marked == {3: 2}
    marks = Marks(library, protected)
    assert dict(marks.suggest([0], RULES["best"].settled).kept) == {3: 2}
    marks.accept(marks.suggest([0], RULES["best"].settled))
    why = marks.why_nothing(0, RULES["best"].settled)
    assert (why.key, why.file, why.spared) == ("spared", 1, Spared.PIXELS)


@pytest.mark.parametrize(
    ("folders", "kinds", "gone"),
    [
        (("a", "a", "b"), DEFAULT_KINDS, {3: 1, 4: 1}),
        (("a", "safe", "a"), DEFAULT_KINDS, {1: 3, 4: 3}),
        (("a", "a", "b"), {Kind.COPY}, {}),
    ],
)
def test_of_several_originals_of_the_same_bytes_one_is_enough(
    folders: tuple[str, str, str], kinds: set[Kind], gone: dict[int, int]
) -> None:
    """The protected copy is poorer: one original stays beside it, the repetitions go for that one."""
    originals = {
        id_: file_of(id_, f"{folder}/{id_}.jpg", 400) for id_, folder in zip((1, 3, 4), folders, strict=True)
    }
    same = replace(originals[1].facts, digest="ab" * 32)
    files = {id_: replace(file, facts=same) for id_, file in originals.items()}
    files[2] = file_of(2, "safe/0.jpg", 200)
    pairs = {
        (a, b): Pair(a, b, Kind.COPY, 0.99) if 2 in (a, b) else Pair(a, b, Kind.IDENTICAL, 1.0)
        for a, b in combinations(sorted(files), 2)
    }
    protected = protect_folders(["safe"])
    found = Library(files, group_pairs(files, pairs.values(), 0.6, rank_best_rows), pairs)
    library = select_keepers(found, RULES["smallest"], protected)
    assert library.groups[0].keeper == 2
    rule = RULES["smallest"].settled
    assert weigh(library, [0], rule, kinds, protected).marked == gone
    marks = Marks(library, protected)
    assert dict(marks.suggest([0], rule, kinds).kept) == gone
    marks.accept(marks.suggest([0], rule, kinds))
    assert marks.removed == set(gone)


def test_a_file_can_be_left_out_of_a_suggestion() -> None:
    library = three(Kind.COPY, Kind.COPY, Kind.COPY)
    marks = Marks(library)
    whole = marks.suggest([0], RULES["best"])
    part = whole.without(2, library.groups[0].members)
    assert (dict(part.kept), part.groups, part.size) == ({3: 1}, 1, whole.size - library.files[2].stamp.size)
    none = part.without(3, library.groups[0].members)
    assert (none.files, none.groups, none.weakest) == (0, 0, 1.0)
    marks.accept(part)
    assert [marks.mark_of(id_) for id_ in (1, 2, 3)] == [Mark.KEEP, None, Mark.REMOVE]
    marks.undo()
    marks.accept(none)
    assert not marks.removed
    assert marks.mark_of(1) is None


@given(libraries(), RULE_WORDS, st.booleans(), st.booleans())
def test_an_elected_keeper_leads_as_the_best_file_does(
    library: Library, words: list[str], protects: bool, whole: bool
) -> None:
    """Same members and id; a pair with every copy, and to nobody a closer kind than the best file has."""
    rule = read_rule("mine", words)
    files, pairs = library.files, library.pairs
    led = select_keepers(library, rule, protect_folders(["safe"] if protects else []), whole=whole)
    assert {key: led.pairs[key] for key in led.pairs} == {key: pairs[key] for key in led.pairs}
    for number, (before, after) in enumerate(zip(library.groups, led.groups, strict=True)):
        assert all(led.files[id_] == files[id_] for id_ in after.members)
        assert led.group_of(after.members[-1]) == after
        assert (after.id, set(after.members)) == (before.id, set(before.members))
        assert after.members[0] == after.keeper
        assert after.reclaimable_bytes == sum(
            files[id_].stamp.size
            for id_ in after.members[1:]
            if not (protects and files[id_].path.startswith(b"safe/"))
        )
        links = []
        for id_ in after.members[1:]:
            pair, former = pairs.get(pair_key(after.keeper, id_)), pairs.get(pair_key(before.keeper, id_))
            links.append(pair or former)
            assert pair is not None or not (whole or tier(library, before.keeper, id_) == 0)
            if pair is not None and before.keeper not in (id_, after.keeper):
                assert tier(library, after.keeper, id_) >= tier(library, before.keeper, id_)
            assert holding_pair(led, after, id_) is not None
        assert after.weakest == min(pair.similarity for pair in links if pair is not None)
        if after.keeper != before.keeper:
            assert pairs[pair_key(after.keeper, before.keeper)].kind in DEFAULT_KINDS
        marked = weigh(led, [number], rule.settled, DEFAULT_KINDS, NOWHERE).marked
        assert set(marked) <= set(before.members)
        for id_, kept in marked.items():
            assert kept not in marked
            assert pairs[pair_key(kept, id_)].kind in DEFAULT_KINDS


def tier(library: Library, a: int, b: int) -> int:
    kind = library.pairs[pair_key(a, b)].kind
    return next(number for number, kinds in enumerate(TIERS) if kind in kinds)


def three(*kinds: Kind) -> Library:
    """Return one group of three: kinds of the pairs 1-2, 1-3 and 2-3; the first is the best file."""
    files = {id_: file_of(id_, f"{'abc'[id_ - 1]}/{id_}.jpg", 400 - id_ * 50) for id_ in (1, 2, 3)}
    keys = [(1, 2), (1, 3), (2, 3)][: len(kinds)]
    pairs = {key: Pair(*key, kind, 0.9) for key, kind in zip(keys, kinds, strict=True)}
    return Library(files, (Group("g", 1, (1, 2, 3), 0.9, 0),), pairs)


def elected(library: Library, *words: str, safe: str = "") -> int:
    protected = protect_folders([safe] if safe else [])
    return select_keepers(library, read_rule("mine", words), protected).groups[0].keeper


def test_the_keeper_follows_the_order() -> None:
    library = three(Kind.COPY, Kind.COPY, Kind.COPY)
    assert elected(library, "pixels") == 1
    assert elected(library, "-pixels") == 3
    assert elected(library, "folder:b", "-pixels") == 2
    assert elected(library, "pixels", safe="c") == 3
    assert elected(library, "best", safe="b") == 2


def test_no_crop_and_no_variant_is_kept_for_a_picture() -> None:
    for kind in (Kind.VARIANT, Kind.CROP):
        assert elected(three(Kind.COPY, kind, kind), "-pixels") == 2
        assert elected(three(Kind.COPY, kind, kind), "best", safe="c") == 1


def test_a_file_that_was_not_compared_with_all_copies_does_not_lead() -> None:
    assert elected(three(Kind.COPY, Kind.COPY), "-pixels") == 1


def test_a_variant_that_was_never_compared_with_it_hinders_no_copy() -> None:
    """It stays in the group, of the kind that it has beside the best file; reports ask for every pair."""
    library = three(Kind.COPY, Kind.VARIANT)
    led = select_keepers(library, read_rule("mine", ["-pixels"]), protect_folders(()))
    assert led.groups[0] == Group("g", 2, (2, 1, 3), 0.9, sum(led.files[id_].stamp.size for id_ in (1, 3)))
    assert led.columns.of_kinds({Kind.VARIANT}).tolist() == [False, False, True]
    assert weigh(led, [0], RULES["best"], set(Kind), NOWHERE).marked == {1: 2}
    whole = select_keepers(library, read_rule("mine", ["-pixels"]), protect_folders(()), whole=True)
    assert whole.groups[0].keeper == 1


def test_nothing_becomes_a_copy_by_an_election() -> None:
    """3 is a variant of the best file: that it looks like a copy of 2 does not make it one."""
    assert elected(three(Kind.COPY, Kind.VARIANT, Kind.COPY), "folder:b") == 1


def test_of_identical_alone_every_repetition_is_found() -> None:
    """2 and 3 have the same bytes; the best file is another encoding and stays as well."""
    library = three(Kind.COPY, Kind.COPY, Kind.IDENTICAL)
    only = weigh(library, [0], RULES["best"], {Kind.IDENTICAL}, NOWHERE).marked
    assert only == {3: 2}
    both = weigh(library, [0], RULES["best"], DEFAULT_KINDS, NOWHERE).marked
    assert both == {2: 1, 3: 1}


def test_limits_leave_files_alone() -> None:
    library = three(Kind.COPY, Kind.COPY, Kind.COPY)
    for words, marked in (
        (["best", "mark-in:c"], {3}), (["best", "keep-in:a"], {2, 3}), (["best", "keep-in:b"], set()),
        (["best", "same-folder"], set()), (["best", "other-folder"], {2, 3}),
    ):  # fmt: skip
        rule = read_rule("mine", words)
        assert weigh(library, [0], rule, DEFAULT_KINDS, NOWHERE).marked.keys() == marked


def test_what_was_kept_by_hand_stays_so_whatever_rules_are_accepted() -> None:
    library = three(Kind.COPY, Kind.COPY, Kind.COPY)
    marks = Marks(library)
    marks.keep(1)
    for name in ("largest", "smallest"):
        marks.accept(marks.suggest([0], RULES[name]))
        assert marks.mark_of(1) is Mark.KEEP
    assert marks.removed == {2}


def test_rules_are_found_by_name() -> None:
    presets = {"mine": ("pixels",)}
    assert (find_rule("mine", presets).name, len(find_rule("mine", presets).criteria)) == ("mine", 1)
    assert find_rule(OWN, presets, ("pixels",)).name == "mine"
    assert find_rule(OWN, presets, ("bytes",)).name == OWN
    assert find_rule(OWN).criteria == ()
    assert name_rule(("largest",), presets) == "largest"
