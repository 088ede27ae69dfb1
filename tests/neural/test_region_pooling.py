from __future__ import annotations

import pytest
import torch

from dpm_tui.neural.region_pooling import WHOLE, pool, pool_regions, region_weights
from dpm_tui.neural.symmetric_layers import ORDER
from dpm_tui.pipeline.candidates.crop_search import BOXES

QUARTERS, MIDDLE = BOXES[:4], BOXES[4]


def test_a_region_is_pooled_as_that_part_of_the_map_alone() -> None:
    features = torch.rand(2, 3 * ORDER, 12, 12)
    found = pool_regions(features, (WHOLE, *BOXES))
    assert torch.allclose(found[:, 0], pool(features), atol=1e-5)
    for number, (top, left) in enumerate([(0, 0), (0, 6), (6, 0), (6, 6), (3, 3)], 1):
        alone = pool(features[:, :, top : top + 6, left : left + 6])
        assert torch.allclose(found[:, number], alone, atol=1e-5)


@pytest.mark.parametrize("side", [5, 10, 12])
def test_places_that_lie_in_a_region_by_a_part_count_by_that_part(side: int) -> None:
    weights = region_weights(side, side, tuple(BOXES))
    assert torch.allclose(weights.sum(dim=1), torch.ones(len(BOXES)), atol=1e-5)
    # Together the quarters are the whole, whatever the grid.
    assert torch.allclose(weights[:4].mean(dim=0), torch.full((side * side,), 1 / side**2), atol=1e-5)
    middle = weights[4].view(side, side)
    assert torch.allclose(middle, middle.flip(0), atol=1e-6)
    assert torch.allclose(middle, middle.T, atol=1e-6)


def test_dark_features_have_a_derivative() -> None:
    features = torch.zeros(1, ORDER, 4, 4, requires_grad=True)
    pool_regions(features, [WHOLE, *QUARTERS, MIDDLE]).sum().backward()  # type: ignore[no-untyped-call]
    assert features.grad is not None
    assert torch.isfinite(features.grad).all()
