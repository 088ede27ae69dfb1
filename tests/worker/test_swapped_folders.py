"""A second user swaps folders for links beside a scan: nothing outside the root is read or changed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from dpm_tui.catalog.inspection import Inspection
from dpm_tui.pipeline.decoding.decoder import DecodeOrder, InspectionOrder, Known, Unreadable
from dpm_tui.pipeline.decoding.thumbnail import Thumbnail
from dpm_tui.pipeline.reporter import Reporter
from dpm_tui.pipeline.scan.inventory import scan_inventory
from dpm_tui.state.root_state import RootState
from dpm_tui.worker.decoders.decoder_pool import DecoderPool
from tests.support.album import dpm
from tests.support.pictures import encode, scene
from tests.support.swapper import give_away, swapping
from tests.support.workers import layout_of

pytestmark = pytest.mark.slow
PICTURES = 12


class Canary:
    """A shared root with an album, and pictures outside of it that only their owner may read."""

    def __init__(self, base: Path) -> None:
        self.root, self.outside = base / "root", base / "private"
        self.root.mkdir()
        self.root.chmod(0o777)
        self.outside.mkdir(mode=0o700)
        (self.root / "album").mkdir()
        for number in range(PICTURES):
            name = f"{number}.jpg"
            (self.root / "album" / name).write_bytes(encode(scene(number, 160, 120)))
            (self.outside / name).write_bytes(encode(scene(100 + number, 160, 120)))
        (self.root / "album.link").symlink_to(self.outside)
        give_away(self.root / "album", self.root / "album.link", *(self.root / "album").iterdir())
        self.digests = {digest_of(path) for path in self.outside.iterdir()}
        self.inodes = {path.stat().st_ino for path in self.outside.iterdir()}
        self.before = self.look()

    def look(self) -> dict[str, tuple[int, int, str]]:
        """Return everything about the pictures outside that a change would change."""
        return {
            path.name: (path.stat().st_ino, path.stat().st_mtime_ns, digest_of(path))
            for path in sorted(self.outside.iterdir())
        }


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def canary(tmp_path: Path) -> Canary:
    return Canary(tmp_path)


def test_the_walk_never_leaves_the_root(canary: Canary) -> None:
    pool = DecoderPool(os.fsencode(canary.root), b"/nowhere", 1)
    met = 0
    with swapping(canary.root, "album", "album.link"):
        for _ in range(400):
            inventory = scan_inventory(pool.root, ("jpg",), Reporter())
            met += len(inventory.found)
            assert canary.inodes.isdisjoint(file.stamp.inode for file in inventory.found)
    pool.close()
    assert met > 0


def test_the_decoders_never_leave_the_root(canary: Canary) -> None:
    pool = DecoderPool(os.fsencode(canary.root), b"/nowhere", 1)
    orders = [DecodeOrder(b"album/%d.jpg" % number) for number in range(PICTURES)] * 40
    seen: set[str] = set()
    with swapping(canary.root, "album", "album.link"):
        for _, result in pool.decode(orders, lambda: False):
            assert isinstance(result, Thumbnail | Unreadable)
            seen.add(result.facts.digest if isinstance(result, Thumbnail) else "")
            assert not isinstance(result, Known)
        views = [pool.view(b"album/0.jpg", 8, 8, (0.0, 0.0, 1.0, 1.0)) for _ in range(40)]
    pool.close()
    assert canary.digests.isdisjoint(seen)
    assert len(seen) > 1, "nothing was read at all"
    assert len({view for view in views if view is not None}) <= 1


def test_the_second_look_never_leaves_the_root(canary: Canary) -> None:
    """Told to look at what lies outside, it would know it by its digest; it never comes that far."""
    one, other = sorted(canary.digests)[:2]
    names = {digest_of(path): b"album/" + os.fsencode(path.name) for path in canary.outside.iterdir()}
    pool = DecoderPool(os.fsencode(canary.root), b"/nowhere", 1)
    order = InspectionOrder(names[one], names[other], (one, other))
    with swapping(canary.root, "album", "album.link"):
        for _, result in pool.inspect([order] * 200, lambda: False):
            assert not isinstance(result, Inspection)
    pool.close()


@pytest.mark.soak
@pytest.mark.timeout(240)
def test_a_scan_beside_a_second_user_knows_nothing_of_the_outside(canary: Canary) -> None:
    """A whole scan leaves no file record, no digest and no thumbnail of what lies outside."""
    with swapping(canary.root, "album", "album.link"):
        done = dpm("scan", canary.root, "--quiet", "--model", "photo")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    state = RootState(layout_of(canary.root), writable=False)
    files = list(state.files.files.values())
    assert canary.inodes.isdisjoint(file.stamp.inode for file in files)
    assert canary.digests.isdisjoint(file.facts.digest for file in files)
    assert not any(map(state.thumbnails.has, canary.digests))
    assert canary.look() == canary.before
