"""Reads the table of image files: manifest, shards and what the journals say since."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dpm_tui.catalog.file_chunk import FILES_PER_CHUNK, FileChunk
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.errors import DamagedError
from dpm_tui.state.disk.held_folder import HeldPath
from dpm_tui.state.disk.regular_file import read_regular
from dpm_tui.state.files.file_journal import FileRecords, read_file_journal
from dpm_tui.state.files.file_layout import FileLayout
from dpm_tui.state.files.file_record import decode_file, read_id
from dpm_tui.state.files.json_shard import decode_json_shard
from dpm_tui.state.files.shard import MAX_SHARD_BYTES, decode_shard
from dpm_tui.state.files.shard_manifest import ENDING, Manifest, is_shard_name, load_manifest

_ATTEMPTS = 5
"""A reader holds no lock: it reads again if the writer compacted meanwhile."""


@dataclass(slots=True)
class FileTable:
    """The table as the files on the disk describe it.

    ``number`` is that of the last frame. ``folding`` and ``current`` are the chunks that the two journals
    changed. ``lost`` are the shards that the manifest names and that are missing or not as it says,
    ``damaged`` the manifests that could not be read, and ``spoilt`` counts the rejected lines of each
    journal. ``old`` says that there is only a journal of a version without shards.
    """

    manifest: Manifest | None
    columns: FileColumns = field(default_factory=FileColumns)
    store: str = ""
    next_id: int = 1
    number: int = 0
    folding: set[int] = field(default_factory=set)
    current: set[int] = field(default_factory=set)
    folded_to: int = 0
    lost: list[bytes] = field(default_factory=list)
    damaged: list[bytes] = field(default_factory=list)
    spoilt: Counter[HeldPath] = field(default_factory=Counter)
    old: bool = False
    has_journal: bool = False
    has_folding: bool = False
    gap: bool = False

    @property
    def rejected(self) -> int:
        """How many shards, manifests and journal lines were rejected."""
        return len(self.lost) + len(self.damaged) + self.spoilt.total()


def read_table(places: FileLayout, refused: dict[HeldPath, DamagedError] | None = None) -> FileTable:
    """Return the table; raises DamagedError for a newer version and for what is no file, OSError.

    With ``refused`` what is no file is noted there by its path and passed over.
    """
    for attempt in range(_ATTEMPTS):
        table = _read_once(places, refused)
        after, _ = load_manifest(places.folder)
        if _generation(after) == _generation(table.manifest) and (not table.gap or attempt):
            break
    table.spoilt[places.journal] += table.gap
    _drop_predecessors(table)
    return table


def read_shard(places: FileLayout, name: bytes, digest: str, number: int, columns: FileColumns) -> FileChunk:
    """Return the chunk of a shard; raises ValueError, DamagedError or FileNotFoundError for a lost one."""
    content = read_regular(places.folder.place(name), MAX_SHARD_BYTES)
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError("not the shard that the manifest means")
    decode = decode_shard if name.endswith(ENDING) else decode_json_shard
    return decode(content, number, columns.folders, columns.formats)


def _read_once(places: FileLayout, refused: dict[HeldPath, DamagedError] | None) -> FileTable:
    places.check()
    manifest, damaged = load_manifest(places.folder)
    table = FileTable(manifest, damaged=damaged)
    if manifest is not None:
        table.store, table.next_id, table.number = manifest.store, manifest.next_id, manifest.folded
        for number, (name, digest) in manifest.shards.items():
            try:
                chunk = read_shard(places, name, digest, number, table.columns)
            except (ValueError, DamagedError, FileNotFoundError):
                table.lost.append(name)
            else:
                table.columns.set_chunk(number, chunk)
    elif damaged:
        table.next_id = _highest_shard(places) * FILES_PER_CHUNK + 1
    folding = _read_journal(places.folding, table.store, refused)
    table.has_folding = places.folding.exists()
    table.spoilt[places.folding] += _replay_journal(table, folding, table.folding)
    table.folded_to = table.number
    journal = _read_journal(places.journal, table.store, refused)
    table.has_journal = journal.exists
    table.spoilt[places.journal] += _replay_journal(table, journal, table.current)
    if len(table.columns):
        last = max(number for number, _ in table.columns.chunks())
        table.next_id = max(table.next_id, _last_id(table.columns.chunk(last)) + 1)
    return table


def _read_journal(path: HeldPath, store: str, refused: dict[HeldPath, DamagedError] | None) -> FileRecords:
    try:
        return read_file_journal(path, store)
    except DamagedError as error:
        if refused is None or error.key == "schema_newer":
            raise
        refused[path] = error
        return FileRecords()


def _replay_journal(table: FileTable, journal: FileRecords, touched: set[int]) -> int:
    """Apply a journal; return how many of its lines were rejected."""
    if journal.old is not None:
        if table.manifest is None and not table.store:
            table.old = True
            return journal.rejected + sum(not _replay(table, record, touched) for record in journal.old)
        # This journal is already in the shards and was not yet replaced.
        carried = table.manifest is not None and not table.manifest.folded
        return journal.rejected + (0 if carried else len(journal.old))
    table.store = table.store or journal.store
    table.gap |= journal.begins > table.number + 1
    fresh = [record for number, record in journal.records if number > table.number]
    table.number = max(table.number, journal.last)
    return journal.rejected + sum(not _replay(table, record, touched) for record in fresh)


def _replay(table: FileTable, record: Any, touched: set[int]) -> bool:
    """Apply one record; return whether it is valid."""
    try:
        if "next_id" in record:
            table.next_id = max(table.next_id, read_id(record["next_id"]))
            return True
        if "gone" in record:
            id_ = read_id(record["gone"])
            table.columns.remove(id_)
        else:
            file = decode_file(record)
            id_ = file.id
            table.columns.put(file)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return False
    touched.add(id_ // FILES_PER_CHUNK)
    table.next_id = max(table.next_id, id_ + 1)
    return True


def _drop_predecessors(table: FileTable) -> None:
    """Forget files whose path a newer one has: the record of their removal was lost."""
    keys = table.columns.path_keys()
    order = np.argsort(keys, kind="stable")
    twice = np.flatnonzero(keys[order[1:]] == keys[order[:-1]])
    if not len(twice):
        return
    (ids,) = table.columns.gather("id")
    for place in twice.tolist():
        older, newer = int(ids[order[place]]), int(ids[order[place + 1]])
        if table.columns[older].path == table.columns[newer].path:
            table.columns.remove(older)
            table.current.add(older // FILES_PER_CHUNK)


def _last_id(chunk: FileChunk | None) -> int:
    return int(chunk.rows["id"][: chunk.used].max()) if chunk is not None and chunk.used else 0


def _generation(manifest: Manifest | None) -> int:
    return manifest.generation if manifest is not None else 0


def _highest_shard(places: FileLayout) -> int:
    """Return a number above that of every shard there is: no id of theirs may be used again."""
    names = filter(is_shard_name, places.names())
    return max((int(name.partition(b"-")[0]) + 1 for name in names), default=0)


def highest_generation(places: FileLayout, manifest: Manifest | None) -> int:
    """Return the highest generation in a manifest or in the name of a shard."""
    names: Mapping[bytes, object] = dict.fromkeys(filter(is_shard_name, places.names()))
    told = [int(name.partition(b"-g")[2].partition(b".")[0]) for name in names]
    return max([*told, _generation(manifest)])
