"""What a quick scan adds to records of files: keys that older states lack and older readers pass over."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from dpm_tui.catalog.file_chunk import FileChunk, StringPool
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.state.files.file_record import decode_file, encode_file
from dpm_tui.state.files.shard import decode_shard, encode_shard
from tests.support.image_files import image_file

CAMERA = (1 << 32) - 1


def seen(id_: int, preview: str, camera: int) -> ImageFile:
    file = image_file(id_, b"%d.jpg" % id_, digest="ab" * 32)
    return replace(file, facts=replace(file.facts, preview=preview, camera=camera))


def shard_of(*files: ImageFile) -> bytes:
    chunk, folders, formats = FileChunk(), StringPool(), StringPool()
    for file in files:
        chunk.put(file, folders, formats)
    return encode_shard(chunk, folders, formats)


def files_of(shard: bytes) -> list[ImageFile]:
    folders, formats = StringPool(), StringPool()
    chunk = decode_shard(shard, 0, folders, formats)
    return [chunk.odd.get(row) or chunk.build(row, folders, formats) for row in range(chunk.used)]


@pytest.mark.parametrize("preview", ["read", "fits", "differs"])
def test_a_record_says_what_became_of_a_preview(preview: str) -> None:
    file = seen(1, preview, CAMERA)
    record = encode_file(file)
    assert (record["preview"], record["camera"]) == (preview, CAMERA)
    assert decode_file(json.loads(json.dumps(record))) == file


def test_records_and_shards_of_scans_in_full_are_as_they_were() -> None:
    file = seen(1, "", 0)
    assert {"preview", "camera"}.isdisjoint(encode_file(file))
    assert {"preview", "camera"}.isdisjoint(json.loads(shard_of(file)))
    assert files_of(shard_of(file)) == [file]


def test_a_shard_has_columns_for_previews_where_there_are_some() -> None:
    files = [seen(1, "", 0), seen(2, "read", 7), seen(3, "differs", CAMERA), seen(4, "fits", 7)]
    shard = shard_of(*files)
    table = json.loads(shard)
    assert (table["preview"], table["camera"]) == ([0, 1, 3, 2], [0, 7, CAMERA, 7])
    assert files_of(shard) == files


def test_a_record_that_no_run_wrote_says_nothing_of_previews() -> None:
    for nonsense in ("seen", 5, ["read"], None):
        assert decode_file(encode_file(seen(1, "read", 7)) | {"preview": nonsense}).facts.preview == ""
    table = json.loads(shard_of(seen(1, "read", 7)))
    assert [file.facts.preview for file in files_of(json.dumps(table | {"preview": [9]}).encode())] == [""]


def test_what_does_not_fit_into_columns_keeps_its_preview() -> None:
    broken = replace(seen(1, "read", 7), reason="damaged")
    assert files_of(shard_of(broken)) == [broken]
    chunk = FileChunk()
    chunk.put(broken, StringPool(), StringPool())
    assert chunk.live()["preview"].tolist() == [1]
