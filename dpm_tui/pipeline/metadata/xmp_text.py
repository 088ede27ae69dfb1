"""XMP texts: reads what they say of a picture, and adds to them without losing anything else in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from dpm_tui.pipeline.metadata.picture_notes import NO_RATING, PictureNotes

MAX_BYTES = 1 << 22
"""A larger text is no notes of people: it is left alone."""

_X, _RDF = "adobe:ns:meta/", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SPACES = {
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
}
_EMPTY = (
    f'<x:xmpmeta xmlns:x="{_X}"><rdf:RDF xmlns:rdf="{_RDF}"><rdf:Description rdf:about=""/></rdf:RDF>'
    "</x:xmpmeta>"
)
_DATE = re.compile(r"\d{4}(-\d\d){0,2}(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?")
_PLACE = re.compile(r"\d{1,3}(,\d{1,2}(\.\d+|,\d{1,2}(\.\d+)?)?)?[NSEW]")
_UNKNOWN = ("", "0")
"""Values that say nothing: programs write a rating of 0 for none."""
_RATING = re.compile(r"-?\d(\.0*)?")


def read_xmp(text: bytes) -> PictureNotes:
    """Return what a text says; raises ValueError if it is none that could be understood."""
    root = _parse(text)
    latitude, longitude = _read(root, "exif", "GPSLatitude"), _read(root, "exif", "GPSLongitude")
    whole = _PLACE.fullmatch(latitude) and _PLACE.fullmatch(longitude)
    rating = _read(root, "xmp", "Rating")
    return PictureNotes(
        taken=_date(_read(root, "exif", "DateTimeOriginal")),
        created=_date(_read(root, "photoshop", "DateCreated")),
        place=(latitude, longitude) if whole else ("", ""),
        rating=int(float(rating)) if _RATING.fullmatch(rating) else NO_RATING,
        keywords=tuple(dict.fromkeys(_keywords(root))),
    )


def add_to_xmp(text: bytes, notes: PictureNotes) -> bytes:
    """Return a text, or a new one for an empty text, with ``notes`` added; all else in it stays.

    The values of ``notes`` must not be in it yet, but for keywords, which join those that are. Raises
    ValueError.
    """
    root = _parse(text or _EMPTY.encode())
    described = next(root.iter(f"{{{_RDF}}}Description"), None)
    if described is None:
        raise ValueError("no description")
    values = {
        ("exif", "DateTimeOriginal"): notes.taken,
        ("photoshop", "DateCreated"): notes.taken or notes.created,
        ("exif", "GPSLatitude"): notes.place[0],
        ("exif", "GPSLongitude"): notes.place[1],
        ("xmp", "Rating"): str(notes.rating) if notes.rating else "",
    }
    for (space, name), value in values.items():
        if value and _read(root, space, name) in _UNKNOWN:
            _put(root, described, space, name).text = value
    if notes.keywords:
        bag = _bag(root, described)
        for word in notes.keywords:
            etree.SubElement(bag, f"{{{_RDF}}}li").text = word
    tree = root.getroottree()
    declared = text.lstrip().startswith(b"<?xml")
    return bytes(etree.tostring(tree, encoding="UTF-8", xml_declaration=declared)) + b"\n"


def _parse(text: bytes) -> etree._Element:
    """Return the root of a text that declares nothing of its own; raises ValueError."""
    if len(text) > MAX_BYTES or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise ValueError("too large, or with declarations of its own")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, strip_cdata=False
    )
    try:
        root = etree.fromstring(text.strip(b"\0 \r\n\t"), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
    if root.getroottree().docinfo.doctype or next(root.iter(f"{{{_RDF}}}RDF"), None) is None:
        raise ValueError("no XMP")
    return root


def _read(root: etree._Element, space: str, name: str) -> str:
    """Return a simple value, which may be an attribute or an element, empty where there is none."""
    tag = f"{{{_SPACES[space]}}}{name}"
    for described in root.iter(f"{{{_RDF}}}Description"):
        if value := (described.get(tag) or "").strip():
            return value
        for element in described.iterchildren(tag):
            if value := (element.text or "").strip():
                return value
    return ""


def _put(root: etree._Element, described: etree._Element, space: str, name: str) -> etree._Element:
    """Return the element of a value that is not known, perhaps a new one; such an attribute goes."""
    tag = f"{{{_SPACES[space]}}}{name}"
    for each in root.iter(f"{{{_RDF}}}Description"):
        each.attrib.pop(tag, None)
        for found in each.iterchildren(tag):
            if not len(found):
                return found
    return etree.SubElement(described, tag, nsmap={space: _SPACES[space]})


def _keywords(root: etree._Element) -> Iterator[str]:
    for subject in root.iter(f"{{{_SPACES['dc']}}}subject"):
        for item in subject.iter(f"{{{_RDF}}}li"):
            if word := (item.text or "").strip():
                yield word


def _bag(root: etree._Element, described: etree._Element) -> etree._Element:
    """Return the list of keywords, a new one where there is none."""
    for subject in root.iter(f"{{{_SPACES['dc']}}}subject"):
        for kind in ("Bag", "Seq", "Alt"):
            if (found := next(subject.iterchildren(f"{{{_RDF}}}{kind}"), None)) is not None:
                return found
        return etree.SubElement(subject, f"{{{_RDF}}}Bag")
    return etree.SubElement(_put(root, described, "dc", "subject"), f"{{{_RDF}}}Bag")


def _date(text: str) -> str:
    return text if _DATE.fullmatch(text) else ""
