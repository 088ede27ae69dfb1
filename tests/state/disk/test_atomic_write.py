from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dpm_tui.state.disk.atomic_write import write_atomic
from dpm_tui.state.disk.held_folder import HeldFolder
from tests.support.disk import full_disk, short_writes


@pytest.fixture
def path(tmp_path: Path) -> bytes:
    return os.fsencode(tmp_path / "config.toml")


def content(path: bytes) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def test_content_is_replaced(path: bytes) -> None:
    write_atomic(path, b"old")
    write_atomic(path, b"new")
    assert content(path) == b"new"
    assert os.listdir(os.path.dirname(path)) == [b"config.toml"]


def test_only_its_owner_can_read_it(path: bytes) -> None:
    write_atomic(path, b"private")
    assert os.stat(path).st_mode & 0o777 == 0o600


def test_short_writes_are_carried_on(path: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with short_writes(monkeypatch, 3):
        write_atomic(path, bytes(range(100)))
    assert content(path) == bytes(range(100))


@pytest.mark.parametrize("room", [0, 1, 50])
def test_a_full_disk_leaves_the_old_content(path: bytes, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    write_atomic(path, b"old")
    with full_disk(monkeypatch, room), pytest.raises(OSError, match="No space"):
        write_atomic(path, bytes(100))
    assert content(path) == b"old"
    assert os.listdir(os.path.dirname(path)) == [b"config.toml"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failure_before_the_end_leaves_the_old_content(
    path: bytes, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    write_atomic(path, b"old")
    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        with pytest.raises(OSError, match="Input/output"):
            write_atomic(path, b"new")
    assert content(path) == b"old"
    assert os.listdir(os.path.dirname(path)) == [b"config.toml"]


@pytest.mark.parametrize("make", [os.symlink, os.link, lambda other, path: os.mkfifo(path)])
def test_what_an_earlier_write_left_is_replaced_and_never_written_through(
    path: bytes, tmp_path: Path, make: Callable[[bytes, bytes], None]
) -> None:
    (tmp_path / "elsewhere").write_bytes(b"precious")
    make(os.fsencode(tmp_path / "elsewhere"), path + b".part")
    write_atomic(path, b"new")
    assert (tmp_path / "elsewhere").read_bytes() == b"precious"
    with open(path, "rb") as file:
        assert file.read() == b"new"
    assert not os.path.lexists(path + b".part")


def test_a_file_system_that_cannot_sync_a_folder_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(number: int) -> object:
        def fsync(descriptor: int) -> None:
            raise OSError(number, os.strerror(number))

        return fsync

    monkeypatch.setattr(os, "fsync", refuse(errno.EINVAL))
    HeldFolder(os.fsencode(tmp_path)).sync()
    monkeypatch.setattr(os, "fsync", refuse(errno.EIO))
    with pytest.raises(OSError, match="Input/output"):
        HeldFolder(os.fsencode(tmp_path)).sync()
