"""The JSON report, schema ``dpm-tui/report/1``: a contract with other programs."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from dpm_tui.catalog.group import Better, Group, Pair
from dpm_tui.catalog.image_file import ImageFile, Status
from dpm_tui.catalog.root_paths import split_root
from dpm_tui.catalog.verdict import ALTERED_KINDS
from dpm_tui.file_names import display_name
from dpm_tui.report.failures import list_failures
from dpm_tui.review.rules.reclaimable_space import ReclaimableSpace
from dpm_tui.text_format import lacking_sentences

SCHEMA = "dpm-tui/report/1"


def build_report(
    *,
    root: bytes,
    model: str,
    threshold: float,
    files: Mapping[int, ImageFile],
    pairs: Iterable[Pair],
    groups: Iterable[Group],
    model_of: Callable[[str], str],
    freeable: ReclaimableSpace,
    unreadable_folders: Mapping[bytes, str] | None = None,
    lacking: Mapping[str, int] | None = None,
    other_roots: Sequence[bytes] = (),
) -> dict[str, Any]:
    """Return the report; ``model_of`` gives the model that fits a content digest, ``freeable`` what the rule
    in force would free, ``unreadable_folders`` why a folder could not be read, ``lacking`` how many pictures
    nothing installed could read, by the extra that can.

    Where there are ``other_roots``, each path is relative to the root that is named beside it.
    """

    def place(path: bytes) -> dict[str, str]:
        other, inside = split_root(path, other_roots)
        return {"root": describe_path(other or root)["path"], **describe_path(inside)} if other_roots else {}

    pairs = list(pairs)
    paired = {id_ for pair in pairs for id_ in (pair.a, pair.b)}
    listed = [file for file in files.values() if file.status is Status.OK or file.id in paired]
    return {
        "schema": SCHEMA,
        "root": describe_path(root)["path"],
        "model": model,
        "threshold": threshold,
        "suggested": {"files": freeable.files, "bytes": freeable.bytes},
        "files": [
            _file(file, model_of) | place(file.path) for file in sorted(listed, key=lambda file: file.path)
        ],
        "pairs": [_pair(pair) for pair in pairs],
        "groups": [
            {
                "id": group.id,
                "keeper": group.keeper,
                "members": list(group.members),
                "weakest": group.weakest,
                "reclaimable_bytes": group.reclaimable_bytes,
            }
            for group in groups
        ],
        "errors": [
            describe_path(failure.path) | place(failure.path) | {"reason": failure.reason}
            for failure in list_failures(files, unreadable_folders)
        ],
        "notes": [
            {"extra": extra, "files": count, "reason": reason}
            for (extra, count), reason in zip(
                sorted((lacking or {}).items()), lacking_sentences(lacking or {}), strict=True
            )
        ],
    }


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
