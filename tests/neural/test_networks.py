from __future__ import annotations

import torch

from dpm_tui.neural.networks import CopyNet, Shape, normalise


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


def test_a_blank_picture_is_a_number() -> None:
    network = CopyNet(Shape(input_px=32)).eval()
    with torch.no_grad():
        assert torch.isfinite(network(torch.zeros(1, 3, 32, 32))).all()
