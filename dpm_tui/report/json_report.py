"""The JSON report, schema ``dpm-tui/report/1``: a contract with other programs."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from dpm_tui.catalog.file_chunk import STATUSES
from dpm_tui.catalog.file_columns import FileColumns
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
            "files": (_file(file, model_of) | place(file.path) for file in _listed(files, pairs)),
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


def _listed(files: Mapping[int, ImageFile], pairs: Sequence[Pair]) -> Iterator[ImageFile]:
    """Yield the files that can be read or have a pair, in order of their paths."""
    columns, ends = FileColumns.of(files), PairColumns.of(pairs)
    ids, status = columns.gather("id", "status")
    others = ids[status != STATUSES.index(Status.OK)]
    paired = np.isin(others, ends.firsts) | np.isin(others, ends.seconds)
    left_out = frozenset(others[~paired].tolist())
    return (columns[id_] for id_ in columns.ids_by_path() if id_ not in left_out)


def _file(file: ImageFile, model_of: Callable[[str], str]) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "id": file.id,
        **describe_path(file.path),
        "bytes": file.stamp.size,
        "width": file.facts.width,
        "height": file.facts.height,
        "format": file.facts.format,
        "model": model_of(file.facts.digest),
    }
    if file.facts.holds:
        facts["holds"] = list(file.facts.holds)
    if file.facts.damaged:
        facts["damaged"] = True
    return facts


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
