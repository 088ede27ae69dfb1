"""Decoder children that look at pairs: real processes on real files, which cost at most their pair."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dpm_tui.catalog.image_file import Status
from dpm_tui.catalog.inspection import Inspection
from dpm_tui.pipeline.decoding.decoder import InspectionOrder, Unreadable
from dpm_tui.worker.decoders.decoder_pool import DecoderPool
from tests.support.pictures import encode, scene

pytestmark = pytest.mark.slow


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[DecoderPool]:
    (tmp_path / "root").mkdir()
    made = DecoderPool(os.fsencode(tmp_path / "root"), os.fsencode(tmp_path / "thumbnails"), 2)
    yield made
    made.close()


def order(root: Path, first: str, second: str) -> InspectionOrder:
    digests = [hashlib.sha256((root / name).read_bytes()).hexdigest() for name in (first, second)]
    return InspectionOrder(os.fsencode(first), os.fsencode(second), (digests[0], digests[1]))


def test_pairs_are_looked_at_and_what_cannot_be_had_costs_only_itself(
    pool: DecoderPool, tmp_path: Path
) -> None:
    root = tmp_path / "root"
    (root / "a.jpg").write_bytes(encode(scene(1), quality=95))
    (root / "b.jpg").write_bytes(encode(scene(1), quality=40))
    (root / "half.jpg").write_bytes(encode(scene(1), quality=90)[:80])
    (root / "late.jpg").write_bytes(encode(scene(1), quality=80))
    orders = [order(root, "a.jpg", name) for name in ("b.jpg", "half.jpg", "late.jpg")]
    (root / "late.jpg").write_bytes(encode(scene(2), quality=80))
    orders.append(InspectionOrder(b"a.jpg", b"gone.jpg", orders[0].digests))
    found = {each.second: result for each, result in pool.inspect(orders, lambda: False)}
    assert set(found) == {b"b.jpg", b"half.jpg", b"late.jpg", b"gone.jpg"}
    look = found[b"b.jpg"]
    assert isinstance(look, Inspection)
    assert look.better > 0
    for name in (b"late.jpg", b"gone.jpg"):
        missing = found[name]
        assert isinstance(missing, Unreadable)
        assert missing.status is Status.UNREADABLE
    assert pool.pids == [], "the children end with their work"


def test_a_stop_ends_the_children_at_once(pool: DecoderPool, tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "a.jpg").write_bytes(encode(scene(1), quality=95))
    (root / "b.jpg").write_bytes(encode(scene(1), quality=40))
    done: list[InspectionOrder] = []
    orders = [order(root, "a.jpg", "b.jpg")] * 400
    for each, _ in pool.inspect(orders, lambda: len(done) >= 2):
        done.append(each)
    assert 2 <= len(done) < 40
    assert pool.pids == []
