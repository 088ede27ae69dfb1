"""Path map: where the nodes of a cluster see the folders of this computer."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from dpm_tui.catalog.root_paths import split_root
from dpm_tui.errors import UsageError
from dpm_tui.file_names import display_name, is_safe_path


@dataclass(frozen=True, slots=True)
class PathMap:
    """Folders of this computer with the paths that nodes reach them by; others are the same there."""

    there: dict[bytes, bytes]
    """The longer of two folders of which one lies in the other comes first."""

    @classmethod
    def parse(cls, words: Iterable[str]) -> PathMap:
        """Return the map of words like ``/mnt/nas=/volume1/photos``; raises UsageError naming a wrong one."""
        there: dict[bytes, bytes] = {}
        for word in words:
            here, _, other = (part.rstrip("/") if part != "/" else part for part in word.partition("="))
            if not _is_folder(here) or not (_is_folder(other) or other == "/"):
                raise UsageError("cluster_map", value=display_name(word))
            there[os.fsencode(here)] = os.fsencode(other)
        return cls(dict(sorted(there.items(), reverse=True)))

    def path_on_nodes(self, path: bytes) -> bytes:
        """Return where nodes see a path; of an absolute one the longest folder that it lies below decides."""
        folder, inside = split_root(path, self.there)
        if not folder:
            return path
        top = self.there[folder]
        return top.rstrip(b"/") + b"/" + inside if inside else top


def _is_folder(path: str) -> bool:
    return path.startswith("/") and is_safe_path(os.fsencode(path))
