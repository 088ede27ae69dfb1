"""Of a picture and what was made of it the picture itself stays, and the rest is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageOps

from tests.support.album import dpm, report_of
from tests.support.pictures import scene

pytestmark = pytest.mark.slow


def write_family(folder: Path) -> None:
    """Write a picture, and copies of it in bars, in a frame, grey, cut, and cut and enlarged."""
    picture = scene(4, 640, 400)
    square = Image.new("RGB", (640, 640))
    square.paste(picture, (0, 120))
    part = picture.crop((120, 60, 560, 360))
    for name, image in {
        "m.jpg": picture,
        "z_bars.png": square,
        "a_grey.jpg": ImageOps.grayscale(picture).resize((660, 412)),
        "z_frame.jpg": ImageOps.expand(picture, 60, "white"),
        "a_cut.jpg": part,
        "a_large.jpg": part.resize((part.width * 2, part.height * 2), Image.Resampling.LANCZOS),
    }.items():
        image.save(folder / name, quality=93)


def test_the_picture_itself_is_kept_and_the_rest_is_named(tmp_path: Path) -> None:
    write_family(tmp_path)
    assert dpm("scan", tmp_path).returncode == 0
    report = report_of(tmp_path)
    paths = {file["id"]: file["path"] for file in report["files"]}
    (group,) = report["groups"]
    assert paths[group["keeper"]] == "m.jpg"
    assert len(group["members"]) == len(paths)
    said = {
        paths[pair["a"]] + paths[pair["b"]]: (pair["alteration"], paths.get(pair.get("better")))
        for pair in report["pairs"]
        if "m.jpg" in (paths[pair["a"]], paths[pair["b"]])
    }
    assert set(said.values()) == {
        ("bars", "m.jpg"),
        ("frame", "m.jpg"),
        ("cut", "m.jpg"),
        ("cut", None),
        ("grey", "m.jpg"),
    }
    kinds = "identical,pixels,copy,crop,edited"
    plan = dpm("clean", tmp_path, "--rule", "best", "--kinds", kinds, "--dry-run")
    moves = {line.split("\t")[0]: line.split("\t")[-1] for line in plan.stdout.splitlines() if "\t" in line}
    # The part leaves for its own enlargement, which nobody may call the one with more detail.
    assert "detail" not in moves.pop("a_cut.jpg")
    assert moves == {
        "a_grey.jpg": "grey: the other has colours",
        "z_bars.png": "has bars on both sides",
        "z_frame.jpg": "has a border around it",
    }
    assert "a_large.jpg" in plan.stderr  # it stays: neither replaces the other
