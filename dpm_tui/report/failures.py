"""Failures: the files and folders that could not be read, each with the reason, for every report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dpm_tui.catalog.file_chunk import STATUSES
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.image_file import ImageFile, Status
from dpm_tui.deferred_text import defer
from dpm_tui.text_format import put_into_words

_SOUND = (Status.OK, Status.MISSING)


@dataclass(frozen=True, slots=True)
class Failure:
    """What could not be read, or not all of it; ``file`` is None for a folder."""

    path: bytes
    reason: str
    file: ImageFile | None = None


def list_failures(
    files: Mapping[int, ImageFile], unreadable_folders: Mapping[bytes, str] | None = None
) -> list[Failure]:
    """Return the failures, files first, sorted by path; damaged pictures that can be seen are among them.

    ``unreadable_folders`` maps the folders to what the system said of them.
    """
    columns = FileColumns.of(files)
    ids, status, damaged = columns.gather("id", "status", "damaged")
    sound = np.isin(status, [STATUSES.index(one) for one in _SOUND])
    seen = (status == STATUSES.index(Status.OK)) & damaged.astype(np.bool_)
    broken = [columns[id_] for id_ in ids[~sound | seen].tolist()]
    folders = unreadable_folders or {}
    return [
        *(
            Failure(file.path, failure_reason(file), file)
            for file in sorted(broken, key=lambda file: file.path)
        ),
        *(Failure(path, _folder_reason(folders[path])) for path in sorted(folders)),
    ]


def failure_reason(file: ImageFile) -> str:
    """Return in which way a file is broken, empty if it is not. Most of a damaged picture can be seen."""
    return put_into_words(defer_failure(file))


def defer_failure(file: ImageFile) -> str:
    """Return the same for a reader in another language."""
    if _is_damaged(file):
        return defer_reason(Status.DAMAGED, file.reason or defer("decode.not_all"))
    return "" if file.status in _SOUND else defer_reason(file.status, file.reason)


def defer_reason(status: Status, reason: str) -> str:
    """Return why a file with a status cannot be read, for a reader in another language."""
    return defer("decode.status", status=defer(f"decode.status_{status.value}"), reason=reason)


def _is_damaged(file: ImageFile) -> bool:
    return file.status is Status.OK and file.facts.damaged


def _folder_reason(said: str) -> str:
    key = "decode.folder_unreadable_said" if said else "decode.folder_unreadable"
    return put_into_words(defer(key, said=said))
