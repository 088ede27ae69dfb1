from __future__ import annotations

import numpy as np
import pytest

from dpm_tui.pipeline.candidates.texture_statistics import measure_texture
from tests.neural.synthetic import drawing, photo


@pytest.mark.parametrize("picture", [photo(1, 192, 192), drawing(1, 192)])
def test_turned_and_mirrored_pictures_have_the_same_texture(picture: np.ndarray) -> None:
    plain = measure_texture(picture)
    for view in (np.rot90(picture), np.rot90(picture, 2), picture[:, ::-1]):
        assert np.abs(measure_texture(np.ascontiguousarray(view)) - plain).mean() < 0.02


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_blank_picture_has_finite_numbers(level: int) -> None:
    assert np.isfinite(measure_texture(np.full((192, 192, 3), level, np.uint8))).all()


def test_a_drawing_is_further_from_a_photograph_than_from_another_drawing() -> None:
    drawings = [measure_texture(drawing(seed, 192)) for seed in range(3)]
    grainy = measure_texture(photo(1, 192, 192))
    among = max(np.abs(drawings[0] - other).mean() for other in drawings[1:])
    assert min(np.abs(grainy - one).mean() for one in drawings) > 2 * among
