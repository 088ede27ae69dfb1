"""The sample library: what it holds, that it can be remade, and what it must never touch."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from PIL import Image

from dpm_tui.catalog.image_file import Status
from dpm_tui.catalog.verdict import Kind
from dpm_tui.demo.sample_library import DAMAGED, MARKER, DemoLibrary, make_library
from dpm_tui.errors import UsageError
from dpm_tui.pipeline.decoding.thumbnail import UndecodableError, decode_thumbnail, digest_pixels

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DemoLibrary]:
    folder = tmp_path_factory.mktemp("made") / "demo"
    return folder, make_library(os.fsencode(folder))


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _content(folder: Path, path: bytes) -> bytes:
    return (folder / os.fsdecode(path)).read_bytes()


def test_holds_as_many_files_as_it_says(made: tuple[Path, DemoLibrary]) -> None:
    folder, library = made
    assert len(_digests(folder)) == library.files + 1
    assert (folder / os.fsdecode(MARKER)).is_file()
    assert len(library.groups) == 9
    assert {kind for kind in Kind} == set(library.kinds.values())


def test_every_picture_but_the_damaged_one_decodes(made: tuple[Path, DemoLibrary]) -> None:
    folder, library = made
    decoded = 0
    for path in folder.rglob("*.*"):
        if path.is_file() and path.name not in (os.fsdecode(MARKER), os.path.basename(os.fsdecode(DAMAGED))):
            facts = decode_thumbnail(path.read_bytes()).facts
            assert 400 <= max(facts.width, facts.height) <= 1280
            decoded += 1
    assert decoded == library.files - 1
    with pytest.raises(UndecodableError) as caught:
        decode_thumbnail(_content(folder, DAMAGED))
    assert caught.value.status is Status.DAMAGED


def test_groups_and_kinds_name_the_same_files(made: tuple[Path, DemoLibrary]) -> None:
    folder, library = made
    assert {(group[0], other) for group in library.groups for other in group[1:]} == set(library.kinds)
    members = [path for group in library.groups for path in group]
    assert len(members) == len(set(members))
    assert all((folder / os.fsdecode(path)).is_file() for path in members)


def test_exact_kinds_are_exact(made: tuple[Path, DemoLibrary]) -> None:
    folder, library = made
    for (original, other), kind in library.kinds.items():
        first, second = _content(folder, original), _content(folder, other)
        assert (first == second) == (kind is Kind.IDENTICAL)
        if kind is Kind.PIXELS:
            assert digest_pixels(first) == digest_pixels(second)


def test_remakes_only_what_is_missing_and_makes_it_alike(made: tuple[Path, DemoLibrary]) -> None:
    folder, library = made
    before = _digests(folder)
    gone = ["holiday/IMG_2045.jpg", "holiday/phone/IMG-20250714-WA0007.jpg", "characters/mika_green.png"]
    for name in gone:
        (folder / name).unlink()
    changed = folder / "holiday/IMG_2063.jpg"
    kept = changed.read_bytes()
    changed.write_bytes(b"mine now")
    told: list[tuple[int, int]] = []
    assert make_library(os.fsencode(folder), lambda done, total: told.append((done, total))) == library
    assert told == [(number, library.files) for number in range(1, library.files + 1)]
    assert changed.read_bytes() == b"mine now"
    changed.write_bytes(kept)
    assert _digests(folder) == before


def test_refuses_a_used_folder_and_touches_nothing(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(UsageError) as caught:
        make_library(os.fsencode(tmp_path))
    assert caught.value.key == "demo_folder_used"
    assert os.listdir(tmp_path) == ["letter.txt"]
    with pytest.raises(UsageError):
        make_library(os.fsencode(tmp_path / "letter.txt"))
    assert (tmp_path / "letter.txt").read_text() == "dear"


def test_oriented_copy_stands_upright(made: tuple[Path, DemoLibrary]) -> None:
    folder, _ = made
    with Image.open(folder / "holiday/phone/IMG_2070.jpg") as stored:
        assert stored.height > stored.width
    facts = decode_thumbnail((folder / "holiday/phone/IMG_2070.jpg").read_bytes()).facts
    assert facts.width > facts.height
