from __future__ import annotations

import numpy as np
import pytest
import torch

from dpm_tui.neural.copy_network import halved
from dpm_tui.pipeline.candidates.crop_search import BOXES
from models.training.augmentation.augmenter import WEAR
from models.training.augmentation.filters import automatic_levels, faded, sepia
from models.training.augmentation.geometric_edits import crop_windows
from models.training.augmentation.overlays import overlay_box
from models.training.augmentation.random_draws import RandomDraws
from models.training.losses import meeting
from models.training.views import Viewer, cut_out
from tests.neural.synthetic import photo

pytestmark = pytest.mark.slow
CPU = torch.device("cpu")


def dice(step: int = 0) -> RandomDraws:
    return RandomDraws(1, step, CPU)


def floats(pictures: torch.Tensor) -> torch.Tensor:
    return pictures.permute(0, 3, 1, 2).float() / 255


def test_small_and_large_views_show_the_same_and_cuts_are_parts_of_them() -> None:
    seeds = range(12)
    squares = np.stack([photo(seed, 160, 160) for seed in seeds])
    views = Viewer(CPU).views(torch.from_numpy(squares), dice(), 64, 4, 2)
    assert views.small.shape == (24, 3, 32, 32)
    assert views.large.shape == (8, 3, 64, 64)
    assert views.cuts.shape == (8, 3, 32, 32)
    assert views.parts.shape == (2, 4)
    assert torch.allclose(views.small[:4], halved(views.large[:4]), atol=1e-6)
    assert torch.allclose(views.small[12:16], halved(views.large[4:]), atol=1e-6)
    for shown in (views.small, views.large, views.cuts):
        assert 0 <= float(shown.min()) <= float(shown.max()) <= 1


def test_views_follow_from_seed_and_step() -> None:
    squares = torch.from_numpy(np.stack([photo(seed, 160, 160) for seed in range(6)]))
    viewer = Viewer(CPU)
    one, again, other = (viewer.views(squares, dice(step), 64, 3, 2) for step in (1, 1, 2))
    assert torch.equal(one.small, again.small)
    assert torch.equal(one.cuts, again.cuts)
    assert not torch.equal(one.small, other.small)


def test_a_cut_is_the_part_that_its_number_names() -> None:
    pictures = torch.rand(5, 3, 64, 64)
    cut = cut_out(pictures, torch.arange(5))
    for picture, part, (top, left, bottom, right) in zip(pictures, cut, BOXES, strict=True):
        rows, columns = slice(int(64 * top), int(64 * bottom)), slice(int(64 * left), int(64 * right))
        assert torch.equal(part, picture[:, rows, columns])


def test_wear_keeps_pictures_pictures_and_changes_most() -> None:
    plain = floats(torch.from_numpy(np.stack([photo(seed, 160, 160) for seed in range(16)])))
    for number, (edit, _) in enumerate(WEAR):
        worn = edit(plain.clone(), dice(number)).clamp(0, 1)
        assert worn.shape == plain.shape
        assert torch.isfinite(worn).all()
        assert not torch.equal(worn, plain)


def test_filters_do_what_they_are_called() -> None:
    plain = floats(torch.from_numpy(np.stack([photo(seed, 160, 160) for seed in range(8)])))
    brown = sepia(plain, dice())
    assert (brown.mean(dim=(2, 3))[:, 0] > brown.mean(dim=(2, 3))[:, 2]).all()
    low = 0.4 + 0.2 * plain
    stretched = automatic_levels(low, dice())
    assert (stretched.flatten(1).std(dim=1) > 2 * low.flatten(1).std(dim=1)).all()
    assert (faded(torch.zeros_like(plain), dice()).mean(dim=(1, 2, 3)) > 0.01).all()


def test_a_box_covers_about_a_third() -> None:
    plain = floats(torch.from_numpy(np.stack([photo(seed, 160, 160) for seed in range(40)])))
    covered = (overlay_box(plain, dice()) != plain).any(dim=1).float().mean(dim=(1, 2))
    assert 0.1 < float(covered.min()) < float(covered.max()) < 0.45


def test_some_pictures_are_cut_along_one_side_alone() -> None:
    centre, half = crop_windows(600, dice())
    one_side = ((half < 1).sum(dim=1) == 1).float().mean()
    assert 0.05 < float(one_side) < 0.2
    assert float((centre.abs() + half).max()) < 1.001


def test_regions_are_drawn_to_their_own_cuts() -> None:
    cuts = torch.nn.functional.normalize(torch.rand(6, 16), dim=1)
    others = torch.nn.functional.normalize(torch.rand(9, 16), dim=1)
    same = torch.eye(6, dtype=torch.bool)
    none = torch.zeros(6, 9, dtype=torch.bool)
    right = meeting(cuts, cuts, others, same, none, 0.05)
    wrong = meeting(cuts.roll(1, 0), cuts, others, same, none, 0.05)
    assert float(right) < float(wrong)
    # Pictures that show the same are no negatives.
    assert float(meeting(cuts, cuts, cuts, same, torch.eye(6, dtype=torch.bool), 0.05)) <= float(
        meeting(cuts, cuts, cuts, same, torch.zeros(6, 6, dtype=torch.bool), 0.05)
    )
