"""Which folder was scanned: the marker tells, and where there is none the numbers of device and inode."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dpm_tui.errors import UsageError
from dpm_tui.state.checkpoint import Checkpoint
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.private_folder import prepare_folder
from dpm_tui.state.root_identity import (
    RootIdentity,
    check_same_root,
    known_identity,
    mark_root,
    read_identity,
    read_marker,
)
from tests.support.disk import full_disk


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    (tmp_path / "root").mkdir()
    (tmp_path / "state").mkdir()
    return Layout(os.fsencode(tmp_path / "root"), os.fsencode(tmp_path / "state"))


def marked(layout: Layout) -> RootIdentity:
    return mark_root(layout, read_identity(layout))


def test_a_root_is_marked_once_on_its_own_side(layout: Layout) -> None:
    first = marked(layout)
    assert len(first.marker) == 32
    assert marked(layout) == read_identity(layout) == first
    assert os.listdir(os.path.join(layout.root, b"_image_temp")) == [b"marker"]
    assert os.listdir(layout.base) == []
    assert stat.S_IMODE(os.stat(os.path.dirname(layout.marker)).st_mode) == 0o700


def test_two_roots_are_never_marked_alike(layout: Layout, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = os.fsencode(tmp_path / "other")
    assert marked(layout).marker != marked(Layout(other, other)).marker


def test_a_marked_root_is_itself_whatever_its_numbers(layout: Layout) -> None:
    known = replace(marked(layout), device=99, inode=99)
    assert not known.is_other(read_identity(layout))


def test_an_empty_folder_in_its_place_is_another(layout: Layout) -> None:
    known = marked(layout)
    os.rename(layout.root, layout.root + b" away")
    os.mkdir(layout.root)
    assert known.is_other(read_identity(layout))
    marked(layout)
    assert known.is_other(read_identity(layout))


def test_without_a_marker_the_numbers_decide(layout: Layout) -> None:
    now = read_identity(layout)
    assert not now.is_other(now)
    assert now.is_other(replace(now, device=now.device + 1))
    assert now.is_other(replace(now, inode=now.inode + 1))
    assert not now.is_other(marked(layout))


def test_a_root_never_scanned_is_no_other(layout: Layout) -> None:
    assert not known_identity(Checkpoint()).is_other(marked(layout))


def test_a_root_that_cannot_be_written_stays_without(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    now = read_identity(layout)
    with monkeypatch.context() as patch:
        patch.setattr(os, "mkdir", refuse)
        assert mark_root(layout, now) == now
    prepare_folder(Layout(layout.root, layout.root))
    with full_disk(monkeypatch, 3):
        assert mark_root(layout, now) == now
    assert read_marker(layout) == ""
    assert marked(layout).marker


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink("/etc/hostname", path)])
def test_what_is_no_file_is_no_marker_and_not_waited_for(
    layout: Layout, make: Callable[[bytes], None]
) -> None:
    known = marked(layout)
    os.unlink(layout.marker)
    make(layout.marker)
    assert read_marker(layout) == ""
    assert known.is_other(read_identity(layout))


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"x" * 33, b"0" * 32, b"0" * 31 + b"\xff\n", b"0" * 64 + b"\n"]
)
def test_noise_is_no_marker(layout: Layout, content: bytes) -> None:
    marked(layout)
    with open(layout.marker, "wb") as file:
        file.write(content)
    assert read_marker(layout) == ""
    assert len(marked(layout).marker) == 32


def test_a_linked_state_folder_is_not_written_through(layout: Layout, tmp_path: Path) -> None:
    (tmp_path / "trap").mkdir()
    os.symlink(tmp_path / "trap", os.path.dirname(layout.marker))
    assert marked(layout).marker == ""
    (tmp_path / "trap/marker").write_text("0" * 32 + "\n")
    assert read_marker(layout) == ""
    assert [path.name for path in (tmp_path / "trap").iterdir()] == ["marker"]


def test_state_elsewhere_belongs_to_one_root(tmp_path: Path) -> None:
    """Another library is refused; the same one at a new path, and a disk that is not mounted, are not."""
    one, other = (tmp_path / name for name in ("one", "other"))
    one.mkdir()
    other.mkdir()
    layouts = [Layout(os.fsencode(root), os.fsencode(tmp_path / "state")) for root in (one, other)]
    identity = mark_root(layouts[0], read_identity(layouts[0]))
    checkpoint = Checkpoint(
        marker=identity.marker, device=identity.device, inode=identity.inode, root=layouts[0].root
    )
    check_same_root(layouts[0], checkpoint)
    with pytest.raises(UsageError, match="another folder"):
        check_same_root(layouts[1], checkpoint)
    other.rmdir()
    one.rename(other)
    check_same_root(layouts[1], checkpoint)
    one.mkdir()
    check_same_root(layouts[0], checkpoint)
