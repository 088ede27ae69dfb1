"""The journal of image files: what was put and removed since the shards were written.

Its first frame says which table it belongs to and with which number it begins; every other one is
``[table, number, record]``. A frame of another table, or one out of order, is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dpm_tui.state.disk.atomic_write import write_atomic
from dpm_tui.state.disk.held_folder import Where
from dpm_tui.state.disk.journal import encode_frame, read_frames
from dpm_tui.state.files.shard_manifest import SCHEMA, check_schema, is_store


@dataclass(slots=True)
class FileRecords:
    """The content of one journal: numbered records in order, and the number of rejected lines.

    ``store`` is empty if unknown. ``old`` are the records of a journal that was written before
    there were shards; they have no numbers.
    """

    store: str = ""
    begins: int = 0
    records: list[tuple[int, Any]] = field(default_factory=list)
    rejected: int = 0
    exists: bool = False
    old: list[Any] | None = None

    @property
    def last(self) -> int:
        """The number of the last record, that before the first if there is none."""
        return self.records[-1][0] if self.records else self.begins - 1


def read_file_journal(path: Where, store: str) -> FileRecords:
    """Return the records of table ``store`` in the journal at ``path``; an empty name means any table.

    A missing file is empty. Raises DamagedError if a newer version wrote it or it is no file, OSError.
    """
    frames = read_frames(path)
    found = FileRecords(rejected=frames.rejected, exists=bool(frames.records or frames.rejected))
    records = iter(frames.records)
    head = next(records, None)
    if isinstance(head, dict) and "schema" in head:
        _read_head(found, head, path)
    elif head is not None:
        if not any(map(_is_numbered, frames.records)):
            found.old = frames.records
            return found
        records = iter(frames.records)
    if store and found.store and found.store != store:
        found.rejected += len(frames.records)
        return found
    store = store or found.store or next((one[0] for one in frames.records if _is_numbered(one)), "")
    found.records = list(_believed(found, records, store))
    found.store = store
    if not found.begins and found.records:
        found.begins = found.records[0][0]
    return found


def encode_head(store: str, begins: int) -> bytes:
    """Return the first line of a journal whose first record will have the number ``begins``."""
    return encode_frame({"schema": SCHEMA, "store": store, "begins": begins})


def create_file_journal(path: Where, store: str, begins: int) -> None:
    """Put an empty journal at ``path``; raises OSError."""
    write_atomic(path, encode_head(store, begins))


def _read_head(found: FileRecords, head: dict[str, Any], path: Where) -> None:
    try:
        check_schema(head["schema"], path)
        if not is_store(head["store"]) or type(head["begins"]) is not int or head["begins"] < 1:
            raise ValueError("no head")
        found.store, found.begins = head["store"], head["begins"]
    except (ValueError, KeyError):
        found.rejected += 1


def _is_numbered(record: Any) -> bool:
    return isinstance(record, list) and len(record) == 3 and is_store(record[0])


def _believed(found: FileRecords, records: Iterator[Any], store: str) -> Iterator[tuple[int, Any]]:
    last = found.begins - 1
    for record in records:
        match record:
            case [str(table), int(number), dict(content)] if table == store and last < number < 1 << 60:
                last = number
                yield number, content
            case _:
                found.rejected += 1
