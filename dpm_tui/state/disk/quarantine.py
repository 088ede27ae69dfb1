"""Quarantine: where damaged state goes; nothing in it is ever read, and nothing is ever deleted."""

from __future__ import annotations

import datetime
import os
import stat

from dpm_tui.errors import DpmError, reason_of
from dpm_tui.file_names import display_name
from dpm_tui.state.disk.finding import Finding
from dpm_tui.state.disk.held_folder import HeldFolder, HeldPath
from dpm_tui.state.disk.layout import QUARANTINE


class Quarantine:
    """Takes files out of one state folder, each repair into a folder of its own that is named by time."""

    def __init__(self, folder: HeldFolder) -> None:
        now = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%S%f")
        self._folder = folder
        self._now = now.encode("ascii")

    def refuse(self, what: HeldPath | HeldFolder, error: DpmError | OSError, remedy: str) -> Finding:
        """Return the finding for what lies at ``what`` and cannot be used; its repair moves it here."""
        reason = reason_of(error)
        values = {"name": display_name(self._relative(what)), "reason": reason}
        return Finding(False, "unreadable", values, remedy, lambda: [self.take(what)])

    def take(self, what: HeldPath | HeldFolder) -> Finding:
        """Move what lies at ``what``, a link itself, not its target; return the finding. Raises OSError."""
        place = what if isinstance(what, HeldPath) else _place_of_folder(what)
        relative = self._relative(what)
        self.renew()
        target = self._folder.below(QUARANTINE).below(self._now).make()
        for name in relative.split(b"/")[:-1]:
            target = target.below(name).make()
        place.rename(target.place(place.name))
        target.sync()
        place.folder.sync()
        shown = display_name(os.path.join(QUARANTINE, self._now))
        return Finding(True, "quarantined", {"name": display_name(relative), "path": shown})

    def renew(self) -> list[Finding]:
        """Create the quarantine; rename what lies in its place if that is no folder. Return the findings."""
        aside = QUARANTINE + b"-" + self._now
        self._folder.below(QUARANTINE).make()
        if stat.S_ISDIR(self._folder.status(QUARANTINE).st_mode):
            return []
        self._folder.rename(QUARANTINE, aside)
        self._folder.below(QUARANTINE).make()
        return [Finding(True, "quarantined", {"name": display_name(QUARANTINE), "path": display_name(aside)})]

    def _relative(self, what: HeldPath | HeldFolder) -> bytes:
        return os.path.relpath(what.path, self._folder.path)


def measure_quarantine(folder: HeldFolder) -> tuple[int, int]:
    """Return how many files lie in the quarantine of a state folder, and their bytes.

    Raises DamagedError if it is no folder, OSError.
    """
    count = size = 0
    quarantine = folder.below(QUARANTINE)
    for _, _, names, at in os.fwalk(b".", dir_fd=quarantine.descriptor):
        for name in names:
            count += 1
            size += os.stat(name, dir_fd=at, follow_symlinks=False).st_size
    return count, size


def _place_of_folder(folder: HeldFolder) -> HeldPath:
    """Return where a folder of a state folder lies."""
    assert folder.above is not None
    return folder.above.place(folder.name)
