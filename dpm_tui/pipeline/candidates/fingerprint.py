"""Fingerprint stage: one unit vector per content and model."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from dpm_tui.pipeline.candidates.crop_search import own_parts
from dpm_tui.pipeline.checkpointing import Cancelled, Checkpointer
from dpm_tui.pipeline.decoding.thumbnail import read_if_stored
from dpm_tui.pipeline.picture_fingerprint import Fingerprint
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


class Fingerprinter(Protocol):
    """Fingerprints the pictures of contents, wherever that is done."""

    def fingerprint(
        self, digests: Sequence[str], thumbnails: ThumbnailTable, cancelled: Callable[[], bool]
    ) -> Iterator[Mapping[str, Fingerprint | None]]:
        """Yield batch by batch the fingerprint of each content, None where its thumbnail cannot be read.

        May stop early when cancelled.
        """


@dataclass(frozen=True, slots=True)
class FingerprintTables:
    """Where fingerprints are kept: the ``whole`` vectors of each model in use, and those of the ``parts``."""

    whole: Mapping[str, VectorTable]
    parts: VectorTable

    def lacks(self, digest: str, *, cutout: bool) -> bool:
        """Return whether a content is without a vector that it should have.

        The parts of a ``cutout``, which is transparent in places, are flattenings, which their row says by
        its first flag. A row that holds other ones is forgotten.
        """
        if cutout and digest in self.parts and not self.parts.fits(digest):
            self.parts.discard(digest)
        return digest not in self.parts or not _has_vectors(digest, self.whole)

    def put(self, digest: str, fingerprint: Fingerprint, *, cutout: bool) -> None:
        """Keep the fingerprint of a content."""
        shared = len(fingerprint.vectors) > 1
        for model, vector in fingerprint.vectors.items():
            self.whole[model].add(digest, vector, fits=model == fingerprint.model, shared=shared)
        self.parts.add(digest, fingerprint.parts, fits=cutout)


def fingerprint_contents(
    digests: Iterable[str],
    thumbnails: ThumbnailTable,
    tables: FingerprintTables,
    fingerprinter: Fingerprinter,
    pace: Checkpointer,
    cancelled: Callable[[], bool],
    cutouts: Container[str] = (),
) -> list[str]:
    """Embed every content that has no vector yet; return the digests whose thumbnail cannot be read.

    ``cutouts`` are the contents that are transparent in places. Raises Cancelled.
    """
    missing = [digest for digest in digests if tables.lacks(digest, cutout=digest in cutouts)]
    pace.start(Stage.FINGERPRINT, len(missing))
    lost: list[str] = []
    for batch in fingerprinter.fingerprint(missing, thumbnails, cancelled) if missing else ():
        for digest, fingerprint in batch.items():
            if fingerprint is None:
                thumbnails.discard(digest)
                lost.append(digest)
            else:
                tables.put(digest, fingerprint, cutout=digest in cutouts)
        pace.step(len(batch))
    if cancelled():
        raise Cancelled
    pace.finish()
    return lost


def embed_stored(embedder: Embedder, pictures: Sequence[StoredPicture]) -> list[Fingerprint]:
    """Return the fingerprint of each stored picture."""
    return embedder.embed([picture.pixels for picture in pictures], [own_parts(each) for each in pictures])


@dataclass(frozen=True, slots=True)
class ThreadedFingerprinter:
    """Fingerprints in this process: ``threads`` batches are read and embedded at the same time.

    The embedder is loaded only if there is work.
    """

    load_embedder: Callable[[], Embedder]
    threads: int = 1

    def fingerprint(
        self, digests: Sequence[str], thumbnails: ThumbnailTable, cancelled: Callable[[], bool]
    ) -> Iterator[Mapping[str, Fingerprint | None]]:
        """Yield batch by batch the fingerprint of each content; see ``Fingerprinter``."""
        embedder = self.load_embedder()

        def embed(batch: Sequence[str]) -> dict[str, Fingerprint | None]:
            stored = {digest: read_if_stored(thumbnails.get(digest)) for digest in batch}
            whole = [picture for picture in stored.values() if picture is not None]
            prints = iter(embed_stored(embedder, whole))
            return {digest: next(prints) if picture else None for digest, picture in stored.items()}

        # Products of a few thousand numbers are shared out for nothing: whoever waits for the next one spins.
        with threadpool_limits(1, "blas"), ThreadPoolExecutor(self.threads, "embed") as pool:
            under_way: deque[Future[dict[str, Fingerprint | None]]] = deque()
            try:
                for batch in _batches(digests):
                    under_way.append(pool.submit(embed, batch))
                    if len(under_way) > self.threads:
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
