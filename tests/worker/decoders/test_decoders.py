"""Decoder children: disposable processes that cost at most the file they work on."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from dpm_tui.catalog.image_file import Status
from dpm_tui.pipeline.decoding.decoder import Decoded, DecodeOrder, Known, Unreadable
from dpm_tui.pipeline.decoding.thumbnail import Thumbnail
from dpm_tui.state.thumbnail_store import ThumbnailStore
from dpm_tui.text_format import put_into_words
from dpm_tui.worker.decoders import decoder_process
from dpm_tui.worker.decoders.decoder_pool import DecoderPool
from tests.support.large_pictures import png
from tests.support.pictures import encode, scene

pytestmark = pytest.mark.slow
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each decoder starts by itself")


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[DecoderPool]:
    """Yield a pool of two decoders on ``tmp_path/root``."""
    (tmp_path / "root").mkdir()
    made = DecoderPool(os.fsencode(tmp_path / "root"), os.fsencode(tmp_path / "thumbnails"), 2)
    yield made
    made.close()


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DecoderPool]:
    """Yield a pool of one decoder whose child does what the name of a file says."""
    monkeypatch.setattr(decoder_process, "CHILD", "tests.worker.odd_child")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    (tmp_path / "root").mkdir()
    (tmp_path / "root/good.jpg").write_bytes(encode(scene(1)))
    made = DecoderPool(os.fsencode(tmp_path / "root"), os.fsencode(tmp_path / "thumbnails"), 1, 2 << 30)
    yield made
    made.close()


def decode(pool: DecoderPool, *names: bytes) -> dict[bytes, Decoded]:
    """Return name -> result."""
    orders = [DecodeOrder(name) for name in names]
    return {order.path: result for order, result in pool.decode(orders, lambda: False)}


@LINUX
def test_decoders_are_forked_by_the_server_that_was_started_ahead(pool: DecoderPool, tmp_path: Path) -> None:
    (tmp_path / "root/good.jpg").write_bytes(encode(scene(1)))
    pool.start_ahead()
    assert pool.server is not None
    ahead = pool.server.pid
    at_work: list[tuple[int, int]] = []

    def orders() -> Iterator[DecodeOrder]:
        for _ in range(4):
            yield DecodeOrder(b"good.jpg")
            at_work.extend((pid, psutil.Process(pid).ppid()) for pid in pool.pids)

    assert all(isinstance(result, Thumbnail) for _, result in pool.decode(orders(), lambda: False))
    assert {parent for _, parent in at_work} == {ahead}
    assert len({pid for pid, _ in at_work}) <= 2, "they take one order after the other"
    assert pool.pids == []


def test_lasting_decoders_take_the_next_orders_too(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root/good.jpg").write_bytes(encode(scene(1)))
    pool = DecoderPool(os.fsencode(tmp_path / "root"), os.fsencode(tmp_path / "thumbnails"), 1, lasting=True)
    decode(pool, b"good.jpg")
    at_work = pool.pids
    decode(pool, b"good.jpg")
    assert pool.pids == at_work
    assert len(at_work) == 1
    pool.close()
    assert pool.pids == []


def test_a_library_of_very_many_folders_is_read(tmp_path: Path) -> None:
    """More than can be handed to a fork: the decoder starts by itself then."""
    (tmp_path / "root").mkdir()
    others = [tmp_path / f"other {number}" for number in range(260)]
    for other in others:
        other.mkdir()
    (others[-1] / "good.jpg").write_bytes(encode(scene(1)))
    folders = tuple(map(os.fsencode, others))
    pool = DecoderPool(
        os.fsencode(tmp_path / "root"), os.fsencode(tmp_path / "thumbnails"), 1, others=folders
    )
    path = os.fsencode(others[-1] / "good.jpg")
    assert isinstance(decode(pool, path)[path], Thumbnail)
    pool.close()


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


def test_an_error_in_a_thread_reaches_whoever_waits(pool: DecoderPool, tmp_path: Path) -> None:
    """What goes wrong beside the decoders ends the run with its reason; nobody waits for ever."""

    def orders() -> Iterator[DecodeOrder]:
        yield DecodeOrder(b"gone.jpg")
        raise OSError("the list broke off")

    with pytest.raises(OSError, match="the list broke off"):
        list(pool.decode(orders(), lambda: False))


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

    def ask(
        self: decoder_process.DecoderProcess, order: dict[str, object], seconds: float = 20
    ) -> dict[str, object]:
        if order["path"] == "hang.jpg" and order["do"] != "digest":
            os.kill(self._running().pid, signal.SIGSTOP)
            return real(self, order, 0.2)
        return real(self, order, seconds)

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


def failure(pool: DecoderPool, name: bytes) -> Unreadable:
    """Return why a file cannot be read; the good one beside it can be."""
    results = decode(pool, name, b"good.jpg")
    assert isinstance(results[b"good.jpg"], Thumbnail)
    result = results[name]
    assert isinstance(result, Unreadable)
    return replace(result, reason=put_into_words(result.reason))


def test_the_last_words_of_a_dying_decoder_are_its_reason(
    odd: DecoderPool, capfd: pytest.CaptureFixture[str]
) -> None:
    """What a C library printed last is kept, short and fit to be shown, and printed nowhere."""
    result = failure(odd, b"segv.jpg")
    assert result.status is Status.CRASHED
    assert "killed by SIGSEGV" in result.reason
    assert result.reason.endswith(r"libodd: \x1b[31mno such strip / libodd: giving up")
    assert len(result.reason) < 400
    assert capfd.readouterr() == ("", "")


def test_a_decoder_that_floods_its_errors_still_answers(odd: DecoderPool) -> None:
    """More warnings than a pipe holds do not block a child."""
    assert isinstance(decode(odd, b"chatter.jpg")[b"chatter.jpg"], Unreadable)
    assert "chatter" in failure(odd, b"chatter.jpg").reason


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        (b"eat.jpg", Status.TOO_BIG, "memory"),
        (b"die hungry.jpg", Status.TOO_BIG, "MemoryError"),
        (b"write.jpg", Status.UNREADABLE, ("File too large", "Operation not permitted")),
        (b"exit.jpg", Status.CRASHED, "exit code 7"),
        (b"noise.jpg", Status.CRASHED, "Expecting value"),
    ],
)
def test_what_a_decoder_may_not_do_costs_only_its_file(
    odd: DecoderPool, name: bytes, status: Status, words: str | tuple[str, ...]
) -> None:
    """Memory, files, exits and nonsense: each ends in one status with a reason."""
    result = failure(odd, name)
    assert result.status is status
    assert any(each in result.reason for each in ((words,) if isinstance(words, str) else words))


def test_a_decoder_nobody_watches_ends_by_itself(odd: DecoderPool) -> None:
    """The clock in the child ends it though its worker would wait for ever."""
    child = odd._children[0]
    with pytest.raises(decoder_process.DecoderDied, match=r"SIGALRM|SIGXCPU"):
        child.ask({"do": "thumbnail", "path": "endless.jpg", "own clock": 1}, 60)


def test_a_file_is_tried_again_alone_with_more_memory(odd: DecoderPool) -> None:
    """What one decoder has too little memory for, the spare one reads."""
    assert odd.budget.spare > odd.budget.child
    assert failure(odd, b"hungry.jpg").reason == f"room for {odd.budget.spare}"
    assert failure(odd, b"crash once.jpg").reason == f"room for {odd.budget.spare}"


def test_a_picture_too_large_for_one_decoder_is_not_damaged(tmp_path: Path) -> None:
    """Whether whole or truncated, a picture that needs more memory goes to the spare decoder."""
    root = tmp_path / "root"
    root.mkdir()
    made = DecoderPool(os.fsencode(root), os.fsencode(tmp_path / "thumbnails"), 1, 1)
    try:
        assert made.budget.count == 1
        large = png(11500, 11500)
        (root / "large.png").write_bytes(large)
        result = decode(made, b"large.png")[b"large.png"]
        assert isinstance(result, Unreadable)
        assert result.status is Status.TOO_BIG
        assert put_into_words(result.reason).startswith("11500x11500 pixels: reading it needs ")
        assert result.digest == hashlib.sha256(large).hexdigest()
        (root / "half.png").write_bytes(encode(scene(1, 3000, 2000), "PNG")[:90000])
        half = decode(made, b"half.png")[b"half.png"]
        assert isinstance(half, Unreadable)
        assert half.status is Status.DAMAGED
    finally:
        made.close()
