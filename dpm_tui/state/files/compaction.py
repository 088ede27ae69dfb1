"""Compaction: writes the changes of a journal into new shards, a few at a time, and then switches to them.

The steps, each safe against a crash: set the journal aside and begin a new one; write every changed shard
under a new name; replace the manifest, which switches to them; replace its copy; remove the old journal and
the old shards. A shard may hold newer records than the journal set aside: reading applies the newer journal
over it, which changes nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.state.disk.atomic_write import create_partial, fill_and_close
from dpm_tui.state.disk.journal import Journal
from dpm_tui.state.files.file_journal import create_file_journal, encode_head
from dpm_tui.state.files.file_layout import FileLayout
from dpm_tui.state.files.shard import encode_shard
from dpm_tui.state.files.shard_manifest import (
    COPY,
    MANIFEST,
    Manifest,
    is_shard_name,
    save_manifest,
    shard_name,
)


@dataclass(slots=True)
class Compaction:
    """``plan`` are the chunks still to write, ``folded`` the last frame that the new shards will hold."""

    places: FileLayout
    generation: int
    folded: int
    plan: list[int]
    written: dict[int, tuple[bytes, str] | None] = field(default_factory=dict)

    def write_some(self, columns: FileColumns, seconds: float) -> list[int]:
        """Write shards for so long, one at least; return which. Raises OSError: the others stay planned."""
        began = time.monotonic()
        done: list[int] = []
        self.places.folder.make()
        while self.plan and (not done or time.monotonic() - began < seconds):
            self._write(self.plan[-1], columns)
            done.append(self.plan.pop())
        return done

    def commit(self, manifest: Manifest, next_id: int) -> Manifest:
        """Make the new shards count and return the manifest that says so; raises OSError."""
        shards = dict(manifest.shards)
        for number, written in self.written.items():
            shards.pop(number, None)
            if written is not None:
                shards[number] = written
        fresh = Manifest(manifest.store, self.generation, self.folded, next_id, dict(sorted(shards.items())))
        commit_manifest(self.places, fresh)
        return fresh

    def _write(self, number: int, columns: FileColumns) -> None:
        chunk = columns.chunk(number)
        if chunk is None:
            self.written[number] = None
            return
        content = encode_shard(chunk, columns.folders, columns.formats)
        name = shard_name(number, self.generation)
        # No partial name and no rename: nothing reads a shard before the manifest names it.
        fill_and_close(create_partial(self.places.folder.place(name)), [content])
        self.written[number] = (name, hashlib.sha256(content).hexdigest())


def commit_manifest(places: FileLayout, manifest: Manifest) -> None:
    """Replace the manifest and its copy; the shards that it names are on the disk. Raises OSError."""
    places.folder.make().sync()
    places.journal.folder.sync()
    save_manifest(places.folder, MANIFEST, manifest)
    save_manifest(places.folder, COPY, manifest)


def write_table(places: FileLayout, columns: FileColumns, manifest: Manifest) -> Manifest:
    """Write every shard and an empty journal in place of whatever there is; return the new manifest.

    ``manifest`` says all but the shards. The old table is valid until the new manifest is there.
    """
    plan = [number for number, _ in columns.chunks()]
    fold = Compaction(places, manifest.generation, manifest.folded, plan)
    while fold.plan:
        fold.write_some(columns, 1.0)
    fresh = fold.commit(replace(manifest, shards={}), manifest.next_id)
    create_file_journal(places.journal, manifest.store, manifest.folded + 1)
    remove_superseded(places, fresh.names)
    return fresh


def prepare_journal(places: FileLayout, store: str, begins: int) -> Journal:
    """Return a new journal, whole on the disk but under a partial name; raises OSError."""
    partial = places.journal.part
    fill_and_close(create_partial(partial), [encode_head(store, begins)])
    return Journal(partial)


def set_journal_aside(places: FileLayout) -> None:
    """Let the journal be the one that is folded and the prepared one the journal.

    A crash between the two renames is safe: every frame is in one of the two journals. Raises OSError, in
    which case all is as it was, or the journal stays aside and the next try continues from there.
    """
    try:
        places.journal.rename(places.folding)
    except FileNotFoundError:
        if not places.folding.exists():
            raise
    try:
        places.journal.part.rename(places.journal)
    except OSError:
        with contextlib.suppress(OSError):
            places.folding.rename(places.journal)
        raise


def remove_superseded(places: FileLayout, keep: Iterable[bytes], at_most: int = 1 << 30) -> bool:
    """Remove the journal set aside and shards that are not to be kept; return whether there may be more.

    Leftovers do no harm.
    """
    # The journal was neither replaced nor restored: it is still the only one.
    if places.journal.exists():
        with contextlib.suppress(OSError):
            places.folding.unlink()
    kept = set(keep)
    names = [name for name in places.names() if is_shard_name(name) and name not in kept]
    for name in names[:at_most]:
        with contextlib.suppress(OSError):
            places.folder.unlink(name)
    return len(names) > at_most
