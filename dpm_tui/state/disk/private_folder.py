"""The state folder: made private to its user, never a link, never somebody else's."""

from __future__ import annotations

import contextlib
import os

from dpm_tui.errors import DamagedError, DpmError, is_full, reason_of
from dpm_tui.file_names import display_name
from dpm_tui.state.disk.atomic_write import create_partial
from dpm_tui.state.disk.layout import Layout


def prepare_folder(layout: Layout) -> None:
    """Create the state folder, private to its user; raises DpmError where it cannot be created or trusted."""
    try:
        os.makedirs(layout.base, exist_ok=True)
        layout.home.make()
        check_folder(layout)
        probe = layout.home.place(b".writable")
        os.close(create_partial(probe))
    except OSError as error:
        raise _unwritable(layout, error) from error
    with contextlib.suppress(OSError):
        probe.unlink()


def _unwritable(layout: Layout, error: OSError) -> DpmError:
    path = display_name(layout.folder)
    if is_full(error):
        return DpmError("disk_full", path=path)
    return DpmError("state_unwritable", path=path, reason=reason_of(error))


def check_folder(layout: Layout) -> None:
    """Raise DamagedError if the state folder is a link or belongs to another user, OSError if missing."""
    owner = os.fstat(layout.home.descriptor).st_uid
    if owner not in (os.getuid(), 0) and os.getuid() != 0:
        raise DamagedError("state_foreign", path=display_name(layout.folder))
