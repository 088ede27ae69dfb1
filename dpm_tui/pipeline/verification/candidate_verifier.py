"""Candidate verifier: judges every candidate whose two contents are in the library."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from dpm_tui.catalog.content_digest import DigestPair, digest_pair
from dpm_tui.catalog.image_file import Facts, ImageFile
from dpm_tui.catalog.verdict import MAX_HOLDS_MORE, Kind, PairJudge, Verdict
from dpm_tui.lru_cache import LruCache
from dpm_tui.pipeline.checkpointing import Checkpointer
from dpm_tui.pipeline.decoding.thumbnail import read_stored
from dpm_tui.pipeline.ports import ThumbnailTable, VerdictTable
from dpm_tui.pipeline.reporter import Reporter, Stage
from dpm_tui.pipeline.transparency.cutout import StoredPicture
from dpm_tui.pipeline.transparency.flattening import judge_stored
from dpm_tui.pipeline.verification.pixel_equality import PixelProof


def order_pairs(pairs: Collection[DigestPair]) -> list[DigestPair]:
    """Return the pairs so that those of one picture, and of the pictures paired with it, lie close together.

    Walks from picture to picture, each time on to the neighbour with the fewest pairs left (as Cuthill and
    McKee 1969 do with matrices); a pair comes when its second picture is reached. The order depends on the
    pairs alone.
    """
    near: dict[str, list[str]] = {}
    for one, other in pairs:
        near.setdefault(one, []).append(other)
        near.setdefault(other, []).append(one)
    rank: dict[str, int] = {}
    for start in sorted(near, key=lambda d: (len(near[d]), d)):
        if start in rank:
            continue
        rank[start] = len(rank)
        queue = [start]
        for digest in queue:
            for other in sorted(near[digest], key=lambda d: (len(near[d]), d)):
                if other not in rank:
                    rank[other] = len(rank)
                    queue.append(other)
    return sorted(pairs, key=lambda pair: sorted((rank[pair[0]], rank[pair[1]]), reverse=True))


_AHEAD = 64
"""Judgements under way at a time; bounds the thumbnails held in memory."""
_THUMBNAILS = 320
"""Decoded thumbnails kept for the next pair: at most 192 KiB each, 63 MB, and a third more of cut-outs."""
_MAX_ANIMATED = 0.85
"""Pictures with several frames are judged by their first alone: unless the pixels of all frames proved
equal, never more than a variant."""


@dataclass(frozen=True, slots=True)
class _Judged:
    verdict: Verdict | None
    first: NDArray[np.uint8]
    second: NDArray[np.uint8]


class CandidateVerifier:
    """Puts a verdict into the store for each candidate, several at a time."""

    def __init__(
        self,
        thumbnails: ThumbnailTable,
        verdicts: VerdictTable,
        make_judge: Callable[[], PairJudge],
        proof: PixelProof,
        threads: int,
    ) -> None:
        self._thumbnails = thumbnails
        self._verdicts = verdicts
        self._make_judge = make_judge
        self._proof = proof
        self._threads = threads
        self._pictures: LruCache[str, StoredPicture | None] = LruCache(_THUMBNAILS)
        self._lost: set[str] = set()

    def verify(
        self,
        candidates: Mapping[DigestPair, float],
        by_digest: Mapping[str, list[ImageFile]],
        pace: Checkpointer,
        reporter: Reporter,
    ) -> list[str]:
        """Judge every candidate (content pair -> cosine), none of which has a verdict; raises Cancelled.

        Returns the digests whose thumbnail cannot be read; their pairs stay open.
        """
        open_ = order_pairs(list(candidates))
        alike = sum(1 for _ in self._verdicts.alike())
        pace.start(Stage.VERIFY, len(open_))
        for pair, judged in self._judge_all(open_, candidates):
            if isinstance(judged, Exception):
                # One odd pair must not keep all others from being found; the next run tries it again.
                reporter.failed(by_digest[pair[0]][0].path, f"{type(judged).__name__}: {judged}")
            elif judged is not None:
                verdict = self._settle(pair, judged, by_digest)
                self._verdicts.put(pair, verdict)
                if verdict is not None:
                    alike += 1
                    reporter.found(alike)
                    one, other = (by_digest[digest][0].path for digest in pair)
                    reporter.paired(one, other, verdict.kind.value, verdict.similarity)
            pace.step()
        pace.finish()
        return sorted(self._lost)

    def _judge_all(
        self, pairs: list[DigestPair], cosines: Mapping[DigestPair, float]
    ) -> Iterator[tuple[DigestPair, _Judged | Exception | None]]:
        if not pairs:
            return
        judge = self._make_judge()
        waiting: list[tuple[DigestPair, Future[_Judged | Exception | None]]] = []
        # A pair has little to multiply: BLAS threads of its own would double the time it takes.
        with threadpool_limits(1, "blas"), ThreadPoolExecutor(self._threads, "verify") as pool:
            try:
                for pair in pairs:
                    waiting.append((pair, pool.submit(self._judge, judge, pair, cosines[pair])))
                    if len(waiting) >= _AHEAD:
                        done, future = waiting.pop(0)
                        yield done, future.result()
                while waiting:
                    done, future = waiting.pop(0)
                    yield done, future.result()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _judge(self, judge: PairJudge, pair: DigestPair, cosine: float) -> _Judged | Exception | None:
        pictures = [picture for digest in pair if (picture := self._read(digest)) is not None]
        if len(pictures) != 2:
            return None
        first, second = pictures
        try:
            return _Judged(judge_stored(judge, first, second, cosine), first.pixels, second.pixels)
        except Exception as error:
            return error

    def _read(self, digest: str) -> StoredPicture | None:
        return self._pictures.get(digest, lambda: self._decode(digest))

    def _decode(self, digest: str) -> StoredPicture | None:
        try:
            return read_stored(self._thumbnails.get(digest) or b"")
        except ValueError:
            self._thumbnails.discard(digest)
            self._lost.add(digest)
            return None

    def _settle(
        self, pair: DigestPair, judged: _Judged, by_digest: Mapping[str, list[ImageFile]]
    ) -> Verdict | None:
        verdict = judged.verdict
        if verdict is None:
            return None
        if verdict.kind is Kind.COPY and self._proof.holds(*pair, judged.first, judged.second):
            return Verdict(Kind.PIXELS, 1.0)
        mine, theirs = (by_digest[digest][0].facts for digest in pair)
        if _moves(mine, theirs) or _moves(theirs, mine):
            return replace(verdict, kind=Kind.VARIANT, similarity=min(verdict.similarity, _MAX_ANIMATED))
        if mine.holds != theirs.holds:
            return replace(verdict, similarity=min(verdict.similarity, MAX_HOLDS_MORE))
        return verdict


def _moves(facts: Facts, other: Facts) -> bool:
    """Return whether one picture of a file does not stand for it beside another file.

    That of a HEIF file does beside a single one: its primary picture is the one that everybody sees.
    """
    return facts.frames > 1 and (facts.format != "HEIF" or other.frames > 1)


def pick_open(
    candidates: Iterable[tuple[str, str, float]],
    by_digest: Container[str],
    verdicts: VerdictTable,
) -> dict[DigestPair, float]:
    """Return the candidates without a verdict whose two contents lie in the library, with the higher cosine.

    They are looked at one by one: a million pictures have some millions, of which most are old.
    """
    picked: dict[DigestPair, float] = {}
    for first, second, cosine in candidates:
        if first in by_digest and second in by_digest and first != second:
            pair = digest_pair(first, second)
            if pair not in verdicts:
                picked[pair] = max(cosine, picked.get(pair, -1.0))
    return picked
