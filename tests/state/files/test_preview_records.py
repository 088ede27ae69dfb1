"""What a quick scan adds to records of files: keys that older states lack and older readers pass over."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from dpm_tui.catalog.file_chunk import FileChunk, StringPool
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.state.files.file_record import decode_file, encode_file
from dpm_tui.state.files.json_shard import decode_json_shard
from dpm_tui.state.files.shard import decode_shard, encode_shard
from tests.support.image_files import image_file
from tests.support.json_shards import encode_json_shard

CAMERA = (1 << 32) - 1


def seen(id_: int, preview: str, camera: int) -> ImageFile:
    file = image_file(id_, b"%d.jpg" % id_, digest="ab" * 32)
    return replace(file, facts=replace(file.facts, preview=preview, camera=camera))


def chunk_of(*files: ImageFile) -> tuple[FileChunk, StringPool, StringPool]:
    chunk, folders, formats = FileChunk(), StringPool(), StringPool()
    for file in files:
        chunk.put(file, folders, formats)
    return chunk, folders, formats


def old_shard_of(*files: ImageFile) -> bytes:
    return encode_json_shard(*chunk_of(*files))


def files_of(shard: bytes, *, old: bool = False) -> list[ImageFile]:
    folders, formats = StringPool(), StringPool()
    chunk = (decode_json_shard if old else decode_shard)(shard, 0, folders, formats)
    return [chunk.odd.get(row) or chunk.build(row, folders, formats) for row in range(chunk.used)]


def both_ways(*files: ImageFile) -> list[list[ImageFile]]:
    """Return what is read of some files as this version writes them, and as older ones did."""
    return [files_of(encode_shard(*chunk_of(*files))), files_of(old_shard_of(*files), old=True)]


@pytest.mark.parametrize("preview", ["read", "fits", "differs"])
def test_a_record_says_what_became_of_a_preview(preview: str) -> None:
    file = seen(1, preview, CAMERA)
    record = encode_file(file)
    assert (record["preview"], record["camera"]) == (preview, CAMERA)
    assert decode_file(json.loads(json.dumps(record))) == file


def test_records_and_shards_of_scans_in_full_are_as_they_were() -> None:
    file = seen(1, "", 0)
    assert {"preview", "camera"}.isdisjoint(encode_file(file))
    assert {"preview", "camera"}.isdisjoint(json.loads(old_shard_of(file)))
    assert both_ways(file) == [[file], [file]]


def test_a_shard_has_columns_for_previews_where_there_are_some() -> None:
    files = [seen(1, "", 0), seen(2, "read", 7), seen(3, "differs", CAMERA), seen(4, "fits", 7)]
    table = json.loads(old_shard_of(*files))
    assert (table["preview"], table["camera"]) == ([0, 1, 3, 2], [0, 7, CAMERA, 7])
    assert both_ways(*files) == [files, files]


def test_a_record_that_no_run_wrote_says_nothing_of_previews() -> None:
    for nonsense in ("seen", 5, ["read"], None):
        assert decode_file(encode_file(seen(1, "read", 7)) | {"preview": nonsense}).facts.preview == ""
    table = json.loads(old_shard_of(seen(1, "read", 7))) | {"preview": [9]}
    assert [file.facts.preview for file in files_of(json.dumps(table).encode(), old=True)] == [""]
    chunk, *words = chunk_of(seen(1, "read", 7))
    chunk.rows["preview"] = 9
    assert [file.facts.preview for file in files_of(encode_shard(chunk, *words))] == [""]


def test_what_does_not_fit_into_columns_keeps_its_preview() -> None:
    broken = replace(seen(1, "read", 7), reason="damaged")
    assert both_ways(broken) == [[broken], [broken]]
    chunk = FileChunk()
    chunk.put(broken, StringPool(), StringPool())
    assert chunk.live()["preview"].tolist() == [1]
