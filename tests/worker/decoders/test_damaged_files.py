"""A damaged file through a real decoder: most of it comes, with what is wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dpm_tui.pipeline.decoding.decoder import DecodeOrder
from dpm_tui.pipeline.decoding.thumbnail import Thumbnail
from dpm_tui.worker.decoders.decoder_pool import DecoderPool
from tests.support.pictures import encode, scene

pytestmark = pytest.mark.slow


def test_what_is_broken_of_a_file_comes_with_its_thumbnail(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    for way, options in (("PNG", {}), ("JPEG", {"quality": 95})):
        content = encode(scene(3, 1200, 900), way, **options)
        (root / f"torn.{way}").write_bytes(content[: len(content) * 9 // 10])
    pool = DecoderPool(os.fsencode(root), os.fsencode(tmp_path / "thumbnails"), 1, 1 << 30)
    try:
        orders = [DecodeOrder(os.fsencode(path.name)) for path in root.iterdir()]
        results = [result for _, result in pool.decode(orders, lambda: False)]
    finally:
        pool.close()
    assert len(results) == 2
    for result in results:
        assert isinstance(result, Thumbnail)
        assert result.facts.damaged
        assert result.reason
    assert pool.digest_pixels(b"torn.PNG") == ""
    pool.close()
