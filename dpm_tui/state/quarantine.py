"""Quarantine: where damaged state goes; nothing in it is ever read, and nothing is ever deleted."""

from __future__ import annotations

import datetime
import os
import stat

from dpm_tui.errors import DpmError, reason_of
from dpm_tui.names import display_name
from dpm_tui.state.atomic import sync_folder
from dpm_tui.state.finding import Finding
from dpm_tui.state.layout import QUARANTINE
from dpm_tui.state.state_folder import check_own


class Quarantine:
    """Takes files out of one state folder, each repair into a folder of its own that is named by time."""

    def __init__(self, folder: bytes) -> None:
        now = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%S%f")
        self._folder = folder
        self._now = now.encode("ascii")

    def refuse(self, path: bytes, error: DpmError | OSError, remedy: str) -> Finding:
        """Return the finding for what lies at ``path`` and cannot be used; its repair moves it here."""
        reason = reason_of(error)
        values = {"name": display_name(os.path.relpath(path, self._folder)), "reason": reason}
        return Finding(False, "unreadable", values, remedy, lambda: [self.take(path)])

    def take(self, path: bytes) -> Finding:
        """Move what lies at ``path``, a link itself and not what it leads to; raises OSError."""
        relative = os.path.relpath(path, self._folder)
        self.renew()
        target = os.path.join(self._folder, QUARANTINE, self._now, relative)
        os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
        os.rename(path, target)
        sync_folder(os.path.dirname(target))
        sync_folder(os.path.dirname(path))
        shown = display_name(os.path.join(QUARANTINE, self._now))
        return Finding(True, "quarantined", {"name": display_name(relative), "path": shown})

    def renew(self) -> list[Finding]:
        """Make the quarantine; what is no folder in its place is renamed and never written through."""
        quarantine = os.path.join(self._folder, QUARANTINE)
        try:
            os.mkdir(quarantine, 0o700)
        except FileExistsError:
            if stat.S_ISDIR(os.lstat(quarantine).st_mode):
                return []
            aside = QUARANTINE + b"-" + self._now
            os.rename(quarantine, os.path.join(self._folder, aside))
            os.mkdir(quarantine, 0o700)
            values = {"name": display_name(QUARANTINE), "path": display_name(aside)}
            return [Finding(True, "quarantined", values)]
        return []


def measure_quarantine(folder: bytes) -> tuple[int, int]:
    """Return how many files lie in the quarantine of a state folder, and their bytes.

    Raises DamagedError if it is no folder, OSError.
    """
    quarantine = os.path.join(folder, QUARANTINE)
    check_own(quarantine)
    count = size = 0
    for at, _, names in os.walk(quarantine):
        for name in names:
            count += 1
            size += os.lstat(os.path.join(at, name)).st_size
    return count, size
