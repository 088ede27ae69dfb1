"""A rim of a few pixels that was shaved off is told from saving, resizing and other content."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dpm_tui.catalog.verdict import Kind
from dpm_tui.pipeline.alignment.frame_shift import has_shifted
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from tests.pipeline.drawings import encoded, portrait, resized, scene, thumbnail


def squared(picture: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(picture.resize((256, 192), Image.Resampling.LANCZOS))


@pytest.mark.parametrize("original", [portrait(), scene(2), scene(3)])
def test_saving_and_resizing_move_nothing(original: Image.Image) -> None:
    for copy in (encoded(original, 40), resized(original, 0.37), encoded(resized(original, 0.6), 70)):
        assert not has_shifted(squared(original), squared(copy))


def test_another_expression_moves_nothing() -> None:
    assert not has_shifted(squared(portrait()), squared(portrait(smile=False)))


@pytest.mark.parametrize("rim", [(6, 0, 0, 0), (0, 5, 3, 0), (4, 4, 4, 4), (0, 0, 0, 8)])
def test_a_shaved_rim_moves_a_quarter(rim: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = rim
    original = scene(2)
    shaved = original.crop((left, top, original.width - right, original.height - bottom))
    assert has_shifted(squared(original), squared(shaved))


def test_slivers_say_nothing() -> None:
    sliver = np.zeros((12, 256, 3), np.uint8)
    assert not has_shifted(sliver, sliver)


@pytest.mark.parametrize("seed", [2, 3, 5, 8])
def test_a_shaved_picture_is_a_crop_or_a_copy(seed: int) -> None:
    original = scene(seed)
    shaved = encoded(original.crop((7, 3, original.width - 4, original.height - 8)), 85)
    verdict = AlignedJudge().judge(thumbnail(original), thumbnail(shaved), 0.9)
    assert verdict is not None
    assert verdict.kind in {Kind.CROP, Kind.COPY}


def test_a_shaved_variant_is_a_variant() -> None:
    other = portrait(smile=False)
    shaved = encoded(other.crop((6, 4, other.width - 5, other.height - 7)), 85)
    verdict = AlignedJudge().judge(thumbnail(portrait()), thumbnail(shaved), 0.9)
    assert verdict is not None
    assert verdict.kind is Kind.VARIANT
