"""Below the root nothing is reached through a link, by the system call or step by step."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dpm_tui.pipeline.scan import root_folder
from dpm_tui.pipeline.scan.open_roots import OpenRoots
from dpm_tui.pipeline.scan.openat2 import Openat2Missing
from dpm_tui.pipeline.scan.root_folder import READ_FILE, READ_FOLDER, RootFolder, open_beneath, stat_beneath


@pytest.fixture(params=["in one call", "step by step"])
def root(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Yield a root with a picture deep in it, a secret beside it and links between them."""

    def missing(folder: int, path: bytes, flags: int) -> int:
        raise Openat2Missing

    if request.param == "step by step":
        monkeypatch.setattr(root_folder, "openat2", missing)
    (tmp_path / "root/a/b").mkdir(parents=True)
    (tmp_path / "root/a/b/c.jpg").write_bytes(b"picture")
    (tmp_path / "outside/b").mkdir(parents=True)
    (tmp_path / "outside/b/c.jpg").write_bytes(b"secret")
    (tmp_path / "root/link").symlink_to("../outside")
    (tmp_path / "root/inner").symlink_to("a")
    (tmp_path / "root/a/c.jpg").symlink_to("b/c.jpg")
    with RootFolder(os.fsencode(tmp_path / "root")).opened() as descriptor:
        yield descriptor


def read(root: OpenRoots, path: bytes) -> bytes:
    descriptor = open_beneath(root, path, READ_FILE)
    try:
        return os.read(descriptor, 100)
    finally:
        os.close(descriptor)


def test_what_lies_below_is_reached(root: OpenRoots) -> None:
    assert read(root, b"a/b/c.jpg") == b"picture"
    assert stat_beneath(root, b"a/b/c.jpg").st_size == 7
    for folder, names in ((b"", {"a", "link", "inner"}), (b"a/b", {"c.jpg"})):
        descriptor = open_beneath(root, folder, READ_FOLDER)
        assert {*os.listdir(descriptor)} == names
        os.close(descriptor)


@pytest.mark.parametrize("path", [b"link/b/c.jpg", b"inner/b/c.jpg", b"a/c.jpg"])
def test_no_link_is_followed_wherever_it_leads(root: OpenRoots, path: bytes) -> None:
    with pytest.raises(OSError, match="symbolic link") as failure:
        read(root, path)
    assert failure.value.errno == errno.ELOOP
    if path != b"a/c.jpg":
        with pytest.raises(OSError, match="symbolic link"):
            stat_beneath(root, path)


@pytest.mark.parametrize("path", [b"../outside/b/c.jpg", b"a/../../outside/b/c.jpg", b"a//b"])
def test_no_path_leads_out(root: OpenRoots, path: bytes) -> None:
    with pytest.raises(OSError, match="Invalid argument"):
        read(root, path)


def test_a_full_path_needs_a_root_that_it_lies_below(root: OpenRoots, tmp_path: Path) -> None:
    outside = os.fsencode(tmp_path / "outside")
    for path in (b"/etc/passwd", outside + b"/b/c.jpg"):
        with pytest.raises(OSError, match="No such device"):
            read(root, path)
    with RootFolder(os.fsencode(tmp_path / "root"), (outside,)).opened() as both:
        assert read(both, outside + b"/b/c.jpg") == b"secret"
        assert read(both, b"a/b/c.jpg") == b"picture"
        for path in (b"/etc/passwd", outside + b"x/c.jpg"):
            with pytest.raises(OSError, match="No such device"):
                read(both, path)
        for path in (outside + b"/../root/a/b/c.jpg", outside + b"//b/c.jpg"):
            with pytest.raises(OSError, match="Invalid argument"):
                read(both, path)


def test_another_root_that_is_away_is_told_and_the_first_is_read(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    folder = RootFolder(os.fsencode(tmp_path / "root"), (b"/no/such/disk",))
    with folder.opened() as roots:
        assert not roots.others
    assert folder.away == {b"/no/such/disk": "No such file or directory"}


def test_the_status_of_a_link_is_its_own(root: OpenRoots) -> None:
    assert stat_beneath(root, b"a/c.jpg").st_size == len(b"b/c.jpg")


def test_what_is_not_there_and_what_is_no_folder_are_told_apart(root: OpenRoots) -> None:
    with pytest.raises(FileNotFoundError):
        read(root, b"a/gone/c.jpg")
    with pytest.raises(NotADirectoryError):
        read(root, b"a/b/c.jpg/d")


def test_a_root_that_is_held_stays_the_same_folder(tmp_path: Path) -> None:
    """Whoever may replace the root itself gains nothing while it is scanned; afterwards its path counts."""
    (tmp_path / "root").mkdir()
    (tmp_path / "root/a.jpg").write_bytes(b"picture")
    folder = RootFolder(os.fsencode(tmp_path / "root"))
    with folder.held():
        (tmp_path / "root").rename(tmp_path / "aside")
        (tmp_path / "other").mkdir()
        (tmp_path / "root").symlink_to("other")
        with folder.opened() as root:
            assert os.listdir(root.own) == ["a.jpg"]
    with folder.opened() as root:
        assert os.listdir(root.own) == []
