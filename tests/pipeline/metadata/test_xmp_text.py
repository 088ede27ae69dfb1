"""XMP texts of several programs: read, added to, and nothing else in them lost."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from lxml import etree

from dpm_tui.pipeline.metadata.picture_notes import PictureNotes
from dpm_tui.pipeline.metadata.xmp_text import add_to_xmp, read_xmp

NOTES = PictureNotes(
    "2001-02-03T04:05:06", "", ("48,12.500000N", "11,34.250000E"), 4, ("sea", "Bjørn & <friends>")
)

DARKTABLE = b"""<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <!-- kept -->
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:darktable="http://darktable.sf.net/"
    xmlns:dc="http://purl.org/dc/elements/1.1/" xmp:Rating="" darktable:xmp_version="5">
   <darktable:history><rdf:Seq><rdf:li darktable:operation="exposure"/></rdf:Seq></darktable:history>
   <dc:subject><rdf:Bag><rdf:li>harbour</rdf:li></rdf:Bag></dc:subject>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
"""
LIGHTROOM = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"
 xmlns:xap="http://ns.adobe.com/xap/1.0/" crs:Exposure2012="+0.35" xap:Rating="3">
<crs:Look><![CDATA[a < b]]></crs:Look></rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
DIGIKAM = LIGHTROOM.replace(b'xap:Rating="3"', b'xap:Rating="0"').replace(
    b"</rdf:Description>",
    b'<photoshop:DateCreated xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/">1999-01-02</photoshop:DateCreated>'
    b"</rdf:Description>",
)


def leaves(text: bytes) -> set[tuple[str, str]]:
    """Return every value, comment and instruction of a text."""
    found = set()
    root = etree.fromstring(text.strip())
    for node in (*root.itersiblings(preceding=True), *root.iter(), *root.itersiblings()):
        tag = node.tag if isinstance(node.tag, str) else type(node).__name__
        if value := (node.text or "").strip():
            found.add((tag, value))
        found.update((str(name), str(value)) for name, value in node.attrib.items() if value)
    return found


@pytest.mark.parametrize("text", [b"", DARKTABLE, LIGHTROOM, DIGIKAM])
def test_what_is_added_is_read_again_and_all_else_stays(text: bytes) -> None:
    before = read_xmp(text) if text else PictureNotes()
    lacking = before.lacking([NOTES])
    after = add_to_xmp(text, lacking)
    unrated = ("{http://ns.adobe.com/xap/1.0/}Rating", "0")
    assert leaves(text or after) - {unrated} <= leaves(after)
    found = read_xmp(after)
    assert found.place == NOTES.place
    assert found.rating == (before.rating or NOTES.rating)
    assert (found.taken or found.created) == (before.created or NOTES.taken)
    assert set(found.keywords) == {*before.keywords, *NOTES.keywords}
    assert found.keywords[: len(before.keywords)] == before.keywords
    assert not found.lacking([NOTES]).words
    assert add_to_xmp(after, PictureNotes()).strip() == after.strip()


def test_values_that_are_there_are_not_replaced() -> None:
    text = add_to_xmp(b"", NOTES)
    other = PictureNotes("1990-01-01T00:00:00", "", ("1,2.5N", "3,4.5E"), 5, ("sea", "sun"))
    again = add_to_xmp(text, other)
    found = read_xmp(again)
    assert (found.taken, found.place, found.rating) == (NOTES.taken, NOTES.place, NOTES.rating)


@pytest.mark.parametrize(
    "text",
    [
        b"no XML", b"<a/>", b"<x", DARKTABLE[:200], b"\0" * 100, b" " * (1 << 23),
        b'<!DOCTYPE x [<!ENTITY a "b">]>' + LIGHTROOM,
        b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd">' + DARKTABLE[39:],
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'.encode("utf-16"),
    ],
)  # fmt: skip
def test_what_is_no_xmp_or_declares_something_is_left_alone(text: bytes) -> None:
    for work in (read_xmp, lambda each: add_to_xmp(each, NOTES)):
        with pytest.raises(ValueError, match=r".*"):
            work(text)


@given(st.binary(max_size=300))
def test_no_text_does_harm(text: bytes) -> None:
    try:
        read_xmp(LIGHTROOM[:250] + text + LIGHTROOM[250:])
    except ValueError:
        return


def test_the_oldest_date_and_the_best_rating_are_kept() -> None:
    first = PictureNotes("2003-01-01T00:00:00", rating=2, keywords=("a",))
    second = PictureNotes("2001-01-01T00:00:00", rating=5, keywords=("b", "a"))
    assert PictureNotes(keywords=("a",)).lacking([first, second]) == PictureNotes(
        "2001-01-01T00:00:00", rating=5, keywords=("b",)
    )
    assert not PictureNotes("2009-01-01", rating=1, keywords=("a", "b")).lacking([first, second]).words


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is missing")
@pytest.mark.parametrize("text", [b"", DARKTABLE, LIGHTROOM])
def test_exiftool_reads_it(tmp_path: Path, text: bytes) -> None:
    side = tmp_path / "a.xmp"
    side.write_bytes(add_to_xmp(text, NOTES))
    names = [
        "-XMP-exif:DateTimeOriginal",
        "-XMP-exif:GPSLatitude#",
        "-XMP-exif:GPSLongitude#",
        "-XMP-xmp:Rating",
    ]
    command = ["exiftool", "-j", *names, "-XMP-dc:Subject", "-XMP-photoshop:DateCreated", str(side)]
    (found,) = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert found["DateTimeOriginal"] == found["DateCreated"] == "2001:02:03 04:05:06"
    assert found["GPSLatitude"] == pytest.approx(48 + 12.5 / 60)
    assert found["GPSLongitude"] == pytest.approx(11 + 34.25 / 60)
    assert found["Rating"] in (3, 4)
    assert {"sea", "Bjørn & <friends>"} <= set(found["Subject"])
