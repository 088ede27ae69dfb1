"""What only a removed copy knew of a picture, kept in the side file of the one that stays."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from dpm_tui.pipeline.metadata.picture_notes import PictureNotes
from dpm_tui.pipeline.metadata.xmp_text import add_to_xmp, read_xmp
from tests.support.album import dpm, files_below
from tests.support.pictures import encode, scene

pytestmark = pytest.mark.slow

NOTES = PictureNotes("2001-02-03T04:05:06", "", ("48,12.500000N", "11,34.250000W"), 4, ("sea", "boat"))


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A large picture that nothing is known of, and a small copy with metadata of its own."""
    folder = tmp_path / "library"
    (folder / "small").mkdir(parents=True)
    picture = scene(7, 900, 600)
    (folder / "large.jpg").write_bytes(encode(picture, quality=95))
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2001:02:03 04:05:06"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 12.0, 30.0), 3: "W", 4: (11.0, 34.0, 15.0)})
    xmp = add_to_xmp(b"", PictureNotes(rating=4, keywords=("sea",)))
    (folder / "small/copy.jpg").write_bytes(
        encode(picture.resize((600, 400)), quality=80, exif=exif, xmp=xmp)
    )
    (folder / "small/copy.xmp").write_bytes(add_to_xmp(b"", PictureNotes(keywords=("boat",))))
    assert dpm("scan", folder).returncode == 0
    return folder


def clean(library: Path, *options: str) -> str:
    """Clean up with a rule and return what is said."""
    done = dpm("clean", library, "--rule", "best", "--companions", "together", *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def contents(library: Path) -> dict[str, bytes]:
    return {path: (library / path).read_bytes() for path in files_below(library)}


def test_what_only_the_copy_knew_is_kept_and_taken_back(library: Path) -> None:
    before = contents(library)
    told = clean(library, "--keep-metadata", "--dry-run")
    assert "its keeper gets: date taken, place, rating, keywords" in told
    assert "The side file of 1 kept picture would get what only its copies know." in told
    assert contents(library) == before
    assert "The side file of 1 kept picture got what" in clean(library, "--keep-metadata", "--yes")
    assert sorted(contents(library)) == ["large.jpg", "large.jpg.xmp"]
    found = read_xmp((library / "large.jpg.xmp").read_bytes())
    assert (found.taken, found.place, found.rating) == (NOTES.taken, NOTES.place, NOTES.rating)
    assert set(found.keywords) == set(NOTES.keywords)
    assert (library / "large.jpg").read_bytes() == before["large.jpg"]
    assert dpm("bin", library, "restore", "--all").returncode == 0
    assert contents(library) == before


def test_without_the_option_nothing_is_written(library: Path) -> None:
    assert "keeper gets" not in clean(library, "--dry-run")
    clean(library, "--yes")
    assert sorted(contents(library)) == ["large.jpg"]


@pytest.mark.parametrize("name", ["large.jpg.xmp", "large.xmp"])
def test_a_side_file_that_is_there_gets_what_it_lacks(library: Path, name: str) -> None:
    old = add_to_xmp(b"", PictureNotes(rating=2, keywords=("mine",)))
    old = old.replace(b"</x:xmpmeta>", b"<!--own--></x:xmpmeta>")
    (library / name).write_bytes(old)
    before = contents(library)
    clean(library, "--keep-metadata", "--yes")
    assert sorted(contents(library)) == ["large.jpg", name]
    text = (library / name).read_bytes()
    found = read_xmp(text)
    assert (found.taken, found.rating) == (NOTES.taken, 2)
    assert found.keywords[0] == "mine"
    assert set(found.keywords) == {"mine", *NOTES.keywords}
    assert b"<!--own-->" in text
    assert dpm("bin", library, "restore", "--all").returncode == 0
    assert contents(library) == before


def test_a_side_file_that_nobody_understands_is_left_alone_and_named(library: Path) -> None:
    (library / "large.jpg.xmp").write_bytes(b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>")
    before = (library / "large.jpg.xmp").read_bytes()
    plan = library.parent / "plan.json"
    (library / "large.jpg.xmp").unlink()
    clean(library, "--keep-metadata", "--dry-run", "-o", str(plan))
    (library / "large.jpg.xmp").write_bytes(before)
    done = dpm("clean", library, "--plan", plan, "--kinds", "copy", "--companions", "together", "--yes")
    assert done.returncode == 1
    assert "large.jpg.xmp" in done.stderr
    assert "it is not XMP that could be understood" in done.stderr
    assert (library / "large.jpg.xmp").read_bytes() == before
    assert not (library / "small/copy.jpg").exists()


def test_an_older_file_date_stands_in_for_none(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    (folder / "old").mkdir(parents=True)
    picture = scene(8, 900, 600)
    (folder / "large.jpg").write_bytes(encode(picture, quality=95))
    (folder / "old/copy.jpg").write_bytes(encode(picture.resize((600, 400)), quality=80))
    os.utime(folder / "old/copy.jpg", (981_173_106, 981_173_106))
    assert dpm("scan", folder).returncode == 0
    assert "its keeper gets: date" in clean(folder, "--keep-metadata", "--dry-run")
    clean(folder, "--keep-metadata", "--yes")
    found = read_xmp((folder / "large.jpg.xmp").read_bytes())
    assert (found.taken, found.created) == ("", "2001-02-03T04:05:06Z")


def test_nothing_is_written_in_a_protected_folder(library: Path) -> None:
    (library / "safe").mkdir()
    (library / "large.jpg").rename(library / "safe/large.jpg")
    # Beside a protected file that has none, a copy with EXIF data would stay.
    (library / "small/copy.jpg").write_bytes(encode(scene(7, 900, 600).resize((600, 400)), quality=80))
    settings = library / "_image_temp/config.toml"
    settings.write_text('protected = ["safe"]\nkeep_metadata = true\n')
    assert dpm("scan", library).returncode == 0
    clean(library, "--yes")
    assert sorted(contents(library)) == ["safe/large.jpg"]
