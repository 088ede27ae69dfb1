"""Refusals: why one file stays where it is, and errors that stop a whole operation."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import Any

from dpm_tui.errors import DpmError, reason_of
from dpm_tui.file_names import display_name
from dpm_tui.recycle.results import Skipped


class BinError(DpmError):
    """The recycle bin as a whole cannot be used as asked; no file was touched by the failing step."""


class Refused(Exception):
    """One file is left where it is; ``key`` names a sentence ``recycle.<key>`` filled with ``values``."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.values: Mapping[str, Any] = values

    def skipped(self, path: bytes) -> Skipped:
        """Return this refusal as the result for ``path``."""
        return Skipped(path, self.key, self.values)


_KEYS_OF_ERRNO = {
    errno.ENOENT: "gone",
    errno.ENXIO: "no_root",
    errno.ELOOP: "through_link",
    errno.ENOTDIR: "through_link",
    errno.EXDEV: "other_file_system",
    errno.ENOSPC: "no_space",
    errno.EDQUOT: "no_space",
}


def refusal_of(error: OSError | Refused) -> Refused:
    """Return the refusal that an error of the file system on one file amounts to; a refusal is its own."""
    if isinstance(error, Refused):
        return error
    key = _KEYS_OF_ERRNO.get(error.errno or 0)
    return Refused(key) if key else Refused("system_error", reason=reason_of(error))


def bin_error_of(error: OSError, path: bytes) -> BinError:
    """Return the error for a recycle bin that cannot be opened or written at ``path``."""
    shown = display_name(path)
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        return BinError("bin_not_folder", path=shown)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return BinError("bin_no_space", path=shown)
    if error.errno == errno.EROFS:
        return BinError("bin_read_only", path=shown)
    return BinError("bin_unusable", path=shown, reason=reason_of(error))
