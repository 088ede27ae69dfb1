"""The schedule judges few pairs, and groups come out as if all had been judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations
from random import Random

from hypothesis import given, strategies as st

from dpm_tui.catalog.content_digest import DigestPair, digest_pair
from dpm_tui.catalog.group import Better
from dpm_tui.catalog.verdict import Kind, Verdict
from dpm_tui.pipeline.decoding.decoder import Wait
from dpm_tui.pipeline.verification.pair_schedule import BLOCK, SMALL, Candidates, PairSchedule

COPY, EDITED, VARIANT = (
    Verdict(kind, similarity)
    for kind, similarity in ((Kind.COPY, 0.98), (Kind.EDITED, 0.9), (Kind.VARIANT, 0.7))
)


def names(count: int) -> list[str]:
    return [f"{number:04}" for number in range(count)]


def all_pairs(pictures: list[str], closest: int = 0) -> Candidates:
    """Return every pair; of neighbours in the list the ``closest`` ones are among the closest."""
    pairs = {digest_pair(*pair): 0.9 for pair in combinations(pictures, 2)}
    close = {pair for pair in pairs if abs(int(pair[0]) - int(pair[1])) <= closest}
    return Candidates(pairs, close)


def schedule_of(
    candidates: Candidates, alike: dict[DigestPair, Verdict] | None = None, threshold: float = 0.0
) -> PairSchedule:
    """Return a schedule in which the picture of the lowest name is the best."""
    pictures = {digest for pair in candidates.cosines for digest in pair}
    places = {digest: int(digest) for digest in pictures}
    return PairSchedule(candidates, places, (alike or {}).items(), threshold)


def judged_in(lane: Iterable[Sequence[DigestPair] | Wait], schedule: PairSchedule) -> Iterator[DigestPair]:
    """Yield the pairs of a block; none of them is alike."""
    for wave in lane:
        for pair in () if isinstance(wave, Wait) else wave:
            schedule.settle(pair, None)
            yield pair


def pairs_of(schedule: PairSchedule) -> Iterator[DigestPair]:
    """Yield the pairs to judge, one after the other."""
    for wave in chain.from_iterable(schedule.blocks()):
        assert not isinstance(wave, Wait), "each pair was settled before the next was asked for"
        yield from wave


def judge(
    candidates: Candidates,
    truth: dict[DigestPair, Verdict],
    alike: dict[DigestPair, Verdict] | None = None,
    threshold: float = 0.0,
) -> list[DigestPair]:
    """Return the pairs that are judged, one at a time."""
    schedule = schedule_of(candidates, alike, threshold)
    judged = []
    for pair in pairs_of(schedule):
        schedule.settle(pair, truth.get(pair))
        judged.append(pair)
    assert schedule.spared == len(candidates.cosines) - len(judged)
    return judged


def test_copies_of_one_picture_are_held_against_the_best_alone() -> None:
    candidates = all_pairs(names(50))
    judged = judge(candidates, dict.fromkeys(candidates.cosines, COPY))
    assert judged[:49] == [("0000", other) for other in names(50)[1:]]
    assert len(judged) <= 49 + SMALL


def test_a_part_of_a_picture_stands_for_nothing() -> None:
    """The largest file is an enlarged cut: which of the others is the best is not known from it."""
    candidates = all_pairs(names(12))
    schedule = PairSchedule(
        candidates,
        {name: int(name) for name in names(12)},
        weigh=lambda pair, verdict: Better.SECOND if "0000" in pair else Better.EITHER,
    )
    judged = []
    for pair in pairs_of(schedule):
        schedule.settle(pair, EDITED)
        judged.append(pair)
    assert {("0001", other) for other in names(12)[2:]} <= set(judged)
    assert len(judged) < len(candidates.cosines)


def test_of_a_small_family_every_pair_is_judged() -> None:
    candidates = all_pairs(names(SMALL + 1))
    assert set(judge(candidates, dict.fromkeys(candidates.cosines, COPY))) == set(candidates.cosines)


def test_copies_of_a_variant_are_found() -> None:
    """Frames of a burst are variants of the best; two of them that are copies lie closest to each other."""
    candidates = all_pairs(names(60), closest=1)
    copies = {(one, other): COPY for one, other in zip(names(60)[1::2], names(60)[2::2], strict=False)}
    judged = judge(candidates, dict.fromkeys(candidates.cosines, VARIANT) | copies)
    assert set(copies) <= set(judged)
    assert len(judged) < 4 * 60


def test_what_is_unrelated_to_the_best_is_judged_among_itself() -> None:
    candidates = all_pairs(names(20))
    others = names(20)[1:]
    truth = {pair: COPY for pair in all_pairs(others).cosines}
    judged = judge(candidates, truth)
    assert {("0001", other) for other in others[1:]} <= set(judged)


def test_pairs_below_the_threshold_stand_for_nothing() -> None:
    candidates = all_pairs(names(20))
    truth = dict.fromkeys(candidates.cosines, COPY) | {("0000", other): EDITED for other in names(20)[1:]}
    judged = judge(candidates, truth, threshold=0.95)
    assert {("0001", other) for other in names(20)[2:]} <= set(judged)


def test_a_new_copy_is_held_against_the_best_of_the_known_family_alone() -> None:
    known = dict.fromkeys(all_pairs(names(30)).cosines, COPY)
    new = Candidates({(other, "0030"): 0.95 for other in names(30)})
    judged = judge(
        new, dict.fromkeys(new.cosines, COPY), alike={("0000", other): COPY for other in names(30)[1:]}
    )
    assert judged[0] == ("0000", "0030")
    assert len(judged) == 1
    assert known


def test_pictures_that_have_little_to_do_with_each_other_are_apart() -> None:
    pictures = names(6 * BLOCK)
    pairs = {(one, other): 0.9 for one, other in zip(pictures[::3], pictures[1::3], strict=True)}
    schedule = schedule_of(Candidates(pairs))
    lanes = [list(judged_in(lane, schedule)) for lane in schedule.blocks()]
    assert len(lanes) > 2
    assert sorted(chain.from_iterable(lanes)) == sorted(pairs)


def test_what_mostly_reaches_into_the_block_before_is_judged_with_it() -> None:
    pictures = names(BLOCK + 40)
    pairs = {(pictures[0], other): 0.9 for other in pictures[1:]}
    pairs |= {(one, other): 0.9 for other in pictures[BLOCK:] for one in pictures[40:60]}
    schedule = schedule_of(Candidates(pairs))
    (lane,) = schedule.blocks()
    assert len(list(judged_in(lane, schedule))) == len(pairs)


@given(
    st.integers(2, 24).flatmap(
        lambda count: st.tuples(
            st.lists(st.integers(0, 4), min_size=count, max_size=count), st.sets(st.integers(0, 300))
        )
    )
)
def test_groups_of_copies_are_those_of_all_pairs(drawn: tuple[list[int], set[int]]) -> None:
    """Whatever families there are, each picture has its pair with the best of them that it is near."""
    families, missing = drawn
    pictures = names(len(families))
    pairs = [pair for number, pair in enumerate(combinations(pictures, 2)) if number not in missing]
    candidates = Candidates({pair: 0.9 for pair in pairs})
    truth = {pair: COPY for pair in pairs if families[int(pair[0])] == families[int(pair[1])]}
    judged = judge(candidates, truth)
    assert len(set(judged)) == len(judged)
    assert _groups(truth) == _groups({pair: COPY for pair in judged if pair in truth})


@given(
    st.lists(st.integers(0, 3), min_size=2, max_size=20),
    st.sets(st.integers(0, 190)),
    st.integers(1, 40),
    st.randoms(use_true_random=False),
)
def test_what_is_judged_does_not_depend_on_who_answers_first(
    families: list[int], missing: set[int], judges: int, dice: Random
) -> None:
    pictures = names(len(families))
    pairs = [pair for number, pair in enumerate(combinations(pictures, 2)) if number not in missing]
    candidates = Candidates({pair: 0.9 for pair in pairs})
    truth = {pair: COPY for pair in pairs if families[int(pair[0])] == families[int(pair[1])]}
    schedule = schedule_of(candidates)
    judged: list[DigestPair] = []
    under_way: list[DigestPair] = []
    for wave in chain.from_iterable(schedule.blocks()):
        under_way += () if isinstance(wave, Wait) else wave
        while under_way and (isinstance(wave, Wait) or len(under_way) > judges):
            pair = under_way.pop(dice.randrange(len(under_way)))
            judged.append(pair)
            schedule.settle(pair, truth.get(pair))
    assert sorted([*judged, *under_way]) == sorted(judge(candidates, truth))


def test_a_wave_waits_for_the_answers_of_the_one_before() -> None:
    candidates = all_pairs(names(20))
    schedule = schedule_of(candidates)
    (lane,) = schedule.blocks()
    wave = next(lane)
    assert not isinstance(wave, Wait)
    assert wave == [("0000", other) for other in names(20)[1:]]
    assert next(lane) is next(lane) is Wait.LATER
    for pair in wave:
        schedule.settle(pair, COPY)
    assert [*lane] == []


def _groups(alike: dict[DigestPair, Verdict]) -> dict[str, str]:
    """Return the keeper of each picture: the best takes those that it has a pair with, then the next."""
    keepers: dict[str, str] = {}
    for one, other in sorted(alike):
        if keepers.get(one, one) == one and other not in keepers:
            keepers[one], keepers[other] = one, one
    return keepers
