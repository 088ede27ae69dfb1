"""Decisions as sets: whatever is decided, changed and taken back, each pair has the verdict it was given."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, strategies as st

from dpm_tui.review.decisions.decision import Decision, decide, drop_contained, set_apart, subtract
from dpm_tui.review.decisions.decision_table import DecisionTable
from tests.support.image_files import image_file

LETTERS = "abcdefg"
PAIRS = list(combinations(LETTERS, 2))
SETS = st.sets(st.sampled_from(LETTERS), min_size=2).map(lambda letters: tuple(sorted(letters)))
DECISIONS = st.builds(
    lambda digests, verdict, time: Decision(digests, verdict, time, tuple(map(str.encode, digests))),
    SETS, st.sampled_from(["variants", "not_duplicates", ""]), st.sampled_from(["1", "2"]),
)  # fmt: skip


def table_of(decisions: list[Decision]) -> DecisionTable:
    table = DecisionTable()
    assert all([table.add(decision) for decision in decisions])
    return table


def pair_by_pair(decisions: list[Decision]) -> dict[tuple[str, str], str]:
    """Return what each pair was decided to be, worked out the long way."""
    return {pair: decision.verdict for decision in decisions for pair in decision.pairs}


def verdicts(table: DecisionTable) -> dict[tuple[str, str], str]:
    return {pair: table.verdict(*pair) for pair in PAIRS}


@given(st.lists(DECISIONS, max_size=8))
def test_the_last_decision_on_a_pair_counts(decisions: list[Decision]) -> None:
    table, expected = table_of(decisions), pair_by_pair(decisions)
    assert verdicts(table) == {pair: expected.get(pair, "") for pair in PAIRS}
    assert all(table.verdict(other, one) == table.verdict(one, other) for one, other in PAIRS)


@given(st.lists(DECISIONS, max_size=8), SETS)
def test_what_stands_is_what_is_decided(decisions: list[Decision], wanted: tuple[str, ...]) -> None:
    table, expected = table_of(decisions), pair_by_pair(decisions)
    stands = {pair: verdict for pair, verdict in expected.items() if verdict}
    assert pair_by_pair(list(table.standing())) == stands
    assert pair_by_pair(table.within(wanted)) == {
        pair: verdict for pair, verdict in stands.items() if {*pair} <= {*wanted}
    }
    for decision in table.standing():
        assert decision.names == tuple(map(str.encode, decision.digests))


@given(st.lists(DECISIONS, max_size=6), st.lists(DECISIONS, max_size=4))
def test_any_change_can_be_taken_back_and_made_again(past: list[Decision], changes: list[Decision]) -> None:
    table = table_of(past)
    before = verdicts(table)
    back = table.before(changes)
    assert all([table.add(change) for change in changes])
    after = verdicts(table)
    for _ in range(3):
        again = table.before(back)
        assert all([table.add(change) for change in back])
        assert verdicts(table) == before
        back = table.before(again)
        assert all([table.add(change) for change in again])
        assert verdicts(table) == after
        assert len(back) < 60, "taking back and making again must not grow"


@given(SETS, st.lists(SETS, max_size=5))
def test_subtracting_leaves_exactly_the_other_pairs(
    digests: tuple[str, ...], taken: list[tuple[str, ...]]
) -> None:
    gone = {pair for other in taken for pair in combinations(other, 2)}
    left = {pair for part in subtract(digests, taken) for pair in combinations(part, 2)}
    assert left == set(combinations(digests, 2)) - gone


def test_a_set_that_is_part_of_another_says_nothing_new() -> None:
    sets = [("a", "b"), ("a", "b", "c"), ("c", "d"), ("a", "b", "c")]
    assert drop_contained(sets) == [("a", "b", "c"), ("c", "d")]


def test_files_of_the_same_content_are_one_in_a_decision() -> None:
    one, twin, other, unread = (
        image_file(id_, name, digest=digest)
        for id_, (name, digest) in enumerate(((b"1", "b"), (b"twin", "b"), (b"2", "a"), (b"?", "")))
    )
    expected = Decision(("a", "b"), "variants", "", (b"2", b"twin"))
    assert decide((one, twin, other, unread), "variants") == [expected]
    assert decide((one, twin, unread), "variants") == []
    assert set_apart(twin, (one, other, unread, other), "variants") == [expected]


def test_one_pair_taken_out_of_a_large_set_leaves_two_sets() -> None:
    large = tuple(f"{number:04}" for number in range(1000))
    table = table_of([Decision(large, "variants"), Decision(("0003", "0700"), "")])
    assert [len(decision.digests) for decision in table.standing()] == [999, 999]


def test_many_pairs_taken_out_of_a_set_do_not_multiply_it() -> None:
    large = tuple(f"{number:04}" for number in range(100))
    revoked = [Decision((f"{2 * number:04}", f"{2 * number + 1:04}"), "") for number in range(40)]
    left = list(table_of([Decision(large, "variants"), *revoked]).standing())
    assert sum(len(decision.digests) for decision in left) <= 100 * 99
