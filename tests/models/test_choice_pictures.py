from __future__ import annotations

import numpy as np
import pytest
import torch

from models.training.augmentation.random_draws import RandomDraws
from models.training.choice.drawn_pictures import STYLES, draw_after
from models.training.choice.fit import find_level, right_shares, weighted_quantile
from models.training.choice.varied_views import varied
from models.training.choice.worn_views import worn
from tests.neural.synthetic import photo

pytestmark = pytest.mark.slow


def test_worn_copies_keep_side_and_range() -> None:
    square = photo(1, 96, 96)
    draw = np.random.default_rng(3)
    copies = [worn(square, draw) for _ in range(40)]
    assert {copy.shape for copy in copies} == {square.shape}
    assert {copy.dtype for copy in copies} == {square.dtype}
    assert len({copy.tobytes() for copy in copies}) == len(copies)


def test_every_style_draws_something_else() -> None:
    square = photo(1, 96, 96)
    drawings = [draw_after(square, number, np.random.default_rng(1)) for number in range(len(STYLES))]
    assert {drawing.shape for drawing in drawings} == {square.shape}
    assert len({drawing.tobytes() for drawing in drawings}) == len(STYLES)


def test_varied_views_leave_the_pictures_as_they_were() -> None:
    pixels = torch.rand(12, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    before = pixels.clone()
    views = varied(pixels, RandomDraws(1, 2, torch.device("cpu")))
    assert torch.equal(pixels, before)
    assert views.shape == pixels.shape
    assert float(views.min()) >= 0
    assert float(views.max()) <= 1
    assert not torch.equal(views, pixels)


def test_the_level_makes_both_kinds_right_equally_often() -> None:
    draw = np.random.default_rng(2)
    drawn = np.arange(2000) % 2 == 0
    logits = draw.normal(size=2000) + np.where(drawn, 2.0, 0.0)
    counted = np.ones(2000, dtype=np.float32)
    level = find_level(logits, drawn, counted)
    assert level == pytest.approx(1.0, abs=0.15)
    photographs, illustrations = right_shares(logits - level, drawn, counted)
    assert photographs == pytest.approx(illustrations, abs=0.02)


def test_a_share_of_the_weight_lies_below_a_quantile() -> None:
    values = np.arange(10.0)
    weights = np.array([5, *[1] * 9], dtype=np.float32)
    assert weighted_quantile(values, weights, 0.3) == 0
    assert weighted_quantile(values, weights, 0.5) == 2
