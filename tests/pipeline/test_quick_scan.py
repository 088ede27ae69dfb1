"""Scans by embedded previews find what a scan in full finds, whatever happens meanwhile."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from dpm_tui.catalog.image_file import Facts, Status
from dpm_tui.pipeline import checkpointing
from dpm_tui.pipeline.checkpointing import Cancelled
from dpm_tui.pipeline.containers.jpeg_header import read_header
from dpm_tui.pipeline.decoding import preview_trust
from dpm_tui.pipeline.decoding.embedded_preview import find_preview
from tests.pipeline.decoding.test_quick_thumbnail import retouched
from tests.pipeline.test_interruption import StopsAfter
from tests.support.camera_files import camera_exif, mpo, photo, smaller
from tests.support.pictures import encode
from tests.support.scan_lab import PairFacts, ScanLab

pytestmark = pytest.mark.slow
ALONE = range(1, 11)
Found = tuple[set[PairFacts], set[tuple[bytes, ...]], dict[bytes, tuple[Status, Facts]]]


@pytest.fixture(autouse=True)
def _no_lots(monkeypatch: pytest.MonkeyPatch) -> None:
    """No picture of a trusted camera is decoded both ways by its lot."""
    monkeypatch.setattr(preview_trust, "EVERY", 1 << 40)


def scratched(content: bytes) -> bytes:
    """Return a file with changed bits in its samples, which only a decoder notices."""
    header = read_header(content)
    assert header is not None
    middle = (header.data + header.end) // 2
    changed = bytearray(content)
    for at in range(middle, middle + 600):
        if changed[at] not in (0xFF, 0x00) and changed[at - 1] != 0xFF:
            changed[at] = changed[at] ^ 0x55 or 0x55
            if changed[at] == 0xFF:
                changed[at] = 0x7F
    return bytes(changed)


@lru_cache(maxsize=1)
def library() -> dict[bytes, bytes]:
    """Return the files of a library: of a camera that is proved by the first ones, and copies of some."""
    files = {b"a/%02d.jpg" % seed: mpo(photo(seed)) for seed in ALONE}
    original, coloured, broken, edited = (photo(seed) for seed in (21, 22, 23, 24))
    files[b"b/original.jpg"] = files[b"b/same bytes.jpg"] = mpo(original)
    files[b"b/smaller.jpg"] = encode(smaller(original), quality=85)
    files[b"b/coloured.jpg"] = mpo(coloured)
    files[b"b/grey.jpg"] = encode(smaller(coloured).convert("L"), quality=88)
    files[b"b/broken.jpg"] = scratched(mpo(broken))
    files[b"b/whole.jpg"] = encode(smaller(broken), quality=85)
    files[b"b/edited.jpg"] = mpo(retouched(edited), smaller(edited))
    files[b"b/edited copy.jpg"] = encode(smaller(retouched(edited)), quality=85)
    return files


def fill(lab: ScanLab) -> None:
    for path, content in library().items():
        lab.write(path, content)


def found(lab: ScanLab) -> Found:
    """Return pairs, groups and what is known of every file, but for what became of previews."""
    files = {
        file.path: (file.status, replace(file.facts, preview="", camera=0))
        for file in lab.state().files.files.values()
    }
    return lab.pairs(), lab.groups(), files


def quick(lab: ScanLab) -> set[bytes]:
    """Return the paths of the pictures that were read by their previews."""
    return {file.path for file in lab.state().files.files.values() if file.facts.is_quick}


def new_lab(base: Path) -> ScanLab:
    base.mkdir()
    lab = ScanLab(base)
    fill(lab)
    return lab


@pytest.fixture(scope="module")
def in_full(tmp_path_factory: pytest.TempPathFactory) -> Found:
    lab = ScanLab(tmp_path_factory.mktemp("full"))
    fill(lab)
    lab.run()
    assert quick(lab) == set()
    return found(lab)


def test_the_library_tells_a_careless_scan_apart(in_full: Found) -> None:
    """Its broken picture looks whole without being decoded, its kinds are several, and most are alone."""
    pairs, _, files = in_full
    assert find_preview(library()[b"b/broken.jpg"]) is not None
    assert files[b"b/broken.jpg"][1].damaged
    assert {kind for _, _, kind, _ in pairs} >= {"identical", "copy", "edited"}
    assert not any(path.startswith(b"a/") for pair in pairs for path in pair[:2])


def test_a_quick_scan_finds_the_same_and_spares_the_pictures_without_a_copy(
    tmp_path: Path, in_full: Found
) -> None:
    lab = new_lab(tmp_path / "quick")
    lab.run(quick=True)
    assert found(lab) == in_full
    assert len(quick(lab)) == len(ALONE) - preview_trust.PROOFS
    assert all(path.startswith(b"a/") for path in quick(lab))
    again = lab.run(quick=True)
    assert (again.decoded, again.embedded, again.judged) == ([], 0, 0)


def test_a_scan_without_it_reads_those_pictures_in_full(tmp_path: Path, in_full: Found) -> None:
    lab = new_lab(tmp_path / "undone")
    lab.run(quick=True)
    spared = quick(lab)
    costs = lab.run()
    assert sorted(costs.decoded) == sorted(spared)
    assert costs.embedded == len(spared)
    assert (quick(lab), found(lab)) == (set(), in_full)
    assert lab.run().decoded == []


def test_a_copy_that_comes_later_has_its_original_read_in_full(tmp_path: Path) -> None:
    lab = new_lab(tmp_path / "later")
    lab.run(quick=True)
    path = min(quick(lab))
    lab.write(b"c/copy.jpg", encode(smaller(photo(int(path[2:4]))), quality=85))
    costs = lab.run(quick=True)
    assert sorted(costs.decoded) == sorted([path, b"c/copy.jpg"])
    assert costs.embedded == 2, "the copy, and the original by its picture again"
    assert path not in quick(lab)
    assert {kind for one, other, kind, _ in lab.pairs() if {one, other} == {path, b"c/copy.jpg"}} == {"copy"}


def test_a_second_file_of_the_same_bytes_has_both_read_in_full(tmp_path: Path) -> None:
    lab = new_lab(tmp_path / "twice")
    lab.run(quick=True)
    path = min(quick(lab))
    lab.write(b"c/again.jpg", library()[path])
    lab.run(quick=True)
    assert quick(lab).isdisjoint({path, b"c/again.jpg"})


@pytest.mark.parametrize("lost", [False, True], ids=["thumbnail", "no thumbnail"])
def test_a_picture_that_comes_back_is_read_in_full_where_it_has_pairs(
    tmp_path: Path, in_full: Found, lost: bool
) -> None:
    lab = new_lab(tmp_path / "back")
    lab.run(quick=True)
    for name in (b"original", b"same bytes"):
        os.remove(lab.at(b"b/%s.jpg" % name))
    lab.run(quick=True)
    if lost:
        digest = hashlib.sha256(library()[b"b/original.jpg"]).hexdigest()
        (tmp_path / f"back/root/_image_temp/thumbnails/{digest[:2]}/{digest}.jpg").unlink()
    lab.write(b"b/original.jpg", library()[b"b/original.jpg"])
    for steps in (1, 2, 3, 1000):
        with suppress(Cancelled):
            lab.run(StopsAfter(steps), quick=True)
        spared = quick(lab)
        assert not any(path in spared for pair in lab.pairs() for path in pair[:2])
    assert b"b/original.jpg" not in spared
    assert {pair for pair in in_full[0] if b"b/same bytes.jpg" not in pair} == lab.pairs()


def test_one_picture_with_another_preview_has_all_of_its_camera_read_in_full(
    tmp_path: Path, in_full: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = new_lab(tmp_path / "refused")
    lab.run(quick=True)
    spared = quick(lab)
    monkeypatch.setattr(preview_trust, "EVERY", 1)
    picture = photo(31)
    lab.write(b"c/stale.jpg", mpo(retouched(picture), smaller(picture)))
    costs = lab.run(quick=True)
    assert quick(lab) == set()
    assert spared < set(costs.decoded)
    assert found(lab)[0] == in_full[0]
    monkeypatch.setattr(preview_trust, "EVERY", 1 << 40)
    lab.write(b"c/next.jpg", mpo(photo(32)))
    lab.run(quick=True)
    assert quick(lab) == set()


def test_another_camera_is_proved_for_itself(tmp_path: Path) -> None:
    lab = new_lab(tmp_path / "cameras")
    for seed in range(41, 45):
        lab.write(b"d/%02d.jpg" % seed, mpo(photo(seed), exif=camera_exif("M2")))
    lab.run(quick=True)
    assert not any(path.startswith(b"d/") for path in quick(lab))


@pytest.mark.parametrize("first", [True, False], ids=["quick", "full"])
def test_a_scan_that_stops_anywhere_goes_on_in_either_way(
    tmp_path: Path, in_full: Found, monkeypatch: pytest.MonkeyPatch, first: bool
) -> None:
    """It is stopped and started again, and the last scan is quick or not: what it finds is the same."""
    monkeypatch.setattr(checkpointing, "CHECKPOINT_STEPS", 2)
    for steps in (3, 8, 14, 21, 30, 45, 70, 100, 140):
        lab = new_lab(tmp_path / str(steps))
        lab.run(quick=True) if not first else None
        try:
            lab.run(StopsAfter(steps), quick=first)
        except Cancelled:
            judged = [pair for pair in lab.pairs() if pair[2] != "identical"]
            assert not any(path in quick(lab) for pair in judged for path in pair[:2])
        lab.run(quick=steps % 2 == 0)
        assert found(lab) == in_full, steps
        lab.run()
        assert (quick(lab), found(lab)) == (set(), in_full), steps
