"""A part that lies nearly right is moved to its very place, also where it is seen askew."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dpm_tui.pipeline.alignment.correlation_refinement import refine
from tests.support.pictures import scene

Matrix = NDArray[np.float64]


def grey(seed: int) -> NDArray[np.uint8]:
    picture = scene(seed).convert("L")
    picture.thumbnail((256, 256))
    return np.ascontiguousarray(np.asarray(picture))


def shown(picture: NDArray[np.uint8], matrix: Matrix, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return a dark ground of ``size`` with the picture where a matrix lays it."""
    ground = cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_AREA, borderValue=(20, 20, 20))
    return np.asarray(ground, np.uint8)


def off(found: Matrix, true: Matrix, picture: NDArray[np.uint8]) -> float:
    """Return the pixels by which the corner that is farthest off lies off."""
    height, width = picture.shape
    corners = np.array([[0, 0, 1], [width - 1, 0, 1], [width - 1, height - 1, 1], [0, height - 1, 1]]).T
    one, other = (matrix @ corners for matrix in (found, true))
    return float(np.abs(one[:2] / one[2] - other[:2] / other[2]).max())


@pytest.mark.parametrize("seed", range(4))
def test_a_part_comes_to_its_place(seed: int) -> None:
    part = grey(seed)
    true = np.array([[0.7, 0, 30.0], [0, 0.7, 22.0], [0, 0, 1]])
    around = shown(part, true, (256, 256))
    near = np.array([[0.72, 0, 28.0], [0, 0.69, 23.5], [0, 0, 1]])
    found = refine(around, part, near)
    assert found is not None
    assert found.correlation > 0.97
    assert off(found.matrix, true, part) < 1.2


def test_a_part_that_is_seen_askew_comes_to_its_place() -> None:
    part = grey(1)
    height, width = part.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    goal = np.array([[20, 16], [226, 30], [230, 210], [14, 190]], np.float32)
    true = np.asarray(cv2.getPerspectiveTransform(corners, goal), np.float64)
    around = shown(part, true, (256, 224))
    flat = np.asarray(cv2.getAffineTransform(corners[:3], goal[:3]), np.float64)
    found = refine(around, part, np.vstack([flat, [0, 0, 1]]))
    assert found is not None
    assert off(found.matrix, true, part) < 1.5


def test_what_is_not_there_does_not_agree() -> None:
    part, around = grey(1), grey(2)
    found = refine(around, part, np.array([[0.6, 0, 30.0], [0, 0.6, 30.0], [0, 0, 1]]))
    assert found is None or found.correlation < 0.9


def test_a_part_without_room_is_left_where_it_is() -> None:
    assert refine(grey(1), grey(1)[:4, :4], np.eye(3)) is None
    assert refine(np.full((64, 64), 7, np.uint8), grey(1), np.eye(3)) is None
