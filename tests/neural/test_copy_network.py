from __future__ import annotations

import pytest
import torch

from dpm_tui.neural.copy_network import CopyNet, Shape, halved, normalise
from dpm_tui.neural.symmetric_layers import ORDER, SymmetricConv
from dpm_tui.pipeline.candidates.crop_search import BOXES

pytestmark = pytest.mark.slow


def test_folding_the_normalisations_changes_nothing() -> None:
    torch.manual_seed(0)
    network = CopyNet(Shape(dims=128, input_px=64))
    pictures = torch.rand(16, 3, 64, 64)
    network.train()
    network(pictures)
    network.eval()
    with torch.no_grad():
        before = network(pictures)
        after = network.fold()(pictures)
    assert torch.allclose(before, after, atol=1e-4)


def test_contrast_and_brightness_are_evened_out_but_the_mean_is_kept() -> None:
    picture = torch.rand(1, 3, 32, 32)
    plain, faint = normalise(picture), normalise(0.5 * picture + 0.4)
    assert (
        torch.nn.functional.cosine_similarity(plain[:, :3].flatten(), faint[:, :3].flatten(), dim=0) > 0.999
    )
    assert plain[0, 3, 0, 0] < faint[0, 3, 0, 0]


@pytest.mark.parametrize("folded", [False, True])
def test_a_picture_and_its_eight_orientations_have_one_fingerprint(folded: bool) -> None:
    """By construction, whatever the weights: a turned or mirrored copy cannot be missed."""
    torch.manual_seed(0)
    network = CopyNet()
    network.train()(torch.rand(4, 3, 96, 96))
    network.fold() if folded else network.eval()
    picture = torch.rand(1, 3, 96, 96)
    with torch.no_grad():
        vector = network(picture)
        for quarter in range(4):
            turned = torch.rot90(picture, quarter, (2, 3))
            assert torch.allclose(network(turned), vector, atol=1e-5)
            assert torch.allclose(network(turned.flip(3)), vector, atol=1e-5)
        assert not torch.allclose(network(torch.rand(1, 3, 96, 96)), vector, atol=1e-3)


@pytest.mark.parametrize("side", [64, 96])
def test_the_parts_of_a_turned_picture_are_the_same_parts_in_other_places(side: int) -> None:
    torch.manual_seed(0)
    network = CopyNet()
    network.train()(torch.rand(4, 3, side, side))
    network.fold()
    picture = torch.rand(1, 3, side, side)
    # Top left, top right, bottom left, bottom right, middle: as rot90 and a flip move them.
    turn, mirror = [1, 3, 0, 2, 4], [1, 0, 3, 2, 4]
    with torch.no_grad():
        plain = network.describe_regions(picture, BOXES)[0]
        turned = network.describe_regions(torch.rot90(picture, 1, (2, 3)), BOXES)[0]
        mirrored = network.describe_regions(picture.flip(3), BOXES)[0]
    assert torch.allclose(turned, plain[turn], atol=1e-5)
    assert torch.allclose(mirrored, plain[mirror], atol=1e-5)
    assert not torch.allclose(plain[0], plain[1], atol=1e-3)


def test_half_a_picture_is_the_mean_of_two_by_two() -> None:
    picture = torch.rand(2, 3, 32, 64)
    assert torch.allclose(halved(picture), torch.nn.functional.avg_pool2d(picture, 2), atol=1e-6)


def test_a_symmetric_convolution_turns_with_its_input() -> None:
    """Each orientation of a field sees the turned picture as another orientation saw the plain one."""
    torch.manual_seed(0)
    lift, convolve = SymmetricConv(3, 2, 4, 2, lifted=False), SymmetricConv(2, 1, 3)
    picture = torch.rand(1, 3, 16, 16)
    with torch.no_grad():
        plain = convolve(lift(picture)).view(1, ORDER, 8, 8)
        turned = convolve(lift(torch.rot90(picture, 1, (2, 3)))).view(1, ORDER, 8, 8)
    back = torch.rot90(turned, -1, (2, 3))
    partners = [
        [here for here in range(ORDER) if torch.allclose(back[0, here], plain[0, there], atol=1e-5)]
        for there in range(ORDER)
    ]
    assert sorted(here for found in partners for here in found) == list(range(ORDER))


def test_a_blank_picture_is_a_number() -> None:
    network = CopyNet(Shape(input_px=32)).eval()
    with torch.no_grad():
        assert torch.isfinite(network(torch.zeros(1, 3, 32, 32))).all()
