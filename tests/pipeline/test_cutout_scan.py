"""A scan of cut-outs among their flattenings, with real files and a real state."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dpm_tui.catalog.file_chunk import FileChunk, StringPool
from dpm_tui.pipeline.candidates.crop_search import COUNT, PARTS
from dpm_tui.pipeline.decoding.thumbnail import encode_thumbnail, read_thumbnail
from dpm_tui.state.files.file_record import decode_file, encode_file
from dpm_tui.state.files.json_shard import decode_json_shard
from dpm_tui.state.files.shard import decode_shard, encode_shard
from dpm_tui.state.root_state import RootState
from tests.support.cutouts import cutout, flatten
from tests.support.json_shards import encode_json_shard
from tests.support.pictures import encode, scene
from tests.support.scan_lab import MODELS, CountingJudge, ScanLab

pytestmark = pytest.mark.slow
GROUNDS = ("white", "black", "board 8")


@pytest.fixture
def lab(tmp_path: Path) -> ScanLab:
    lab = ScanLab(tmp_path)
    for seed in (1, 2):
        lab.write(b"%d/cut.png" % seed, encode(cutout(seed), "PNG"))
        for ground in GROUNDS:
            content = encode(flatten(cutout(seed), ground), "JPEG", quality=85)
            lab.write(b"%d/%s.jpg" % (seed, ground.encode()), content)
    lab.write(b"other.jpg", encode(scene(3), "JPEG"))
    return lab


def found(lab: ScanLab) -> set[tuple[bytes, bytes, str]]:
    """Return the pairs of cut-outs with other files, the cut-out first."""
    pairs = {
        (*sorted((one, other), key=lambda path: not path.endswith(b"cut.png")), kind)
        for one, other, kind, _ in lab.pairs()
    }
    return {pair for pair in pairs if pair[0].endswith(b"cut.png")}  # type: ignore[misc]


def expected() -> set[tuple[bytes, bytes, str]]:
    return {
        (b"%d/cut.png" % seed, b"%d/%s.jpg" % (seed, ground.encode()), "copy")
        for seed in (1, 2)
        for ground in GROUNDS
    }


def test_flattenings_are_found_and_stand_in_the_group_of_their_cutout(lab: ScanLab) -> None:
    lab.run()
    assert found(lab) == expected()
    assert {group[0] for group in lab.groups()} == {b"1/cut.png", b"2/cut.png"}
    again = lab.run()
    assert (again.decoded, again.embedded, again.judged) == ([], 0, 0)


def test_what_an_older_version_found_of_cutouts_alone_is_done_anew(lab: ScanLab) -> None:
    lab.run()
    state = RootState(lab.layout, CountingJudge.version)
    files = list(state.files.files.values())
    digests = {file.path: file.facts.digest for file in files}
    parts = state.vectors("auto", PARTS, MODELS["photo"].identity, MODELS["photo"].dims * (1 + COUNT))
    for file in files:
        if file.facts.alpha:
            record = encode_file(file)
            record["alpha"] = record.pop("clear")
            old = decode_file(record)
            assert old.facts.alpha
            assert old.facts.depth == 0
            state.files.put(old)
            jpeg = state.thumbnails.get(file.facts.digest)
            assert jpeg is not None
            plain = encode_thumbnail(Image.fromarray(read_thumbnail(jpeg)))
            state.thumbnails.put(file.facts.digest, plain)
            parts.discard(file.facts.digest)
            parts.add(file.facts.digest, np.full(parts.read(0, 1).shape[1], 0.1, np.float32), fits=False)
    black, cut = digests[b"1/black.jpg"], digests[b"1/cut.png"]
    state.verdicts.clear()
    state.verdicts.put((min(black, cut), max(black, cut)), None)
    state.close()
    costs = lab.run(complete=True)
    assert sorted(costs.decoded) == [b"1/cut.png", b"2/cut.png"]
    assert costs.embedded == 2
    assert found(lab) == expected()


def test_shards_of_an_older_version_tell_which_pictures_to_look_at_again() -> None:
    record = {
        "id": 1, "path": "a.png", "stamp": [1, 1, 1, 1, 1], "digest": "ab" * 32, "format": "PNG",
        "size": [4, 4], "depth": 8, "clear": True,
    }  # fmt: skip
    chunk, folders, formats = FileChunk(), StringPool(), StringPool()
    chunk.put(decode_file(record), folders, formats)
    before = encode_json_shard(chunk, folders, formats)
    for read, depth in (
        (decode_shard(encode_shard(chunk, folders, formats), 0, folders, formats), 8),
        (decode_json_shard(before, 0, folders, formats), 8),
        (decode_json_shard(before.replace(b'"clear"', b'"alpha"'), 0, folders, formats), 0),
    ):
        assert read.live()["alpha"].tolist() == [True]
        assert read.live()["depth"].tolist() == [depth]
    assert (
        replace(decode_file(record).facts, depth=0)
        == decode_file({key if key != "clear" else "alpha": value for key, value in record.items()}).facts
    )
