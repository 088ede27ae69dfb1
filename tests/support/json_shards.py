"""The table of image files as versions with schema 2 wrote it: shards of JSON."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

import numpy as np

from dpm_tui.catalog.file_chunk import STATUSES, FileChunk, StringPool
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.image_file import STAMP_FIELDS
from dpm_tui.file_names import to_json
from dpm_tui.state.disk.journal import encode_frame, read_frames
from dpm_tui.state.files.file_layout import FileLayout
from dpm_tui.state.files.file_record import encode_file
from dpm_tui.state.files.file_table import read_shard
from dpm_tui.state.files.shard_manifest import COPY, MANIFEST, load_manifest

_NUMBERS = ("id", *STAMP_FIELDS, "width", "height", "frames", "quality")
_COLUMNS = {"lossy": "lossy", "clear": "alpha", "damaged": "damaged", "depth": "depth", "colours": "colours"}
_SELDOM = ("preview", "camera")


def encode_json_shard(chunk: FileChunk, folders: StringPool, formats: StringPool) -> bytes:
    """Return the content of the shard of a chunk."""
    rows = chunk.live()
    used, folder = np.unique(rows["folder"], return_inverse=True)
    kinds, kind = np.unique(rows["format"], return_inverse=True)
    spans = zip(rows["name_at"].tolist(), rows["name_bytes"].tolist(), strict=True)
    table: dict[str, Any] = {name: rows[name].tolist() for name in _NUMBERS}
    table["folders"] = [to_json(folders[number]) for number in used.tolist()]
    table["folder"] = folder.tolist()
    table["name"] = [to_json(bytes(chunk.names[at : at + length])) for at, length in spans]
    table["formats"] = [formats[number].decode("ascii") for number in kinds.tolist()]
    table["format"] = kind.tolist()
    table["status"] = rows["status"].tolist()
    table["statuses"] = [status.value for status in STATUSES]
    table["exif"] = rows["has_exif"].astype(np.uint8).tolist()
    for name, field in (_COLUMNS | {"holds": "holds"}).items():
        table[name] = rows[field].astype(np.uint16).tolist()
    table |= {name: rows[name].tolist() for name in _SELDOM if rows[name].any()}
    table["taken"] = rows["taken"].astype(str).tolist()
    for name in ("digest", "pixels"):
        raw = np.ascontiguousarray(rows[name])
        table[name] = raw.tobytes().hex() if (raw != b"").any() else ""
    table["odd"] = [encode_file(file) for file in chunk.odd.values()]
    return json.dumps(table, separators=(",", ":")).encode("ascii")


def write_as_schema_2(journal: bytes) -> None:
    """Put shards of schema 2, and manifests that name them, in place of those of a table."""
    places = FileLayout.of(journal)
    manifest, _ = load_manifest(places.folder)
    assert manifest is not None
    columns, shards = FileColumns(), []
    for number, (name, digest) in manifest.shards.items():
        chunk = read_shard(places, name, digest, number, columns)
        content = encode_json_shard(chunk, columns.folders, columns.formats)
        old = name.rpartition(b".")[0] + b".json"
        with open(places.folder.place(old).path, "wb") as file:
            file.write(content)
        os.unlink(places.folder.place(name).path)
        shards.append([number, old.decode("ascii"), hashlib.sha256(content).hexdigest()])
    for name in (MANIFEST, COPY):
        (record,) = read_frames(places.folder.place(name)).records
        with open(places.folder.place(name).path, "wb") as file:
            file.write(encode_frame(record | {"schema": 2, "shards": shards}))
