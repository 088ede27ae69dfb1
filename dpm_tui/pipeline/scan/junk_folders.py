"""Junk folders: snapshots, bins and indexes, which a scan passes over and no file is moved in."""

from __future__ import annotations

OWN_FOLDER = b"_image_temp"
"""Directly below the root this is its own state, which is not reported as passed over."""
JUNK_FOLDERS = frozenset(
    {
        OWN_FOLDER, b"@eadir", b"#recycle", b"#snapshot", b".snapshot", b".snapshots", b".zfs",
        b"@recycle", b"@recently-snapshot", b".stversions", b"$recycle.bin", b"lost+found",
    }
)  # fmt: skip
"""Folders of snapshots, bins and indexes, lower case: what lies in them looks like copies but is none."""


def is_junk_folder(name: bytes) -> bool:
    """Return whether a folder of that name holds snapshots, bins or indexes, not a person's pictures."""
    lowered = name.lower()
    return lowered in JUNK_FOLDERS or lowered.startswith((b".trash-", b".trashes"))
