"""The JSON report, schema ``dpm-tui/report/1``: a contract with other programs."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dpm_tui.names import display_name
from dpm_tui.pipeline.group import Group, Pair
from dpm_tui.pipeline.image_file import ImageFile, Status

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
    unreadable_folders: Iterable[bytes] = (),
) -> dict[str, Any]:
    """Return the report; ``model_of`` gives the model that fits a content digest."""
    readable = [file for file in files.values() if file.status is Status.OK]
    broken = [file for file in files.values() if file.status not in (Status.OK, Status.MISSING)]
    broken += [file for file in readable if file.facts.damaged]
    folders = [_path(path) | {"reason": "folder cannot be read"} for path in unreadable_folders]
    return {
        "schema": SCHEMA,
        "root": _path(root)["path"],
        "model": model,
        "threshold": threshold,
        "files": [_file(file, model_of) for file in sorted(readable, key=lambda file: file.path)],
        "pairs": [
            {"a": pair.a, "b": pair.b, "kind": pair.kind.value, "similarity": pair.similarity}
            for pair in pairs
        ],
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
            _path(file.path) | {"reason": _reason(file)}
            for file in sorted(broken, key=lambda file: file.path)
        ]
        + folders,
    }


def _file(file: ImageFile, model_of: Callable[[str], str]) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "id": file.id,
        **_path(file.path),
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


def _reason(file: ImageFile) -> str:
    """Return in which way a file is broken; of a damaged one that is listed most can be seen."""
    if file.status is Status.OK:
        return f"{Status.DAMAGED.value}: {file.reason or 'not all of the picture can be seen'}"
    return f"{file.status.value}: {file.reason}"


def _path(path: bytes) -> dict[str, str]:
    try:
        return {"path": path.decode("utf-8")}
    except UnicodeDecodeError:
        encoded = base64.b64encode(path).decode("ascii")
        return {"path": display_name(path), "path_b64": encoded}
