"""Programs outside the app: a picture viewer in the terminal, and the desktop's file manager."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Mapping

_VIEWERS = (("chafa",), ("timg",), ("kitten", "icat"), ("xdg-open",), ("open",))
_PRINTERS = frozenset({"chafa", "timg", "kitten"})
_DESKTOP = frozenset({"xdg-open", "open"})
_AT_ONCE = 1.0
"""A viewer that ends within so many seconds has only printed the picture."""


def find_viewer(environ: Mapping[str, str] = os.environ) -> list[str] | None:
    """Return the command that shows pictures: ``$DPM_VIEWER``, or the first known one that is there."""
    if chosen := environ.get("DPM_VIEWER", "").strip():
        try:
            return shlex.split(chosen) or None
        except ValueError:
            return [chosen]
    desktop = bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))
    for viewer in _VIEWERS:
        if shutil.which(viewer[0]) and (viewer[0] != "xdg-open" or desktop):
            return list(viewer)
    return None


def find_file_manager(environ: Mapping[str, str] = os.environ) -> list[str] | None:
    """Return the command that opens a folder on the desktop, or None without a desktop."""
    if shutil.which("xdg-open") and (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
        return ["xdg-open"]
    return ["open"] if shutil.which("open") and os.uname().sysname == "Darwin" else None


def run_viewer(command: list[str], path: bytes) -> bool:
    """Show a picture in the foreground; return whether it was only printed: then wait for a key.

    Raises OSError if the viewer cannot start.
    """
    begun = time.monotonic()
    subprocess.call([*command, path])
    name = os.path.basename(command[0])
    return name in _PRINTERS or (name not in _DESKTOP and time.monotonic() - begun < _AT_ONCE)


def start_quietly(command: list[str], path: bytes) -> None:
    """Open a folder in the background; raises OSError if the program cannot start."""
    subprocess.Popen(
        [*command, path],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
