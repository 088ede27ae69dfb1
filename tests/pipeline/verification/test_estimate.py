"""What is estimated before two pictures are compared: copies always pass, most others do not."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from dpm_tui.pipeline.alignment.template_alignment import search
from dpm_tui.pipeline.comparison.structure import estimate_share
from dpm_tui.pipeline.verification import hypothesis_generator
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from dpm_tui.pipeline.verification.alignment_proof import may_prove, proves
from dpm_tui.pipeline.verification.hypothesis_generator import PROMISING
from tests.support.pictures import decoded, encode, scene

COPIES = {
    "saved again": lambda p: decoded(encode(p, quality=20)).convert("RGB"),
    "blurred": lambda p: p.filter(ImageFilter.GaussianBlur(1.5)),
    "darker": lambda p: ImageEnhance.Brightness(p).enhance(0.5),
    "grey": lambda p: ImageOps.grayscale(p).convert("RGB"),
    "negative": ImageOps.invert,
    "half the size and back": lambda p: p.resize((p.width // 2, p.height // 2)).resize(p.size),
}


def pixels(picture: Image.Image) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.asarray(picture.convert("RGB")))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("way", COPIES)
def test_copies_promise_much(seed: int, way: str) -> None:
    picture = scene(seed).convert("RGB")
    assert estimate_share(pixels(picture), pixels(COPIES[way](picture)), None) >= 2 * PROMISING


def test_other_pictures_promise_little() -> None:
    pictures = [pixels(scene(seed)) for seed in range(8)]
    pairs = [(one, other) for number, one in enumerate(pictures) for other in pictures[:number]]
    shares = [estimate_share(one, other, None) for one, other in pairs]
    assert np.median(shares) < PROMISING


def test_nothing_is_estimated_of_blank_pages() -> None:
    white, grey = (np.full((120, 160, 3), level, np.uint8) for level in (255, 200))
    assert estimate_share(white, grey, None) == 1.0


@pytest.mark.parametrize("seed", range(6))
def test_what_can_prove_nothing_is_never_proved(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever closer looks find: the quick answer must not hide a pair."""
    monkeypatch.setattr(hypothesis_generator, "may_prove", lambda difference, inliers: True)
    monkeypatch.setattr(hypothesis_generator, "estimate_share", lambda first, second, mask: 1.0)
    judge, one = AlignedJudge(), scene(seed).convert("RGB")
    others = [scene(seed + 1).convert("RGB"), one.rotate(3), *(way(one) for way in COPIES.values())]
    for other in others:
        for view in judge.views(pixels(one), pixels(other)):
            assert may_prove(view.difference, view.inliers) or not proves(view)


def test_a_part_is_found_after_a_glance() -> None:
    picture = scene(3, 200, 200).convert("RGB")
    found = search(pixels(picture), pixels(picture.crop((40, 30, 170, 160))))
    assert found is not None
    assert found.scale == pytest.approx(1, abs=0.05)
