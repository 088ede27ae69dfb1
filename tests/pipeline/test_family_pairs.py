from __future__ import annotations

from dpm_tui.catalog.content_digest import DigestPair, digest_pair
from dpm_tui.catalog.group import Better
from dpm_tui.catalog.verdict import Kind, Verdict
from dpm_tui.pipeline.family_pairs import find_family_pairs
from dpm_tui.pipeline.inspection.inspected_verdict import InspectedVerdict
from tests.support.image_files import image_file


def pairs_for(
    *alike: tuple[str, str, Kind],
    better: tuple[str, str] = ("", ""),
    changed: str = "",
    count: int = 99,
) -> set[DigestPair]:
    """Return what families need; of contents a, b, ... the first is the best.

    ``changed`` names pairs of letters that are variants at full size alone.
    """
    names = sorted({name for one, other, _ in alike for name in (one, other)})
    files = {name: [image_file(number, size=count - number)] for number, name in enumerate(names)}
    verdicts = []
    for one, other, kind in alike:
        pair = digest_pair(one, other)
        side = Better.EITHER
        if set(better) == {one, other}:
            side = Better.FIRST if pair[0] == better[0] else Better.SECOND
        verdicts.append(InspectedVerdict(pair, Verdict(kind, 0.9), side))

    seen = {digest_pair(*pair) for pair in changed.split()}
    return set(find_family_pairs(verdicts, files, lambda chosen: [-chosen.sizes()], seen))


def test_the_best_of_a_family_is_held_against_all_of_it() -> None:
    chain = [(one, other, Kind.COPY) for one, other in ("bc", "cd", "da")]
    assert pairs_for(*chain) == {("a", "b"), ("a", "c"), ("a", "d")}


def test_what_is_better_at_full_size_is_the_best() -> None:
    chain = [(one, other, Kind.COPY) for one, other in ("ab", "bc")]
    assert pairs_for(*chain, better=("b", "a")) == {("a", "b"), ("b", "c")}


def test_each_copy_of_an_edit_is_held_against_the_best_picture() -> None:
    """Only the second colour copy was near to the second grey one."""
    found = pairs_for(("a", "b", Kind.COPY), ("y", "z", Kind.COPY), ("b", "z", Kind.EDITED))
    assert found == {("a", "b"), ("y", "z"), ("a", "y"), ("a", "z")}


def test_copies_that_a_page_shows_are_held_against_the_best_of_them() -> None:
    """The page stood for all of them; one was taken for a copy of a variant, where it was nearest."""
    alike = [("a", name, Kind.CROP) for name in "bcd"] + [("d", "v", Kind.COPY)]
    assert {("b", "c"), ("b", "d")} <= pairs_for(*alike)


def test_what_an_enlarged_copy_stood_for_is_compared_once_it_is_seen_to_be_a_variant() -> None:
    alike = [("a", name, Kind.VARIANT) for name in "bcd"]
    assert {("b", "c"), ("b", "d")} <= pairs_for(*alike, changed="ab ac ad")
    assert not {("b", "c"), ("b", "d")} & pairs_for(*alike)


def test_of_variants_only_the_best_ones_are_compared() -> None:
    found = pairs_for(("a", "b", Kind.COPY), ("y", "z", Kind.COPY), ("b", "z", Kind.VARIANT))
    assert found == {("a", "b"), ("y", "z"), ("a", "y")}


def test_a_burst_does_not_become_all_pairs() -> None:
    """Three hundred frames, each with a copy, like the twenty before them: few pairs for each of them."""
    frames, near = 300, 20
    alike = [(f"{k:03}", f"{k:03}+", Kind.COPY) for k in range(frames)]
    alike += [(f"{k:03}", f"{o:03}", Kind.VARIANT) for k in range(frames) for o in range(max(k - near, 0), k)]
    assert len(pairs_for(*alike, count=1000)) == len(alike)
