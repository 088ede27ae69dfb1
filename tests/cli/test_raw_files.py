"""RAW files in a library: a twin stays with its picture, and one alone is never lost for a JPEG."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageOps

from tests.support.album import dpm, files_below, kinds_by_path, report_of
from tests.support.pictures import encode, scene
from tests.support.raw_files import dng

pytestmark = pytest.mark.slow


def write(folder: Path, name: str, content: bytes) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)


def lighter(still: Image.Image) -> Image.Image:
    return still.point(lambda level: min(int(level * 1.05 + 5), 255))


def test_a_raw_file_is_the_original_and_a_twin_is_no_picture(tmp_path: Path) -> None:
    stills = {
        name: scene(40 + number, 1200, 800) for number, name in enumerate(("made", "toned", "fine", "twin"))
    }
    for name in ("made", "toned"):
        write(tmp_path, f"raw/{name}.dng", dng(stills[name], quality=95))
    write(tmp_path, "raw/fine.dng", dng(stills["fine"], preview=ImageOps.contain(stills["fine"], (600, 600))))
    write(tmp_path, "jpg/made.jpg", encode(stills["made"], quality=90))
    write(tmp_path, "jpg/toned.jpg", encode(lighter(stills["toned"]), quality=95))
    write(tmp_path, "jpg/fine.jpg", encode(stills["fine"], quality=95))
    write(tmp_path, "twin.dng", dng(stills["twin"]))
    write(tmp_path, "twin.jpg", encode(stills["twin"]))
    write(tmp_path, "burst/1.dng", dng(scene(50, 1200, 800), seed=1))
    write(tmp_path, "burst/2.dng", dng(scene(50, 1200, 800), seed=2))
    write(tmp_path, "burst/same.dng", dng(scene(50, 1200, 800), seed=2))

    scanned = dpm("scan", tmp_path)
    assert scanned.returncode == 0, scanned.stderr
    report = report_of(tmp_path)
    paths = {file["path"]: file for file in report["files"]}
    assert "twin.dng" not in paths
    assert paths["raw/fine.dng"]["width"] == 1200
    assert paths["raw/made.dng"]["holds"] == ["raw"]
    kinds = kinds_by_path(report)
    assert {kinds[frozenset((f"raw/{name}.dng", f"jpg/{name}.jpg"))] for name in ("made", "fine")} == {"copy"}
    assert "pixels" not in kinds.values()
    keepers = {group["keeper"] for group in report["groups"]}
    assert {path for path, file in paths.items() if file["id"] in keepers} >= {"raw/made.dng", "raw/fine.dng"}

    before = set(files_below(tmp_path))
    for rule in ("best", "smallest", "newest", "largest", "oldest"):
        assert dpm("clean", tmp_path, "--rule", rule, "--yes").returncode == 0
    gone = before - set(files_below(tmp_path))
    assert gone & {path for path in before if path.endswith(".jpg")} == {"jpg/made.jpg"}
    assert len(gone & {"burst/2.dng", "burst/same.dng"}) == 1
    assert gone <= {"jpg/made.jpg", "burst/2.dng", "burst/same.dng"}
