"""Other file systems below the root are walked and read like folders, in the sandbox, too."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.recycle.mount_scene import can_mount
from tests.support.pictures import encode, scene

pytestmark = pytest.mark.slow
SHOW = """
import json, os, sys
from dpm_tui.pipeline.decoding.decoder import DecodeOrder
from dpm_tui.pipeline.scan.inventory import scan_inventory
from dpm_tui.pipeline.reporter import Reporter
from dpm_tui.worker.decoders.decoder_pool import DecoderPool
pool = DecoderPool(os.fsencode(sys.argv[1]), b"/nowhere", 1)
found = [file.path for file in scan_inventory(pool.root, ("jpg",), Reporter()).found]
results = pool.decode([DecodeOrder(path) for path in found], lambda: False)
print(json.dumps({order.path.decode(): type(result).__name__ for order, result in results}))
pool.close()
"""
MOUNT = """
set -e
mount -t tmpfs none "$1/disk"
mkdir "$1/disk/bound"
mount --bind "$2" "$1/disk/bound"
cp "$1/a.jpg" "$1/disk/b.jpg"
exec "$3" -c "$4" "$1"
"""


@pytest.mark.root
def test_pictures_behind_mounts_are_found_and_decoded(tmp_path: Path) -> None:
    if not can_mount():
        pytest.skip("may not mount")
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    (root / "disk").mkdir(parents=True)
    elsewhere.mkdir()
    (root / "a.jpg").write_bytes(encode(scene(1)))
    (elsewhere / "c.jpg").write_bytes(encode(scene(2)))
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", MOUNT, "sh", root, elsewhere, sys.executable, SHOW],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert shown == dict.fromkeys(("a.jpg", "disk/b.jpg", "disk/bound/c.jpg"), "Thumbnail")
