"""A difference map says where one picture lies in the other."""

from __future__ import annotations

import pytest
from PIL import Image, ImageOps

from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from tests.pipeline.drawings import scene, thumbnail

POINTS = 32
BOX = (160, 96, 544, 384)
PLACE = (0.25, 0.2, 0.85, 0.8)


def place_of(first: Image.Image, second: Image.Image) -> tuple[float, float, float, float] | None:
    found = AlignedJudge().map_differences(thumbnail(first), thumbnail(second), POINTS)
    assert found is not None
    return found.place


@pytest.mark.parametrize("seed", [3, 5, 8])
def test_a_crop_lies_where_it_was_cut_out(seed: int) -> None:
    picture = scene(seed)
    assert place_of(picture, picture.crop(BOX)) == pytest.approx(PLACE, abs=0.01)


@pytest.mark.parametrize("seed", [3, 5, 8])
def test_the_whole_reaches_beyond_its_crop(seed: int) -> None:
    picture = scene(seed)
    left, top, right, bottom = PLACE
    wide, high = right - left, bottom - top
    beyond = (-left / wide, -top / high, (1 - left) / wide, (1 - top) / high)
    assert place_of(picture.crop(BOX), picture) == pytest.approx(beyond, abs=0.02)


def test_a_copy_lies_on_all_of_it() -> None:
    assert place_of(scene(3), scene(3).reduce(2)) == pytest.approx((0, 0, 1, 1), abs=0.01)


@pytest.mark.parametrize("turn", [ImageOps.mirror, lambda picture: picture.rotate(90, expand=True)])
def test_what_is_turned_has_no_place(turn: object) -> None:
    assert callable(turn)
    assert place_of(scene(3), turn(scene(3))) is None
