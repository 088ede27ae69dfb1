"""Holdings: what a file holds besides the picture that is compared, found in its bytes."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

from PIL import Image

from dpm_tui.catalog.image_file import HOLDINGS
from dpm_tui.pipeline.containers.jpeg_parts import JpegPicture, split_jpeg
from dpm_tui.pipeline.containers.media_boxes import auxiliary_kinds, has_movie, top_boxes
from dpm_tui.pipeline.containers.psd_sections import read_sections
from dpm_tui.pipeline.decoding.pixel_digest import count_frames

_MAX_XMP_BYTES = 1 << 20
_XMP_TAG, _LAYERS_TAG = 700, 37724
_MOVIE_BYTES = 1 << 10
"""Bytes behind the pictures from which they can be the movie that a header speaks of."""
_TRAILER_BYTES = 1 << 16
"""Samsung's table of what lies behind a picture is at the very end."""

_CLAIMS_MOVIE = re.compile(rb"(?:MotionPhoto|MicroVideo)(?:\s*=\s*[\"']|>)\s*(?:1|[Tt]rue)")
_SEMANTICS = re.compile(rb"Semantic(?:\s*=\s*[\"']|>)\s*(\w+)")
_OF_PICTURES = (b"Primary", b"MotionPhoto")
_GAIN_MAP = (b"hdr-gain-map", b"HDRGainMap", b"hdrgainmap", b"urn:iso:std:iso:ts:21496")
_DEPTH_MAP = (b"apple.com/depthData", b"depthmap/", b"disparity", b"aux:depth")
_CAMERA_RAW = b"camera-raw-settings/1.0/"
_SETTING = re.compile(rb"crs:(?!RawFileName|Version\b|HasSettings|AlreadyApplied|HasCrop)\w+")
_NO_SETTINGS = re.compile(
    rb"crs:(?:HasSettings(?:\s*=\s*[\"']|>)\s*False|AlreadyApplied(?:\s*=\s*[\"']|>)\s*True)"
)
_LAYERS = (b"Layr", b"ryaL", b"Lr16", b"61rL", b"Lr32", b"23rL")
_SEVERAL = {"TIFF": "pages", "HEIF": "pictures"}


def find_holdings(content: bytes, image: Image.Image) -> tuple[str, ...]:
    """Return what a file holds besides its picture, in the order of HOLDINGS; what cannot be read is nothing.

    ``image`` is what Pillow opened of ``content`` and has not decoded yet. Only what is really there
    counts: programs that cut a movie off often leave its tags in the header.
    """
    found: set[str] = set()
    with contextlib.suppress(Exception):  # files of other programs may hold anything
        xmp = read_packet(image)
        for search in (_in_jpeg, _in_boxes, _in_tiff, _in_jxl, _in_photoshop):
            with contextlib.suppress(Exception):
                found.update(search(content, image, xmp))
        if _has_settings(xmp):
            found.add("edits")
        if count_frames(image) > 1:
            found.add(_SEVERAL.get(image.format or "", "frames"))
    return tuple(word for word in HOLDINGS if word in found)


def read_packet(image: Image.Image) -> bytes:
    """Return the XMP packet of a picture, empty where there is none."""
    tags: Any = getattr(image, "tag_v2", {}) if image.format == "TIFF" else {}
    xmp = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or tags.get(_XMP_TAG) or b""
    return (xmp.encode("utf-8", "replace") if isinstance(xmp, str) else bytes(xmp))[:_MAX_XMP_BYTES]


def _has_settings(xmp: bytes) -> bool:
    """Return whether a raw developer is to show the picture otherwise than its samples are."""
    if _CAMERA_RAW not in xmp or _NO_SETTINGS.search(xmp):
        return False
    return _SETTING.search(xmp) is not None


def _in_jpeg(content: bytes, image: Image.Image, xmp: bytes) -> Iterator[str]:
    if image.format not in ("JPEG", "MPO"):
        return
    parts = split_jpeg(content)
    if not parts.pictures:
        return
    shown, *others = parts.pictures
    yield from _of_pictures(content, xmp, shown, others)
    if not others and int(getattr(image, "n_frames", 1)) > 1:
        yield "pictures"
    header = shown.start, shown.header_end
    # Depth and the picture before its background was blurred may lie in the text of the header itself.
    if content.find(b"GDepth:Data", *header) >= 0:
        yield "depth_map"
    if content.find(b"GImage:Data", *header) >= 0:
        yield "pictures"
    trailer = content[max(len(content) - _TRAILER_BYTES, shown.end) :]
    claimed = b"MotionPhoto_Data" in trailer or _CLAIMS_MOVIE.search(xmp) is not None
    if has_movie(content, shown.end) or (claimed and len(content) - parts.end >= _MOVIE_BYTES):
        yield "movie"
    if b"PhotoEditor_Re_Edit_Data" in trailer:
        yield "edits"


def _of_pictures(content: bytes, xmp: bytes, shown: JpegPicture, others: list[JpegPicture]) -> Iterator[str]:
    """Yield what the pictures behind the shown one are, by their own headers or by that of the first."""
    named = [word for word in _SEMANTICS.findall(xmp) if word not in _OF_PICTURES]
    awaited = any(content.find(word, shown.start, shown.header_end) >= 0 for word in _GAIN_MAP)
    for number, picture in enumerate(others):
        header = picture.start, picture.header_end
        semantic = named[number] if number < len(named) else b""
        if semantic == b"GainMap" or any(content.find(word, *header) >= 0 for word in _GAIN_MAP):
            yield "gain_map"
        elif semantic in (b"Depth", b"Confidence") or any(
            content.find(word, *header) >= 0 for word in _DEPTH_MAP
        ):
            yield "depth_map"
        elif awaited and not semantic:
            yield "gain_map"
            awaited = False
        else:
            yield "pictures"


def _in_boxes(content: bytes, image: Image.Image, xmp: bytes) -> Iterator[str]:
    if image.format not in ("HEIF", "AVIF"):
        return
    boxes = top_boxes(content)
    start, end = boxes.get(b"sefd", (0, 0))
    if b"mpvd" in boxes or content.find(b"MotionPhoto_Data", start, end) >= 0 or has_movie(content, 12):
        yield "movie"
    for kind in auxiliary_kinds(content):
        if kind == b"tmap" or b"hdrgainmap" in kind:
            yield "gain_map"
        elif b"depth" in kind or kind.endswith(b"auxid:2"):
            yield "depth_map"
        elif b"alpha" not in kind and not kind.endswith(b"auxid:1"):
            yield "pictures"


def _in_tiff(content: bytes, image: Image.Image, xmp: bytes) -> Iterator[str]:
    if image.format != "TIFF":
        return
    tags: Any = getattr(image, "tag_v2", {})
    layers = tags.get(_LAYERS_TAG) or b""
    if isinstance(layers, bytes) and any(word in layers[:_MAX_XMP_BYTES] for word in _LAYERS):
        yield "edits"


def _in_jxl(content: bytes, image: Image.Image, xmp: bytes) -> Iterator[str]:
    if image.format == "JXL" and b"jhgm" in top_boxes(content):
        yield "gain_map"


def _in_photoshop(content: bytes, image: Image.Image, xmp: bytes) -> Iterator[str]:
    if image.format in ("PSD", "PSB") and read_sections(content).has_layers:
        yield "edits"
