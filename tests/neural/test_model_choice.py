from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dpm_tui.demo.original_pictures import ORIGINALS
from dpm_tui.errors import DpmError
from dpm_tui.neural.embedder import NeuralEmbedder, pick_device
from dpm_tui.neural.model_choice import load_choice
from dpm_tui.neural.model_manifest import read_choice, read_manifest
from tests.neural.synthetic import photo

pytestmark = pytest.mark.slow

DRAWN = (
    "characters/mika.png", "characters/ren.png", "characters/yuki.png", "characters/sora.png",
    "插画/锦鲤.png", "插画/樱花.jpg", "插画/灯笼.jpg",
)  # fmt: skip
TEXTURED = ("holiday/IMG_2041.jpg", "wallpapers/planet.jpg")


@pytest.fixture(scope="module")
def embedder() -> NeuralEmbedder:
    return NeuralEmbedder("auto", device="cpu")


def as_thumbnail(picture: Image.Image, quality: int = 90, side: int = 256) -> np.ndarray:
    picture = picture.convert("RGB")
    picture.thumbnail((side, side))
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream).convert("RGB"))


def painted(path: str) -> Image.Image:
    return next(original.paint() for original in ORIGINALS if original.path == path)


def test_drawn_scenes_get_the_model_for_illustrations(embedder: NeuralEmbedder) -> None:
    """Of one that is shaded like a photograph it may be in doubt, but must not leave that model out."""
    prints = embedder.embed([as_thumbnail(painted(path)) for path in DRAWN])
    assert all("illustration" in print_.vectors for print_ in prints)
    assert sum(print_.model == "illustration" for print_ in prints) >= len(DRAWN) - 1


def test_clouds_of_grain_get_the_model_for_photographs(embedder: NeuralEmbedder) -> None:
    prints = embedder.embed([photo(seed) for seed in range(4)])
    assert all("photo" in print_.vectors for print_ in prints)


def test_a_picture_and_its_copies_have_a_model_in_common(embedder: NeuralEmbedder) -> None:
    pictures = [painted(path) for path in (*DRAWN, *TEXTURED)] + [Image.fromarray(photo(9))]
    for picture in pictures:
        views = [as_thumbnail(picture), as_thumbnail(picture, 30), as_thumbnail(picture, 90, 128)]
        views.append(np.ascontiguousarray(np.rot90(views[0])))
        original, *copies = embedder.embed(views)
        for copy in copies:
            assert set(original.vectors) & set(copy.vectors)


def test_other_bytes_than_the_manifests_are_refused_by_name(tmp_path: Path) -> None:
    file = read_choice()
    changed = replace(file, path=tmp_path / "choice.safetensors")
    changed.path.write_bytes(file.path.read_bytes()[:-1] + b"?")
    with pytest.raises(DpmError, match=r"choice\.safetensors"):
        load_choice(changed, pick_device("cpu"))


def test_the_choice_is_small() -> None:
    assert read_choice().path.stat().st_size <= 2_000_000


def test_another_choice_makes_all_fingerprints_anew() -> None:
    for entry in read_manifest().values():
        assert entry.choice == read_choice().sha256
        assert replace(entry, choice="0" * 64).identity != entry.identity
