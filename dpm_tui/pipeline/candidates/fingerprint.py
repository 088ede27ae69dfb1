"""Fingerprint stage: one unit vector per content and model."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dpm_tui.pipeline.candidates.crop_search import own_parts
from dpm_tui.pipeline.checkpointing import Checkpointer
from dpm_tui.pipeline.decoding.thumbnail import read_if_stored
from dpm_tui.pipeline.ports import ThumbnailTable, VectorTable
from dpm_tui.pipeline.reporter import Stage
from dpm_tui.pipeline.transparency.cutout import StoredPicture

MODELS = ("photo", "illustration")
_BATCH = 32


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a run needs to know of a model without loading it.

    ``identity`` is a hex digest that names its weights and how they are used: vectors of another one are not
    comparable.
    ``threshold`` is the cosine from which two vectors are a candidate.
    """

    name: str
    identity: str
    dims: int
    threshold: float


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What the models say of one picture.

    ``model`` is the model that fits it (the one asked for, or the automatic choice).
    ``vectors`` maps a model's name to a unit vector of shape (dims,), float32; in automatic
    choice a doubtful picture carries one of each model, so that its copies are met in either.
    ``parts`` are, in a row and all by one model, its vector as parts of others are compared with it, at half
    the side, and those of its own parts.
    """

    model: str
    vectors: Mapping[str, NDArray[np.float32]]
    parts: NDArray[np.float32]


def part_model(models: Iterable[str]) -> str:
    """Return the name of the model that describes parts: the one for photographs if it is in use."""
    return min(models, key=MODELS.index)


class Embedder(Protocol):
    """Turns thumbnails into fingerprints; several threads may ask at once."""

    def embed(
        self,
        thumbnails: Sequence[NDArray[np.uint8]],
        parts: Sequence[Sequence[NDArray[np.uint8] | None] | None] | None = None,
    ) -> list[Fingerprint]:
        """Return one fingerprint per thumbnail, each an RGB array of shape (height, width, 3).

        ``parts`` are for some of them ``crop_search.COUNT`` pictures that stand for its parts, which are
        regions of it where they are not given.
        """


def fingerprint_contents(
    digests: Iterable[str],
    thumbnails: ThumbnailTable,
    tables: Mapping[str, VectorTable],
    parts: VectorTable,
    load_embedder: Callable[[], Embedder],
    pace: Checkpointer,
    cutouts: Container[str] = (),
    threads: int = 1,
) -> list[str]:
    """Embed every content that has no vector yet; return the digests whose thumbnail cannot be read.

    ``tables`` holds the vectors of each model in use, ``parts`` those of the parts. The embedder is
    loaded only if there is work; ``threads`` batches are read and embedded at the same time. ``cutouts`` are
    the contents that are transparent in places: the parts of those are flattenings, which their row says by
    its first flag. Raises Cancelled.
    """
    missing: list[str] = []
    for digest in digests:
        if digest in cutouts and digest in parts and not parts.fits(digest):
            parts.discard(digest)
        if digest not in parts or not _has_vectors(digest, tables):
            missing.append(digest)
    pace.start(Stage.FINGERPRINT, len(missing))
    lost: list[str] = []
    for batch in _embed(missing, thumbnails, load_embedder, threads) if missing else ():
        for digest, print_ in batch.items():
            if print_ is None:
                thumbnails.discard(digest)
                lost.append(digest)
                continue
            shared = len(print_.vectors) > 1
            for model, vector in print_.vectors.items():
                tables[model].add(digest, vector, fits=model == print_.model, shared=shared)
            parts.add(digest, print_.parts, fits=digest in cutouts)
        pace.step(len(batch))
    pace.finish()
    return lost


def embed_stored(embedder: Embedder, pictures: Sequence[StoredPicture]) -> list[Fingerprint]:
    """Return the fingerprint of each stored picture."""
    return embedder.embed([picture.pixels for picture in pictures], [own_parts(each) for each in pictures])


def _embed(
    digests: Sequence[str], thumbnails: ThumbnailTable, load_embedder: Callable[[], Embedder], threads: int
) -> Iterator[dict[str, Fingerprint | None]]:
    """Yield batch by batch the fingerprint of each content, None where its thumbnail cannot be read."""
    embedder = load_embedder()

    def embed(batch: Sequence[str]) -> dict[str, Fingerprint | None]:
        stored = {digest: read_if_stored(thumbnails.get(digest)) for digest in batch}
        prints = iter(embed_stored(embedder, [picture for picture in stored.values() if picture is not None]))
        return {digest: next(prints) if picture else None for digest, picture in stored.items()}

    with ThreadPoolExecutor(threads, "embed") as pool:
        under_way: deque[Future[dict[str, Fingerprint | None]]] = deque()
        try:
            for batch in _batches(digests):
                under_way.append(pool.submit(embed, batch))
                if len(under_way) > threads:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _has_vectors(digest: str, tables: Mapping[str, VectorTable]) -> bool:
    """Return whether a content has every vector that it should have: a crash may keep one of two."""
    holding = [table for table in tables.values() if digest in table]
    if not any(table.shared(digest) for table in holding):
        return bool(holding)
    return len(holding) == len(tables)


def _batches(digests: Sequence[str]) -> Iterable[Sequence[str]]:
    return (digests[at : at + _BATCH] for at in range(0, len(digests), _BATCH))
