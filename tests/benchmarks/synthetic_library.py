"""Synthetic libraries at the level of the state: records, thumbnails and vectors, but no picture.

A ``library`` has families of heavy-tailed size: most pictures are alone, a few have hundreds of copies. Of
some copies only a part is in the picture. Others are one family alone: ``scans`` of blank pages, an ``atlas``
of sprites that are all a little alike, and ``frames`` of a film, each near to those around it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dpm_tui.pipeline.candidates.candidate_search import CandidateSearch, open_crop_search, open_whole_search
from dpm_tui.pipeline.candidates.crop_search import COUNT
from dpm_tui.pipeline.candidates.fingerprint import ModelCard
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.private_folder import prepare_folder
from dpm_tui.state.root_state import RootState
from tests.benchmarks.state_scale import digest_of, make_file

SHAPES = ("library", "scans", "atlas", "frames")
DIMS = 192
CARD = ModelCard("photo", "ab" * 32, DIMS, 0.8)
CHOICE = "photo"
THUMBNAILS = 100_000
"""Pictures that get a thumbnail: each is a file."""
_TOPICS = 300
_LARGEST = 1000
_ROWS = 5000
_LEFT_OUT = 0.1
"""Share of the copies that show a part of their original."""
_SCALES = np.exp(-np.arange(DIMS) / 32)
"""Networks use some axes more than others."""
_SPREAD = {"scans": 0.02, "atlas": 0.33}


def families_of(shape: str, files: int) -> NDArray[np.int64]:
    """Return the number of the family of each file, in order."""
    if shape != "library":
        return np.zeros(files, np.int64)
    dice = np.random.default_rng(files)
    sizes = np.minimum(dice.pareto(1.2, files) + 1, min(_LARGEST, files // 10)).astype(np.int64)
    return np.repeat(np.arange(files), sizes)[:files]


def fill(layout: Layout, shape: str, files: int, card: ModelCard = CARD) -> None:
    """Make the state of such a library as it is once every picture has its vectors."""
    prepare_folder(layout)
    state = RootState(layout)
    whole, parts = open_searches(state, card)
    thumbnail = _thumbnail()
    id_ = 0
    for rows in _described(shape, files):
        for row in rows:
            id_ += 1
            digest = digest_of(id_)
            state.files.put(make_file(id_))
            whole.vectors.add(digest, row[:DIMS], fits=True)
            parts.vectors.add(digest, row, fits=False)
            if id_ <= THUMBNAILS:
                state.thumbnails.put(digest, thumbnail)
        state.sync()
    state.close()


def open_searches(state: RootState, card: ModelCard = CARD) -> tuple[CandidateSearch, CandidateSearch]:
    """Return the matching of whole pictures and that of parts."""
    return open_whole_search(state, CHOICE, card), open_crop_search(state, CHOICE, card)


def describe_wholes(files: int) -> Iterator[NDArray[np.float32]]:
    """Yield the vectors of the pictures of a ``library`` alone, some rows at a time, shape (n, DIMS)."""
    dice = np.random.default_rng(1)
    topics = _noise(dice, _TOPICS)
    families = families_of("library", files)
    for at in range(0, files, _ROWS):
        yield _copies(dice, families[at : at + _ROWS], topics, at, "library").astype(np.float32)


def _described(shape: str, files: int) -> Iterator[NDArray[np.float32]]:
    """Yield the vectors of all files, some rows at a time, shape (n, (1 + COUNT) * DIMS)."""
    dice = np.random.default_rng(1)
    topics = _noise(dice, _TOPICS)
    families = families_of(shape, files)
    for at in range(0, files, _ROWS):
        here = families[at : at + _ROWS]
        own = {"library": _copies, "frames": _frames}.get(shape, _alike)(dice, here, topics, at, shape)
        parts = _unit(own[:, None] * 0.6 + _noise(dice, len(own) * COUNT).reshape(-1, COUNT, DIMS) * 0.8)
        if shape in _SPREAD:
            parts = _unit(own[:, None] + _SPREAD[shape] * _noise(dice, len(own))[:, None])
            parts = np.repeat(parts, COUNT, axis=1)
        if shape == "library":
            cut = 1 + np.flatnonzero((here[1:] == here[:-1]) & (dice.random(len(here) - 1) < _LEFT_OUT))
            originals = np.searchsorted(here, here[cut])
            own[cut] = _unit(parts[originals, 2] + 0.2 * _noise(dice, len(cut)))
        yield np.concatenate([own, parts.reshape(len(own), -1)], axis=1).astype(np.float32)


def _copies(
    dice: np.random.Generator, families: NDArray[np.int64], topics: NDArray[np.float64], at: int, shape: str
) -> NDArray[np.float64]:
    """Return pictures of families, each about a topic."""
    used, places = np.unique(families, return_inverse=True)
    leaders = np.stack([_noise(np.random.default_rng((2, number)), 1)[0] for number in used.tolist()])
    leaders = _unit(0.6 * topics[used % _TOPICS] + 0.8 * leaders)
    distance = dice.exponential(0.15, (len(families), 1))
    return _unit(leaders[places] + distance * _noise(dice, len(families)))


def _alike(
    dice: np.random.Generator, families: NDArray[np.int64], topics: NDArray[np.float64], at: int, shape: str
) -> NDArray[np.float64]:
    """Return pictures that are all alike."""
    return _unit(topics[0] + _SPREAD[shape] * _noise(dice, len(families)))


def _frames(
    dice: np.random.Generator, families: NDArray[np.int64], topics: NDArray[np.float64], at: int, shape: str
) -> NDArray[np.float64]:
    """Return the frames of a film: it moves on from topic to topic."""
    scenes, within = np.divmod((at + np.arange(len(families))) / 500, 1)
    one, other = (topics[(scenes.astype(np.int64) + step) % _TOPICS] for step in (0, 1))
    path = one * (1 - within[:, None]) + other * within[:, None]
    return _unit(_unit(path) + 0.05 * _noise(dice, len(families)))


def _noise(dice: np.random.Generator, rows: int) -> NDArray[np.float64]:
    return _unit(dice.normal(size=(rows, DIMS)) * _SCALES)


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    unit: NDArray[np.float64] = rows / np.linalg.norm(rows, axis=-1, keepdims=True)
    return unit


def _thumbnail() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(buffer, "JPEG")
    return buffer.getvalue()
