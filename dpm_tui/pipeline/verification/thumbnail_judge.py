"""Thumbnail judge: judges pairs of contents by the thumbnails that are stored of them."""

from __future__ import annotations

import math
from typing import Protocol

import cv2
import numpy as np

from dpm_tui.catalog.content_digest import DigestPair
from dpm_tui.catalog.verdict import Kind, PairJudge
from dpm_tui.lru_cache import LruCache
from dpm_tui.pipeline.decoding.decoder import Judgement, Unjudged, VerificationOrder
from dpm_tui.pipeline.decoding.thumbnail import read_if_stored
from dpm_tui.pipeline.transparency.cutout import Picture, StoredPicture
from dpm_tui.pipeline.transparency.flattening import judge_stored

KEPT = 320
"""Decoded thumbnails kept for the next pair: at most 192 KiB each, 62 MB, and a third more of cut-outs."""


def use_one_thread() -> None:
    """Let OpenCV work in the thread that calls it alone: a pair has little to share out."""
    cv2.setNumThreads(1)


class StoredThumbnails(Protocol):
    """Where thumbnails are stored by content."""

    def get(self, digest: str) -> bytes | None:
        """Return the stored bytes, or None."""


class ThumbnailJudge:
    """Answers orders of pairs; remembers the thumbnails seen last."""

    def __init__(self, thumbnails: StoredThumbnails, judge: PairJudge) -> None:
        self._thumbnails = thumbnails
        self._judge = judge
        self._pictures: LruCache[str, StoredPicture | None] = LruCache(KEPT)

    def answer(self, order: VerificationOrder) -> list[Judgement | Unjudged]:
        """Return an answer for each pair of an order. One odd pair costs only itself."""
        return [self._answer_one(pair, cosine) for pair, cosine in order.pairs]

    def _answer_one(self, pair: DigestPair, cosine: float) -> Judgement | Unjudged:
        first, second = (self._picture(digest) for digest in pair)
        if first is None or second is None:
            lost = (digest for digest, picture in zip(pair, (first, second), strict=True) if picture is None)
            return Unjudged(tuple(lost))
        try:
            verdict = judge_stored(self._judge, first, second, cosine)
        except Exception as error:
            return Unjudged(reason=f"{type(error).__name__}: {error}")
        if verdict is None or verdict.kind is not Kind.COPY:
            return Judgement(verdict)
        return Judgement(verdict, _apart(first.pixels, second.pixels))

    def _picture(self, digest: str) -> StoredPicture | None:
        return self._pictures.get(digest, lambda: read_if_stored(self._thumbnails.get(digest)))


def _apart(first: Picture, second: Picture) -> float:
    """Return the mean difference of two pictures in levels, infinite for pictures of other sizes."""
    if first.shape != second.shape:
        return math.inf
    return float(np.abs(first.astype(np.int16) - second).mean())
