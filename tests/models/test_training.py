from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from dpm_tui.neural.copy_network import CopyNet
from models.training.augmentation.augmenter import Augmenter
from models.training.augmentation.random_draws import RandomDraws
from models.training.batches import Batches
from models.training.data.training_pictures import SIDE, Pictures, load
from models.training.trainer import Recipe, Trainer
from tests.neural.synthetic import drawing, photo

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Keep sums in one order, so that the same training gives the same bits."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def pictures(tmp_path: Path) -> Pictures:
    for number in range(40):
        folder = tmp_path / "data" / ("train-photo-00/busy" if number % 2 else "train-illustration-00/flat")
        folder.mkdir(parents=True, exist_ok=True)
        made = photo(number) if number % 2 else drawing(number)
        Image.fromarray(made).save(folder / f"{number:02}.webp")
    return load(tmp_path / "data", tmp_path / "cache")


def test_a_resumed_training_takes_the_steps_of_an_unbroken_one(pictures: Pictures, tmp_path: Path) -> None:
    recipe = Recipe(steps=3, batch=8, warm_up=1, mine_from=2, mine_every=1, sides=(64, 96), large=4)
    cpu = torch.device("cpu")

    def trainer(name: str) -> Trainer:
        return Trainer(pictures, recipe, tmp_path, name, cpu)

    unbroken = [loss for _, loss in trainer("unbroken").train(600)]
    first = trainer("broken")
    steps = first.train(600)
    broken = [next(steps)[1]]
    first.save()
    broken.extend(loss for _, loss in trainer("broken").train(600))
    assert broken == unbroken
    assert len(unbroken) == 3


def test_a_training_begins_with_the_weights_of_a_file_and_keeps_their_average(
    pictures: Pictures, tmp_path: Path
) -> None:
    recipe = Recipe(steps=2, batch=8, warm_up=1, mine_from=9, sides=(64,), large=4)
    before = CopyNet().state_dict()
    save_file({name: tensor.contiguous() for name, tensor in before.items()}, tmp_path / "w.safetensors")
    trainer = Trainer(pictures, recipe, tmp_path, "photo", torch.device("cpu"))
    trainer.start_from(tmp_path / "w.safetensors")
    began, key = trainer.net.project.weight.detach().clone(), "project.weight"
    assert torch.equal(began, before[key])
    losses = [loss for _, loss in trainer.train(600)]
    assert np.isfinite(losses).all()
    trainer.keep_if_best(0.5)
    trainer.keep_if_best(0.4)
    kept = torch.load(tmp_path / "photo-best.pt", weights_only=True)["net"][key]
    now = trainer.net.project.weight.detach()
    # Between where it began and where it is, nearer to the latter.
    assert 0 < float((kept - now).norm()) < float((began - now).norm())


def test_pictures_are_read_once_and_know_their_kind(pictures: Pictures, tmp_path: Path) -> None:
    assert pictures.pixels(np.arange(40)).shape == (40, SIDE, SIDE, 3)
    assert sorted(np.bincount(pictures.sources)) == [20, 20]
    assert pictures.drawn.tolist() == [False] * 20 + [True] * 20
    assert np.array_equal(pictures.pixels(np.array([3, 25]))[1], pictures.parts[1][5])
    again = load(tmp_path / "data", tmp_path / "cache")
    assert np.array_equal(again.sources, pictures.sources)
    with pytest.raises(FileNotFoundError, match="train-photo"):
        load(tmp_path / "cache", tmp_path / "cache")


def test_batches_are_distinct_and_follow_from_the_step(pictures: Pictures) -> None:
    def batches() -> Batches:
        return Batches(pictures.sources, 32, 1, pictures.drawn, share=0.7, run=4)

    drawn = batches().draw(5)
    assert len(set(drawn.tolist())) == len(drawn) == 32
    assert np.array_equal(drawn, batches().draw(5))
    assert not np.array_equal(drawn, batches().draw(6))


def test_batches_hold_mostly_pictures_of_their_own_kind(pictures: Pictures) -> None:
    batches = Batches(pictures.sources, 8, 1, pictures.drawn, share=0.8, run=2)
    drawn = np.concatenate([batches.draw(step) for step in range(60)])
    assert 0.65 < pictures.drawn[drawn].mean() < 0.9


def test_views_are_pictures_and_follow_from_seed_and_step(pictures: Pictures) -> None:
    cpu = torch.device("cpu")
    augmenter = Augmenter(64, cpu)
    pixels = torch.from_numpy(pictures.pixels(np.arange(24)))
    views = augmenter.strong(pixels, RandomDraws(1, 2, cpu))
    assert views.shape == (24, 3, 64, 64)
    assert 0 <= float(views.min()) <= float(views.max()) <= 1
    assert torch.equal(views, augmenter.strong(pixels, RandomDraws(1, 2, cpu)))
    assert not torch.equal(views, augmenter.strong(pixels, RandomDraws(1, 3, cpu)))
