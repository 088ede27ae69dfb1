"""A small album on disk with known copies, and the command line as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from tests.support.forked_command import can_fork, run_forked
from tests.support.pictures import encode, scene

COPIES: dict[str, tuple[str, str]] = {
    "identical": ("sea.jpg", "backup/sea (1).jpg"),
    "pixels": ("town.png", "town.bmp"),
    "copy": ("hill.jpg", "small/hill.jpg"),
    "turned": ("hill.jpg", "turned.jpg"),
}
"""Kind -> two files of the album that are a pair of that kind."""
LONELY = ("alone.jpg", "alone2.png")


def make_album(folder: Path) -> Path:
    """Write the album: four pictures, copies of them, and two pictures without any."""
    for name in ("backup", "small"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    sea, town, hill = (scene(seed, 640, 480) for seed in (1, 2, 3))
    (folder / "sea.jpg").write_bytes(encode(sea, quality=90))
    (folder / "backup/sea (1).jpg").write_bytes(encode(sea, quality=90))
    (folder / "town.png").write_bytes(encode(town, "PNG"))
    (folder / "town.bmp").write_bytes(encode(town, "BMP"))
    (folder / "hill.jpg").write_bytes(encode(hill, quality=92))
    (folder / "small/hill.jpg").write_bytes(encode(hill.resize((320, 240)), quality=80))
    (folder / "turned.jpg").write_bytes(encode(hill.transpose(Image.Transpose.ROTATE_90), quality=92))
    (folder / "alone.jpg").write_bytes(encode(scene(4, 640, 480)))
    (folder / "alone2.png").write_bytes(encode(ImageOps.invert(scene(5, 300, 480)), "PNG"))
    return folder


def dpm(
    *arguments: object, input_: str = "", cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run ``dpm-tui`` with these arguments, without a terminal, and return what it said."""
    if not environment and can_fork():
        return run_forked([*map(str, arguments)], input_, cwd)
    return subprocess.run(
        [sys.executable, "-m", "dpm_tui", *map(str, arguments)],
        input=input_,
        capture_output=True,
        text=True,
        timeout=110,
        cwd=cwd,
        env={**os.environ, **environment},
        check=False,
    )


def report_of(folder: Path, *options: object) -> dict[str, Any]:
    """Return the JSON report on a scanned folder."""
    done = dpm("report", folder, "--format", "json", *options)
    assert done.returncode == 0, done.stderr
    value: dict[str, Any] = json.loads(done.stdout)
    return value


def kinds_by_path(report: dict[str, Any]) -> dict[frozenset[str], str]:
    """Return the kind of each reported pair by the paths of its files."""
    paths = {file["id"]: file["path"] for file in report["files"]}
    return {frozenset((paths[pair["a"]], paths[pair["b"]])): pair["kind"] for pair in report["pairs"]}


def files_below(folder: Path) -> Iterator[str]:
    """Yield every file below a folder but those of the state, as relative paths."""
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and relative.parts[0] != "_image_temp":
            yield relative.as_posix()
