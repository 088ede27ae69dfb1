"""Decode stage: one oriented RGB thumbnail and the facts of a picture, from the bytes of its file."""

from __future__ import annotations

import contextlib
import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

from dpm_tui.pipeline.image_file import Facts, Status
from dpm_tui.pipeline.jpeg_quality import estimate_quality
from dpm_tui.pipeline.normalise import normalise_rgb

FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "AVIF")
"""Decoders that may run at all; formats with interpreters of their own (EPS...) never do."""

THUMBNAIL_PX = 256
THUMBNAIL_QUALITY = 90
FILE_BYTES_AT_MOST = 1 << 29
JPEG_PIXELS_AT_MOST = 400_000_000
PIXELS_AT_MOST = 100_000_000
"""Without scaled decoding a picture takes up to 16 bytes a pixel while it is decoded."""

Image.MAX_IMAGE_PIXELS = None  # the limits above act before anything is decoded


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A picture at most THUMBNAIL_PX large, JPEG-encoded RGB, with the facts of its original."""

    jpeg: bytes
    facts: Facts


class UndecodableError(Exception):
    """A file whose picture cannot be had; ``status`` says in which way."""

    def __init__(self, status: Status, reason: str, digest: str = "") -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.digest = digest


def decode_thumbnail(content: bytes) -> Thumbnail:
    """Return thumbnail and facts of the picture in ``content``; raises UndecodableError."""
    digest = hashlib.sha256(content).hexdigest()
    try:
        with _opened(content) as image:
            return _make_thumbnail(image, digest)
    except UndecodableError as error:
        raise UndecodableError(error.status, error.reason, digest) from error
    except MemoryError as error:
        raise UndecodableError(Status.TOO_BIG, "not enough memory", digest) from error
    except Exception as error:  # decoders raise whatever their parsing meets
        raise UndecodableError(Status.DAMAGED, _describe(error), digest) from error


def shrink(picture: Image.Image) -> Image.Image:
    """Return an RGB picture at most THUMBNAIL_PX large."""
    factor = THUMBNAIL_PX / max(picture.size)
    if factor >= 1:
        return picture
    size = max(1, round(picture.width * factor)), max(1, round(picture.height * factor))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def decode_view(
    content: bytes, width: int, height: int, box: tuple[float, float, float, float]
) -> NDArray[np.uint8]:
    """Return the part ``box`` (0..1, oriented) of a picture as RGB, at most ``width`` x ``height``.

    Raises UndecodableError.
    """
    try:
        with _opened(content) as image:
            share = max(min(box[2] - box[0], box[3] - box[1]), 0.01)
            wanted = int(max(width, height) / share)
            _draft(image, wanted)
            image.load()
            orientation = _read_exif(image).get(ExifTags.Base.Orientation, 1)
            picture = _orient(normalise_rgb(image), orientation)
        left, top, right, bottom = box
        crop = picture.crop(
            (
                int(left * picture.width),
                int(top * picture.height),
                max(int(right * picture.width), int(left * picture.width) + 1),
                max(int(bottom * picture.height), int(top * picture.height) + 1),
            )
        )
        crop.thumbnail((max(width, 1), max(height, 1)), Image.Resampling.LANCZOS)
        return np.asarray(crop, dtype=np.uint8)
    except UndecodableError:
        raise
    except Exception as error:
        raise UndecodableError(Status.DAMAGED, _describe(error)) from error


def digest_pixels(content: bytes) -> str:
    """Return the digest of the oriented pixels at full size; raises UndecodableError."""
    try:
        with _opened(content) as image:
            return _digest_image(image)
    except UndecodableError:
        raise
    except Exception as error:
        raise UndecodableError(Status.DAMAGED, _describe(error)) from error


def encode_thumbnail(picture: Image.Image) -> bytes:
    """Return an RGB picture that was shrunk as the JPEG that is stored.

    The judge's networks learned from thumbnails of this filter and coding: others blind it to small faces.
    """
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=THUMBNAIL_QUALITY)
    return jpeg.getvalue()


def read_thumbnail(jpeg: bytes) -> NDArray[np.uint8]:
    """Return a stored thumbnail as an RGB array (height, width, 3); raises ValueError if it is none."""
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
            if max(image.size) > THUMBNAIL_PX:
                raise ValueError("not a thumbnail")
            return np.asarray(image.convert("RGB"), dtype=np.uint8)
    except Exception as error:
        raise ValueError("unreadable thumbnail") from error


def _opened(content: bytes) -> Image.Image:
    if not content:
        raise UndecodableError(Status.DAMAGED, "empty file")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = Image.open(io.BytesIO(content), formats=FORMATS)
        except UnidentifiedImageError as error:
            raise UndecodableError(Status.UNSUPPORTED, "not a picture in a known format") from error
    limit = JPEG_PIXELS_AT_MOST if image.format in ("JPEG", "MPO") else PIXELS_AT_MOST
    if image.width * image.height > limit:
        size = f"{image.width}x{image.height}"
        raise UndecodableError(Status.TOO_BIG, f"{size} pixels, the limit is {limit // 1_000_000} megapixels")
    return image


def _make_thumbnail(image: Image.Image, digest: str) -> Thumbnail:
    width, height = image.size
    name = image.format or ""
    exif = _read_exif(image)
    frames = getattr(image, "n_frames", 1) if name != "MPO" else 1
    quality = estimate_quality(getattr(image, "quantization", None))
    if frames > 1:
        image.seek(0)
    scaled = _draft(image, THUMBNAIL_PX)
    image.load()
    pixels = "" if scaled else _digest_image(image)
    small = shrink(normalise_rgb(image))
    orientation = exif.get(ExifTags.Base.Orientation, 1)
    small = _orient(small, orientation)
    if orientation in (5, 6, 7, 8):
        width, height = height, width
    facts = Facts(
        digest=digest,
        format="JPEG" if name == "MPO" else name,
        width=width,
        height=height,
        frames=frames,
        quality=quality,
        taken=_read_date(exif),
        has_exif=ExifTags.IFD.Exif in exif or (len(exif) > 0 and name != "TIFF"),
        pixels=pixels,
    )
    return Thumbnail(encode_thumbnail(small), facts)


def _draft(image: Image.Image, pixels: int) -> bool:
    """Ask a JPEG decoder to scale down while decoding; tell whether it will."""
    full = image.size
    if image.format in ("JPEG", "MPO"):
        image.draft(None, (pixels, pixels))
    return image.size != full


def _digest_image(image: Image.Image) -> str:
    """Digest mode, size and samples: two pictures agree only if no sample differs.

    Grey and palette pictures are compared as RGB; deeper samples keep their depth. A colour profile
    other than sRGB changes what is seen and counts as well.
    """
    image.load()  # turns a TIFF upright, which then has no orientation left
    orientation = _read_exif(image).get(ExifTags.Base.Orientation, 1)
    profile = image.info.get("icc_profile") or b""
    if image.mode in ("1", "L", "P", "RGB", "RGBA", "LA", "PA", "RGBX"):
        transparent = "A" in image.mode or "transparency" in image.info
        picture = image.convert("RGBA" if transparent else "RGB")
        if transparent and picture.getchannel("A").getextrema() == (255, 255):
            picture = picture.convert("RGB")
    else:
        picture = image
    picture = _orient(picture, orientation)
    digest = hashlib.sha256(f"{picture.mode} {picture.width} {picture.height} ".encode())
    if b"sRGB" not in profile:
        digest.update(hashlib.sha256(profile).digest() if profile else b"")
    digest.update(picture.tobytes())
    return digest.hexdigest()


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _orient(image: Image.Image, orientation: Any) -> Image.Image:
    turn = _TURNS.get(orientation) if isinstance(orientation, int) else None
    return image.transpose(turn) if turn is not None else image


def _read_exif(image: Image.Image) -> Image.Exif:
    """Return the EXIF data; broken ones are none, as they must not reject a picture that decodes."""
    with contextlib.suppress(Exception), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return image.getexif()
    return Image.Exif()


def _read_date(exif: Image.Exif) -> str:
    with contextlib.suppress(Exception):
        inner = exif.get_ifd(ExifTags.IFD.Exif)
        text = str(inner.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime) or "")
        date, _, time = text.strip("\0 ").partition(" ")
        if len(date) == 10 and date.isascii() and date.replace(":", "").isdigit():
            return f"{date.replace(':', '-')} {time[:8]}".strip()
    return ""


def _describe(error: Exception) -> str:
    text = " ".join(str(error).split())[:200]
    return text if text else type(error).__name__
