from __future__ import annotations

import pytest

from dpm_tui.catalog.verdict import Kind
from models.training.evaluation.removals.findings import DEFAULT, Cleaning
from models.training.evaluation.removals.removal_score import Fault, RemovalScore, score_removals
from tests.models.evaluation.removals.library import TRUTH, cleaned, found


def score(cleaning: Cleaning) -> RemovalScore:
    return score_removals(TRUTH, found("original,jpeg", pairs={("original", "jpeg"): Kind.COPY}), cleaning)


def test_a_rule_that_removes_each_copy_for_its_original_is_perfect() -> None:
    moves = [f"{name} for original" for name in ("twin", "jpeg", "coarse")]
    result = score(cleaned(*moves, "variant again for variant"))
    assert (result.precision, result.recall) == (1, 1)
    assert result.stayed == []


def test_it_does_not_matter_which_of_two_equal_files_is_kept() -> None:
    result = score(
        cleaned("original for twin", "jpeg for twin", "coarse for twin", "variant again for variant")
    )
    assert (result.precision, result.recall) == (1, 1)


@pytest.mark.parametrize(
    ("moves", "fault"),
    [
        (["stranger for original"], Fault.STRANGER),
        (["variant for original", "variant again for original"], Fault.VARIANT),
        (["original for jpeg", "twin for jpeg"], Fault.ORIGINAL),
        (["original for collage", "twin for collage"], Fault.FRAMED),
        (["variant for variant again"], Fault.ORIGINAL),
        (["crop for original"], Fault.KIND),
    ],
)
def test_each_wrong_removal_has_a_name(moves: list[str], fault: Fault) -> None:
    result = score(cleaned(*moves))
    assert [wrong.fault for wrong in result.wrong] == [fault] * len(moves)
    assert result.precision == 0


def test_an_original_that_went_for_a_poorer_copy_is_counted_once() -> None:
    """The copies that are poorer still are copies of what is kept."""
    result = score(cleaned("original for jpeg", "twin for jpeg", "coarse for jpeg"))
    assert [(wrong.victim.path, wrong.fault) for wrong in result.wrong] == [
        ("original", Fault.ORIGINAL),
        ("twin", Fault.ORIGINAL),
    ]
    result = score(cleaned("original for coarse", "twin for coarse", "jpeg for coarse"))
    assert [wrong.fault for wrong in result.wrong] == [Fault.ORIGINAL, Fault.ORIGINAL, Fault.POORER]


def test_a_crop_may_be_an_edit_beside_another_relative_but_is_never_a_copy() -> None:
    assert score(cleaned("crop for covered", kinds=(*DEFAULT, Kind.EDITED))).precision == 1
    assert score(cleaned("crop for original", kinds=(*DEFAULT, Kind.EDITED))).precision == 0
    assert score(cleaned("crop for covered")).precision == 0


def test_nothing_is_lost_by_a_copy_that_is_said_to_be_of_a_variant_while_its_original_stays() -> None:
    result = score(cleaned("coarse for variant"))
    assert result.precision == 1
    assert [wrong.fault for wrong in result.mistaken] == [Fault.MISTAKEN]


def test_what_should_go_depends_on_the_kinds() -> None:
    assert score(cleaned()).due == 4
    assert score(cleaned(kinds=(*DEFAULT, Kind.CROP))).due == 5
    assert score(cleaned(kinds=(*DEFAULT, Kind.CROP, Kind.EDITED))).due == 6


def test_each_file_that_stays_has_a_reason() -> None:
    result = score(cleaned(doubts={"coarse": "it visibly differs"}))
    assert {file.path: reason for file, reason in result.stayed} == {
        "twin": "not found",
        "jpeg": "called copy",
        "coarse": "it visibly differs",
        "variant again": "not found",
    }
    assert result.recall == 0
