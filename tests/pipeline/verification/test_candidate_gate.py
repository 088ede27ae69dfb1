"""A first look drops what is unrelated and keeps every copy, however it was made."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from dpm_tui.pipeline.alignment import descriptors
from dpm_tui.pipeline.alignment.descriptors import DescribedPicture, DescriptorCache
from dpm_tui.pipeline.verification import aligned_judge
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from dpm_tui.pipeline.verification.candidate_gate import ASKED_FOR, describe, is_hopeless
from tests.support.pictures import scene

NEAR = 0.8


def described(picture: Image.Image, cache: DescriptorCache) -> DescribedPicture:
    small = picture.convert("RGB")
    small.thumbnail((256, 256))
    return cache.of(np.ascontiguousarray(np.asarray(small)))


@pytest.fixture
def cache() -> DescriptorCache:
    return DescriptorCache()


def test_most_unrelated_pictures_are_dropped(cache: DescriptorCache) -> None:
    pictures = [described(scene(seed), cache) for seed in range(8)]
    pairs = [(one, other) for number, one in enumerate(pictures) for other in pictures[:number]]
    dropped = sum(is_hopeless(one, other, 0.7) for one, other in pairs)
    assert dropped >= len(pairs) / 2


@pytest.mark.parametrize("seed", range(4))
def test_copies_are_kept(cache: DescriptorCache, seed: int) -> None:
    picture = scene(seed)
    width, height = picture.size
    copies = {
        "half": picture.resize((width // 2, height // 2)),
        "crop": picture.crop((width // 5, height // 5, width, height)),
        "turned": picture.transpose(Image.Transpose.ROTATE_90),
        "mirrored": picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        "grey": picture.convert("L"),
        "bright": picture.point(lambda level: min(255, int(level * 1.2))),
    }
    one = described(picture, cache)
    assert [name for name, copy in copies.items() if is_hopeless(one, described(copy, cache), NEAR)] == []


def test_evident_copies_need_no_features(cache: DescriptorCache, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = scene(3)
    one, *others = (
        described(copy, cache)
        for copy in (picture, picture.reduce(2), picture.transpose(Image.Transpose.ROTATE_90))
    )
    monkeypatch.setattr(descriptors, "find_features", None)
    assert not any(is_hopeless(one, other, 0.95) for other in others)


@pytest.mark.parametrize("seed", range(4))
def test_parts_of_drawings_are_kept(cache: DescriptorCache, seed: int) -> None:
    drawing = flat_drawing(seed)
    width, height = drawing.size
    page = Image.new("RGB", (2 * width, 2 * height), "white")
    ImageDraw.Draw(page).rectangle((0, 0, 2 * width, 30), fill=(40, 90, 180))
    page.paste(scene(seed).convert("RGB").resize((width, height)), (width, 0))
    page.paste(drawing, (width // 8, height))
    copies = {
        "in bars": ImageOps.pad(drawing, (round(height * 16 / 9), height), color="black"),
        "on a page": page,
        "a quarter": drawing.crop((0, 0, width // 2, height // 2)),
        "turned": drawing.transpose(Image.Transpose.ROTATE_180),
    }
    one = described(drawing, cache)
    assert [name for name, copy in copies.items() if is_hopeless(one, described(copy, cache), 0.7)] == []


def flat_drawing(seed: int) -> Image.Image:
    """Return a drawing that has hardly a corner."""
    dice = np.random.default_rng(seed)
    drawing = Image.new("RGB", (400, 400), "white")
    for _ in range(3):
        left, top, width, height = (int(number) for number in dice.integers(40, 180, 4))
        fill = tuple(int(level) for level in dice.integers(30, 220, 3))
        ImageDraw.Draw(drawing).ellipse((left, top, left + width, top + height), fill=fill)
    return drawing


def test_pairs_that_somebody_asked_for_are_compared(cache: DescriptorCache) -> None:
    one, other = described(scene(1), cache), described(scene(2), cache)
    assert not is_hopeless(one, other, ASKED_FOR)


def test_what_is_dropped_is_not_compared(monkeypatch: pytest.MonkeyPatch, cache: DescriptorCache) -> None:
    monkeypatch.setattr(aligned_judge, "hypotheses", lambda *_: pytest.fail("compared"))
    monkeypatch.setattr(aligned_judge, "is_hopeless", lambda *_: True)
    first, second = (described(scene(seed), cache).picture for seed in (1, 2))
    assert AlignedJudge().judge(first, second, NEAR) is None


def test_a_first_look_is_the_same_each_time(cache: DescriptorCache) -> None:
    one, other = described(scene(3), cache), described(scene(4), cache)
    assert np.isfinite(describe(one, other, NEAR)).all()
    assert (describe(one, other, NEAR) == describe(one, other, NEAR)).all()
