"""Many files marked at once: the best of each group stays, and nothing goes for a mere variant."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, strategies as st

from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.library.library import Library
from dpm_tui.review.library.list_layout import ListLayout, ListPosition, ListRange
from dpm_tui.review.marks.mark_refusal import Refusal
from dpm_tui.review.marks.marks import Marks
from tests.review.marks.test_marks import EXTRA, SIZES, assert_sound, draw_library, make_library


def test_of_whole_groups_the_keepers_stay() -> None:
    marks = Marks(library := make_library(3, 2))
    chosen, refused = marks.choose_removable(library.files)
    marks.remove_chosen(chosen)
    assert marks.removed == {2, 3, 5}
    assert refused.total() == 2
    assert len(marks.history.done) == 1


def test_variants_and_protected_files_stay() -> None:
    plain = make_library(4, pairs={(1, 3): Kind.VARIANT})
    files = plain.files | {4: replace(plain.files[4], path=b"safe/4.jpg")}
    library = Library(files, plain.groups, plain.pairs)
    marks = Marks(library, FolderSet(["safe"]))
    chosen, refused = marks.choose_removable([2, 3, 4])
    assert chosen == [2]
    assert refused == {Refusal.PROTECTED: 1, Refusal.VARIANT: 1}


@given(SIZES, EXTRA, st.sets(st.integers(1, 20)), st.sets(st.integers(1, 20)))
def test_whatever_is_chosen_leaves_a_copy_of_each(
    sizes: list[int], extra: list[tuple[int, int, Kind]], first: set[int], wanted: set[int]
) -> None:
    library = draw_library(sizes, extra)
    marks = Marks(library)
    for file in first & library.files.keys():
        marks.remove(file)
    before = set(marks.removed)
    chosen, refused = marks.choose_removable(wanted & library.files.keys())
    assert len(chosen) + refused.total() == len((wanted & library.files.keys()) - before)
    marks.remove_chosen(chosen)
    assert_sound(marks, library)
    for file in chosen:
        staying = [id_ for id_ in marks.group_of(file).members if id_ not in marks.removed]
        kinds = {pair.kind for id_ in staying if (pair := library.pair(file, id_))}
        assert kinds - {Kind.VARIANT}
    if chosen:
        marks.undo()
    assert marks.removed == before


@given(SIZES, st.data())
def test_a_span_holds_the_files_between_its_ends(sizes: list[int], data: st.DataObject) -> None:
    library = make_library(*sizes)
    rows = ListLayout(library, range(len(sizes)))
    places = [ListPosition(group, member) for group, size in enumerate(sizes) for member in range(size)]
    one, other = (data.draw(st.sampled_from(places)) for _ in range(2))
    span = ListRange.between(rows, one, other)
    first, last = sorted((places.index(one), places.index(other)))
    assert span.files == list(range(first + 1, last + 2))
    assert len(span) == len(span.files)
    assert [place for place in places if rows.line(place) in span] == places[first : last + 1]
