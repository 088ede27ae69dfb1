from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dpm_tui.errors import DpmError
from dpm_tui.neural.embedder import NeuralEmbedder
from dpm_tui.neural.model_manifest import load_cards
from dpm_tui.neural.short_numbers import has_bfloat16
from dpm_tui.pipeline.candidates.crop_search import COUNT, FLOOR
from dpm_tui.pipeline.candidates.fingerprint import MODELS
from tests.neural.synthetic import drawing, photo, reencoded, sketch
from tests.support.part_pictures import cut_parts

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def embedders() -> dict[str, NeuralEmbedder]:
    return {choice: NeuralEmbedder(choice, device="cpu") for choice in (*MODELS, "auto")}


def vectors(embedder: NeuralEmbedder, model: str, pictures: list[NDArray[np.uint8]]) -> NDArray[np.float32]:
    return np.stack([print_.vectors[model] for print_ in embedder.embed(pictures)])


@pytest.mark.parametrize("model", MODELS)
def test_vectors_are_unit_float32_of_the_manifests_length(
    embedders: dict[str, NeuralEmbedder], model: str
) -> None:
    found = vectors(embedders[model], model, [photo(1), drawing(1), photo(2, 40, 256)])
    assert found.dtype == np.float32
    assert found.shape == (3, load_cards()[model].dims)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("model", MODELS)
def test_a_vector_does_not_depend_on_the_rest_of_its_batch(
    embedders: dict[str, NeuralEmbedder], model: str
) -> None:
    pictures = [photo(1), drawing(2), photo(3), sketch(4)]
    together = vectors(embedders[model], model, pictures)
    alone = np.concatenate([vectors(embedders[model], model, [picture]) for picture in pictures])
    assert np.allclose(together, alone, atol=1e-4)
    assert np.array_equal(together, vectors(embedders[model], model, pictures))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("make", [photo, drawing, sketch])
def test_a_copy_is_nearer_than_another_picture(
    embedders: dict[str, NeuralEmbedder], model: str, make: object
) -> None:
    assert callable(make)
    pictures = [make(seed) for seed in range(8)]
    originals = vectors(embedders[model], model, pictures)
    copies = vectors(embedders[model], model, [reencoded(picture) for picture in pictures])
    assert ((copies @ originals.T).argmax(axis=1) == np.arange(8)).all()
    assert (copies * originals).sum(axis=1).min() > load_cards()[model].threshold


@pytest.mark.parametrize("model", MODELS)
def test_mirrored_and_turned_copies_are_candidates(embedders: dict[str, NeuralEmbedder], model: str) -> None:
    picture = photo(5)
    turned = [np.ascontiguousarray(np.rot90(picture, turn)) for turn in (1, 2, 3)]
    copies = vectors(embedders[model], model, [*turned, np.ascontiguousarray(picture[:, ::-1])])
    original = vectors(embedders[model], model, [picture])[0]
    assert (copies @ original).min() > load_cards()[model].threshold


@pytest.mark.parametrize("model", MODELS)
def test_nearly_empty_pictures_do_not_collapse(embedders: dict[str, NeuralEmbedder], model: str) -> None:
    sketches = [sketch(seed) for seed in range(12)]
    found = vectors(embedders[model], model, sketches)
    copies = vectors(embedders[model], model, [reencoded(picture) for picture in sketches])
    others = (copies @ found.T)[~np.eye(12, dtype=bool)]
    assert (copies * found).sum(axis=1).min() > others.max()


@pytest.mark.parametrize("model", MODELS)
def test_a_part_is_near_to_the_picture_that_was_cut_to_it(
    embedders: dict[str, NeuralEmbedder], model: str
) -> None:
    """One pass describes the parts; cut out and saved, each must be met by its own part and no other."""
    pictures = [photo(seed, 256, 256) for seed in range(6)]
    rows = np.stack([print_.parts for print_ in embedders[model].embed(pictures)])
    parts = rows.reshape(len(pictures), 1 + COUNT, -1)[:, 1:]
    for number in range(COUNT):
        crops = [reencoded(cut_parts(picture)[number]) for picture in pictures]
        small = np.stack([print_.parts for print_ in embedders[model].embed(crops)])[:, : parts.shape[2]]
        cosines = np.einsum("bd,pd->bp", small, parts[:, number])
        assert (cosines.argmax(axis=1) == np.arange(len(pictures))).all()
        assert np.diag(cosines).min() > FLOOR


def test_pictures_that_stand_for_the_parts_are_described_in_their_place(
    embedders: dict[str, NeuralEmbedder],
) -> None:
    pictures, others = [photo(1), photo(2)], [photo(seed) for seed in range(3, 3 + COUNT)]
    plain = embedders["photo"].embed(pictures)
    given = embedders["photo"].embed(pictures, [None, others])
    alone = embedders["photo"].embed(others)
    dims = len(plain[0].parts) // (1 + COUNT)
    assert np.allclose(given[0].parts, plain[0].parts, atol=1e-4)
    assert np.allclose(given[1].parts[:dims], plain[1].parts[:dims], atol=1e-4)
    stood = given[1].parts[dims:].reshape(COUNT, dims)
    for row, other in zip(stood, alone, strict=True):
        assert float(row @ other.parts[:dims]) > 0.99


def test_a_part_that_is_given_leaves_the_others_to_the_picture(embedders: dict[str, NeuralEmbedder]) -> None:
    picture, other = photo(1), photo(2)
    (plain,) = embedders["photo"].embed([picture])
    (given,) = embedders["photo"].embed([picture], [[None] * (COUNT - 1) + [other]])
    (shown,) = embedders["photo"].embed([other])
    mine, theirs = (print_.parts.reshape(1 + COUNT, -1) for print_ in (plain, given))
    assert np.allclose(mine[:COUNT], theirs[:COUNT], atol=1e-4)
    assert float(theirs[COUNT] @ shown.parts.reshape(1 + COUNT, -1)[0]) > 0.99


def test_automatic_choice_gives_each_picture_the_vectors_of_its_model(
    embedders: dict[str, NeuralEmbedder],
) -> None:
    prints = embedders["auto"].embed([photo(1), photo(2), drawing(1), drawing(2)])
    for print_ in prints:
        assert print_.model in print_.vectors
        assert set(print_.vectors) <= set(MODELS)
    assert [print_.model for print_ in prints[2:]] == ["illustration", "illustration"]
    for model in MODELS:
        plain = vectors(embedders[model], model, [drawing(1)])[0]
        if model in prints[2].vectors:
            assert np.allclose(prints[2].vectors[model], plain, atol=1e-4)


def test_nothing_in_nothing_out(embedders: dict[str, NeuralEmbedder]) -> None:
    assert embedders["auto"].embed([]) == []


def test_blank_and_tiny_thumbnails_get_finite_vectors(embedders: dict[str, NeuralEmbedder]) -> None:
    blank = [np.full((64, 64, 3), value, dtype=np.uint8) for value in (0, 128, 255)]
    dot = np.asarray(Image.new("RGB", (1, 1), "red"))
    for print_ in embedders["auto"].embed([*blank, dot]):
        for vector in print_.vectors.values():
            assert np.isfinite(vector).all()


def test_a_device_that_is_not_there_is_an_error() -> None:
    with pytest.raises(DpmError, match="nonsense"):
        NeuralEmbedder("photo", device="nonsense")


def test_several_threads_get_what_one_gets(embedders: dict[str, NeuralEmbedder]) -> None:
    batches = [[photo(seed), drawing(seed)] for seed in range(8)]
    alone = [embedders["auto"].embed(batch) for batch in batches]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(embedders["auto"].embed, batches))
    for one, other in zip(alone, together, strict=True):
        for mine, theirs in zip(one, other, strict=True):
            assert mine.model == theirs.model
            assert np.allclose(mine.parts, theirs.parts, atol=1e-3)


@pytest.mark.parametrize(
    ("flags", "there"),
    [
        ("flags : fpu avx512_bf16 amx_tile", True),
        ("Features : fp asimd bf16", True),
        ("flags : fpu avx2", False),
    ],
)
def test_short_numbers_are_used_where_the_processor_has_them(tmp_path: Path, flags: str, there: bool) -> None:
    info = tmp_path / "cpuinfo"
    info.write_text(f"processor : 0\n{flags}\n")
    assert has_bfloat16(str(info)) is there
    assert not has_bfloat16(str(tmp_path / "none"))


def test_short_numbers_change_a_fingerprint_by_little(embedders: dict[str, NeuralEmbedder]) -> None:
    exact = NeuralEmbedder("auto", device="cpu")
    exact._short = False
    pictures = [photo(1), photo(2), drawing(1), drawing(2)]
    for one, other in zip(embedders["auto"].embed(pictures), exact.embed(pictures), strict=True):
        assert one.model == other.model
        for model, vector in one.vectors.items():
            assert float(vector @ other.vectors[model]) > 0.999
