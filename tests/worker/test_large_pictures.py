"""Pictures of a hundred megapixels and more: what is read depends on the memory for decoders alone."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from dpm_tui.pipeline.decode import Thumbnail
from dpm_tui.pipeline.decoder import Decoded, DecodeOrder, Unreadable
from dpm_tui.pipeline.image_file import Status
from dpm_tui.wording import put_into_words
from dpm_tui.worker.decoder_budget import CHILD_AT_LEAST
from dpm_tui.worker.decoder_pool import DecoderPool
from tests.support.bombs import png

LARGE = (12000, 9000)
LARGEST = (20000, 10000)


def decode(folder: Path, name: str, memory: int) -> Decoded:
    pool = DecoderPool(str(folder).encode(), str(folder / "thumbs").encode(), 1, memory)
    try:
        ((_, result),) = pool.decode([DecodeOrder(name.encode())], lambda: False)
    finally:
        pool.close()
    return result


def saved(size: tuple[int, int], format_: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", size, 90).save(buffer, format_, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "size"),
    [
        ("a.png", lambda: png(*LARGE, rows=LARGE[1]), LARGE),
        ("b.png", lambda: png(*LARGEST, rows=LARGEST[1], colour=0), LARGEST),
        ("c.tif", lambda: saved(LARGEST, "TIFF"), LARGEST),
        ("d.jpg", lambda: saved(LARGEST, "JPEG"), LARGEST),
        ("e.jpg", lambda: saved(LARGE, "JPEG", progressive=True), LARGE),
    ],
)
def test_it_is_read_with_all_its_facts(
    tmp_path: Path, name: str, content: object, size: tuple[int, int]
) -> None:
    assert callable(content)
    (tmp_path / name).write_bytes(content())
    result = decode(tmp_path, name, 6 << 30)
    assert isinstance(result, Thumbnail), result
    assert (result.facts.width, result.facts.height, result.facts.damaged) == (*size, False)
    assert bool(result.facts.pixels) == (not name.endswith("jpg"))


def test_a_baseline_jpeg_needs_little_whatever_its_size(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(saved(LARGEST, "JPEG"))
    assert isinstance(decode(tmp_path, "a.jpg", CHILD_AT_LEAST), Thumbnail)


def test_what_is_too_big_says_what_it_needs_and_which_setting_is_enough(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(*LARGE, rows=LARGE[1]))
    small = decode(tmp_path, "a.png", CHILD_AT_LEAST)
    assert isinstance(small, Unreadable)
    assert small.status is Status.TOO_BIG
    assert small.digest
    said = put_into_words(small.reason)
    found = re.match(
        r"12000x9000 pixels: reading it needs (\d+) MiB of memory; set Memory to (\d+) MiB or more", said
    )
    assert found, said
    assert int(found[1]) > CHILD_AT_LEAST >> 20
    assert isinstance(decode(tmp_path, "a.png", int(found[2]) << 20), Thumbnail)


def test_a_file_too_large_to_be_read_still_has_a_digest(tmp_path: Path) -> None:
    """Its twins are found by it."""
    with open(tmp_path / "a.tif", "wb") as file:
        file.truncate(600 << 20)
    result = decode(tmp_path, "a.tif", CHILD_AT_LEAST)
    assert isinstance(result, Unreadable)
    assert (result.status, len(result.digest)) == (Status.TOO_BIG, 64)
    said = put_into_words(result.reason)
    assert "600 MiB" in said
    assert "set Memory to" in said
