"""What is said of a picture from anywhere is what a scan says of it once it is in the library."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image, ImageOps

from dpm_tui.catalog.image_file import Status, read_stamp
from dpm_tui.pipeline.candidates.crop_search import COUNT, PARTS
from dpm_tui.pipeline.checkpointing import Cancelled
from dpm_tui.pipeline.finding.near_contents import WholeVectors
from dpm_tui.pipeline.finding.picture_finder import Finding, PictureFinder
from dpm_tui.pipeline.finding.search_tables import SearchThumbnails
from dpm_tui.pipeline.finding.searched_library import SearchedLibrary
from dpm_tui.pipeline.run_settings import Tools
from dpm_tui.pipeline.scan.found_files import FoundFile
from dpm_tui.review.rules.keeper_ranking_columns import rank_best_rows
from tests.support.camera_files import mpo, photo, smaller
from tests.support.pictures import decoded, encode, scene, with_segment
from tests.support.scan_lab import MODELS, Costs, InProcessDecoder, ScanLab, TinyEmbedder

Told = set[tuple[bytes, str, float]]


def small(seed: int) -> bytes:
    return encode(scene(seed).resize((144, 108), Image.Resampling.LANCZOS), "JPEG", quality=80)


ORIGINAL = encode(scene(1), "JPEG", quality=92)
ASKED: dict[str, bytes] = {
    "same bytes": ORIGINAL,
    "other metadata": with_segment(ORIGINAL, 0xFE, b"a comment"),
    "lossless": encode(decoded(ORIGINAL), "PNG"),
    "saved again": encode(decoded(ORIGINAL), "JPEG", quality=60),
    "smaller": small(1),
    "cut": encode(scene(2, 480, 360).crop((60, 40, 420, 320)), "PNG"),
    "turned": encode(scene(2, 480, 360).transpose(Image.Transpose.ROTATE_90), "PNG"),
    "mirrored": encode(ImageOps.mirror(scene(2, 480, 360)), "PNG"),
    "grey": encode(scene(3).convert("L"), "PNG"),
    "another": encode(scene(9), "JPEG"),
    "broken": encode(scene(4), "JPEG")[:700],
    "no picture": b"hello",
}


def fill(lab: ScanLab) -> None:
    lab.write(b"a/original.jpg", ORIGINAL)
    lab.write(b"b/in a box.png", encode(decoded(ORIGINAL), "PNG", compress_level=1))
    lab.write(b"b/smaller too.jpg", encode(scene(1).resize((160, 120)), "JPEG", quality=85))
    lab.write(b"c/second.png", encode(scene(2, 480, 360), "PNG"))
    lab.write(b"c/third.png", encode(scene(3), "PNG"))
    lab.write(b"c/broken.jpg", ASKED["broken"])


@pytest.fixture
def lab(tmp_path: Path) -> ScanLab:
    lab = ScanLab(tmp_path)
    fill(lab)
    lab.run()
    return lab


def find(
    lab: ScanLab, *paths: Path, inspect: bool = True, cancelled: Callable[[], bool] = lambda: False
) -> list[Finding]:
    """Look for files in what the lab has scanned."""
    state = lab.state()
    thumbnails = SearchThumbnails(state.thumbnails)
    photo = MODELS["photo"]

    def stored(model: str, name: str, width: int) -> WholeVectors:
        return WholeVectors(state.stored_vectors("auto", model, MODELS[name].identity, width), 0.8)

    library = SearchedLibrary(
        files=state.files.files.snapshot(),
        verdicts=list(state.verdicts.alike()),
        inspections=state.inspections.snapshot() if inspect else None,
        whole={name: stored(name, name, card.dims) for name, card in MODELS.items()},
        parts=stored(PARTS, "photo", photo.dims * (1 + COUNT)).table,
        decided=state.decisions.verdict,
        threshold=0.0,
    )
    costs = Costs()
    decoder = InProcessDecoder(lab.root, SimpleNamespace(thumbnails=thumbnails), costs)  # type: ignore[arg-type]
    tools = Tools(decoder, lambda: TinyEmbedder(costs), rank_best_rows)
    asked = [FoundFile(os.fsencode(path), read_stamp(path.stat())) for path in paths]
    return list(PictureFinder(library, tools, thumbnails, cancelled).find(asked))


def told(finding: Finding) -> Told:
    return {(match.file.path, match.kind.value, round(match.similarity, 4)) for match in finding.matches}


def scanned_with(lab: ScanLab, content: bytes) -> Told:
    """Return what a scan says of a file once it is in the library."""
    lab.write(b"new/asked.jpg", content)
    lab.run()
    pairs = {(one, other): facts for one, other, *facts in lab.pairs() if b"new/asked.jpg" in (one, other)}
    return {(one if other == b"new/asked.jpg" else other, *facts) for (one, other), facts in pairs.items()}  # type: ignore[misc]


@pytest.mark.slow
@pytest.mark.parametrize("name", ASKED)
def test_what_is_found_is_what_a_scan_finds(name: str, lab: ScanLab, tmp_path: Path) -> None:
    asked = tmp_path / "asked.jpg"
    asked.write_bytes(ASKED[name])
    (finding,) = find(lab, asked, inspect=False)
    assert told(finding) == scanned_with(lab, ASKED[name])


def test_the_best_comes_first(lab: ScanLab, tmp_path: Path) -> None:
    asked = tmp_path / "asked.png"
    asked.write_bytes(ASKED["lossless"])
    (finding,) = find(lab, asked)
    kinds = [match.kind.value for match in finding.matches]
    assert kinds == ["pixels", "pixels", "copy"]


def test_pictures_that_are_asked_for_are_not_found_in_each_other(lab: ScanLab, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.jpg" for number in range(3)]
    for path in paths:
        path.write_bytes(ASKED["another"])
    assert [told(finding) for finding in find(lab, *paths)] == [set(), set(), set()]


def test_one_that_cannot_be_read_costs_only_itself(lab: ScanLab, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("no picture", "same bytes")]
    for path in paths:
        path.write_bytes(ASKED[path.name])
    none, found = find(lab, *paths)
    assert none.asked.status is Status.UNSUPPORTED
    assert none.asked.reason
    assert told(none) == set()
    assert (b"a/original.jpg", "identical", 1.0) in told(found)


def test_a_damaged_file_is_found_by_its_bytes(lab: ScanLab, tmp_path: Path) -> None:
    asked = tmp_path / "asked.jpg"
    asked.write_bytes(ASKED["broken"])
    (finding,) = find(lab, asked)
    assert finding.asked.status is Status.DAMAGED
    assert told(finding) == {(b"c/broken.jpg", "identical", 1.0)}


def test_a_copy_says_which_one_is_better(lab: ScanLab, tmp_path: Path) -> None:
    asked = tmp_path / "asked.jpg"
    asked.write_bytes(ASKED["smaller"])
    (finding,) = find(lab, asked)
    better = {match.file.path: match.better.name for match in finding.matches}
    assert better[b"a/original.jpg"] == "FIRST"


def test_a_search_changes_nothing(lab: ScanLab, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in Path(os.fsdecode(lab.root)).rglob("*") if path.is_file()}
    for name, content in ASKED.items():
        (tmp_path / name).write_bytes(content)
    find(lab, *(tmp_path / name for name in ASKED))
    after = {path: path.read_bytes() for path in Path(os.fsdecode(lab.root)).rglob("*") if path.is_file()}
    assert after == before


def test_a_search_ends_when_nobody_waits_for_it(lab: ScanLab, tmp_path: Path) -> None:
    asked = tmp_path / "asked.jpg"
    asked.write_bytes(ASKED["smaller"])
    with pytest.raises(Cancelled):
        find(lab, asked, cancelled=lambda: True)


@pytest.mark.slow
def test_a_picture_that_was_read_by_its_preview_is_read_in_full(tmp_path: Path) -> None:
    lab = ScanLab(tmp_path)
    for seed in range(1, 11):
        lab.write(b"%02d.jpg" % seed, mpo(photo(seed)))
    lab.run(quick=True)
    (path, *_) = (file.path for file in lab.state().files.files.values() if file.facts.is_quick)
    smaller_copy, same_bytes = tmp_path / "smaller.jpg", tmp_path / "same.jpg"
    smaller_copy.write_bytes(encode(smaller(photo(int(path[:2]))), quality=85))
    same_bytes.write_bytes(Path(os.fsdecode(lab.at(path))).read_bytes())
    copy, same = find(lab, smaller_copy, same_bytes)
    assert {each[:2] for each in told(copy)} == {(path, "copy")}
    assert {each[:2] for each in told(same)} == {(path, "identical")}
    files = lab.state().files.files.values()
    assert next(file for file in files if file.path == path).facts.is_quick, "the library stays as it is"
