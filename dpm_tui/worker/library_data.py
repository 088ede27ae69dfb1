"""Packs a library for the socket as columns, and unpacks it: a quarter of a million files take a moment."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dpm_tui.names import from_json, to_json
from dpm_tui.pipeline.group import Group, Pair
from dpm_tui.pipeline.image_file import ImageFile
from dpm_tui.plain import from_plain, to_plain
from dpm_tui.review.library import Library
from dpm_tui.worker.protocol import LibraryData

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dpm_tui.review.file_rows import FileRows
    from dpm_tui.review.group_rows import GroupRows
    from dpm_tui.review.pair_rows import PairRows


def pack_library(
    files: Mapping[int, ImageFile], groups: Sequence[Group], pairs: Iterable[Pair]
) -> LibraryData:
    """Return the groups with their files and the pairs between files of one group, as columns."""
    from dpm_tui.review.columns import Columns

    columns = Columns.of(files, groups, pairs)
    file_rows, group_rows, pair_rows = columns.files, columns.groups, columns.pairs
    return LibraryData(
        files={
            "rows": _text(file_rows.rows.tobytes()),
            "names": _text(file_rows.names),
            "folders": [to_json(folder) for folder in file_rows.folders],
            "formats": [to_json(form) for form in file_rows.formats],
            "odd": {str(row): to_plain(file) for row, file in file_rows.odd.items()},
        },
        groups={
            "names": _text(group_rows.names.tobytes()),
            "name_bytes": group_rows.names.itemsize,
            "starts": _text(group_rows.starts.astype("<i8").tobytes()),
            "weakest": _text(group_rows.weakest.astype("<f8").tobytes()),
            "reclaimable": _text(group_rows.reclaimable.astype("<i8").tobytes()),
        },
        pairs={"rows": _text(pair_rows.rows.tobytes()), "grids": _text(pair_rows.grids)},
    )


def unpack_library(data: LibraryData) -> Library:
    """Return the library that ``pack_library`` packed.

    Raises ValueError, KeyError or TypeError if it is none.
    """
    files = _unpack_files(data.files)
    groups = _unpack_groups(data.groups, files)
    library = Library(files, groups, _unpack_pairs(data.pairs, files))
    _ = library.columns.kinds
    return library


def _unpack_files(data: Mapping[str, Any]) -> FileRows:
    import numpy as np

    from dpm_tui.pipeline.file_chunk import STATUSES
    from dpm_tui.review.file_rows import ROW, FileRows

    rows: NDArray[np.void] = np.frombuffer(_bytes(data["rows"]), ROW)
    names = _bytes(data["names"])
    folders, formats = ([from_json(word) for word in data[name]] for name in ("folders", "formats"))
    odd = {int(row): from_plain(ImageFile, file) for row, file in data["odd"].items()}
    ends = rows["name_at"].astype(np.int64) + rows["name_bytes"]
    sound = len(np.unique(rows["id"])) == len(rows) and all(0 <= row < len(rows) for row in odd)
    for column, limit in (
        (rows["folder"], len(folders)),
        (rows["format"], len(formats)),
        (rows["status"], len(STATUSES)),
        (ends, len(names) + 1),
    ):
        sound = sound and (not len(column) or int(column.max()) < limit)
    if not sound or not all(map(bytes.isascii, (*formats, rows["taken"].tobytes()))):
        raise ValueError("no files")
    return FileRows(rows, names, folders, formats, odd)


def _unpack_groups(data: Mapping[str, Any], files: FileRows) -> GroupRows:
    import numpy as np

    from dpm_tui.review.group_rows import GroupRows

    names = np.frombuffer(_bytes(data["names"]), f"S{int(data['name_bytes'])}")
    starts = np.frombuffer(_bytes(data["starts"]), "<i8")
    weakest = np.frombuffer(_bytes(data["weakest"]), "<f8")
    reclaimable = np.frombuffer(_bytes(data["reclaimable"]), "<i8")
    lengths = {len(names), len(starts) - 1, len(weakest), len(reclaimable)}
    if lengths != {len(names)} or starts[0] != 0 or starts[-1] != len(files) or (np.diff(starts) < 1).any():
        raise ValueError("no groups")
    if not names.tobytes().isascii():
        raise ValueError("no names of groups")
    return GroupRows(names, starts, weakest, reclaimable, np.ascontiguousarray(files.rows["id"]))


def _unpack_pairs(data: Mapping[str, Any], files: FileRows) -> PairRows:
    import numpy as np

    from dpm_tui.review.pair_rows import KINDS, PAIR, PairRows

    rows: NDArray[np.void] = np.frombuffer(_bytes(data["rows"]), PAIR)
    if len(rows) and (
        (rows["first"] >= rows["second"]).any()
        or int(rows["second"].max()) >= len(files)
        or int(rows["kind"].max()) >= len(KINDS)
    ):
        raise ValueError("no pairs")
    return PairRows(files, rows, _bytes(data["grids"]))


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _bytes(text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError("no text")
    return base64.b64decode(text)
