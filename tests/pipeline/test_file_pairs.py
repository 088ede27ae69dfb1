from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from dpm_tui.catalog.group import Pair
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.catalog.verdict import Kind, Verdict
from dpm_tui.pipeline import file_pairs
from dpm_tui.pipeline.clustering import group_pairs
from dpm_tui.pipeline.file_pairs import index_contents, pair_files
from dpm_tui.review.rules.keeper_ranking_columns import rank_best_rows
from tests.support.image_files import image_file
from tests.support.simple_groups import pair_simply

COPY = Verdict(Kind.COPY, 0.97, bytes(range(64)))
ONE, OTHER, PIXELS = "aa" * 32, "bb" * 32, "cc" * 32


def pairs(*files: ImageFile, verdict: Verdict | None = None, decided: str = "") -> list[Pair]:
    verdicts = [] if verdict is None else [((ONE, OTHER), verdict)]
    return list(pair_files({file.id: file for file in files}, verdicts, lambda first, second: decided))


DIGESTS = ("00" * 31 + "02", "00" * 31 + "01", ONE, ONE[:16] + "00" * 24, OTHER, "ff" * 31 + "00", "")


@st.composite
def contents(draw: st.DrawFn) -> tuple[dict[int, ImageFile], list[tuple[tuple[str, str], Verdict]]]:
    """Files of which several hold the same bytes or pixels, and verdicts on contents there or gone.

    Two files of one content have the same facts, as they have in a library.
    """
    facts = {
        digest: {
            "pixels": draw(st.sampled_from(("", PIXELS, "dd" * 32))),
            "frames": draw(st.integers(1, 2)),
            "holds": draw(st.sampled_from(((), ("movie",), ("movie", "edits")))),
        }
        for digest in DIGESTS
    }
    files = {}
    for id_ in draw(st.lists(st.integers(1, 9000), max_size=8, unique=True)):
        digest = draw(st.sampled_from(DIGESTS))
        status = draw(st.sampled_from(("ok", "ok", "ok", "missing")))
        files[id_] = image_file(id_, digest=digest, status=status, **facts[digest])
    ends = st.sampled_from([digest for digest in DIGESTS if digest] + ["77" * 32])
    keys = draw(st.lists(st.tuples(ends, ends).filter(lambda ends: ends[0] < ends[1]), unique=True))
    kinds = st.sampled_from([Verdict(Kind.PIXELS, 1.0), Verdict(Kind.CROP, 0.6), Verdict(Kind.COPY, 0.995)])
    return files, [(key, draw(kinds)) for key in keys]


@given(contents(), st.sets(st.tuples(st.sampled_from(DIGESTS), st.sampled_from(DIGESTS)), max_size=3))
def test_pairs_are_those_that_come_of_one_file_after_the_other(
    library: tuple[dict[int, ImageFile], list[tuple[tuple[str, str], Verdict]]],
    decisions: set[tuple[str, str]],
) -> None:
    def decided(first: str, second: str) -> str:
        return "variants" if {(first, second), (second, first)} & decisions else ""

    assert list(pair_files(*library, decided)) == pair_simply(*library, decided)


def test_files_of_the_same_bytes_are_identical() -> None:
    files = [image_file(id_, digest=ONE) for id_ in (3, 1, 2)]
    assert pairs(*files) == [Pair(a, b, Kind.IDENTICAL, 1.0) for a, b in ((1, 2), (1, 3), (2, 3))]


def test_files_of_the_same_pixels_are_so_without_any_verdict() -> None:
    assert pairs(image_file(1, digest=ONE, pixels=PIXELS), image_file(2, digest=OTHER, pixels=PIXELS)) == [
        Pair(1, 2, Kind.PIXELS, 1.0)
    ]


def test_no_verdict_counts_while_only_a_preview_of_one_was_read() -> None:
    whole, quick = image_file(1, digest=ONE), image_file(2, digest=OTHER, preview="read", camera=5)
    again = image_file(3, digest=OTHER, preview="read", camera=5)
    assert pairs(whole, quick, verdict=COPY) == []
    assert [pair.kind for pair in pairs(whole, quick, again, verdict=COPY)] == [Kind.IDENTICAL]
    assert [pair.kind for pair in pairs(whole, image_file(2, digest=OTHER), verdict=COPY)] == [Kind.COPY]


def test_what_holds_more_is_a_copy_whatever_its_pixels() -> None:
    files = [
        image_file(1, digest=ONE, pixels=PIXELS, holds=("movie",)),
        image_file(2, digest=OTHER, pixels=PIXELS),
        image_file(3, digest=ONE, pixels=PIXELS, holds=("movie",)),
    ]
    found = {(pair.a, pair.b): (pair.kind, pair.similarity) for pair in pairs(*files)}
    assert found == {(1, 2): ("copy", 0.99), (2, 3): ("copy", 0.99), (1, 3): ("identical", 1.0)}


def test_a_verdict_from_before_a_file_was_known_to_hold_more_does_not_count() -> None:
    files = [image_file(1, digest=ONE, holds=("gain_map",)), image_file(2, digest=OTHER)]
    (pair,) = pairs(*files, verdict=Verdict(Kind.PIXELS, 1.0))
    assert (pair.kind, pair.similarity) == ("copy", 0.99)
    files = [image_file(1, digest=ONE, holds=("gain_map",)), image_file(2, digest=OTHER, holds=("gain_map",))]
    assert [pair.kind for pair in pairs(*files, verdict=Verdict(Kind.PIXELS, 1.0))] == ["pixels"]


def test_a_file_that_fits_no_column_holds_more_as_well() -> None:
    odd = image_file(1, digest=ONE, holds=("movie",), width=1 << 40)
    (pair,) = pairs(odd, image_file(2, digest=OTHER), verdict=Verdict(Kind.PIXELS, 1.0))
    assert (pair.kind, pair.similarity) == ("copy", 0.99)


def test_the_same_first_frame_does_not_make_an_animation_the_same() -> None:
    still = image_file(1, digest=ONE, pixels=PIXELS)
    assert pairs(still, image_file(2, digest=OTHER, pixels=PIXELS, frames=3)) == []


def test_a_verdict_counts_for_every_file_of_its_contents() -> None:
    files = [image_file(1, digest=OTHER), image_file(2, digest=ONE), image_file(3, digest=OTHER)]
    found = {(pair.a, pair.b): (pair.kind, pair.similarity) for pair in pairs(*files, verdict=COPY)}
    assert found == {(1, 2): ("copy", 0.97), (2, 3): ("copy", 0.97), (1, 3): ("identical", 1.0)}


def test_equal_pixels_beat_what_the_judge_said() -> None:
    files = [image_file(1, digest=ONE, pixels=PIXELS), image_file(2, digest=OTHER, pixels=PIXELS)]
    assert [pair.kind for pair in pairs(*files, verdict=COPY)] == [Kind.PIXELS]


def test_a_decided_pair_stays_out() -> None:
    files = [image_file(1, digest=ONE, pixels=PIXELS), image_file(2, digest=OTHER, pixels=PIXELS)]
    assert pairs(*files, verdict=COPY, decided="not_duplicates") == []
    assert pairs(*files, verdict=COPY, decided="variants") == []


def test_a_file_that_cannot_be_read_or_is_missing_has_no_pair() -> None:
    whole = image_file(1, digest=ONE)
    for status in ("unreadable", "missing"):
        assert pairs(whole, image_file(2, digest=ONE, status=status)) == []


@pytest.mark.parametrize("status", ["damaged", "too_big", "unsupported", "crashed"])
def test_a_file_whose_picture_cannot_be_had_is_identical_to_one_of_the_same_bytes(status: str) -> None:
    """But it has no other pair, and empty files are nothing to speak of."""
    one, two = (image_file(id_, digest=ONE, status=status) for id_ in (1, 2))
    assert pairs(one, two) == [Pair(1, 2, Kind.IDENTICAL, 1.0)]
    assert pairs(one, image_file(3, digest=OTHER), verdict=COPY) == []
    empty = [image_file(id_, digest=ONE, status=status, size=0) for id_ in (1, 2)]
    assert pairs(*empty) == []


def test_two_files_that_could_not_be_digested_are_not_the_same() -> None:
    assert pairs(image_file(1, digest=""), image_file(2, digest="")) == []


def test_a_verdict_on_contents_that_are_gone_is_passed_over() -> None:
    assert pairs(image_file(1, digest=ONE), verdict=COPY) == []


def test_contents_list_their_files_in_order_of_id() -> None:
    files = [image_file(5, digest=ONE), image_file(2, digest=ONE), image_file(3, digest=OTHER)]
    listed = {digest: [file.id for file in same] for digest, same in index_contents(files).items()}
    assert listed == {ONE: [2, 5], OTHER: [3]}


@pytest.mark.parametrize("sizes", [(100, 1, 0), (60, 90, 0), (3, 200, 2)])
def test_of_many_files_of_one_content_the_best_has_the_pairs(
    sizes: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three contents, the second and the third copies of the first: the group is that of all pairs."""
    digests = [
        digest for digest, count in zip((ONE, OTHER, PIXELS), sizes, strict=True) for _ in range(count)
    ]
    numbers = [(number * 37) % len(digests) + 1 for number in range(len(digests))]
    sides = {ONE: 300, OTHER: 200, PIXELS: 100}
    files = {
        id_: image_file(id_, b"%04d.jpg" % (7 * id_ % 1000), digest=digest, width=sides[digest])
        for id_, digest in zip(numbers, digests, strict=True)
    }
    verdicts = [((ONE, other), COPY) for other in (OTHER, PIXELS)]
    few = pair_files(files, verdicts, rank=rank_best_rows)
    assert len(few) < 8 * len(files)
    monkeypatch.setattr(file_pairs, "MANY", 1000)
    every = pair_files(files, verdicts, rank=rank_best_rows)
    assert set(few) <= set(every)
    groups = [group_pairs(files, pairs, 0.6, rank_best_rows) for pairs in (few, every)]
    assert list(groups[0]) == list(groups[1])
    assert len(groups[0][0].members) == len(files)
