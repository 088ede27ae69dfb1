"""Marks: no group loses its last file, nothing goes without a witness, undo and redo are exact."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from dpm_tui.catalog.group import Group, Pair, pair_key
from dpm_tui.catalog.image_file import Facts, ImageFile, Stamp
from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.decisions.decision import Decision
from dpm_tui.review.history import mark_history
from dpm_tui.review.history.file_identities import name_history
from dpm_tui.review.history.mark_changes import Mark, Marking
from dpm_tui.review.history.mark_history import MAX_STEPS
from dpm_tui.review.history.rebase import adopt_record
from dpm_tui.review.history.review_record import ReviewRecord, View
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.library.library import Library
from dpm_tui.review.marks.marks import Marks, Refusal
from dpm_tui.review.marks.plan import build_plan
from dpm_tui.review.rules.rule import RULES, protect_folders

NOBODY = protect_folders(())


def make_library(*sizes: int, pairs: dict[tuple[int, int], Kind] | None = None, folder: str = "") -> Library:
    """Return groups of these sizes with ids from 1; each member has a pair with its keeper."""
    files: dict[int, ImageFile] = {}
    groups: list[Group] = []
    known: dict[tuple[int, int], Pair] = {}
    for size in sizes:
        first = len(files) + 1
        members = tuple(range(first, first + size))
        for id_ in members:
            facts = Facts(f"{id_:064x}", "JPEG", 1000 - id_, 800)
            files[id_] = ImageFile(
                id_, f"{folder}{id_}.jpg".encode(), Stamp(100 + id_, id_, id_, 1, id_), facts=facts
            )
        for id_ in members[1:]:
            known[pair_key(first, id_)] = Pair(first, id_, Kind.COPY, 0.9)
        groups.append(Group(f"g{first}-{size}", first, members, 0.9, 0))
    for (a, b), kind in (pairs or {}).items():
        known[pair_key(a, b)] = Pair(*pair_key(a, b), kind, 0.8)
    return Library(files, groups, known)


def state(marks: Marks, library: Library) -> dict[int, Mark | None]:
    return {id_: marks.mark_of(id_) for id_ in library.files}


def assert_sound(marks: Marks, library: Library, protected: FolderSet = NOBODY) -> None:
    """Check what must hold at every moment, and that the plan justifies every mark."""
    removed = {id_ for id_ in library.files if marks.mark_of(id_) is Mark.REMOVE}
    assert removed == marks.removed
    assert marks.size == sum(library.files[id_].stamp.size for id_ in removed)
    for group in library.groups:
        assert set(group.members) - removed
    assert not any(protected(library.files[id_]) for id_ in removed)
    plan, unjustified = build_plan(library, library.groups, removed, marks.rule_of)
    assert len(plan.moves) == len(removed)
    assert not unjustified


def test_toggle_marks_and_takes_away() -> None:
    marks = Marks(library := make_library(2))
    assert marks.toggle(2) is None
    assert marks.mark_of(2) is Mark.REMOVE
    marks.toggle(2)
    assert state(marks, library) == {1: None, 2: None}


def test_last_file_of_a_group_is_refused() -> None:
    marks = Marks(make_library(2))
    marks.remove(1)
    assert marks.remove(2) is Refusal.LAST
    assert marks.removed == {1}


def test_file_never_compared_with_a_staying_one_is_refused() -> None:
    marks = Marks(make_library(3))
    marks.remove(1)
    assert marks.mark_of(1) is Mark.REMOVE
    assert marks.remove(2) is Refusal.NO_PAIR


def test_only_witness_of_a_marked_file_is_refused() -> None:
    library = make_library(3, pairs={(2, 3): Kind.COPY})
    other = make_library(3)
    marks = Marks(other)
    marks.remove(2)
    assert marks.remove(1) is Refusal.RELIED_ON
    marks = Marks(library)
    marks.remove(2)
    assert marks.remove(1) is None


def test_protected_files_stay() -> None:
    library = make_library(3, folder="safe/")
    marks = Marks(library, protect_folders(["safe"]))
    assert marks.remove(2) is Refusal.PROTECTED
    assert marks.keep_only(1) == 2
    assert not marks.removed


def test_keep_only_leaves_what_was_never_compared_with_it() -> None:
    marks = Marks(library := make_library(3))
    assert marks.keep_only(2) == 1
    assert state(marks, library) == {1: Mark.REMOVE, 2: Mark.KEEP, 3: None}


def test_suggestion_counts_and_leaves_variants_and_kept_files() -> None:
    library = make_library(3, 2, pairs={(1, 3): Kind.VARIANT})
    marks = Marks(library)
    marks.keep(5)
    suggestion = marks.suggest(range(len(library.groups)), RULES["best"])
    assert (suggestion.groups, suggestion.files, suggestion.size) == (1, 1, 102)
    marks.accept(suggestion)
    assert state(marks, library) == {1: Mark.KEEP, 2: Mark.REMOVE, 3: None, 4: None, 5: Mark.KEEP}
    assert marks.rule_of(2) == "best"
    assert marks.rule_of(5) == "hand"


def test_accepting_for_many_groups_leaves_what_was_marked_by_hand() -> None:
    """Whoever gave the best file of a group away wants another one of it."""
    marks = Marks(library := make_library(3, 3, 2, pairs={(2, 3): Kind.COPY, (4, 6): Kind.VARIANT}))
    marks.keep_only(2)
    marks.remove(6)
    marks.remove(7)
    suggestion = marks.suggest(range(3), RULES["best"])
    marks.accept(suggestion)
    assert state(marks, library) == {
        1: Mark.REMOVE, 2: Mark.KEEP, 3: Mark.REMOVE,
        4: Mark.KEEP, 5: Mark.REMOVE, 6: Mark.REMOVE,
        7: Mark.REMOVE, 8: None,
    }  # fmt: skip
    assert (suggestion.groups, suggestion.files) == (1, 1)
    assert_sound(marks, library)


def test_accepting_for_many_groups_never_takes_what_a_mark_by_hand_relies_on() -> None:
    marks = Marks(library := make_library(3, pairs={(2, 3): Kind.COPY}))
    marks.remove(3)
    marks.accept(marks.suggest([0], RULES["best"]))
    assert state(marks, library) == {1: Mark.KEEP, 2: Mark.REMOVE, 3: Mark.REMOVE}
    assert_sound(marks, library)


def test_marks_of_moved_files_come_back_with_them() -> None:
    marks = Marks(library := make_library(3))
    marks.remove(2)
    marks.remove(3)
    marks.note_move([2, 3])
    assert not marks.removed
    assert marks.undo() is None  # the batch comes first
    marks.step_back()
    assert marks.removed == {2, 3}
    assert_sound(marks, library)
    marks.undo()
    assert marks.removed == {2}


def test_a_decision_takes_the_marks_of_its_files_and_gives_them_back() -> None:
    marks = Marks(make_library(3))
    marks.remove(2)
    said, revoked = Decision(("a", "b"), "variants"), Decision(("a", "b"), "")
    marks.note_decision([1, 2, 3], [said], [revoked])
    assert not marks.removed
    step = marks.step_back()
    assert (step.decisions, step.before) == ((said,), (revoked,))
    assert marks.removed == {2}
    marks.step_forward()
    assert not marks.removed


def test_a_file_that_is_in_no_group_for_a_while_keeps_its_mark() -> None:
    library = make_library(2, 2)
    marks = Marks(library)
    marks.remove(4)
    away = marks.rebase(make_library(2), NOBODY)
    assert not away.removed
    assert away.size == 0
    assert away.rebase(library, NOBODY).removed == {4}


def with_twins(*ids: int) -> Library:
    """Return one group of files with the same bytes, each in a folder of its own."""
    full = make_library(4, pairs={(a, b): Kind.IDENTICAL for a in range(1, 5) for b in range(a + 1, 5)})
    facts = Facts("7" * 64, "JPEG", 800, 600)
    files = {id_: replace(full.files[id_], path=b"%d/a.jpg" % id_, facts=facts) for id_ in ids}
    return Library(files, [Group("twins", ids[0], ids, 1.0, 0)], full.pairs)


def test_the_mark_of_a_moved_file_never_goes_to_a_copy_that_was_there_beside_it() -> None:
    """One copy has come after the marks were begun; the marked one goes to the bin, the others stay."""
    marks = Marks(with_twins(1, 2)).rebase(with_twins(1, 2, 3), NOBODY)
    marks.remove(2)
    after = marks.rebase(with_twins(1, 3), NOBODY)
    assert not after.removed
    after.note_move([2])
    again = after.rebase(with_twins(1, 3), NOBODY)
    again.step_back()
    assert not again.removed
    assert again.rebase(with_twins(1, 2, 3), NOBODY).removed == {2}


def test_the_mark_of_a_file_that_went_between_two_reviews_does_not_go_to_its_copy_later() -> None:
    marks = Marks(with_twins(1, 2, 3))
    marks.remove(2)
    record = ReviewRecord(name_history(marks.history, marks.names), View(horizon=3))
    adopted = adopt_record(record, left := with_twins(1, 3))
    back = Marks(left, NOBODY, adopted.history, names=adopted.names, horizon=3)
    assert not back.removed
    assert not back.rebase(left, NOBODY).removed


def test_a_long_history_drops_its_oldest_steps() -> None:
    marks = Marks(make_library(2))
    for _ in range(MAX_STEPS + 10):
        marks.toggle(2)
    assert len(marks.history.done) == MAX_STEPS


def test_a_history_of_large_steps_drops_them_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mark_history, "MAX_CHANGES", 6)
    marks = Marks(make_library(4))
    for _ in range(4):
        marks.keep(2, 3, 4)
        marks.clear((2, 3, 4))
        assert len(marks.history.done) == 2
    marks.step_back()
    marks.step_forward()
    marks.step_back()
    marks.remove(2)
    assert len(marks.history.done) == 2, "what was taken back weighs nothing"
    marks.history.drop()
    marks.clear((3, 4))
    assert len(marks.history.done) == 2


def test_rebase_drops_marks_that_are_not_allowed_any_more() -> None:
    before = Marks(make_library(3, pairs={(2, 3): Kind.COPY}))
    before.remove(1)
    before.remove(2)
    after = before.rebase(library := make_library(3), NOBODY)
    assert_sound(after, library)
    assert after.removed == {1}


def test_rebase_keeps_the_marks_and_the_undo() -> None:
    marks = Marks(make_library(2, 3))
    marks.remove(2)
    marks.remove(4)
    after = marks.rebase(make_library(2, 2), NOBODY)
    assert after.removed == {2, 4}
    assert after.undo() is not None
    assert after.removed == {2}
    assert after.undo() is not None
    assert not after.removed
    assert after.undo() is None


TRAVELS = ("undo", "redo", "move", "decide", "back")
ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "toggle",
                "remove",
                "keep",
                "clear",
                "keep_only",
                "accept",
                "undo",
                "redo",
                "move",
                "decide",
                "back",
            ]
        ),
        st.integers(0, 50),
    ),
    max_size=30,
)
SIZES = st.lists(st.integers(2, 5), min_size=1, max_size=4)
EXTRA = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.sampled_from(Kind)), max_size=12)


def draw_library(sizes: list[int], extra: list[tuple[int, int, Kind]]) -> Library:
    """Return a library with some further pairs inside its groups."""
    plain = make_library(*sizes)
    home = {id_: group for group in plain.groups for id_ in group.members}
    pairs = {}
    for a, b, kind in extra:
        one = a % len(plain.files) + 1
        others = [id_ for id_ in home[one].members if id_ != one]
        pairs[pair_key(one, others[b % len(others)])] = kind
    return make_library(*sizes, pairs=pairs)


def act(marks: Marks, library: Library, action: str, number: int) -> None:
    file = number % len(library.files) + 1
    match action:
        case "undo":
            marks.undo()
        case "redo":
            marks.redo()
        case "accept":
            marks.accept(marks.suggest([number % len(library.groups)], RULES["best"]))
        case "clear":
            marks.clear([file])
        case "move":
            marks.note_move([file])
        case "decide":
            marks.note_decision([file], (), ())
        case "back":
            if marks.history.last:
                marks.step_back()
        case _:
            getattr(marks, action)(file)


@given(SIZES, EXTRA, ACTIONS, st.booleans())
def test_no_action_ever_takes_the_last_file(
    sizes: list[int], extra: list[tuple[int, int, Kind]], actions: list[tuple[str, int]], protects: bool
) -> None:
    plain = draw_library(sizes, extra)
    safe = {
        id_: replace(file, path=b"safe/" + file.path) for id_, file in plain.files.items() if id_ % 3 == 0
    }
    library = Library({**plain.files, **safe}, plain.groups, plain.pairs)
    protected = FolderSet(["safe"] if protects else [])
    marks = Marks(library, protected)
    for action, number in actions:
        act(marks, library, action, number)
        assert_sound(marks, library, protected)


@given(SIZES, EXTRA, ACTIONS)
def test_undo_and_redo_are_exact(
    sizes: list[int], extra: list[tuple[int, int, Kind]], actions: list[tuple[str, int]]
) -> None:
    library = draw_library(sizes, extra)
    marks = Marks(library)
    seen: list[dict[int, Marking | None]] = [dict(marks._markings)]
    for action, number in actions:
        if action in TRAVELS:
            continue
        act(marks, library, action, number)
        if dict(marks._markings) != seen[-1]:
            seen.append(dict(marks._markings))
    for expected in reversed(seen[:-1]):
        assert marks.undo() is not None
        assert marks._markings == expected
    assert marks.undo() is None
    for expected in seen[1:]:
        assert marks.redo() is not None
        assert marks._markings == expected
    assert marks.redo() is None


@given(SIZES, SIZES, EXTRA, EXTRA, ACTIONS, ACTIONS)
def test_marks_stay_sound_on_another_library(
    sizes: list[int],
    later: list[int],
    extra: list[tuple[int, int, Kind]],
    others: list[tuple[int, int, Kind]],
    actions: list[tuple[str, int]],
    more: list[tuple[str, int]],
) -> None:
    library = draw_library(sizes, extra)
    marks = Marks(library)
    for action, number in actions:
        act(marks, library, action, number)
    newer = draw_library(later, others)
    fresh = marks.rebase(newer, NOBODY)
    assert_sound(fresh, newer)
    for action, number in more:
        act(fresh, newer, action, number)
        assert_sound(fresh, newer)


def test_a_move_rests_on_a_true_copy_rather_than_on_a_more_similar_variant() -> None:
    library = make_library(3, pairs={(2, 3): Kind.VARIANT})
    pairs = {**library.pairs, (2, 3): Pair(2, 3, Kind.VARIANT, 0.99)}
    plan, _ = build_plan(
        Library(library.files, library.groups, pairs), library.groups, {2}, lambda file: "best"
    )
    assert [(move.keeper.path, move.kind) for move in plan.moves] == [(b"1.jpg", Kind.COPY)]


def test_a_move_of_a_rule_rests_on_a_pair_of_the_kinds_that_it_was_given() -> None:
    """A part may be more similar to a turned copy of it than to the picture that it is a part of."""
    library = make_library(3)
    pairs = {(1, 2): Pair(1, 2, Kind.CROP, 0.9), (2, 3): Pair(2, 3, Kind.TURNED, 0.99)}
    library = Library(library.files, library.groups, {**library.pairs, **pairs})
    plan, _ = build_plan(library, library.groups, {2}, lambda file: "best", {Kind.COPY, Kind.CROP})
    assert [(move.keeper.path, move.kind) for move in plan.moves] == [(b"1.jpg", Kind.CROP)]
