"""Pictures as cameras write them: a JPEG with a smaller one behind it that shows the same, or did once."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
from PIL import ExifTags, Image

from tests.support.pictures import encode, scene

MAIN, PREVIEW = (1440, 1080), (720, 540)
TAKEN = "2024:05:06 07:08:09"
LARGE_THUMBNAIL = 0x010002
"""Large thumbnail (full HD equivalent), CIPA DC-007, table 4."""
_PRIMARY = 0x20030000


def camera_exif(
    model: str = "M1", *, software: str = "1.0", written: str = TAKEN, orientation: int = 0
) -> Image.Exif:
    """Return the EXIF data of a picture that was just taken."""
    data = Image.Exif()
    data[ExifTags.Base.Make], data[ExifTags.Base.Model] = "Maker", model
    data[ExifTags.Base.Software], data[ExifTags.Base.DateTime] = software, written
    if orientation:
        data[ExifTags.Base.Orientation] = orientation
    data.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = TAKEN
    return data


def photo(seed: int, size: tuple[int, int] = MAIN) -> Image.Image:
    """Return a scene with a little noise, as no two photographs are alike."""
    picture = scene(seed, *size)
    noise = np.random.default_rng(seed).integers(-3, 4, (*size[::-1], 1))
    return Image.fromarray((np.asarray(picture) + noise).clip(0, 255).astype(np.uint8))


def smaller(picture: Image.Image, size: tuple[int, int] = PREVIEW) -> Image.Image:
    """Return a preview of a picture."""
    return picture.resize(size, Image.Resampling.BOX)


def mpo(
    picture: Image.Image, preview: Image.Image | None = None, exif: Image.Exif | None = None, **options: Any
) -> bytes:
    """Return a file with a preview, its own unless another one is given, as Pillow writes it."""
    target = io.BytesIO()
    behind = smaller(picture) if preview is None else preview.copy()
    profile = {"icc_profile": options["icc_profile"]} if "icc_profile" in options else {}
    behind.encoderinfo = {"quality": 80, **profile}
    data = camera_exif() if exif is None else exif
    options = {"quality": 90, "exif": data, **options}
    picture.save(target, "MPO", save_all=True, append_images=[behind], **options)
    return target.getvalue()


def with_large_thumbnail(
    picture: Image.Image, preview: Image.Image, exif: Image.Exif, **options: Any
) -> bytes:
    """Return a file whose index names a large thumbnail, as cameras of Sony and Panasonic write it."""
    main, behind = encode(picture, exif=exif, **{"quality": 90, **options}), encode(preview, quality=80)
    main, behind = _without_jfif(main), _without_jfif(behind)
    exif_end = 4 + int.from_bytes(main[4:6], "big")
    length = len(_index(0, 0, 0))
    start, size = exif_end + 8, len(main) + 4 + length
    body = _index(size, len(behind), size - start)
    segment = b"\xff\xe2" + (len(body) + 2).to_bytes(2, "big") + body
    return main[:exif_end] + segment + main[exif_end:] + behind


def with_thumbnail(picture: Image.Image, thumbnail: Image.Image, exif: Image.Exif) -> bytes:
    """Return a file whose EXIF data hold a thumbnail, as large as that may be."""
    jpeg = encode(thumbnail, quality=60)
    tiff = exif.tobytes()[6:]
    at = int.from_bytes(tiff[4:8], "big")
    link = at + 2 + 12 * int.from_bytes(tiff[at : at + 2], "big")
    tags = struct.pack(">HHHIIHHII", 2, 513, 4, 1, len(tiff) + 30, 514, 4, 1, len(jpeg)) + bytes(4)
    tiff = tiff[:link] + len(tiff).to_bytes(4, "big") + tiff[link + 4 :] + tags + jpeg
    return encode(picture, quality=90, exif=b"Exif\0\0" + tiff)


def _without_jfif(jpeg: bytes) -> bytes:
    """Return a JPEG without the segment that cameras do not write."""
    return jpeg[:2] + jpeg[4 + int.from_bytes(jpeg[4:6], "big") :]


def _index(size: int, behind: int, offset: int) -> bytes:
    """Return an MPF index of two pictures, big-endian; offsets count from its own header."""
    entries = struct.pack(">IIIHH", _PRIMARY, size, 0, 0, 0)
    entries += struct.pack(">IIIHH", LARGE_THUMBNAIL, behind, offset, 0, 0)
    tags = struct.pack(">HHI4s", 0xB000, 7, 4, b"0100") + struct.pack(">HHII", 0xB001, 4, 1, 2)
    tags += struct.pack(">HHII", 0xB002, 7, len(entries), 8 + 2 + 3 * 12 + 4)
    return b"MPF\0MM\0*" + (8).to_bytes(4, "big") + struct.pack(">H", 3) + tags + bytes(4) + entries
