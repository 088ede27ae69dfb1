"""Search decoder: decoders that read two folders, and a judge in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from dpm_tui.catalog.inspection import Inspection
from dpm_tui.pipeline.decoding.decoder import (
    Decoded,
    DecodeOrder,
    InspectionOrder,
    Judgement,
    Unjudged,
    Unreadable,
    VerificationOrder,
    Wait,
)
from dpm_tui.pipeline.finding.search_tables import SearchThumbnails
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from dpm_tui.pipeline.verification.thumbnail_judge import ThumbnailJudge
from dpm_tui.worker.decoders.decoder_pool import DecoderPool


class SearchDecoder:
    """Fulfils ``pipeline.decoding.decoder.Decoder`` for a search.

    A few dozen candidates a picture are judged here: thumbnails of what is asked for lie in no folder that a
    decoder could read.
    """

    def __init__(self, pool: DecoderPool, thumbnails: SearchThumbnails) -> None:
        self._pool = pool
        self._judge = ThumbnailJudge(thumbnails, AlignedJudge())

    def decode(
        self, orders: Iterable[DecodeOrder], cancelled: Callable[[], bool]
    ) -> Iterator[tuple[DecodeOrder, Decoded]]:
        """Yield each order with its result, in any order; stops early when cancelled."""
        return self._pool.decode(orders, cancelled)

    def digest_pixels(self, path: bytes) -> str:
        """Return the digest of the pixels at full size, empty if they cannot be decoded."""
        return self._pool.digest_pixels(path)

    def inspect(
        self, orders: Iterable[InspectionOrder], cancelled: Callable[[], bool]
    ) -> Iterator[tuple[InspectionOrder, Inspection | Unreadable]]:
        """Yield each order with what was found, or why one of the two cannot be decoded; in any order."""
        return self._pool.inspect(orders, cancelled)

    def verify(
        self, lanes: Iterable[Iterable[VerificationOrder | Wait]], count: int, cancelled: Callable[[], bool]
    ) -> Iterator[tuple[VerificationOrder, list[Judgement | Unjudged]]]:
        """Yield each order with an answer for each of its pairs; stops early when cancelled."""
        for order in chain.from_iterable(lanes):
            if cancelled():
                return
            if not isinstance(order, Wait):
                yield order, self._judge.answer(order)
