"""Changes say in columns what they were told one by one, whatever the files are known by."""

from __future__ import annotations

from hypothesis import given, strategies as st

from dpm_tui.review.history.mark_changes import Changes, Mark, Marking
from dpm_tui.review.history.mark_history import Step

MARKINGS = st.none() | st.builds(Marking, st.sampled_from(Mark), st.text(max_size=3))
KEYS = st.integers(-(1 << 63), (1 << 63) - 1) | st.tuples(st.binary(max_size=3), st.text(max_size=3))
TOLD = st.lists(st.tuples(KEYS, MARKINGS, MARKINGS), max_size=9)


@given(TOLD)
def test_changes_are_those_that_were_told(told: list[tuple[object, Marking | None, Marking | None]]) -> None:
    changes = Changes(told)
    assert list(changes) == told
    assert [changes[place] for place in range(len(changes))] == changes[:] == told
    assert list(changes.before) == [(key, before) for key, before, _ in told]
    assert list(changes.after) == [(key, after) for key, _, after in told]
    assert Step(changes) == Step(Changes(iter(told)))
    assert hash(changes) == hash(Changes(told))
    assert (changes == Changes([*told, (0, None, None)])) is False


def test_a_step_may_know_very_many_rules() -> None:
    told = [(number, None, Marking(Mark.REMOVE, f"rule {number}")) for number in range(300)]
    assert list(Changes(told)) == told
