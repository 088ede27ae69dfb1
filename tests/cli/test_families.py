"""Copies of one picture and of an edit of it are one family, however many there are of either."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageOps

from tests.support.album import dpm, report_of
from tests.support.pictures import encode, scene

pytestmark = pytest.mark.slow
FAMILIES = {3: (7, 2), 5: (16, 4)}
"""Colour copies and grey ones by the seed of their scene: of few all pairs are judged, of many some."""


def write_family(folder: Path, picture: Image.Image, colour: int, greys: int) -> set[str]:
    """Write colour copies and grey ones; return their names."""
    grey = ImageOps.grayscale(picture)
    folder.mkdir()
    for number in range(colour):
        (folder / f"colour{number}.jpg").write_bytes(encode(picture, quality=95 - 3 * number))
    for number in range(greys):
        (folder / f"grey{number}.jpg").write_bytes(encode(grey, quality=92 - 6 * number))
    return {f"{folder.name}/{path.name}" for path in folder.iterdir()}


def test_colour_copies_and_grey_ones_are_one_family(tmp_path: Path) -> None:
    """The grey ones are held against the file that is kept, and nothing else is in the group."""
    families = []
    for seed, counts in FAMILIES.items():
        families.append(write_family(tmp_path / f"{seed}", scene(seed, 640, 480), *counts))
    assert dpm("scan", tmp_path).returncode == 0
    report = report_of(tmp_path)
    paths = {file["id"]: file["path"] for file in report["files"]}
    groups = [{paths[id_] for id_ in group["members"]} for group in report["groups"]]
    assert sorted(groups, key=min) == sorted(families, key=min)
    assert all("colour0" in paths[group["keeper"]] for group in report["groups"])
    kinds = {frozenset((paths[p["a"]], paths[p["b"]])): p["kind"] for p in report["pairs"]}
    assert kinds[frozenset(("3/colour0.jpg", "3/grey0.jpg"))] == "edited"
    assert kinds[frozenset(("3/grey0.jpg", "3/grey1.jpg"))] == "copy"
    plan = dpm("clean", tmp_path, "--rule", "best", "--dry-run").stdout
    going = {line.split("\t")[0] for line in plan.splitlines()}
    assert not {"3/grey0.jpg", "3/grey1.jpg"} <= going
