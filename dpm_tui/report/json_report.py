"""The JSON report, schema ``dpm-tui/report/1``: a contract with other programs."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np

from dpm_tui.catalog.content_digest import hex_digest
from dpm_tui.catalog.file_chunk import STATUSES, name_holdings
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.file_selection import FileSelection
from dpm_tui.catalog.group import Better, Group, Pair
from dpm_tui.catalog.image_file import ImageFile, Status
from dpm_tui.catalog.pair_columns import PairColumns
from dpm_tui.catalog.root_paths import split_root
from dpm_tui.catalog.verdict import ALTERED_KINDS
from dpm_tui.file_names import display_name
from dpm_tui.report.failures import list_failures
from dpm_tui.review.rules.reclaimable_space import ReclaimableSpace
from dpm_tui.text_format import lacking_sentences

SCHEMA = "dpm-tui/report/1"
_FILES_AT_ONCE = 4096
_FILE_COLUMNS = ("id", "size", "width", "height", "format", "digest", "holds", "damaged")


def write_json(
    *,
    root: bytes,
    model: str,
    threshold: float,
    files: Mapping[int, ImageFile],
    pairs: Sequence[Pair],
    groups: Iterable[Group],
    model_of: Callable[[str], str],
    freeable: ReclaimableSpace,
    unreadable_folders: Mapping[bytes, str] | None = None,
    lacking: Mapping[str, int] | None = None,
    other_roots: Sequence[bytes] = (),
) -> Iterator[str]:
    """Yield the report, some of it at a time: each file, pair, group, error and note is a line.

    ``model_of`` gives the model that fits a content digest, ``freeable`` what the rule in force would free,
    ``unreadable_folders`` why a folder could not be read, ``lacking`` how many pictures nothing installed
    could read, by the extra that can.

    Where there are ``other_roots``, each path is relative to the root that is named beside it.
    """

    def place(path: bytes) -> dict[str, str]:
        other, inside = split_root(path, other_roots)
        return {"root": describe_path(other or root)["path"], **describe_path(inside)} if other_roots else {}

    yield from _write_object(
        {
            "schema": SCHEMA,
            "root": describe_path(root)["path"],
            "model": model,
            "threshold": threshold,
            "suggested": {"files": freeable.files, "bytes": freeable.bytes},
        },
        {
            "files": (facts | place(path) for path, facts in _listed(files, pairs, model_of)),
            "pairs": map(_pair, pairs),
            "groups": (
                {
                    "id": group.id,
                    "keeper": group.keeper,
                    "members": list(group.members),
                    "weakest": group.weakest,
                    "reclaimable_bytes": group.reclaimable_bytes,
                }
                for group in groups
            ),
            "errors": (
                describe_path(failure.path) | place(failure.path) | {"reason": failure.reason}
                for failure in list_failures(files, unreadable_folders)
            ),
            "notes": (
                {"extra": extra, "files": count, "reason": reason}
                for (extra, count), reason in zip(
                    sorted((lacking or {}).items()), lacking_sentences(lacking or {}), strict=True
                )
            ),
        },
    )


def _write_object(values: Mapping[str, object], lists: Mapping[str, Iterable[object]]) -> Iterator[str]:
    """Yield a JSON object with a line for each value, and for each item of each list."""
    encode = json.JSONEncoder().encode
    yield "{\n"
    for name, value in values.items():
        yield f" {encode(name)}: {encode(value)},\n"
    for number, (name, items) in enumerate(lists.items(), 1):
        yield f" {encode(name)}: ["
        between = "\n"
        for item in items:
            yield f"{between}  {encode(item)}"
            between = ",\n"
        yield "]" if between == "\n" else "\n ]"
        yield ",\n" if number < len(lists) else "\n}\n"


def _listed(
    files: Mapping[int, ImageFile], pairs: Sequence[Pair], model_of: Callable[[str], str]
) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Yield path and facts of the files that can be read or have a pair, in order of their paths."""
    columns, ends = FileColumns.of(files), PairColumns.of(pairs)
    ids, status = columns.gather("id", "status")
    others = ids[status != STATUSES.index(Status.OK)]
    paired = np.isin(others, ends.firsts) | np.isin(others, ends.seconds)
    left_out = frozenset(others[~paired].tolist())
    listed = (id_ for id_ in columns.ids_by_path() if id_ not in left_out)
    while part := list(islice(listed, _FILES_AT_ONCE)):
        yield from _describe_files(FileSelection.of(columns, part), model_of)


def _describe_files(
    files: FileSelection, model_of: Callable[[str], str]
) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Yield path and facts of files; no object is made of most of them."""
    formats = [word.decode("ascii") for word in files.formats]
    rows = zip(*(files.rows[name].tolist() for name in _FILE_COLUMNS), strict=True)
    for row, (path, values) in enumerate(zip(files.paths(), rows, strict=True)):
        id_, size, width, height, number, raw, bits, damaged = values
        if file := files.odd.get(row):
            facts = file.facts
            size, width, height, damaged = file.stamp.size, facts.width, facts.height, facts.damaged
            format_, digest, holds = facts.format, facts.digest, facts.holds
        else:
            format_, digest, holds = formats[number], hex_digest(raw), name_holdings(bits) if bits else ()
        described: dict[str, Any] = {
            "id": id_,
            **describe_path(path),
            "bytes": size,
            "width": width,
            "height": height,
            "format": format_,
            "model": model_of(digest),
        }
        if holds:
            described["holds"] = list(holds)
        if damaged:
            described["damaged"] = True
        yield path, described


def _pair(pair: Pair) -> dict[str, Any]:
    facts: dict[str, Any] = {"a": pair.a, "b": pair.b, "kind": pair.kind.value, "similarity": pair.similarity}
    if pair.kind in ALTERED_KINDS and pair.reason:
        facts["alteration"] = pair.reason
    if pair.better in (Better.FIRST, Better.SECOND):
        facts["better"] = pair.a if pair.better is Better.FIRST else pair.b
    return facts


def describe_path(path: bytes) -> dict[str, str]:
    """Return how a path is written in JSON: as text, and also as bytes where it is not UTF-8."""
    try:
        return {"path": path.decode("utf-8")}
    except UnicodeDecodeError:
        encoded = base64.b64encode(path).decode("ascii")
        return {"path": display_name(path), "path_b64": encoded}
