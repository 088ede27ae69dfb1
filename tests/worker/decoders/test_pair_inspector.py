"""Decoder children that look at pairs: real processes on real files, which cost at most their pair."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dpm_tui.catalog.image_file import Status
from dpm_tui.catalog.inspection import Inspection
from dpm_tui.file_names import to_json
from dpm_tui.pipeline.decoding.decoder import InspectionOrder, Unreadable
from dpm_tui.pipeline.loading.safe_open import MEMORY_BYTES
from dpm_tui.pipeline.quality.full_size import decode_full_size
from dpm_tui.pipeline.quality.picture_traits import FileTraits
from dpm_tui.pipeline.transparency.cutout import StoredPicture
from dpm_tui.worker.decoders import pair_inspector
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


def test_a_picture_with_many_copies_is_decoded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = {f"{number}.jpg": encode(scene(1), quality=95 - 9 * number) for number in range(5)}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in pictures.items()}
    for name, content in pictures.items():
        (tmp_path / name).write_bytes(content)
    decoded: list[bytes] = []

    def decode(content: bytes, memory: int) -> tuple[StoredPicture, FileTraits]:
        decoded.append(content)
        return decode_full_size(content, memory)

    monkeypatch.setattr(pair_inspector, "decode_full_size", decode)
    root = os.open(tmp_path, os.O_RDONLY)
    inspector = pair_inspector.PairInspector(root)
    for name in list(pictures)[1:]:
        both = sorted((digests[each], each) for each in ("0.jpg", name))
        files = [{"digest": digest, "path": to_json(os.fsencode(each))} for digest, each in both]
        inspector.answer({"files": files}, MEMORY_BYTES)
    os.close(root)
    assert len(decoded) == len(pictures)


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
