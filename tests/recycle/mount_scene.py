"""Whether file systems may be mounted here."""

from __future__ import annotations

import os
import shutil
import subprocess


def can_mount() -> bool:
    """Return whether this process may mount in a namespace of its own."""
    if os.geteuid() or shutil.which("unshare") is None or shutil.which("mount") is None:
        return False
    trial = ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/tmp"]
    return subprocess.run(trial, capture_output=True).returncode == 0


def can_mount_fuse() -> bool:
    """Return whether a folder may be shown a second time with other device numbers."""
    return can_mount() and shutil.which("bindfs") is not None and os.path.exists("/dev/fuse")
