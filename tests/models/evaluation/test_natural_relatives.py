from __future__ import annotations

import numpy as np

from models.training.evaluation.natural_relatives import Relatives
from tests.support.pictures import scene


def test_pictures_that_share_a_part_are_relatives_and_others_are_not() -> None:
    """A natural crop of a held-out picture, mirrored or not, is no stranger to it."""
    pictures = [np.asarray(scene(number).resize((240, 180))) for number in range(3)]
    pictures.append(np.ascontiguousarray(pictures[0][20:160, 30:200]))
    pictures.append(np.ascontiguousarray(pictures[1][:, ::-1]))
    relatives = Relatives(pictures)
    pairs = [(a, b) for a in range(5) for b in range(a)]
    hidden = relatives.mask(np.array([0, 2]), pairs)
    assert hidden.tolist() == [[False, False, False, True, False], [False] * 5]
    assert relatives.related(1, 4)


def test_what_was_pasted_into_a_copy_is_rightly_near_to_its_own_relatives() -> None:
    pictures = [np.asarray(scene(number).resize((240, 180))) for number in range(3)]
    prop = np.ascontiguousarray(pictures[1][20:160, 30:200])
    relatives = Relatives([*pictures, prop])
    scores = np.full((2, 3), 0.7, np.float32)
    hidden = relatives.mask_pasted(scores, np.array([0, 0]), np.array([True, False]), 1)
    assert hidden.tolist() == [[False, True, False], [False] * 3]
    unfound = relatives.mask_pasted(np.zeros((2, 3), np.float32), np.array([0, 0]), np.array([True, True]), 1)
    assert not unfound.any()
