"""What picture files say of their pictures, as exiftool and others write it."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from dpm_tui.pipeline.metadata.embedded_notes import read_embedded
from dpm_tui.pipeline.metadata.picture_notes import PictureNotes
from dpm_tui.pipeline.metadata.xmp_text import add_to_xmp

ROOM = 1 << 28
PLACE = ("48,12.500000N", "11,34.250000W")


def picture(format_: str = "JPEG", **options: object) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (64, 48), "navy").save(held, format_, **options)  # type: ignore[arg-type]
    return held.getvalue()


def with_exif(*, place: bool = True) -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2001:02:03 04:05:06"
    exif[0x4746] = 4
    zero = (0.0, 0.0, 0.0)
    exif.get_ifd(0x8825).update(
        {1: "N", 2: (48.0, 12.0, 30.0) if place else zero, 3: "W", 4: (11.0, 34.0, 15.0) if place else zero}
    )
    return picture(exif=exif)


def test_exif_is_read() -> None:
    assert read_embedded(with_exif(), ROOM) == PictureNotes("2001-02-03T04:05:06", "", PLACE, 4)


def test_a_camera_without_a_fix_is_nowhere() -> None:
    assert read_embedded(with_exif(place=False), ROOM).place == ("", "")


def test_the_date_of_the_last_change_is_no_date_of_the_picture() -> None:
    exif = Image.Exif()
    exif[0x0132] = "2001:02:03 04:05:06"
    assert read_embedded(picture(exif=exif), ROOM) == PictureNotes()


@pytest.mark.parametrize("format_", ["JPEG", "WEBP"])
def test_xmp_is_read_where_exif_says_nothing(format_: str) -> None:
    notes = PictureNotes("2001-02-03T04:05:06", "2001-02-03T04:05:06", PLACE, 3, ("sea",))
    assert read_embedded(picture(format_, xmp=add_to_xmp(b"", notes)), ROOM) == notes
    assert read_embedded(picture(format_, xmp=b"<broken"), ROOM) == PictureNotes()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is missing")
@pytest.mark.parametrize("format_", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_what_exiftool_writes_is_read(tmp_path: Path, format_: str) -> None:
    at = tmp_path / f"a.{format_.lower()}"
    at.write_bytes(picture(format_))
    words = [
        "-XMP:Rating=5", "-XMP-dc:Subject=sea", "-XMP-dc:Subject=Bjørn", "-XMP-exif:GPSLatitude=48.5",
        "-XMP-exif:GPSLongitude=-11.25", "-XMP-exif:DateTimeOriginal=2001:02:03 04:05:06",
    ]  # fmt: skip
    subprocess.run(["exiftool", "-q", *words, str(at)], check=True)
    found = read_embedded(at.read_bytes(), ROOM)
    assert (found.rating, found.keywords) == (5, ("sea", "Bjørn"))
    assert found.taken == "2001-02-03T04:05:06"
    assert found.place[0].startswith("48,30")
    assert found.place[1].startswith("11,15")
    assert found.place[1].endswith("W")
