"""Pictures of a hundred megapixels and more: what is read depends on the memory for decoders alone."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from dpm_tui.catalog.image_file import Status
from dpm_tui.pipeline.decoding.decoder import Decoded, DecodeOrder, Unreadable
from dpm_tui.pipeline.decoding.thumbnail import Thumbnail
from dpm_tui.text_format import put_into_words
from dpm_tui.worker.decoders import memory_budget
from dpm_tui.worker.decoders.decoder_pool import DecoderPool
from dpm_tui.worker.decoders.memory_budget import MIN_CHILD
from tests.support.large_pictures import heic, png, webp

pytestmark = pytest.mark.slow
LARGE = (12000, 9000)
LARGEST = (16320, 12240)
"""What the largest sensors of telephones give."""


def decode(folder: Path, name: str, memory: int, decoders: int = 1) -> Decoded:
    pool = DecoderPool(str(folder).encode(), str(folder / "thumbs").encode(), decoders, memory)
    try:
        ((_, result),) = pool.decode([DecodeOrder(name.encode())], lambda: False)
    finally:
        pool.close()
    return result


def saved(size: tuple[int, int], format_: str, mode: str = "L", **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, 90).save(buffer, format_, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "size"),
    [
        ("b.tif", lambda: saved(LARGEST, "TIFF", "RGB", compression="tiff_adobe_deflate"), LARGEST),
        ("c.webp", lambda: webp(*LARGEST), LARGEST),
        ("e.jpg", lambda: saved(LARGEST, "JPEG"), LARGEST),
        ("f.jpg", lambda: saved(LARGE, "JPEG", progressive=True), LARGE),
    ],
)
def test_it_is_read_with_all_its_facts(
    tmp_path: Path, name: str, content: Callable[[], bytes], size: tuple[int, int]
) -> None:
    (tmp_path / name).write_bytes(content())
    result = decode(tmp_path, name, 8 << 30)
    assert isinstance(result, Thumbnail), result
    assert (result.facts.width, result.facts.height, result.facts.damaged) == (*size, False)
    assert bool(result.facts.pixels) == (not name.endswith("jpg"))


@pytest.mark.parametrize(
    ("gigabytes", "name", "content", "read"),
    [
        (4, "200.png", lambda: png(*LARGEST), True),
        (4, "200.jpg", lambda: saved(LARGEST, "JPEG"), True),
        (4, "108.tif", lambda: saved(LARGE, "TIFF", "RGB"), True),
        (4, "108.heic", lambda: heic(12, 9), True),
        (4, "108.webp", lambda: webp(*LARGE), False),
        (16, "200.heic", lambda: heic(16, 12), True),
        (16, "108.webp", lambda: webp(*LARGE), True),
        (16, "200.webp", lambda: webp(*LARGEST), False),
    ],
)
def test_what_a_computer_reads_with_nothing_set(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    gigabytes: int,
    name: str,
    content: Callable[[], bytes],
    read: bool,
) -> None:
    monkeypatch.setattr(memory_budget, "computer_memory", lambda: gigabytes << 30)
    (tmp_path / name).write_bytes(content())
    result = decode(tmp_path, name, 0, decoders=4)
    if read:
        assert isinstance(result, Thumbnail), result
        assert not result.facts.damaged
        assert bool(result.facts.pixels) == (not name.endswith("jpg"))
    else:
        assert isinstance(result, Unreadable)
        assert "set Memory to" in put_into_words(result.reason)


def test_a_baseline_jpeg_needs_little_whatever_its_size(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(saved(LARGEST, "JPEG"))
    assert isinstance(decode(tmp_path, "a.jpg", MIN_CHILD), Thumbnail)


def test_what_is_too_big_says_what_it_needs_and_which_setting_is_enough(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(*LARGEST))
    small = decode(tmp_path, "a.png", MIN_CHILD)
    assert isinstance(small, Unreadable)
    assert small.status is Status.TOO_BIG
    assert small.digest
    said = put_into_words(small.reason)
    found = re.match(
        r"16320x12240 pixels: reading it needs (\d+) MiB of memory; set Memory to (\d+) MiB or more", said
    )
    assert found, said
    assert int(found[1]) > MIN_CHILD >> 20
    assert isinstance(decode(tmp_path, "a.png", int(found[2]) << 20), Thumbnail)


def test_a_file_too_large_to_be_read_still_has_a_digest(tmp_path: Path) -> None:
    """Its twins are found by it."""
    with open(tmp_path / "a.tif", "wb") as file:
        file.truncate(600 << 20)
    result = decode(tmp_path, "a.tif", MIN_CHILD)
    assert isinstance(result, Unreadable)
    assert (result.status, len(result.digest)) == (Status.TOO_BIG, 64)
    said = put_into_words(result.reason)
    assert "600 MiB" in said
    assert "set Memory to" in said
