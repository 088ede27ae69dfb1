from __future__ import annotations

from dpm_tui.catalog.verdict import Kind
from models.training.evaluation.removals.grouping_score import score_grouping
from models.training.evaluation.removals.keeper_score import score_keepers
from models.training.evaluation.removals.truth import TrueFile
from tests.models.evaluation.removals.library import TRUTH, found


def unrelated(one: TrueFile, other: TrueFile) -> bool:
    return False


def test_relatives_count_as_found_beside_their_original_alone() -> None:
    score = score_grouping(TRUTH, found("original,twin,jpeg,covered", "crop,coarse"), unrelated)
    assert score.recall(hard=False) == (2, 5)
    assert score.recall(hard=True) == (1, 2)
    assert {file.path for file in score.missed} == {"coarse", "crop", "collage", "variant again"}


def test_a_member_of_another_family_is_wrong_unless_it_is_a_natural_relative() -> None:
    findings = found("original,variant,stranger")
    assert [member.path for member, _ in score_grouping(TRUTH, findings, unrelated).wrong] == ["stranger"]
    assert score_grouping(TRUTH, findings, lambda one, other: True).wrong == []


def test_kinds_are_those_beside_the_original() -> None:
    pairs = {
        ("original", "jpeg"): Kind.COPY,
        ("original", "crop"): Kind.EDITED,
        ("jpeg", "coarse"): Kind.VARIANT,
        ("original", "variant"): Kind.COPY,
    }
    score = score_grouping(TRUTH, found("original,jpeg,crop,variant,coarse", pairs=pairs), unrelated)
    # The coarse copy is in the group and was never compared with the original: that says nothing.
    assert score.kinds["copy"] == {Kind.COPY: 1, None: 1}
    assert score.kinds["variant"] == {Kind.COPY: 1}
    assert [(file.path, kind) for file, _, kind in score.misnamed] == [
        ("crop", Kind.EDITED),
        ("variant", Kind.COPY),
    ]


def test_a_keeper_is_right_if_nobody_holds_more() -> None:
    assert score_keepers(TRUTH, found("original,jpeg", "variant,variant again")).right == 2
    assert score_keepers(TRUTH, found("twin,original,jpeg")).right == 1
    lost = score_keepers(TRUTH, found("collage,original,jpeg,coarse"))
    assert (lost.asked, lost.right) == (1, 0)
    assert lost.lost_by_edit() == {"collage": 1}
    assert lost.met == {"collage": 1, "jpeg 70": 1, "jpeg 10": 1}


def test_a_group_without_the_original_asks_for_no_keeper() -> None:
    assert score_keepers(TRUTH, found("jpeg,coarse", "original,twin")).asked == 0
