"""Where the worker of a root listens: a socket in a private folder of this machine, never on a share."""

from __future__ import annotations

import hashlib
import os
import stat

from dpm_tui.errors import DpmError
from dpm_tui.file_names import display_name
from dpm_tui.state.disk.layout import Layout

FOLDER_VARIABLE = "DPM_TUI_RUNTIME_DIR"


def runtime_folder() -> bytes:
    """Return the private folder of sockets.

    Not below XDG_RUNTIME_DIR: that is removed when the last login session ends, while a worker goes
    on, and a session from cron has none.
    """
    chosen = os.environ.get(FOLDER_VARIABLE)
    return os.fsencode(chosen) if chosen else b"/tmp/dpm-tui-%d" % os.getuid()


def socket_path(layout: Layout) -> bytes:
    """Return the path of the socket for the state of ``layout``, making its private folder.

    Raises DpmError if the folder belongs to somebody else or others may write to it.
    """
    folder = runtime_folder()
    os.makedirs(folder, mode=0o700, exist_ok=True)
    status = os.lstat(folder)
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o022:
        raise DpmError("runtime_folder", path=display_name(folder))
    key = hashlib.sha256(os.path.realpath(layout.folder)).hexdigest()[:20]
    return os.path.join(folder, key.encode("ascii") + b".sock")
