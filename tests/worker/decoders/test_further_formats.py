"""JPEG XL, Photoshop, JPEG 2000 and RAW files through real decoders: whole ones, and hundreds broken."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from dpm_tui.catalog.image_file import Status
from dpm_tui.catalog.inspection import Inspection
from dpm_tui.file_names import to_json
from dpm_tui.pipeline.decoding.decoder import DecodeOrder, InspectionOrder, Unreadable
from dpm_tui.pipeline.decoding.raw_picture import decode_raw_thumbnail
from dpm_tui.pipeline.decoding.thumbnail import Thumbnail, decode_thumbnail
from dpm_tui.pipeline.scan.root_folder import RootFolder
from dpm_tui.worker.decoders.decoder_pool import DecoderPool
from dpm_tui.worker.decoders.decoder_process import DecoderProcess
from tests.support.picture_ways import WAYS
from tests.support.pictures import encode, scene
from tests.support.raw_files import dng

pytestmark = pytest.mark.slow
EACH = 300
"""Broken files of each format."""
STILL = scene(11, 240, 160)
FORMATS = {
    "jxl": ("plain.jxl", "lossless.jxl", "boxes.jxl", "alpha.jxl"),
    "jp2": ("plain.jp2", "lossy.jp2", "stream.j2k"),
    "psd": ("plain.psd", "runs.psd", "alpha.psd", "deep.psd", "large.psb"),
    "dng": ("dng",),
}


def whole(way: str) -> bytes:
    """Return a small file; the preview of a RAW file has to be larger."""
    return dng(scene(12, 560, 400), size=(200, 150)) if way == "dng" else WAYS[way](STILL)


def broken(content: bytes, seed: int) -> bytes:
    """Return a file that was cut, or of which bytes are others, most of them in its header."""
    dice = np.random.default_rng(seed)
    harmed = bytearray(content)
    span = len(content) if seed % 2 else min(len(content), 800)
    if seed % 5 == 0:
        return bytes(harmed[: int(dice.integers(1, len(content)))])
    for at in dice.integers(0, span, int(dice.integers(1, 20))):
        harmed[at] = int(dice.integers(256)) if seed % 3 else harmed[at] ^ 1 << int(dice.integers(8))
    return bytes(harmed)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


def pool_of(root: Path, decoders: int = 1) -> DecoderPool:
    return DecoderPool(os.fsencode(root), os.fsencode(root.parent / "thumbnails"), decoders, 2 << 30)


@pytest.mark.soak
@pytest.mark.parametrize("ending", FORMATS)
def test_no_broken_file_ends_a_scan_and_each_is_named(root: Path, ending: str) -> None:
    ways = FORMATS[ending]
    wholes = {way: whole(way) for way in ways}
    for number in range(EACH):
        (root / f"{number}.{ending}").write_bytes(broken(wholes[ways[number % len(ways)]], number))
    (root / f"whole.{ending}").write_bytes(wholes[ways[0]])
    orders = [DecodeOrder(os.fsencode(path.name)) for path in root.iterdir()]
    pool = pool_of(root, 2)
    try:
        found = {order.path: result for order, result in pool.decode(orders, lambda: False)}
    finally:
        pool.close()
    assert len(found) == EACH + 1
    assert isinstance(found[os.fsencode(f"whole.{ending}")], Thumbnail)
    failed = [result for result in found.values() if isinstance(result, Unreadable)]
    assert all(result.reason for result in failed)
    assert Counter(result.status for result in failed)[Status.CRASHED] == 0
    assert all(result.status is not Status.UNREADABLE for result in failed)


def test_they_are_read_in_the_sandbox_as_outside(root: Path) -> None:
    contents = {f"{number}.{way.rpartition('.')[2]}": WAYS[way](STILL) for number, way in enumerate(WAYS)}
    contents = {
        name: content for name, content in contents.items() if name.endswith(("jxl", "jp2", "psd", "psb"))
    }
    raw = contents["x.cr2"] = dng(scene(13, 900, 600))
    for name, content in contents.items():
        (root / name).write_bytes(content)
    pool = pool_of(root)
    orders = [DecodeOrder(os.fsencode(name)) for name in contents]
    found = {os.fsdecode(order.path): result for order, result in pool.decode(orders, lambda: False)}
    views = [pool.view(order.path, 64, 64, (0.2, 0.2, 0.8, 0.8)) for order in orders]
    digest = pool.digest_pixels(b"x.cr2")
    pool.close()
    expected = decode_raw_thumbnail(raw, b"x.cr2", digest=hashlib.sha256(raw).hexdigest())
    assert found.pop("x.cr2") == expected
    assert expected.facts.format == "CR2"
    assert found == {name: decode_thumbnail(contents[name]) for name in found}
    assert all(views)
    assert digest == ""


def test_a_raw_file_is_inspected_by_its_preview(root: Path) -> None:
    still = scene(14, 900, 600)
    contents = {"x.dng": dng(still, quality=95), "x.jpg": encode(still, quality=80)}
    for name, content in contents.items():
        (root / name).write_bytes(content)
    one, two = (hashlib.sha256(content).hexdigest() for content in contents.values())
    pool = pool_of(root)
    order = InspectionOrder(b"x.dng", b"x.jpg", (one, two))
    ((_, found),) = pool.inspect([order], lambda: False)
    pool.close()
    assert isinstance(found, Inspection), found
    assert found.changed < 0


LARGE: dict[str, tuple[str, dict[str, object]]] = {
    "lossy.jxl": ("JXL", {"effort": 1}),
    "lossless.jxl": ("JXL", {"effort": 1, "lossless": True}),
    "lossy.jp2": ("JPEG2000", {"irreversible": True, "quality_layers": [20]}),
    "deep.psd": ("PSD", {"depth": 16}),
    "float.psd": ("PSD", {"depth": 32}),
}


@pytest.mark.parametrize("name", LARGE)
def test_memory_that_is_said_to_be_enough_is_enough(root: Path, name: str) -> None:
    """Of 12 megapixels it is said what they need where that is not there, and they are read where it is."""
    format_, options = LARGE[name]
    (root / name).write_bytes(encode(scene(15, 500, 400).resize((4000, 3000)), format_, **options))
    answers, memory = [], 290 << 20
    for _ in range(2):
        child = DecoderProcess(RootFolder(os.fsencode(root)), os.fsencode(root.parent / "thumbnails"), memory)
        answers.append(child.ask({"do": "thumbnail", "path": to_json(os.fsencode(name))}))
        child.kill()
        memory = int(answers[0].get("needs", 0))
    assert answers[0]["status"] == Status.TOO_BIG.value, answers[0]
    assert answers[1]["status"] == "ok", answers[1]
    assert answers[1]["facts"]["width"] == 4000
