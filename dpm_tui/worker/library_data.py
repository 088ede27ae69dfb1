"""Packs a library into columns for the socket and unpacks it lazily: a quarter of a million files
become objects only as they are looked at."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any

from dpm_tui.names import from_json, to_json
from dpm_tui.pipeline.group import Group, Pair, pair_key
from dpm_tui.pipeline.image_file import STAMP_FIELDS, Facts, ImageFile, Stamp
from dpm_tui.pipeline.verify import Kind
from dpm_tui.review.library import Library
from dpm_tui.worker.protocol import LibraryData

_FACTS = ("digest", "format", "width", "height", "frames", "quality", "taken", "has_exif")
_COLUMNS: tuple[tuple[str, Callable[[ImageFile], Any]], ...] = (
    ("id", lambda file: file.id),
    ("path", lambda file: to_json(file.path)),
    *((name, attrgetter(f"stamp.{name}")) for name in STAMP_FIELDS),
    *((name, attrgetter(f"facts.{name}")) for name in _FACTS),
)


def pack_library(
    files: Mapping[int, ImageFile], groups: Iterable[Group], pairs: Iterable[Pair]
) -> LibraryData:
    """Return the groups with their files and the pairs between files of one group, as columns."""
    groups = list(groups)
    home = {id_: number for number, group in enumerate(groups) for id_ in group.members}
    shown = [files[id_] for id_ in home]
    inside = [pair for pair in pairs if pair.a in home and home.get(pair.a) == home.get(pair.b)]
    return LibraryData(
        files={name: [read(file) for file in shown] for name, read in _COLUMNS},
        groups={
            "id": [group.id for group in groups],
            "members": [list(group.members) for group in groups],
            "weakest": [group.weakest for group in groups],
            "reclaimable_bytes": [group.reclaimable_bytes for group in groups],
        },
        pairs={
            "a": [pair.a for pair in inside],
            "b": [pair.b for pair in inside],
            "kind": [pair.kind.value for pair in inside],
            "similarity": [pair.similarity for pair in inside],
            "differs": [base64.b64encode(pair.differs).decode("ascii") for pair in inside],
        },
    )


def unpack_library(data: LibraryData) -> Library:
    """Return the library that ``pack_library`` packed; raises ValueError or KeyError if it is none."""
    groups = [
        Group(id_, members[0], tuple(members), weakest, size)
        for id_, members, weakest, size in zip(
            *(data.groups[name] for name in ("id", "members", "weakest", "reclaimable_bytes")), strict=True
        )
    ]
    return Library(files=_FileColumns(data.files), groups=groups, pairs=_PairColumns(data.pairs))


class _FileColumns(Mapping[int, ImageFile]):
    def __init__(self, columns: Mapping[str, list[Any]]) -> None:
        self._columns = columns
        self._rows = {id_: row for row, id_ in enumerate(columns["id"])}
        self._build = lru_cache(maxsize=4096)(self._build_row)

    def __getitem__(self, key: int) -> ImageFile:
        return self._build(self._rows[key])

    def __iter__(self) -> Iterator[int]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def _build_row(self, row: int) -> ImageFile:
        cell = {name: column[row] for name, column in self._columns.items()}
        return ImageFile(
            id=cell["id"],
            path=from_json(cell["path"]),
            stamp=Stamp(*(cell[name] for name in STAMP_FIELDS)),
            facts=Facts(**{name: cell[name] for name in _FACTS}),
        )


class _PairColumns(Mapping[tuple[int, int], Pair]):
    def __init__(self, columns: Mapping[str, list[Any]]) -> None:
        self._columns = columns
        self._rows = {
            pair_key(a, b): row for row, (a, b) in enumerate(zip(columns["a"], columns["b"], strict=True))
        }

    def __getitem__(self, key: tuple[int, int]) -> Pair:
        row = self._rows[key]
        columns = self._columns
        return Pair(
            *key,
            kind=Kind(columns["kind"][row]),
            similarity=columns["similarity"][row],
            differs=base64.b64decode(columns["differs"][row]),
        )

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)
