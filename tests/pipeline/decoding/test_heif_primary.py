"""Of a HEIF file with several pictures the primary one counts, wherever it lies in the file."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from dpm_tui.pipeline.decoding.thumbnail import decode_thumbnail, decode_view, digest_pixels, read_thumbnail
from tests.support.holding_files import album
from tests.support.pictures import scene

WHOLE = (0.0, 0.0, 1.0, 1.0)


def distance(one: np.ndarray, other: Image.Image) -> float:
    return float(np.abs(one.astype(int) - np.asarray(other.resize(one.shape[1::-1]))).mean())


@pytest.mark.parametrize("primary", [0, 1, 2])
def test_the_primary_picture_is_compared_and_shown(primary: int) -> None:
    pictures = [scene(1, 240, 160), scene(2, 200, 200), scene(3, 160, 240)]
    content = album(*pictures, primary=primary)
    made = decode_thumbnail(content)
    assert (made.facts.width, made.facts.height) == pictures[primary].size
    assert distance(read_thumbnail(made.jpeg), pictures[primary]) < 4
    assert distance(decode_view(content, 400, 400, WHOLE), pictures[primary]) < 4


def test_the_digest_tells_which_picture_is_the_primary() -> None:
    pictures = scene(1), scene(2)
    first, second = (digest_pixels(album(*pictures, primary=primary)) for primary in (0, 1))
    assert first
    assert second
    assert first != second
    assert first == digest_pixels(album(*pictures, primary=0))
