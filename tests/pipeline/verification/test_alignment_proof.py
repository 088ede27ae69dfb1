"""What two aligned pictures must share to be one picture."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from dpm_tui.pipeline.verification.alignment_hypothesis import AlignmentHypothesis
from dpm_tui.pipeline.verification.alignment_proof import proves
from tests.pipeline.drawings import scene, thumbnail


def noisy_copy(share: float, inliers: int, *, strong: bool = False) -> AlignmentHypothesis:
    """Return the view of a copy, nothing differing, of whose structure so much is found again."""
    view = next(AlignedJudge().views(thumbnail(scene(1)), thumbnail(scene(1).resize((400, 300)))))
    structure = replace(view.difference.structure, share=share)
    return replace(
        view, difference=replace(view.difference, structure=structure), inliers=inliers, strong=strong
    )


def test_a_copy_whose_structure_is_lost_in_noise_is_proved_by_its_features() -> None:
    assert noisy_copy(0.58, 0).clean
    assert not proves(noisy_copy(0.58, 0))
    assert proves(noisy_copy(0.58, 41))


@pytest.mark.parametrize("inliers", [0, 9, 41])
def test_too_little_structure_proves_nothing_that_nothing_differs(inliers: int) -> None:
    assert not proves(noisy_copy(0.5, inliers))
    assert proves(noisy_copy(0.9, inliers))
