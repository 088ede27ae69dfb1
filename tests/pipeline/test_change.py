"""Folders that change between scans: what is found is what a first scan of the same files would find."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest
from PIL import Image

from tests.support.churn import Churn, PairFacts, unexplained
from tests.support.pictures import encode, scene, with_segment
from tests.support.scan_lab import ScanLab

pytestmark = pytest.mark.slow


def found(lab: ScanLab) -> set[PairFacts]:
    return {(os.fsdecode(one), os.fsdecode(other), *rest) for one, other, *rest in lab.pairs()}  # type: ignore[misc]


def anew(lab: ScanLab, base: Path) -> ScanLab:
    """Return a lab with the same files that was scanned for the first time."""
    base.mkdir()
    fresh = ScanLab(base)
    shutil.copytree(
        os.fsdecode(lab.root),
        os.fsdecode(fresh.root),
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns("_image_temp"),
    )
    fresh.run()
    return fresh


@pytest.mark.parametrize("seed", range(6))
def test_scans_of_a_changing_folder_find_what_a_first_scan_finds(tmp_path: Path, seed: int) -> None:
    lab = ScanLab(tmp_path)
    churn = Churn(Path(os.fsdecode(lab.root)), random.Random(seed))
    churn.fill(24)
    lab.run()
    for _ in range(3):
        before = churn.contents
        churn.step(10)
        costs = lab.run(accept_missing=True)
        assert len(costs.decoded) <= churn.contents - before
        assert costs.embedded <= churn.contents - before
    reference = found(anew(lab, tmp_path / "anew"))
    assert reference
    assert unexplained(found(lab), reference) == []


def test_pictures_that_were_tagged_again_and_again_still_meet_their_crop(tmp_path: Path) -> None:
    """What a file was before must not stand nearer to it than the pictures that are there."""
    lab = ScanLab(tmp_path)
    picture = scene(1, 320, 240)
    page = Image.new("RGB", (640, 480))
    page.paste(picture, (320, 240))
    contents = {b"own.jpg": encode(picture, quality=90), b"page.jpg": encode(page, quality=90)}
    for name, content in contents.items():
        lab.write(name, content)
    for round_ in range(4):
        lab.run()
        assert {(one, other) for one, other, *_ in found(lab)} == {("own.jpg", "page.jpg")}, round_
        for name, content in contents.items():
            contents[name] = with_segment(content, 0xFE, b"tag %d" % round_)
            lab.write(name, contents[name])


def test_a_picture_that_comes_back_meets_what_came_meanwhile(tmp_path: Path) -> None:
    lab = ScanLab(tmp_path)
    picture = scene(1, 192, 144)
    lab.write(b"first.jpg", encode(picture, quality=90))
    lab.write(b"other.jpg", encode(scene(2), quality=90))
    lab.run()
    aside = tmp_path / "aside.jpg"
    shutil.move(os.fsdecode(lab.at(b"first.jpg")), aside)
    lab.write(b"second.jpg", encode(picture.resize((144, 108)), quality=85))
    lab.run()
    shutil.move(aside, os.fsdecode(lab.at(b"first.jpg")))
    costs = lab.run()
    assert {(one, other) for one, other, *_ in found(lab)} == {("first.jpg", "second.jpg")}
    assert (costs.embedded, costs.judged) == (0, 1)
