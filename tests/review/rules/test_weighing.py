"""Columns weigh very many groups as each of them is weighed by hand, a file and a pair at a time."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.library.library import Library
from dpm_tui.review.marks.marks import Marks
from dpm_tui.review.rules.keeper_ranking import is_lossless, looks_like_a_copy
from dpm_tui.review.rules.keeper_ranking_columns import lossless_rows, named_like_copies, rank_places
from dpm_tui.review.rules.keeper_selection import select_keepers
from dpm_tui.review.rules.rule import RULES, Rule, protect_folders, read_rule
from dpm_tui.review.rules.weighing import Weighing, weigh
from dpm_tui.worker.protocol.library_codec import unpack_library
from tests.review.libraries import KINDS, RULE_WORDS, libraries
from tests.review.oracle.keeper_ranking import RANKS
from tests.review.oracle.marking import weigh_group
from tests.tui.samples.library import large_library

RULE = st.one_of(
    st.sampled_from([*RULES.values()]),
    RULE_WORDS.map(lambda words: read_rule("mine", words)),
    RULE_WORDS.map(lambda words: read_rule("mine", ["best", *(word for word in words if word != "best")])),
)


def told(weighed: Weighing) -> list[tuple[int, int, object]]:
    """Return each file with the one kept for it and why it is spared."""
    spared = {id_: why for id_, _, why in weighed.spared}
    kept = zip(weighed.files.tolist(), weighed.kept.tolist(), strict=True)
    return [(id_, other, spared.get(id_)) for id_, other in kept]


@pytest.mark.slow
@settings(max_examples=300)
@given(libraries(), RULE, KINDS, st.booleans(), st.booleans())
def test_groups_are_weighed_as_by_hand(
    library: Library, rule: Rule, kinds: set[Kind], elects: bool, protects: bool
) -> None:
    protected = protect_folders(["safe", "one/deep"] if protects else [])
    if elects:
        library, rule = select_keepers(library, rule, protected), rule.settled
    by_hand = [
        list(weigh_group(library.files, library.pairs, group, rule, kinds, protected))
        for group in library.groups
    ]
    numbers = range(len(library.groups))
    assert told(weigh(library, numbers, rule, kinds, protected)) == [each for own in by_hand for each in own]
    for number in numbers:
        assert told(weigh(library, [number], rule, kinds, protected)) == by_hand[number]


@given(libraries(), st.randoms(use_true_random=False), st.sampled_from(sorted(RANKS)))
def test_some_files_are_ranked_as_one_by_one(library: Library, chance: random.Random, order: str) -> None:
    if not library.groups:
        return
    whole = library.columns.files
    rows = np.array(chance.sample(range(len(whole)), chance.randint(1, len(whole))), np.int64)
    files = whole.take(rows)
    each = [whole.at(row) for row in rows.tolist()]
    assert [files.at(row) for row in range(len(files))] == each
    ranked = sorted(range(len(each)), key=lambda row: (RANKS[order](each[row]), each[row].path))
    assert np.argsort(rank_places(files, order)).tolist() == ranked
    assert np.argsort(rank_places(files, "")).tolist() == sorted(ranked, key=lambda row: each[row].path)
    assert named_like_copies(files).tolist() == [looks_like_a_copy(file.name) for file in each]
    assert lossless_rows(files).tolist() == [is_lossless(file) for file in each]
    assert files.pixel_counts().tolist() == [file.pixel_count for file in each]


def test_one_group_of_very_many_is_looked_at_alone() -> None:
    """Whoever marks one group after the other waits for none of the others."""
    library = unpack_library(large_library(3000).pack())
    marks = Marks(library, protect_folders(["dir7"]))
    part = library.columns.part([1234])
    members = library.groups[1234].members
    assert list(part.files) == list(members)
    assert part.files.names == b"".join(library.files[id_].name for id_ in members)
    assert (len(part.files.folders), list(part.groups)) == (1, [library.groups[1234]])
    assert list(part.pairs) == [members]
    assert marks.suggest([1234], RULES["best"]).kept == {members[1]: members[0]}
