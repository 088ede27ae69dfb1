"""A narrow picture has few features once it is made small; near fingerprints give it all of them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dpm_tui.catalog.verdict import Kind
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from tests.pipeline.drawings import encoded, scene

NEAR = 0.85
PAPER = (238, 238, 240)


def on_a_page(strip: Image.Image) -> NDArray[np.uint8]:
    """Return a page that shows the strip small."""
    page = Image.new("RGB", (256, 256), PAPER)
    page.paste(strip.resize((170, 54), Image.Resampling.LANCZOS), (50, 120))
    return np.asarray(encoded(page, quality=85))


@pytest.mark.parametrize("seed", [13, 23, 25])
def test_a_strip_on_a_page_is_found(seed: int) -> None:
    strip = scene(seed, (1024, 324)).convert("RGB")
    small = np.asarray(strip.resize((256, 81), Image.Resampling.LANCZOS))
    verdict = AlignedJudge().judge(small, on_a_page(strip), NEAR)
    assert verdict is not None
    assert verdict.kind is Kind.CROP


@pytest.mark.parametrize("seed", [13, 23, 25])
def test_another_strip_on_a_page_is_not(seed: int) -> None:
    strip, other = (scene(each, (1024, 324)).convert("RGB") for each in (seed, seed + 100))
    small = np.asarray(strip.resize((256, 81), Image.Resampling.LANCZOS))
    assert AlignedJudge().judge(small, on_a_page(other), NEAR) is None
