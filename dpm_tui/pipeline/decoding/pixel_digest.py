"""The digest of a picture's pixels: equal only where no sample of any frame differs."""

from __future__ import annotations

import hashlib

import numpy as np
from PIL import Image

from dpm_tui.catalog.image_file import Status
from dpm_tui.deferred_text import defer
from dpm_tui.pipeline.decoding.exif import read_orientation, stored_box, turn_upright, upright_size
from dpm_tui.pipeline.decoding.icc_profile import changes_colours
from dpm_tui.pipeline.loading.bands import is_opaque
from dpm_tui.pipeline.loading.safe_open import DEEP, UndecodableError, check_whole

MAX_FRAME_PIXELS = 4_000_000_000
"""Pixels of all frames together: more would take too long to decode."""

_EIGHT_BITS = ("1", "L", "P", "RGB", "RGBA", "LA", "PA", "RGBX")
_BAND_BYTES = 1 << 20
"""Bytes of a band, counted twice as large as they are: they stay in the cache of a core."""


def count_frames(image: Image.Image) -> int:
    """Return the number of frames or pages.

    A second picture that a camera adds to a JPEG does not count, nor do the layers of a Photoshop file.
    """
    return int(getattr(image, "n_frames", 1)) if image.format not in ("MPO", "PSD") else 1


def digest_frames(image: Image.Image, memory: int) -> str:
    """Return the digest of the oriented pixels at full size, of all frames in their order.

    Durations do not count, but which one is shown does: of a HEIF file it need not be the first. Empty for
    a picture whose samples lost bits in decoding (16 bits a colour): equality cannot be proven then. Raises
    UndecodableError, and whatever a decoder raises.
    """
    frames = count_frames(image)
    if frames == 1:
        check_whole(image, memory)
        return digest_picture(image)
    shown = image.tell()
    digest = hashlib.sha256(f"{frames} frames{f', {shown} shown' if shown else ''}".encode())
    orientation = read_orientation(image) if image.format != "TIFF" else 1
    pixels = 0
    for number in range(frames):
        image.seek(number)
        check_whole(image, memory)
        pixels += image.width * image.height
        if pixels > MAX_FRAME_PIXELS:
            raise UndecodableError(Status.TOO_BIG, defer("decode.too_many_frames", frames=frames))
        own = digest_picture(image, orientation)
        if not own:
            return ""
        digest.update(own.encode("ascii"))
    return digest.hexdigest()


def digest_picture(image: Image.Image, orientation: int = 0) -> str:
    """Return the digest of the frame that is shown and not loaded yet, empty where samples are cut."""
    return "" if is_cut(image) else digest_loaded(image, orientation)


def digest_loaded(image: Image.Image, orientation: int = 0, clear: bool | None = None) -> str:
    """Return the digest of mode, size and samples of a frame.

    Grey and palette pictures are compared as RGB; deeper samples keep their depth. A colour profile
    other than sRGB changes what is seen and counts as well. Orientation 0 means what EXIF data say; ``clear``
    is whether some sample is transparent, None where nobody has looked.
    """
    image.load()  # turns a TIFF upright, which then has no orientation left
    profile = image.info.get("icc_profile") or b""
    orientation = orientation or read_orientation(image)
    width, height = upright_size(image.size, orientation)
    mode = _canonical_mode(image, clear)
    named = "I;16" if mode.startswith("I;16") else mode
    digest = hashlib.sha256(f"{named} {width} {height} ".encode())
    if changes_colours(profile):
        digest.update(hashlib.sha256(profile).digest())
    rows = max(_BAND_BYTES // (width * 8), 1)
    for top in range(0, height, rows):
        box = (0, top, width, min(top + rows, height))
        stored = image.crop(stored_box(box, (width, height), orientation))
        digest.update(_samples(turn_upright(_as_mode(stored, mode), orientation)))
    return digest.hexdigest()


def _canonical_mode(image: Image.Image, clear: bool | None) -> str:
    """Return the mode in which the samples of a loaded frame are compared."""
    if image.mode not in _EIGHT_BITS:
        return image.mode
    transparent = "A" in image.mode or "transparency" in image.info
    if transparent and clear is None:
        clear = not is_opaque(image)
    return "RGBA" if transparent and clear else "RGB"


def _as_mode(band: Image.Image, mode: str) -> Image.Image:
    if band.mode == mode:
        return band
    if mode == "RGB" and ("A" in band.mode or "transparency" in band.info):
        band = band.convert("RGBA")
    return band.convert(mode)


def _samples(band: Image.Image) -> bytes:
    if band.mode.startswith("I;16"):
        return np.asarray(band).astype("<u2").tobytes()
    return band.tobytes()


def is_cut(image: Image.Image) -> bool:
    """Return whether the decoder gives fewer bits a sample than the file has; known only before it ran."""
    if image.mode not in _EIGHT_BITS and image.mode != "CMYK":
        return False
    arguments = [tile[3] for tile in getattr(image, "tile", ())]
    raw = [str(one[0] if isinstance(one, tuple) and one else one) for one in arguments]
    if DEEP in image.info or image.info.get("bit_depth", 8) > 8:
        return True
    return any(";16" in mode and not mode.startswith("BGR") for mode in raw)
