"""The state folder: made private to its user, never a link, never somebody else's."""

from __future__ import annotations

import contextlib
import os
import stat

from dpm_tui.errors import DamagedError, DpmError, is_full, reason_of
from dpm_tui.names import display_name
from dpm_tui.state.atomic import create_partial
from dpm_tui.state.layout import Layout


def prepare_folder(layout: Layout) -> None:
    """Make the state folder, private to its user; raises DpmError where it cannot be made or trusted."""
    try:
        os.makedirs(layout.folder, mode=0o700, exist_ok=True)
    except FileExistsError as error:
        raise DamagedError("state_not_folder", path=display_name(layout.folder)) from error
    except OSError as error:
        raise _unwritable(layout, error) from error
    check_folder(layout)
    probe = os.path.join(layout.folder, b".writable")
    try:
        os.close(create_partial(probe))
    except OSError as error:
        raise _unwritable(layout, error) from error
    with contextlib.suppress(OSError):
        os.unlink(probe)


def _unwritable(layout: Layout, error: OSError) -> DpmError:
    path = display_name(layout.folder)
    if is_full(error):
        return DpmError("disk_full", path=path)
    return DpmError("state_unwritable", path=path, reason=reason_of(error))


def check_folder(layout: Layout) -> None:
    """Raise DamagedError if the state folder is a link or belongs to another user, OSError if missing."""
    check_own(layout.folder)
    status = os.lstat(layout.folder)
    if status.st_uid not in (os.getuid(), 0) and os.getuid() != 0:
        raise DamagedError("state_foreign", path=display_name(layout.folder))


def check_own(folder: bytes) -> None:
    """Raise DamagedError if ``folder`` is a link or no folder at all, OSError if it is missing."""
    status = os.lstat(folder)
    if stat.S_ISLNK(status.st_mode):
        raise DamagedError("state_is_link", path=display_name(folder))
    if not stat.S_ISDIR(status.st_mode):
        raise DamagedError("state_not_folder", path=display_name(folder))
