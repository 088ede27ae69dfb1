"""Image files as known so far, for libraries of a million: shards of columns, and a journal of changes.

Files ``files.jsonl`` (the journal), ``files.folding.jsonl`` (only while a fold is under way) and the
folder ``files`` with ``manifest.json``, its copy, and the shards.
"""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import replace
from typing import Any

from dpm_tui.catalog.file_chunk import FILES_PER_CHUNK
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.state.disk.held_folder import Where
from dpm_tui.state.disk.journal import Journal
from dpm_tui.state.disk.quarantine import Quarantine
from dpm_tui.state.files.compaction import (
    Compaction,
    commit_manifest,
    prepare_journal,
    remove_superseded,
    set_journal_aside,
    write_table,
)
from dpm_tui.state.files.file_journal import create_file_journal
from dpm_tui.state.files.file_layout import FileLayout
from dpm_tui.state.files.file_record import encode_file
from dpm_tui.state.files.file_table import FileTable, highest_generation, read_table
from dpm_tui.state.files.shard_manifest import Manifest

FOLD_BYTES = 1 << 24
"""A journal of this size, some 50,000 records, is folded; reading it takes about a second."""
CLOSE_BYTES = 1 << 21
"""On closing, a smaller one is worth it: the user does not wait."""
_REMOVED_PER_SYNC = 16
"""Shards of before that go at one checkpoint: two hundred would take a tenth of a second."""
FOLD_SECONDS = 0.01
"""Part of a checkpoint that a fold may take, but for one shard at least."""


class FileStore:
    """The image files of one root. Ids grow and are never used twice.

    Opening raises DamagedError, OSError. Records with a wrong checksum are counted in ``rejected``; the
    next scan finds their files again. A sync costs the records since the last one, and while a fold is
    under way a shard or two, whatever the size of the library. What was synced survives a crash.
    """

    def __init__(self, path: Where, *, writable: bool = True) -> None:
        self._places = FileLayout.of(path)
        table = read_table(self._places)
        self._columns = table.columns
        self.rejected = table.rejected
        self._next_id = table.next_id
        self._number = table.number
        self._dirty = table.current | table.folding
        self._fold: Compaction | None = None
        self._superseded = False
        self._journal: Journal | None = None
        self._manifest = table.manifest or Manifest(table.store or secrets.token_hex(6))
        self._outdated = self._manifest.outdated
        self._generation = highest_generation(self._places, table.manifest)
        if writable:
            self._open(table)

    @property
    def files(self) -> FileColumns:
        """Id -> image file."""
        return self._columns

    def new_id(self) -> int:
        """Return an id that no file has or had."""
        self._next_id += 1
        return self._next_id - 1

    def put(self, file: ImageFile) -> None:
        """Add a file or replace what is known of it."""
        self._columns.put(file)
        self._next_id = max(self._next_id, file.id + 1)
        self._append(file.id, encode_file(file))

    def remove(self, id_: int) -> None:
        """Forget a file."""
        if self._columns.remove(id_):
            self._append(id_, {"gone": id_})

    def clear(self) -> None:
        """Forget every file; ids go on growing. Raises OSError, in which case all are still known."""
        if self._journal is not None:
            self._generation += 1
            store = self._manifest.store
            self._manifest = Manifest(store, self._generation, self._number, self._next_id)
            commit_manifest(self._places, self._manifest)
            fresh = prepare_journal(self._places, store, self._number + 1)
            self._places.journal.part.rename(self._places.journal)
            self._take_journal(fresh)
            remove_superseded(self._places, ())
        self._columns.clear()
        self._dirty.clear()
        self._outdated = set()
        self._fold = None

    def sync(self) -> None:
        """Make what was put and removed so far survive a crash."""
        if self._journal is None:
            return
        self._journal.sync()
        if self.rejected:
            self.fold()
        elif self._fold is not None:
            self._fold_on(self._fold, FOLD_SECONDS)
        elif self._superseded:
            self._superseded = remove_superseded(self._places, self._manifest.names, _REMOVED_PER_SYNC)
        elif self._journal.size >= FOLD_BYTES or self._outdated:
            self._begin_fold()

    def fold(self) -> None:
        """Write everything into the shards now; damaged lines and shards are dropped. Raises OSError."""
        if self._journal is None:
            return
        self._journal.sync()
        if self._fold is not None:
            self._finish(self._fold)
        self._finish(self._begin_fold())
        self._superseded = remove_superseded(self._places, self._manifest.names)
        self.rejected = 0

    def close(self) -> None:
        """Sync and close."""
        if self._journal is None:
            return
        try:
            self._journal.sync()
            if self._fold is not None or self._journal.size >= CLOSE_BYTES or self._outdated:
                self.fold()
            elif self._superseded:
                remove_superseded(self._places, self._manifest.names)
        finally:
            self._journal.close()

    def _open(self, table: FileTable) -> None:
        if table.old:
            self._migrate()
        elif not table.has_journal:
            create_file_journal(self._places.journal, self._manifest.store, self._number + 1)
        elif table.manifest is not None and not table.rejected and not table.has_folding:
            remove_superseded(self._places, self._manifest.names)
        self._drop_lost(table)
        self._journal = Journal(self._places.journal)
        if table.has_folding:
            self._dirty = table.current
            self._generation += 1
            plan = sorted(table.folding)
            self._fold = Compaction(self._places, self._generation, table.folded_to, plan)

    def _drop_lost(self, table: FileTable) -> None:
        """Move lost shards aside, so that the next manifest leaves them out."""
        quarantine = Quarantine(self._places.journal.folder)
        for name in table.lost:
            with contextlib.suppress(OSError):
                quarantine.take(self._places.folder.place(name))
        lost = set(table.lost)
        shards = {number: shard for number, shard in self._manifest.shards.items() if shard[0] not in lost}
        self._manifest = replace(self._manifest, shards=shards)

    def _migrate(self) -> None:
        """Write shards of all that an old journal holds; the journal counts until they do."""
        self._generation += 1
        fresh = replace(self._manifest, generation=self._generation, folded=0, next_id=self._next_id)
        self._manifest = write_table(self._places, self._columns, fresh)
        self._outdated = set()
        self._dirty.clear()
        self._number = self.rejected = 0

    def _append(self, id_: int, record: dict[str, Any]) -> None:
        self._dirty.add(id_ // FILES_PER_CHUNK)
        if self._journal is not None:
            self._number += 1
            self._journal.append([self._manifest.store, self._number, record])

    def _take_journal(self, journal: Journal) -> None:
        if self._journal is not None:
            self._journal.abandon()
        self._journal = journal
        self._places.journal.folder.sync()

    def _begin_fold(self) -> Compaction:
        fresh = prepare_journal(self._places, self._manifest.store, self._number + 1)
        try:
            set_journal_aside(self._places)
        except OSError:
            fresh.abandon()
            raise
        self._generation += 1
        self._fold = Compaction(
            self._places, self._generation, self._number, sorted(self._dirty | self._outdated)
        )
        self._dirty = set()
        self._take_journal(fresh)
        return self._fold

    def _finish(self, fold: Compaction) -> None:
        while self._fold is fold:
            self._fold_on(fold, 1.0)

    def _fold_on(self, fold: Compaction, seconds: float) -> None:
        if fold.plan:
            # What was put since is in the shard too: it needs no second writing for that.
            self._dirty.difference_update(fold.write_some(self._columns, seconds))
            return
        self._manifest = fold.commit(self._manifest, self._next_id)
        self._outdated = self._manifest.outdated
        self._fold = None
        self._superseded = True
