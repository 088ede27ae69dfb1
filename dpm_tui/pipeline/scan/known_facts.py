"""What decoding found of contents, by digest: a file that was moved or copied is not decoded again."""

from __future__ import annotations

from dpm_tui.catalog.content_index import Contents
from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.image_file import Facts

_RECENT = 20_000
"""Facts held as objects; with more of them the files are indexed anew, which takes a second a million."""


class KnownFacts:
    """Facts of every content that was known when this was made, and of those that came since."""

    def __init__(self, files: FileColumns) -> None:
        self._before = files.snapshot()
        self._now = files
        self._indexes: list[Contents] | None = None
        self._recent: dict[str, Facts] = {}

    def get(self, digest: str) -> Facts | None:
        """Return what is known of a content; None where only a part of it was looked for."""
        if digest in self._recent:
            return self._recent[digest]
        if self._indexes is None:
            self._indexes = [Contents(self._before, readable=False)]
        for index in self._indexes:
            for file in index.get(digest, ()):
                if file.facts.digest == digest and file.facts.depth:
                    return file.facts
        return None

    def add(self, facts: Facts) -> None:
        """Remember the facts of a content that was decoded and whose file was put."""
        self._recent[facts.digest] = facts
        if len(self._recent) > _RECENT:
            self._indexes = [Contents(files, readable=False) for files in (self._before, self._now)]
            self._recent.clear()
