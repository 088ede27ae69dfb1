from __future__ import annotations

import random

from hypothesis import given, strategies as st

from dpm_tui.catalog.group import TIERS, Group, Pair, pair_key
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.catalog.verdict import Kind
from dpm_tui.pipeline.clustering import group_pairs
from dpm_tui.pipeline.decided_apart import Decided
from dpm_tui.review.rules.keeper_ranking_columns import rank_best_rows
from tests.review.oracle.keeper_ranking import rank_best
from tests.support.image_files import image_file
from tests.support.simple_groups import by, group_simply

SIMILARITIES = (0.5, 0.6, 0.7, 0.9, 1.0)


@st.composite
def libraries(draw: st.DrawFn) -> tuple[dict[int, ImageFile], list[Pair]]:
    count = draw(st.integers(2, 10))
    files = {id_: image_file(id_, size=draw(st.integers(1, 3))) for id_ in range(1, count + 1)}
    keys = draw(st.lists(st.tuples(st.integers(1, count), st.integers(1, count)), max_size=30))
    pairs = {
        pair_key(*key): Pair(
            *pair_key(*key), draw(st.sampled_from(Kind)), draw(st.sampled_from(SIMILARITIES))
        )
        for key in keys
        if key[0] != key[1]
    }
    return files, list(pairs.values())


by_size = by(lambda file: -file.stamp.size)


NAMES = ("a.jpg", "a (1).jpg", "copy of a.jpg", "co", "py.jpg", "(1", ")x.png", "Kopie.webp")


@st.composite
def odd_libraries(draw: st.DrawFn) -> tuple[dict[int, ImageFile], list[Pair]]:
    """Files over several chunks of columns, ties of every kind, and some that no column can hold."""
    ids = draw(st.lists(st.sampled_from((1, 2, 3, 9, 4095, 4096, 4098, 9000)), min_size=2, unique=True))
    files = {}
    for id_ in ids:
        name = f"{draw(st.sampled_from(('', 'a/', 'a/b/', 'z/')))}{id_ % 10}{draw(st.sampled_from(NAMES))}"
        width = draw(st.sampled_from((0, 400, 404, 409, 1 << 33)))
        files[id_] = image_file(
            id_,
            name.encode(),
            size=draw(st.sampled_from((0, 5, 6, 1 << 40))),
            mtime_ns=draw(st.sampled_from((-5, 0, 7))),
            width=width,
            format=draw(st.sampled_from(("JPEG", "PNG"))),
            quality=draw(st.sampled_from((0, 80, 92, 300))),
            has_exif=draw(st.booleans()),
            reason=draw(st.sampled_from(("", "why"))),
        )
    ends = st.sampled_from([*ids, 77])
    keys = draw(st.lists(st.tuples(ends, ends), max_size=16))
    pairs = {
        pair_key(*key): Pair(
            *pair_key(*key), draw(st.sampled_from(Kind)), draw(st.sampled_from(SIMILARITIES))
        )
        for key in keys
        if key[0] != key[1]
    }
    return files, list(pairs.values())


@given(odd_libraries())
def test_groups_are_those_that_come_of_one_pair_after_the_other(
    library: tuple[dict[int, ImageFile], list[Pair]],
) -> None:
    assert list(group_pairs(*library, 0.6, rank_best_rows)) == group_simply(*library, 0.6, rank_best)


def tier(kind: Kind) -> int:
    return next(number for number, kinds in enumerate(TIERS) if kind in kinds)


@given(libraries())
def test_every_member_has_its_own_pair_with_the_keeper(
    library: tuple[dict[int, ImageFile], list[Pair]],
) -> None:
    files, pairs = library
    index = {(pair.a, pair.b): pair for pair in pairs}
    for group in group_pairs(files, pairs, 0.6, by_size):
        links = [index[pair_key(group.keeper, id_)] for id_ in group.members[1:]]
        assert group.members[0] == group.keeper
        assert links
        assert min(link.similarity for link in links) == group.weakest >= 0.6
        assert group.reclaimable_bytes == sum(files[id_].stamp.size for id_ in group.members[1:])


@given(libraries())
def test_no_file_is_in_two_groups(library: tuple[dict[int, ImageFile], list[Pair]]) -> None:
    members = [id_ for group in group_pairs(*library, 0.6, by_size) for id_ in group.members]
    assert len(members) == len(set(members))


@given(libraries())
def test_no_pair_of_two_ungrouped_files_is_left_over(
    library: tuple[dict[int, ImageFile], list[Pair]],
) -> None:
    files, pairs = library
    grouped = {id_ for group in group_pairs(files, pairs, 0.6, by_size) for id_ in group.members}
    for pair in pairs:
        assert pair.similarity < 0.6 or pair.a in grouped or pair.b in grouped


@given(libraries(), st.randoms(use_true_random=False))
def test_the_order_of_files_and_pairs_does_not_matter(
    library: tuple[dict[int, ImageFile], list[Pair]], dice: random.Random
) -> None:
    files, pairs = library
    expected = list(group_pairs(files, pairs, 0.6, by_size))
    shuffled = list(files.items())
    dice.shuffle(shuffled)
    dice.shuffle(pairs)
    assert list(group_pairs(dict(shuffled), pairs, 0.6, by_size)) == expected


@given(libraries())
def test_a_looser_kind_never_parts_what_a_stricter_one_holds_together(
    library: tuple[dict[int, ImageFile], list[Pair]],
) -> None:
    files, pairs = library
    strict = [pair for pair in pairs if tier(pair.kind) == 0]
    alone = {id_: group.keeper for group in group_pairs(files, strict, 0.6, by_size) for id_ in group.members}
    together = {
        id_: group.keeper for group in group_pairs(files, pairs, 0.6, by_size) for id_ in group.members
    }
    for id_, keeper in alone.items():
        assert together[id_] == together[keeper]


@given(libraries(), st.integers(1, 5))
def test_a_file_that_belongs_to_no_group_changes_none(
    library: tuple[dict[int, ImageFile], list[Pair]], size: int
) -> None:
    """What is remembered of a group by its id holds for that group and no other after the next scan."""
    files, pairs = library
    stranger = image_file(99, b"000 before all others.jpg", size=size)
    assert list(group_pairs({**files, 99: stranger}, pairs, 0.6, by_size)) == list(
        group_pairs(files, pairs, 0.6, by_size)
    )


def grouped(files: list[ImageFile], *pairs: Pair, threshold: float = 0.6) -> list[Group]:
    return list(group_pairs({file.id: file for file in files}, pairs, threshold, by_size))


def test_a_chain_is_split_around_its_keepers() -> None:
    files = [image_file(id_, size=size) for id_, size in ((1, 90), (2, 80), (3, 70), (4, 60))]
    chain = [Pair(a, a + 1, Kind.COPY, 0.95) for a in (1, 2, 3)]
    assert [group.members for group in grouped(files, *chain)] == [(1, 2), (3, 4)]


def test_a_variant_does_not_pull_a_copy_out_of_its_group() -> None:
    files = [image_file(1, size=90), image_file(2, size=80), image_file(3, size=70)]
    groups = grouped(files, Pair(1, 3, Kind.VARIANT, 0.8), Pair(2, 3, Kind.COPY, 0.97))
    assert [group.members for group in groups] == [(2, 3)]


def family(kind: Kind, *missing: tuple[int, int]) -> list[tuple[int, ...]]:
    """Return the groups of two colour copies and two grey ones, all compared but for some pairs."""
    files = [image_file(id_, size=size) for id_, size in ((1, 90), (2, 80), (3, 70), (4, 60))]
    kinds = {(1, 2): Kind.COPY, (3, 4): Kind.COPY}
    pairs = [
        Pair(a, b, kinds.get((a, b), kind), 0.9)
        for a, b in ((1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4))
        if (a, b) not in missing
    ]
    return [group.members for group in grouped(files, *pairs)]


def test_copies_that_are_edits_of_a_better_file_stand_in_its_group() -> None:
    assert family(Kind.EDITED) == [(1, 2, 3, 4)]
    assert family(Kind.CROP, (2, 4)) == [(1, 2, 3, 4)]


def test_copies_stay_together_where_one_was_not_compared_with_the_better_file() -> None:
    assert family(Kind.EDITED, (1, 4)) == [(1, 2), (3, 4)]


def test_copies_of_a_variant_stand_in_a_group_of_their_own() -> None:
    assert family(Kind.VARIANT) == [(1, 2), (3, 4)]


def test_the_best_file_keeps_and_ties_go_to_the_first_path() -> None:
    files = [image_file(1, b"z.jpg"), image_file(2, b"a.jpg"), image_file(3, b"m.jpg")]
    (group,) = grouped(files, *(Pair(a, b, Kind.COPY, 0.97) for a, b in ((1, 2), (1, 3), (2, 3))))
    assert (group.keeper, group.members) == (2, (2, 3, 1))


def test_the_threshold_counts_in_and_not_out() -> None:
    files = [image_file(1), image_file(2)]
    assert len(grouped(files, Pair(1, 2, Kind.VARIANT, 0.6))) == 1
    assert grouped(files, Pair(1, 2, Kind.VARIANT, 0.6), threshold=0.61) == []


def test_a_pair_with_a_file_that_is_not_there_is_passed_over() -> None:
    assert grouped([image_file(1)], Pair(1, 2, Kind.IDENTICAL, 1.0)) == []


def test_the_id_of_a_group_stays_while_its_members_do() -> None:
    files = [image_file(1), image_file(2), image_file(3)]
    pair = Pair(1, 2, Kind.COPY, 0.97)
    (before,) = grouped(files, pair)
    (after,) = grouped(files, Pair(1, 2, Kind.IDENTICAL, 1.0))
    (other,) = grouped(files, Pair(1, 3, Kind.COPY, 0.97))
    assert before.id == after.id != other.id


@given(libraries(), st.integers(0, 2**20))
def test_what_a_person_told_apart_is_in_no_group_together(
    library: tuple[dict[int, ImageFile], list[Pair]], seed: int
) -> None:
    """Each with a third file is not together: a pair that was decided must not come back by a detour."""
    files, pairs = library
    keys = [pair_key(a.id, b.id) for a in files.values() for b in files.values() if a.id < b.id]
    chosen = random.Random(seed).sample(keys, len(keys) // 3)
    apart = {frozenset((files[a].facts.digest, files[b].facts.digest)) for a, b in chosen}
    left = [pair for pair in pairs if pair_key(pair.a, pair.b) not in chosen]
    decided = Decided(frozenset().union(*apart), lambda one, other: "variants" * ({one, other} in apart))
    groups = list(group_pairs(files, left, 0.6, by_size, decided))
    for group in groups:
        assert not any(pair_key(a, b) in chosen for a in group.members for b in group.members)
    assert list(group_pairs(files, left, 0.6, by_size, Decided())) == list(
        group_pairs(files, left, 0.6, by_size)
    )


def test_variants_of_each_other_are_not_both_copies_of_a_third_file() -> None:
    files = {id_: image_file(id_, size=4 - id_) for id_ in (1, 2, 3)}
    pairs = [Pair(1, 2, Kind.COPY, 0.9), Pair(1, 3, Kind.COPY, 0.9)]
    verdicts = {frozenset((files[2].facts.digest, files[3].facts.digest))}
    decided = Decided(
        frozenset().union(*verdicts), lambda one, other: "variants" * ({one, other} in verdicts)
    )
    assert [group.members for group in group_pairs(files, pairs, 0.6, by_size)] == [(1, 2, 3)]
    assert [group.members for group in group_pairs(files, pairs, 0.6, by_size, decided)] == [(1, 2)]
