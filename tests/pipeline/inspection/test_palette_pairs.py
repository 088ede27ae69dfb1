"""Pictures in few colours are held against what they may be made of: few pairs, of one frame, no more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dpm_tui.catalog.content_digest import DigestPair, digest_pair
from dpm_tui.catalog.image_file import Facts, ImageFile, Stamp
from dpm_tui.catalog.inspection import Inspection
from dpm_tui.catalog.verdict import GRID, Kind, Verdict, is_visible
from dpm_tui.pipeline.inspection.inspected_verdict import inspect_verdicts
from dpm_tui.pipeline.inspection.palette_pairs import PARTNERS, PalettePairs

CUT = "f" * 64
SEEN = bytes([255] * 5 + [0] * (GRID * GRID - 5))


def digest(number: int) -> str:
    return f"{number:064x}"


def library(count: int, **of_cut: int) -> dict[str, list[ImageFile]]:
    facts = {digest(number): Facts(digest(number), "JPEG", 300, 200) for number in range(1, count + 1)}
    cut = Facts(CUT, "GIF", 300, 200, colours=32)
    facts[CUT] = replace(cut, **of_cut)  # type: ignore[arg-type]
    return {
        key: [ImageFile(number, b"%d" % number, Stamp(9, 9, 9, 9, number), facts=own)]
        for number, (key, own) in enumerate(facts.items())
    }


def picked(
    files: dict[str, list[ImageFile]], kind: Kind = Kind.VARIANT, leaders: dict[str, str] | None = None
) -> list[DigestPair]:
    pairs = PalettePairs(files)
    for number in range(1, len(files)):
        pairs.add(digest_pair(digest(number), CUT), Verdict(kind, 0.8, bytes([number] * GRID * GRID)))
    return list(pairs.pick(leaders or {}))


@pytest.mark.parametrize("kind", [Kind.VARIANT, Kind.EDITED])
def test_a_picture_in_few_colours_is_held_against_the_nearest_of_its_frame(kind: Kind) -> None:
    near = [digest_pair(digest(number), CUT) for number in range(1, PARTNERS + 1)]
    assert picked(library(40), kind) == near
    assert picked(library(1), kind) == near[:1]


def test_of_the_copies_of_one_picture_it_is_held_against_the_best() -> None:
    leaders = {digest(number): digest(7) for number in range(1, 9)}
    best, *others = picked(library(10), leaders=leaders)
    assert best == digest_pair(digest(7), CUT)
    assert others == [digest_pair(digest(number), CUT) for number in (9, 10)]
    elsewhere = {digest(number): "e" * 64 for number in range(1, 9)}
    assert picked(library(10), leaders=elsewhere)[0] == digest_pair(digest(1), CUT)


@pytest.mark.parametrize("kind", [Kind.CROP, Kind.TURNED])
def test_crops_and_turned_pictures_are_never_looked_at(kind: Kind) -> None:
    assert picked(library(3), kind) == []


@pytest.mark.parametrize("of_cut", [{"width": 301}, {"colours": 0}, {"frames": 2}])
def test_nothing_is_looked_at_in_another_frame_colourful_or_moving(of_cut: dict[str, int]) -> None:
    assert picked(library(3, **of_cut)) == []


def test_two_pictures_in_few_colours_are_two_drawings() -> None:
    files = library(1)
    file = files[digest(1)][0]
    files[digest(1)] = [replace(file, facts=replace(file.facts, colours=40))]
    assert picked(files) == []


@pytest.mark.parametrize("kind", [Kind.VARIANT, Kind.EDITED, Kind.COPY])
def test_what_is_proved_is_a_copy_that_differs_nowhere(kind: Kind) -> None:
    pair = digest_pair(digest(1), CUT)
    found = {pair: Inspection(-10.0, 4.0, proved=True)}
    (each,) = inspect_verdicts([(pair, Verdict(kind, 0.8, SEEN))], found)
    assert each.verdict.kind is Kind.COPY
    assert each.verdict.similarity >= 0.95
    assert not is_visible(each.verdict.differs)


@pytest.mark.parametrize("kind", [Kind.CROP, Kind.TURNED, Kind.PIXELS])
def test_no_proof_makes_a_copy_of_a_crop_or_a_turned_picture(kind: Kind) -> None:
    pair = digest_pair(digest(1), CUT)
    (each,) = inspect_verdicts([(pair, Verdict(kind, 0.9))], {pair: Inspection(-10.0, 4.0, proved=True)})
    assert each.verdict.kind is kind


@pytest.mark.parametrize("kind", [Kind.VARIANT, Kind.EDITED])
def test_without_a_proof_a_variant_stays_one_however_alike_it_is(kind: Kind) -> None:
    pair = digest_pair(digest(1), CUT)
    (each,) = inspect_verdicts([(pair, Verdict(kind, 0.8))], {pair: Inspection(-9.0, 4.0)})
    assert each.verdict.kind is kind


def test_small_pictures_prove_nothing() -> None:
    files = library(1)
    assert picked(files)
    small = {
        key: [replace(file, facts=replace(file.facts, width=200, height=150)) for file in group]
        for key, group in files.items()
    }
    assert picked(small) == []
