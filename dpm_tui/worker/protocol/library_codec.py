"""Packs a library for the socket as columns, and unpacks it: fast for a quarter of a million files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from dpm_tui.catalog.group import Group, Pair
from dpm_tui.catalog.image_file import ImageFile
from dpm_tui.dataclass_json import from_plain, to_plain
from dpm_tui.review.library.library import Library
from dpm_tui.worker.protocol.column_codec import Content
from dpm_tui.worker.protocol.messages import LibraryData

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dpm_tui.catalog.file_selection import FileSelection
    from dpm_tui.catalog.group_columns import GroupColumns
    from dpm_tui.review.library.pair_table import PairTable

_GROUP_COLUMNS = {"starts": "<i8", "weakest": "<f8", "reclaimable": "<i8"}


def pack_library(
    files: Mapping[int, ImageFile], groups: Sequence[Group], pairs: Iterable[Pair]
) -> LibraryData:
    """Return the groups with their files and the pairs between files of one group, as columns."""
    import numpy as np

    from dpm_tui.review.library.library_columns import LibraryColumns

    columns = LibraryColumns.of(files, groups, pairs)
    file_rows, group_rows, pair_rows = columns.files, columns.groups, columns.pairs
    parts = (
        file_rows.rows,
        file_rows.names,
        pair_rows.rows,
        pair_rows.grids,
        group_rows.names,
        *(getattr(group_rows, name).astype(kind) for name, kind in _GROUP_COLUMNS.items()),
    )
    content, sizes = Content(), []
    for part in parts:
        before = len(content)
        content += part.view(np.uint8).data if isinstance(part, np.ndarray) else part
        sizes.append(len(content) - before)
    return LibraryData(
        folders=tuple(file_rows.folders),
        formats=tuple(file_rows.formats),
        odd={str(row): to_plain(file) for row, file in file_rows.odd.items()},
        name_bytes=group_rows.names.itemsize,
        sizes=tuple(sizes),
        content=content,
    )


def unpack_library(data: LibraryData) -> Library:
    """Return the library that ``pack_library`` packed; its columns lie in the content as they came.

    Raises ValueError, KeyError or TypeError if it is none.
    """
    if min(data.sizes, default=-1) < 0 or sum(data.sizes) != len(data.content):
        raise ValueError("no columns")
    whole = memoryview(data.content).toreadonly()
    parts = [whole[start:end] for start, end in pairwise(accumulate(data.sizes, initial=0))]
    file_rows, names, pair_rows, grids, *group_parts = parts
    files = _unpack_files(data, file_rows, bytes(names))
    groups = _unpack_groups(data.name_bytes, group_parts, files)
    library = Library(files, groups, _unpack_pairs(pair_rows, bytes(grids), files))
    _ = library.columns.kinds
    return library


def _unpack_files(data: LibraryData, table: memoryview, names: bytes) -> FileSelection:
    import numpy as np

    from dpm_tui.catalog.file_chunk import STATUSES
    from dpm_tui.catalog.file_selection import ROW, FileSelection

    rows: NDArray[np.void] = np.frombuffer(table, ROW)
    odd = {int(row): from_plain(ImageFile, file) for row, file in data.odd.items()}
    ends = rows["name_at"].astype(np.int64) + rows["name_bytes"]
    distinct = bool((np.diff(np.sort(rows["id"])) > 0).all())
    valid = distinct and all(0 <= row < len(rows) for row in odd)
    for column, limit in (
        (rows["folder"], len(data.folders)),
        (rows["format"], len(data.formats)),
        (rows["status"], len(STATUSES)),
        (ends, len(names) + 1),
    ):
        valid = valid and (not len(column) or int(column.max()) < limit)
    if not valid or not all(map(bytes.isascii, (*data.formats, rows["taken"].tobytes()))):
        raise ValueError("no files")
    return FileSelection(rows, names, data.folders, data.formats, odd)


def _unpack_groups(name_bytes: int, parts: Sequence[memoryview], files: FileSelection) -> GroupColumns:
    import numpy as np

    from dpm_tui.catalog.group_columns import GroupColumns

    kinds = (f"S{name_bytes}", *_GROUP_COLUMNS.values())
    names, starts, weakest, reclaimable = map(np.frombuffer, parts, kinds)
    lengths = {len(names), len(starts) - 1, len(weakest), len(reclaimable)}
    if lengths != {len(names)} or starts[0] != 0 or starts[-1] != len(files) or (np.diff(starts) < 1).any():
        raise ValueError("no groups")
    if not names.tobytes().isascii():
        raise ValueError("no names of groups")
    return GroupColumns(names, starts, weakest, reclaimable, np.ascontiguousarray(files.rows["id"]))


def _unpack_pairs(table: memoryview, grids: bytes, files: FileSelection) -> PairTable:
    import numpy as np

    from dpm_tui.catalog.group import Better
    from dpm_tui.catalog.pair_columns import KINDS, PAIR_REASONS
    from dpm_tui.review.library.pair_table import PAIR, PairTable

    rows: NDArray[np.void] = np.frombuffer(table, PAIR)
    if len(rows) and (
        (rows["first"] >= rows["second"]).any()
        or int(rows["second"].max()) >= len(files)
        or int(rows["kind"].max()) >= len(KINDS)
        or int(rows["better"].max()) >= len(Better)
        or int(rows["reason"].max()) >= len(PAIR_REASONS)
        or not np.isfinite(rows["amount"]).all()
    ):
        raise ValueError("no pairs")
    return PairTable(files, rows, grids)
