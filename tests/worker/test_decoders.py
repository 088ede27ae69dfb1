"""Decoder children: disposable processes that cost at most the file they work on."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from dpm_tui.pipeline.decode import Thumbnail
from dpm_tui.pipeline.decoder import Decoded, DecodeOrder, Known, Unreadable
from dpm_tui.pipeline.image_file import Status
from dpm_tui.state.thumbnail_store import ThumbnailStore
from dpm_tui.worker import decoder_process
from dpm_tui.worker.decoder_pool import DecoderPool
from tests.support.pictures import encode, scene


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[DecoderPool]:
    """Yield a pool of two decoders on ``tmp_path/root``."""
    (tmp_path / "root").mkdir()
    made = DecoderPool(os.fsencode(tmp_path / "root"), os.fsencode(tmp_path / "thumbnails"), 2)
    yield made
    made.close()


def decode(pool: DecoderPool, *names: bytes) -> dict[bytes, Decoded]:
    """Return name -> result."""
    orders = [DecodeOrder(name) for name in names]
    return {order.path: result for order, result in pool.decode(orders, lambda: False)}


def test_every_file_has_exactly_one_result(pool: DecoderPool, tmp_path: Path) -> None:
    """Good, damaged, vanished, linked and special files are told apart; none stops the others."""
    root = tmp_path / "root"
    picture = encode(scene(1), quality=90)
    (root / "good.jpg").write_bytes(picture)
    (root / "half.jpg").write_bytes(picture[:900])
    (root / "link.jpg").symlink_to(root / "good.jpg")
    os.mkfifo(root / "fifo.jpg")
    results = decode(pool, b"good.jpg", b"half.jpg", b"link.jpg", b"fifo.jpg", b"gone.jpg")
    assert isinstance(results[b"good.jpg"], Thumbnail)
    statuses = {name: result.status for name, result in results.items() if isinstance(result, Unreadable)}
    assert statuses == {
        b"half.jpg": Status.DAMAGED,
        b"link.jpg": Status.UNREADABLE,
        b"fifo.jpg": Status.UNSUPPORTED,
        b"gone.jpg": Status.UNREADABLE,
    }


def test_known_content_is_not_decoded_again(pool: DecoderPool, tmp_path: Path) -> None:
    """A copy of a file whose thumbnail is stored is only digested."""
    (tmp_path / "root/a.jpg").write_bytes(encode(scene(1)))
    first = decode(pool, b"a.jpg")[b"a.jpg"]
    assert isinstance(first, Thumbnail)
    ThumbnailStore(os.fsencode(tmp_path / "thumbnails")).put(first.facts.digest, first.jpeg)
    (tmp_path / "root/b.jpg").write_bytes((tmp_path / "root/a.jpg").read_bytes())
    assert decode(pool, b"b.jpg") == {b"b.jpg": Known(first.facts.digest)}


def test_killed_decoders_are_replaced(pool: DecoderPool, tmp_path: Path) -> None:
    """Decoders that die between files are started again and nothing is lost."""
    names = [b"%d.jpg" % number for number in range(12)]
    for number, name in enumerate(names):
        (tmp_path / "root" / os.fsdecode(name)).write_bytes(encode(scene(number)))
    results: dict[bytes, Decoded] = {}
    for order, result in pool.decode([DecodeOrder(name) for name in names], lambda: False):
        results[order.path] = result
        for pid in pool.pids:
            # A decoder killed in the last round may be gone before this one reaches it.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    assert set(results) == set(names)
    lost = [result for result in results.values() if isinstance(result, Unreadable)]
    assert all(result.status is Status.CRASHED for result in lost)
    assert len(lost) < len(names)


def test_a_hanging_decoder_is_killed_and_its_file_named(
    pool: DecoderPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file on which the decoder hangs twice is recorded as crashed; the next file is decoded."""
    (tmp_path / "root/a.jpg").write_bytes(encode(scene(1)))
    real = decoder_process.DecoderProcess.ask

    def ask(self: decoder_process.DecoderProcess, order: dict[str, object]) -> dict[str, object]:
        if order["path"] == "hang.jpg":
            os.kill(self._running().pid, signal.SIGSTOP)
            return real(self, order, 0.2)
        return real(self, order)

    monkeypatch.setattr(decoder_process.DecoderProcess, "ask", ask)
    results = decode(pool, b"hang.jpg", b"a.jpg")
    stuck = results[b"hang.jpg"]
    assert isinstance(stuck, Unreadable)
    assert stuck.status is Status.CRASHED
    assert isinstance(results[b"a.jpg"], Thumbnail)


def test_view_of_a_part(pool: DecoderPool, tmp_path: Path) -> None:
    """A part of an original comes as raw RGB no larger than asked for; a missing file as nothing."""
    (tmp_path / "root/a.png").write_bytes(encode(scene(1, 400, 300), "PNG"))
    view = pool.view(b"a.png", 100, 100, (0.5, 0.5, 1.0, 1.0))
    assert view is not None
    width, height, rgb = view
    assert (width, height, len(rgb)) == (100, 75, 100 * 75 * 3)
    assert pool.view(b"gone.png", 100, 100, (0.0, 0.0, 1.0, 1.0)) is None
