"""Who owns a recycle bin: where others may write, neither files nor logs can be trusted."""

from __future__ import annotations

import contextlib
import os
import secrets

from dpm_tui.file_names import display_name, user_name
from dpm_tui.recycle.filesystem.nofollow import create_file
from dpm_tui.recycle.refusal import BinError

_GROUP_WRITES, _OTHERS_WRITE = 0o020, 0o002


def check_trust(folder: int, base: int, path: bytes, *, shared: bool) -> None:
    """Raise BinError if another user owns the open ``folder`` of a bin, or may write in it.

    Root does not count as another user. To root, nor does the owner of ``base``, the folder that holds the
    bin. A bin that is ``shared`` on purpose may have any owner, and its group may write if the user is in
    it.
    """
    found = os.fstat(folder)
    user = os.geteuid()
    trusted = {0, user} | ({os.fstat(base).st_uid} if user == 0 else set())
    foreign = found.st_uid not in trusted
    open_to = found.st_mode & (_GROUP_WRITES | _OTHERS_WRITE)
    if (foreign or open_to) and _is_as_all(folder, found):
        return
    if shared and (foreign or open_to):
        in_group = user == 0 or found.st_gid in {os.getegid(), *os.getgroups()}
        if open_to & _OTHERS_WRITE or not in_group:
            raise BinError("bin_shared_badly", path=display_name(path))
    elif foreign:
        raise BinError("bin_foreign", path=display_name(path), owner=user_name(found.st_uid))
    elif open_to:
        raise BinError("bin_open", path=display_name(path))


def _is_as_all(folder: int, found: os.stat_result) -> bool:
    """Return whether the file system shows the folder's owner and mode for every new file.

    Memory cards and many network shares store neither; there, other settings decide who may write.
    """
    name = f".dpm-tui-{secrets.token_hex(8)}.owner".encode()
    try:
        descriptor = create_file(name, folder)
    except OSError:
        return False
    try:
        made = os.fstat(descriptor)
    finally:
        os.close(descriptor)
        with contextlib.suppress(OSError):
            os.unlink(name, dir_fd=folder)
    keeps_modes = not made.st_mode & 0o077  # it was created for its owner alone
    open_to = found.st_mode & (_GROUP_WRITES | _OTHERS_WRITE)
    return made.st_uid == found.st_uid and not (keeps_modes and open_to)
