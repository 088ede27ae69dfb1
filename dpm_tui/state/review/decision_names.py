"""The file names of contents in decisions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dpm_tui.catalog.content_index import ContentIndex
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.image_file import Status
from dpm_tui.review.decisions.decision import Decision


def name_contents(decisions: Iterable[Decision], files: FileColumns) -> tuple[Decision, ...]:
    """Return the decisions with the path that each content has now, or the last one that is known of it.

    A content that was never seen here has an empty name.
    """
    contents = ContentIndex(files, readable=False)

    def name(decision: Decision, place: int) -> bytes:
        there = contents.get(decision.digests[place], [])
        if there:
            return min(there, key=lambda file: (file.status is Status.MISSING, file.path)).path
        return decision.names[place] if decision.names else b""

    return tuple(
        replace(decision, names=tuple(name(decision, place) for place in range(len(decision.digests))))
        for decision in decisions
    )
