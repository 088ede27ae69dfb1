"""The identity of a root: tells the folder that was scanned from another one, or an empty mount point,
under the same name.

A marker, a random number that is written once, goes with the folder wherever it is mounted. A root that
cannot be written has none; then device and inode numbers are used, although those of network and USB disks
may change between boots.
"""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass, replace

from dpm_tui.errors import DamagedError, UsageError
from dpm_tui.file_names import display_name
from dpm_tui.state.checkpoint import Checkpoint
from dpm_tui.state.disk.atomic_write import write_atomic
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.regular_file import read_regular

_MARKER = re.compile(rb"[0-9a-f]{32}\n")
_MAX_BYTES = 100


@dataclass(frozen=True, slots=True)
class RootIdentity:
    """``marker`` is empty where there is none; all are empty where nothing is known."""

    marker: str = ""
    device: int = 0
    inode: int = 0

    def is_other(self, now: RootIdentity) -> bool:
        """Return whether ``now`` is another folder than this one, the one that was scanned."""
        if self.marker:
            return now.marker != self.marker
        return self.inode != 0 and (self.device, self.inode) != (now.device, now.inode)


def known_identity(checkpoint: Checkpoint) -> RootIdentity:
    """Return the identity of the root that a checkpoint speaks of."""
    return RootIdentity(checkpoint.marker, checkpoint.device, checkpoint.inode)


def read_identity(layout: Layout) -> RootIdentity:
    """Return the identity of the root as it is; a marker that cannot be read is none. Raises OSError."""
    status = os.stat(layout.root)
    return RootIdentity(read_marker(layout), status.st_dev, status.st_ino)


def check_same_root(layout: Layout, checkpoint: Checkpoint) -> None:
    """Raise UsageError if state that is kept elsewhere is that of another root, at another path.

    Another folder under the same path is for the mount guard: its disk may not be mounted.
    """
    if layout.base == layout.root or checkpoint.root in (b"", layout.root):
        return
    if known_identity(checkpoint).is_other(read_identity(layout)):
        shown, other = display_name(layout.folder), display_name(checkpoint.root)
        raise UsageError("state_of_other_root", path=shown, root=other)


def read_marker(layout: Layout) -> str:
    """Return the marker of the root, empty if there is none that can be read."""
    try:
        content = read_regular(layout.marker, _MAX_BYTES)
    except (OSError, DamagedError):
        return ""
    return content[:-1].decode("ascii") if _MARKER.fullmatch(content) else ""


def mark_root(layout: Layout, identity: RootIdentity) -> RootIdentity:
    """Return ``identity`` with the marker of the root, which is written if there is none.

    A root that cannot be written stays without.
    """
    if identity.marker:
        return identity
    marker = secrets.token_hex(16)
    try:
        place = layout.marker
        place.folder.make()
        write_atomic(place, marker.encode("ascii") + b"\n")
    except (OSError, DamagedError):
        return identity
    return replace(identity, marker=marker)
