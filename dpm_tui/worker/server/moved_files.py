"""The records of files that moves took out of the library: files that come back need no scan."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from dataclasses import replace

from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.image_file import read_stamp
from dpm_tui.catalog.root_paths import split_root
from dpm_tui.pipeline.raw_twins import find_twins
from dpm_tui.pipeline.scan.open_roots import OpenRoots
from dpm_tui.pipeline.scan.root_folder import RootFolder, stat_beneath
from dpm_tui.recycle.results import Restored
from dpm_tui.state.files.file_store import FileStore


class MovedFiles:
    """Keeps the library of a root up to date with moves; one thread at a time may use it."""

    def __init__(self, files: FileStore) -> None:
        self._files = files
        self._left = FileColumns()

    def forget(self, paths: Iterable[bytes]) -> None:
        """Remove moved files from the library at once; otherwise only the next scan would."""
        known = self._files.files
        for id_ in known.find(paths).values():
            self._left.put(known[id_])
            self._files.remove(id_)

    def recall(
        self, root: RootFolder, restored: Iterable[Restored], is_picture: Callable[[bytes], bool]
    ) -> bool:
        """Put files that came back below ``root`` into the library; return whether some need a scan.

        A file is recognised by its size and mtime, which moving does not change.
        """
        with contextlib.suppress(OSError), root.opened() as roots:
            return self._recall(roots, restored, is_picture)
        return False

    def _recall(
        self, roots: OpenRoots, restored: Iterable[Restored], is_picture: Callable[[bytes], bool]
    ) -> bool:
        back = [
            each
            for each in restored
            if is_picture(each.origin) and not os.path.isabs(split_root(each.now, roots.others)[1])
        ]
        twins = find_twins(each.origin for each in back)
        back = [each for each in back if each.origin not in twins]
        ids = self._left.find(each.origin for each in back)
        unknown = False
        for each in back:
            id_ = ids.get(each.origin, 0)
            file = self._left.get(id_)
            self._left.remove(id_)
            try:
                status = stat_beneath(roots, each.now)
            except OSError:
                continue
            stamp = read_stamp(status)
            if file is None or (stamp.size, stamp.mtime_ns) != (file.stamp.size, file.stamp.mtime_ns):
                unknown = True
            else:
                self._files.put(replace(file, path=each.now, stamp=stamp))
        return unknown
