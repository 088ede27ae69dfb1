"""Children that judge pairs by stored thumbnails: a lost thumbnail or a killed child costs little."""

from __future__ import annotations

import hashlib
import math
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from dpm_tui.catalog.verdict import Kind
from dpm_tui.pipeline.decoding.decoder import Judgement, Unjudged, VerificationOrder
from dpm_tui.pipeline.decoding.thumbnail import decode_thumbnail
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from dpm_tui.pipeline.verification.thumbnail_judge import ThumbnailJudge
from dpm_tui.state.thumbnail_store import ThumbnailStore
from dpm_tui.worker.decoders.decoder_pool import DecoderPool
from tests.support.pictures import encode, scene

pytestmark = pytest.mark.slow


@pytest.fixture
def thumbnails(tmp_path: Path) -> ThumbnailStore:
    (tmp_path / "thumbnails").mkdir()
    return ThumbnailStore(os.fsencode(tmp_path / "thumbnails"))


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[DecoderPool]:
    (tmp_path / "root").mkdir()
    made = DecoderPool(os.fsencode(tmp_path / "root"), os.fsencode(tmp_path / "thumbnails"), 2)
    yield made
    made.close()


def put(thumbnails: ThumbnailStore, content: bytes) -> str:
    thumbnail = decode_thumbnail(content)
    thumbnails.put(thumbnail.facts.digest, thumbnail.jpeg)
    return thumbnail.facts.digest


def order(*pairs: tuple[str, str]) -> VerificationOrder:
    return VerificationOrder(tuple((pair, 0.9) for pair in pairs))


def test_children_say_what_the_judge_says(pool: DecoderPool, thumbnails: ThumbnailStore) -> None:
    one = put(thumbnails, encode(scene(1), quality=95))
    again = put(thumbnails, encode(scene(1), quality=50))
    other = put(thumbnails, encode(scene(2), quality=95))
    part = put(
        thumbnails, encode(scene(1).crop((0, 0, scene(1).width * 3 // 4, scene(1).height)), quality=95)
    )
    gone = hashlib.sha256(b"gone").hexdigest()
    orders = [order((one, again), (one, other), (one, gone)), order((again, other)), order((one, part))]
    found = dict(pool.verify([orders], 2, lambda: False))
    assert set(found) == set(orders)
    judge = ThumbnailJudge(thumbnails, AlignedJudge())
    here = judge.answer(orders[0])[0]
    (crop,) = found[orders[2]]
    assert isinstance(crop, Judgement)
    assert crop.verdict is not None
    assert crop.verdict.altered is not None
    assert crop == judge.answer(orders[2])[0]
    copy, unlike, lost = found[orders[0]]
    assert isinstance(copy, Judgement)
    assert isinstance(here, Judgement)
    assert copy.verdict is not None
    assert here.verdict is not None
    assert (copy.verdict.kind, here.verdict.kind) == (Kind.COPY, Kind.COPY)
    assert copy.verdict.similarity == pytest.approx(here.verdict.similarity, abs=1e-4)
    assert copy.apart == pytest.approx(here.apart)
    assert 0 < copy.apart < 20
    assert unlike == Judgement(None, math.inf)
    assert lost == Unjudged((gone,))
    assert pool.pids == [], "the children end with their work"


def test_a_child_that_is_killed_costs_no_pair(pool: DecoderPool, thumbnails: ThumbnailStore) -> None:
    one = put(thumbnails, encode(scene(1), quality=95))
    again = put(thumbnails, encode(scene(1), quality=50))
    orders = [order(*[(one, again)] * (number + 1)) for number in range(40)]
    found = {}
    for each, answers in pool.verify([orders], 2, lambda: False):
        found[each] = answers
        if len(found) in (2, 9):
            os.kill(pool.pids[0], signal.SIGKILL)
    assert set(found) == set(orders)
    assert all(isinstance(answer, Judgement) for answers in found.values() for answer in answers)


def test_a_stop_ends_the_children_at_once(pool: DecoderPool, thumbnails: ThumbnailStore) -> None:
    one = put(thumbnails, encode(scene(1), quality=95))
    again = put(thumbnails, encode(scene(1), quality=50))
    done: list[VerificationOrder] = []
    for each, _ in pool.verify([[order((one, again))] * 400], 2, lambda: len(done) >= 2):
        done.append(each)
    assert 2 <= len(done) < 60
    assert pool.pids == []


def test_without_pairs_no_child_starts(pool: DecoderPool) -> None:
    assert list(pool.verify([], 2, lambda: False)) == []
    assert pool.pids == []
