"""Every error that a user can meet: what happened, what to do, and the exit code."""

from __future__ import annotations

import errno
import os
from enum import IntEnum

from dpm_tui.locale import translate


class ExitCode(IntEnum):
    """Exit codes of every verb."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    STOPPED = 3
    HELD = 4
    DAMAGED = 5


class DpmError(Exception):
    """An error with a sentence in the catalogue under ``errors.<key>`` and its remedy in ``<key>_remedy``.

    ``values`` fill the sentences; file names among them must already be displayable
    (see ``file_names.display_name``).
    """

    exit_code = ExitCode.FAILED

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values

    @property
    def message(self) -> str:
        """Return what happened; the key itself where it has no sentence, so that no error is hidden."""
        try:
            return translate(f"errors.{self.key}", **self.values)
        except KeyError:
            return f"{self.key} {dict(self.values)}"

    @property
    def remedy(self) -> str:
        """Return what the user can do; empty where the message says it all."""
        try:
            return translate(f"errors.{self.key}_remedy", **self.values)
        except KeyError:
            return ""

    def __str__(self) -> str:
        return f"{self.message}\n{self.remedy}".rstrip()


class UsageError(DpmError):
    """The command line or a setting asks for something that cannot be."""

    exit_code = ExitCode.USAGE


class HeldError(DpmError):
    """Another instance holds the folder."""

    exit_code = ExitCode.HELD


class DamagedError(DpmError):
    """State under ``_image_temp`` cannot be trusted."""

    exit_code = ExitCode.DAMAGED


class Stopped(DpmError):
    """Work was stopped before its end and can be continued."""

    exit_code = ExitCode.STOPPED


def reason_of(error: OSError | DpmError) -> str:
    """Return what happened in the words of the catalogue or of the system, without any path."""
    if isinstance(error, DpmError):
        return error.message
    return error.strerror or str(error) or os.strerror(error.errno or errno.EIO)


def is_full(error: OSError) -> bool:
    """Return whether an error says that a disk, or what a user may have of it, is full."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)
