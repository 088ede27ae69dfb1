"""Folders as a user names them, below the root and in other roots."""

from __future__ import annotations

import pytest

from dpm_tui.review.library.folder_set import FolderSet


@pytest.mark.parametrize(
    ("folder", "inside", "outside"),
    [
        ("keep", [b"keep", b"keep/deep"], [b"", b"keeper", b"/keep"]),
        (".", [b"", b"any"], [b"/mnt/disk", b"/mnt"]),
        ("/mnt/disk", [b"/mnt/disk", b"/mnt/disk/deep", b"mnt/disk"], [b"/mnt/disks", b"/mnt", b""]),
        ("./a//b/", [b"a/b"], [b"a", b"b"]),
        ("caf\u00e9", ["cafe\u0301".encode(), "caf\u00e9/x".encode()], [b"cafe"]),
    ],
)
def test_what_lies_in_a_folder(folder: str, inside: list[bytes], outside: list[bytes]) -> None:
    folders = FolderSet((folder,))
    assert folders
    assert all(map(folders.holds, inside))
    assert not any(map(folders.holds, outside))


def test_no_folder_holds_nothing() -> None:
    assert not FolderSet(())
    assert not FolderSet(()).holds(b"")
