"""Links: which pair of a group is the weakest, and where a group falls apart first."""

from __future__ import annotations

from hypothesis import given, strategies as st

from dpm_tui.catalog.group import Group, Pair, pair_key
from dpm_tui.catalog.verdict import Kind
from dpm_tui.review.decisions.group_split import split_group
from dpm_tui.review.library.group_links import partners, weakest_link
from dpm_tui.review.library.library import Library


def library_of(*pairs: tuple[int, int, Kind, float]) -> tuple[Library, Group]:
    """Return a library with one group around file 1."""
    members = tuple(sorted({id_ for a, b, *_ in pairs for id_ in (a, b)}))
    index = {pair_key(a, b): Pair(*pair_key(a, b), kind, value) for a, b, kind, value in pairs}
    group = Group("g", 1, members, min(value for *_, value in pairs), 0)
    return Library(groups=[group], pairs=index), group


def test_weakest_link_is_the_least_similar_pair_of_the_keeper() -> None:
    library, group = library_of(
        (1, 2, Kind.COPY, 0.98), (1, 3, Kind.VARIANT, 0.81), (1, 4, Kind.CROP, 0.9), (2, 3, Kind.VARIANT, 0.7)
    )
    assert weakest_link(library, group) == library.pair(1, 3)


def test_of_equal_similarity_the_looser_kind_is_weaker() -> None:
    library, group = library_of((1, 2, Kind.IDENTICAL, 1.0), (1, 3, Kind.PIXELS, 1.0))
    assert weakest_link(library, group) == library.pair(1, 3)


def test_two_variants_that_are_copies_of_each_other_stay_together() -> None:
    library, group = library_of(
        (1, 2, Kind.COPY, 0.98),
        (1, 3, Kind.VARIANT, 0.81),
        (1, 4, Kind.VARIANT, 0.80),
        (3, 4, Kind.COPY, 0.97),
    )
    cut = split_group(library, group)
    assert cut is not None
    assert (cut.stays, cut.goes) == ((1, 2), (3, 4))
    assert cut.across == library.pair(1, 3)
    assert cut.pairs == 4


def test_the_keeper_stays_also_where_it_stands_alone() -> None:
    library, group = library_of(
        (1, 2, Kind.VARIANT, 0.7), (1, 3, Kind.VARIANT, 0.71), (2, 3, Kind.COPY, 0.99)
    )
    cut = split_group(library, group)
    assert cut is not None
    assert (cut.stays, cut.goes) == ((1,), (2, 3))


def test_files_of_the_same_bytes_are_never_parted() -> None:
    library, group = library_of((1, 2, Kind.IDENTICAL, 1.0), (1, 3, Kind.IDENTICAL, 1.0))
    assert split_group(library, group) is None
    library, group = library_of(
        (1, 2, Kind.IDENTICAL, 1.0), (1, 3, Kind.PIXELS, 1.0), (2, 3, Kind.PIXELS, 1.0)
    )
    cut = split_group(library, group)
    assert cut is not None
    assert cut.goes == (3,)


@given(st.data())
def test_nothing_across_is_stronger_than_what_holds_a_part_together(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 7))
    similarity = st.floats(0.6, 1.0)
    pairs = [(1, id_, Kind.VARIANT, data.draw(similarity)) for id_ in range(2, count + 1)]
    for a in range(2, count + 1):
        for b in range(a + 1, count + 1):
            if data.draw(st.booleans()):
                pairs.append((a, b, Kind.VARIANT, data.draw(similarity)))
    library, group = library_of(*pairs)
    cut = split_group(library, group)
    assert cut is not None
    assert sorted(cut.stays + cut.goes) == list(range(1, count + 1))
    assert cut.stays[0] == 1
    assert cut.goes
    across = [pair for a in cut.stays for b in cut.goes if (pair := library.pair(a, b)) is not None]
    assert max(pair.similarity for pair in across) == cut.across.similarity
    # A single file is the only part that is not held together by stronger pairs than those that were cut.
    for part in (cut.stays, cut.goes):
        reached, grown = {part[0]}, True
        while grown:
            more = {
                id_
                for id_ in part
                for known in reached
                if (pair := library.pair(known, id_)) is not None and pair.similarity >= cut.across.similarity
            }
            grown = not more <= reached
            reached |= more
        assert reached == set(part)


def test_what_was_compared_comes_first() -> None:
    library, group = library_of(
        (1, 2, Kind.COPY, 0.98), (1, 3, Kind.COPY, 0.98), (1, 4, Kind.COPY, 0.98), (3, 4, Kind.COPY, 0.99)
    )
    assert partners(library, group, 1) == [2, 3, 4]
    assert partners(library, group, 4) == [1, 3, 2]
