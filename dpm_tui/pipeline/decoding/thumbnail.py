"""Decode stage: one oriented sRGB thumbnail and the facts of a picture, from the bytes of its file."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pi_heif
import PIL
from numpy.typing import NDArray
from PIL import ExifTags, Image

from dpm_tui import __version__
from dpm_tui.catalog.image_file import Facts, Status
from dpm_tui.deferred_text import defer
from dpm_tui.pipeline.decoding.exif import (
    check_orientation,
    read_date,
    read_exif,
    read_orientation,
    stored_box,
    turn_upright,
    upright_size,
)
from dpm_tui.pipeline.decoding.holdings import find_holdings
from dpm_tui.pipeline.decoding.icc_profile import to_srgb
from dpm_tui.pipeline.decoding.jpeg_quality import estimate_quality
from dpm_tui.pipeline.decoding.mode_conversion import Normaliser, find_level, normaliser, take_alpha
from dpm_tui.pipeline.decoding.pixel_digest import count_frames, digest_frames, digest_loaded, is_cut
from dpm_tui.pipeline.decoding.sample_facts import count_colours, has_alpha, is_lossy, read_depth
from dpm_tui.pipeline.loading.bands import reduce
from dpm_tui.pipeline.loading.decoder_failure import describe, lacked_memory
from dpm_tui.pipeline.loading.safe_open import (
    MEMORY_BYTES,
    UndecodableError,
    check_whole,
    draft,
    has_room,
    open_picture,
)
from dpm_tui.pipeline.loading.strict_loading import Loaded, is_damaged, load_as_far, load_picture
from dpm_tui.pipeline.loading.unsupported import find_unsupported
from dpm_tui.pipeline.picture_fingerprint import Fingerprint
from dpm_tui.pipeline.transparency.cutout import (
    Cutout,
    StoredPicture,
    decode_cutout,
    encode_cutout,
    find_cutout,
)

__all__ = ("MEMORY_BYTES", "UndecodableError", "decode_thumbnail", "decode_view", "digest_pixels")

_FACTS = 5
"""Goes up with every further fact that is read."""
_TELLS_APART = 4
"""Goes up when failures are classified in another way."""
READER = f"{__version__}/{_FACTS}.{_TELLS_APART}/{PIL.__version__}/{pi_heif.__version__}"
"""Names this reader. The next one tries again what it failed on, and adds facts that it did not read."""

THUMBNAIL_PX = 256
THUMBNAIL_QUALITY = 90
_REDUCING_GAP = 3.0


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A picture at most THUMBNAIL_PX large, JPEG-encoded RGB, with the facts of its original.

    The JPEG of a picture that is transparent in parts tells how opaque it is (see ``cutout``).

    ``reason`` says what is broken of a file that is damaged. The ``fingerprint`` is there where whoever
    decoded the picture made it at once.
    """

    jpeg: bytes
    facts: Facts
    reason: str = ""
    fingerprint: Fingerprint | None = None


Loader = Callable[[bytes, Image.Image, int], Loaded]


def decode_thumbnail(
    content: bytes, memory: int = MEMORY_BYTES, digest: str = "", load: Loader = load_picture
) -> Thumbnail:
    """Return thumbnail and facts of the picture in ``content``, whose ``digest`` may be known already.

    ``load`` returns the samples of a picture whose header was read; for a large JPEG they may be those of
    another picture that shows the same. Raises UndecodableError, also for a picture that may take more than
    ``memory`` bytes.
    """
    digest = digest or hashlib.sha256(content).hexdigest()
    with _failures_named(content, digest), _opened(content, memory) as image:
        return _make_thumbnail(content, image, digest, memory, find_holdings(content, image), load)


def shrink(picture: Image.Image, make: Normaliser | None = None) -> Image.Image:
    """Return a loaded picture, normalised or as ``make`` makes it, at most THUMBNAIL_PX large.

    The result equals Pillow's with this reducing gap, but needs no normalised picture at full size.
    """
    make = make or normaliser(picture, find_level(picture))
    factor = THUMBNAIL_PX / max(picture.size)
    if factor >= 1:
        return make(picture)
    size = max(1, round(picture.width * factor)), max(1, round(picture.height * factor))
    across, down = (
        int(side / small / _REDUCING_GAP) or 1 for side, small in zip(picture.size, size, strict=True)
    )
    reduced = make(picture) if across == down == 1 else reduce(picture, across, down, make)
    box = 0, 0, picture.width / across, picture.height / down
    return reduced.resize(size, Image.Resampling.LANCZOS, box)


def decode_view(
    content: bytes,
    width: int,
    height: int,
    box: tuple[float, float, float, float],
    memory: int = MEMORY_BYTES,
) -> NDArray[np.uint8]:
    """Return the part ``box`` (0..1, oriented) of a picture as RGB, at most ``width`` x ``height``.

    Raises UndecodableError.
    """
    with _failures_named(content), _opened(content, memory) as image:
        share = max(min(box[2] - box[0], box[3] - box[1]), 0.01)
        wanted = int(max(width, height) / share)
        draft(image, wanted, memory)
        check_whole(image, memory)
        picture = load_as_far(content, image, memory)
        profile = image.info.get("icc_profile") or b""
        orientation = check_orientation(read_exif(picture).get(ExifTags.Base.Orientation, 1))
        size = across, down = upright_size(picture.size, orientation)
        left, top, right, bottom = box
        shown = (
            int(left * across),
            int(top * down),
            max(int(right * across), int(left * across) + 1),
            max(int(bottom * down), int(top * down) + 1),
        )
        make = normaliser(picture, find_level(picture))
        part = make(picture.crop(stored_box(shown, size, orientation)))
        crop = turn_upright(part, orientation)
        crop.thumbnail((max(width, 1), max(height, 1)), Image.Resampling.LANCZOS)
        return np.asarray(to_srgb(crop, profile), dtype=np.uint8)


def digest_pixels(content: bytes, memory: int = MEMORY_BYTES) -> str:
    """Return the digest of the oriented pixels of all frames at full size; raises UndecodableError.

    Empty where equality cannot be proven: a file holds more than is decoded of it, or is damaged.
    """
    with _failures_named(content), _opened(content, memory) as image:
        return "" if is_damaged(content, image, memory) else digest_frames(image, memory)


def encode_thumbnail(picture: Image.Image, cutout: Cutout | None = None) -> bytes:
    """Return an RGB picture that was shrunk as the JPEG that is stored.

    The judge's networks learned from thumbnails of this filter and coding: others blind it to small faces.
    """
    jpeg = io.BytesIO()
    segments = b"" if cutout is None else encode_cutout(cutout)
    picture.save(jpeg, "JPEG", quality=THUMBNAIL_QUALITY, extra=segments)
    return jpeg.getvalue()


def read_thumbnail(jpeg: bytes) -> NDArray[np.uint8]:
    """Return a stored thumbnail as an RGB array (height, width, 3); raises ValueError if it is none."""
    return read_stored(jpeg).pixels


def read_stored(jpeg: bytes) -> StoredPicture:
    """Return a stored thumbnail with its transparency; raises ValueError if it is none."""
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
            if max(image.size) > THUMBNAIL_PX:
                raise ValueError("not a thumbnail")
            cutout = decode_cutout(getattr(image, "applist", []), *image.size)
            return StoredPicture(np.asarray(image.convert("RGB"), dtype=np.uint8), cutout)
    except Exception as error:
        raise ValueError("unreadable thumbnail") from error


def read_if_stored(jpeg: bytes | None) -> StoredPicture | None:
    """Return a stored thumbnail, None where there is none that can be read."""
    try:
        return read_stored(jpeg or b"")
    except ValueError:
        return None


@contextmanager
def _failures_named(content: bytes, digest: str = "") -> Iterator[None]:
    """Turn whatever a decoder raises into an UndecodableError.

    An intact file of a variant that no decoder reads is not damaged, and more memory would not help.
    """
    try:
        yield
    except UndecodableError as error:
        if error.status is Status.DAMAGED and (unread := find_unsupported(content, error.reason)):
            raise UndecodableError(Status.UNSUPPORTED, unread, digest) from error
        raise UndecodableError(
            error.status, error.reason, digest, starved=error.starved, needs=error.needs
        ) from error
    except Exception as error:  # decoders raise whatever their parsing meets
        if lacked_memory(error):
            raise UndecodableError(Status.TOO_BIG, defer("decode.no_memory"), digest, starved=True) from error
        if unread := find_unsupported(content, describe(error)):
            raise UndecodableError(Status.UNSUPPORTED, unread, digest) from error
        raise UndecodableError(Status.DAMAGED, describe(error), digest) from error


@contextmanager
def _opened(content: bytes, memory: int) -> Iterator[Image.Image]:
    """Open a picture; a failure that may be one of memory is marked so."""
    with open_picture(content, memory) as image:
        try:
            yield image
        except UndecodableError:
            raise
        except Exception as error:
            if lacked_memory(error) or has_room(content, image, memory):
                raise
            raise UndecodableError(Status.DAMAGED, describe(error), starved=True) from error


def _make_thumbnail(
    content: bytes, image: Image.Image, digest: str, memory: int, holds: tuple[str, ...], load: Loader
) -> Thumbnail:
    name = image.format or ""
    shown = image.tell()  # of a HEIF file its primary picture, which need not be the first
    frames = count_frames(image)
    quality = estimate_quality(getattr(image, "quantization", None))
    if frames > 1:
        image.seek(shown)
    width, height = image.size
    depth, cut, lossy = read_depth(content, image), is_cut(image), is_lossy(content, image)
    scaled = draft(image, THUMBNAIL_PX, memory)
    check_whole(image, memory)
    early = None if name == "PNG" else read_exif(image)
    loaded = load(content, image, memory)
    exif = read_exif(loaded.picture) if early is None else early
    comparable = not (scaled or cut or loaded.damage)
    profile = image.info.get("icc_profile") or b""
    clear = has_alpha(loaded.picture)
    level = find_level(loaded.picture, clear)
    small = to_srgb(shrink(loaded.picture, normaliser(loaded.picture, level)), profile)
    orientation = check_orientation(exif.get(ExifTags.Base.Orientation, 1))
    if name == "TIFF":  # turned while it is loaded as far as its end
        orientation = read_orientation(loaded.picture)
    small = turn_upright(small, orientation)
    cutout = None
    if level is not None:
        alpha = turn_upright(shrink(loaded.picture, take_alpha), orientation)
        cutout = find_cutout(np.asarray(alpha, dtype=np.uint8), level)
    if orientation >= 5:
        width, height = height, width
    facts = Facts(
        digest=digest,
        format="JPEG" if name == "MPO" else name,
        width=width,
        height=height,
        frames=frames,
        quality=quality,
        taken=read_date(exif),
        has_exif=ExifTags.IFD.Exif in exif or (len(exif) > 0 and name != "TIFF"),
        pixels=digest_loaded(loaded.picture, clear=clear) if comparable and frames == 1 else "",
        depth=depth,
        colours=count_colours(loaded.picture) if comparable and not lossy else 0,
        lossy=lossy,
        alpha=clear,
        damaged=bool(loaded.damage),
        holds=holds,
    )
    return Thumbnail(encode_thumbnail(small, cutout), facts, loaded.damage)
