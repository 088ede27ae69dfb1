"""A family of copies whose best file is not the one that some rules keep."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import replace
from pathlib import Path

from dpm_tui.catalog.image_file import read_stamp
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from dpm_tui.state.root_state import RootState
from tests.support.pictures import encode, scene
from tests.support.workers import layout_of

BEST = "best.png"
NEWEST = "newest.jpg"
_DAY = 86_400


def write_family(folder: Path, seed: int = 11) -> Path:
    """Write eight copies of one picture, each saved differently; the newest one is a small JPEG."""
    picture = scene(seed, 640, 480)
    folder.mkdir(parents=True)
    files = {BEST: encode(picture, "PNG")}
    for number in range(6):
        side = 600 - 40 * number
        files[f"copy{number}.jpg"] = encode(picture.resize((side, side * 3 // 4)), quality=94 - 3 * number)
    files[NEWEST] = encode(picture.resize((320, 240)), quality=75)
    for age, (name, content) in enumerate(reversed(files.items())):
        (folder / name).write_bytes(content)
        os.utime(folder / name, (1_600_000_000 - age * _DAY,) * 2)
    return folder


def copy_scanned(source: Path, target: Path) -> Path:
    """Copy a scanned folder with its state, so that a scan would find nothing new in the copy."""
    shutil.copytree(source, target)
    layout = layout_of(target)
    state = RootState(layout, AlignedJudge.version)
    for file in list(state.files.files.values()):
        found = os.lstat(os.path.join(layout.root, file.path))
        state.files.put(replace(file, stamp=read_stamp(found)))
    state.save_checkpoint(replace(state.checkpoint, inode=os.stat(layout.root).st_ino))
    state.close()
    return target


def leave_out(folder: Path) -> Path:
    """Forget all verdicts but those beside the best file; a quick scan may have judged more than it needs."""
    best = hashlib.sha256((folder / BEST).read_bytes()).hexdigest().encode()
    layout = layout_of(folder)
    for journal in (layout.pairs, layout.inspections):
        path = Path(os.fsdecode(journal.path))
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(line for line in lines if best in line))
    return folder
