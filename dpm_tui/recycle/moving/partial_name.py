"""Partial names: what a file is called while it is copied, bound to the line of the log that announces it.

A log may have been forged. So a line of it proves nothing about a file: a file under such a name is ours
only if the name was made for this very line, which nobody can forge for an existing file.
"""

from __future__ import annotations

import hashlib
import re
import secrets

from dpm_tui.recycle.bin.removal_log import LogEntry
from dpm_tui.recycle.filesystem.nofollow import split

PART = b".part"
"""A copy that is not whole yet."""
LEAVING = b".leaving"
"""A source that is set aside, about to be deleted."""
_NAME = re.compile(rb"\.dpm-tui-([0-9a-f]{16})[0-9a-f]{32}(\.part|\.leaving)")


def passing_name(entry: LogEntry, ending: bytes) -> bytes:
    """Return a new name for what ``entry`` announces; it holds for the folder of ``entry.to`` alone."""
    return _bind(secrets.token_hex(8).encode(), entry, ending)


def is_passing_name(name: bytes, entry: LogEntry, ending: bytes) -> bool:
    """Return whether ``name`` was made for what ``entry`` announces."""
    match = _NAME.fullmatch(name)
    return match is not None and name == _bind(match[1], entry, ending)


def _bind(salt: bytes, entry: LogEntry, ending: bytes) -> bytes:
    words = (salt, ending, entry.batch.encode(), entry.path, entry.below, split(entry.to)[0])
    bond = hashlib.sha256(b"\0".join(words)).hexdigest()[:32]
    return b".dpm-tui-" + salt + bond.encode() + ending
