"""Odd files through real decoders: each costs at most itself."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from hypothesis import given, strategies as st

from dpm_tui.catalog.image_file import Status
from dpm_tui.pipeline.decoding.decoder import DecodeOrder, Unreadable
from dpm_tui.pipeline.decoding.thumbnail import (
    THUMBNAIL_PX,
    Thumbnail,
    UndecodableError,
    decode_thumbnail,
    decode_view,
    digest_pixels,
    read_thumbnail,
)
from dpm_tui.state.files.file_record import decode_file, encode_file
from dpm_tui.worker.decoders.decoder_pool import DecoderPool
from tests.support.image_files import image_file
from tests.support.odd_files import damaged, odd_files, whole_pictures, write_special_files

pytestmark = pytest.mark.slow
FILES = 300
CEILING = 1536 << 20
WHOLES = whole_pictures()


class Peak:
    """Watches how much memory the children of a pool take together."""

    def __init__(self, pool: DecoderPool) -> None:
        self.bytes = 0
        self._pool, self._ended = pool, threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.02):
            self.bytes = max(self.bytes, sum(map(_resident, self._pool.pids)))


def _resident(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "root"
    made.mkdir()
    return made


@pytest.mark.soak
def test_every_odd_file_has_one_status_and_costs_only_itself(root: Path, tmp_path: Path) -> None:
    """No decoder dies or hangs on them, and their memory stays under the ceiling."""
    names = [os.fsencode(name) for name in write_special_files(root)]
    for name, content in odd_files(FILES):
        (root / name).write_bytes(content)
        names.append(os.fsencode(name))
    pool = DecoderPool(os.fsencode(root), os.fsencode(tmp_path / "thumbnails"), 2, CEILING)
    began, slowest, last = time.monotonic(), 0.0, time.monotonic()
    statuses: dict[bytes, Status] = {}
    try:
        with Peak(pool) as peak:
            for order, result in pool.decode([DecodeOrder(name) for name in names], lambda: False):
                assert order.path not in statuses
                assert isinstance(result, Thumbnail | Unreadable)
                statuses[order.path] = result.status if isinstance(result, Unreadable) else Status.OK
                slowest, last = max(slowest, time.monotonic() - last), time.monotonic()
    finally:
        pool.close()
    assert set(statuses) == set(names)
    counted = Counter(statuses.values())
    assert counted[Status.CRASHED] == 0
    assert min(counted[status] for status in (Status.OK, Status.DAMAGED, Status.UNSUPPORTED)) > 3
    assert all(statuses[os.fsencode(name)] is Status.OK for name in WHOLES)
    bombs = ("huge.png", "wide.png", "baseline.jpg", "canvas.gif", "canvas.webp")
    assert {statuses[os.fsencode(f"bomb {name}")] for name in bombs} == {Status.TOO_BIG}
    assert peak.bytes < CEILING
    assert slowest < 20
    assert time.monotonic() - began < 100


@given(st.integers(0, 10**9))
def test_whatever_is_done_to_a_picture_only_one_error_comes_of_it(seed: int) -> None:
    """Thumbnail, view and digest of a damaged file are had or refused with a status and a reason.

    What a thumbnail says of it can be written down and read again: else it would cost others their records.
    """
    _, content = damaged(WHOLES, seed)
    for attempt in (_thumbnail, _view, digest_pixels):
        failure = _failure(attempt, content)
        assert failure is None or failure.reason
        assert failure is None or failure.status in (Status.DAMAGED, Status.TOO_BIG, Status.UNSUPPORTED)


def _failure(attempt: Callable[[bytes], object], content: bytes) -> UndecodableError | None:
    try:
        attempt(content)
    except UndecodableError as error:
        return error
    return None


def _thumbnail(content: bytes) -> None:
    made = decode_thumbnail(content, 1 << 28)
    assert max(read_thumbnail(made.jpeg).shape) <= THUMBNAIL_PX
    file = replace(image_file(1, b"odd.jpg"), facts=made.facts)
    assert decode_file(encode_file(file)) == file


def _view(content: bytes) -> None:
    assert decode_view(content, 90, 70, (0.2, 0.2, 0.9, 0.8), 1 << 28).ndim == 3
