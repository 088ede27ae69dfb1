"""RAW pictures: files with the data of a sensor, shown and compared by the preview that the camera stored.

The data themselves are never developed: that takes seconds, and two developers show two pictures.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from PIL import ExifTags, Image

from dpm_tui.catalog.image_file import Status
from dpm_tui.deferred_text import defer
from dpm_tui.pipeline.containers.raw_extent import find_raw_damage
from dpm_tui.pipeline.decoding.embedded_preview import MIN_SIDE
from dpm_tui.pipeline.decoding.exif import read_exif
from dpm_tui.pipeline.decoding.thumbnail import Thumbnail, decode_thumbnail
from dpm_tui.pipeline.loading.decoder_failure import describe, lacked_memory
from dpm_tui.pipeline.loading.safe_open import MEMORY_BYTES, check_size, open_picture
from dpm_tui.pipeline.loading.undecodable import UndecodableError, check_installed
from dpm_tui.pipeline.raw_twins import is_raw, split_ending

__all__ = ("decode_raw_thumbnail", "is_raw", "read_preview")

_TURNS = {0: 1, 3: 3, 5: 8, 6: 6}
"""How LibRaw names a turn -> how EXIF does."""
_ON_SIDE = (5, 6)
_BITMAP_BYTES = 12
_COPY_QUALITY = 95


@dataclass(frozen=True, slots=True)
class _Raw:
    """What a file says of its picture: the size once it is upright, bits a sample, and when it was taken."""

    preview: bytes
    width: int
    height: int
    depth: int
    taken: str


def read_preview(content: bytes, memory: int = MEMORY_BYTES) -> bytes:
    """Return the largest preview of a RAW file, a JPEG that says how it is turned; raises UndecodableError.

    One that is too small to tell two pictures apart does not count.
    """
    return _read(content, memory).preview


def decode_raw_thumbnail(
    content: bytes, path: bytes, memory: int = MEMORY_BYTES, digest: str = ""
) -> Thumbnail:
    """Return the thumbnail of a RAW file by its preview, with the facts of the file; raises UndecodableError.

    Its samples are equal to no others: nobody looks at them.
    """
    try:
        raw = _read(content, memory)
        shown = decode_thumbnail(raw.preview, memory)
    except UndecodableError as error:
        raise UndecodableError(
            error.status, error.reason, digest, starved=error.starved, needs=error.needs
        ) from error
    damage = find_raw_damage(content) or shown.reason
    facts = replace(
        shown.facts,
        digest=digest,
        format=split_ending(path)[1].decode("ascii").upper(),
        width=raw.width,
        height=raw.height,
        quality=0,
        taken=shown.facts.taken or raw.taken,
        has_exif=True,
        pixels="",
        depth=raw.depth,
        colours=0,
        lossy=False,
        damaged=bool(damage),
        holds=("raw",),
    )
    return replace(shown, facts=facts, reason=damage)


def _read(content: bytes, memory: int) -> _Raw:
    check_installed("raw", defer("decode.kind_raw"))
    import rawpy  # not everybody has it

    try:
        with rawpy.imread(io.BytesIO(content)) as raw:
            return _describe(raw, raw.extract_thumb(), memory)
    except UndecodableError:
        raise
    except (rawpy.LibRawNoThumbnailError, rawpy.LibRawUnsupportedThumbnailError) as error:
        raise UndecodableError(Status.UNSUPPORTED, defer("decode.raw_no_preview")) from error
    except rawpy.LibRawFileUnsupportedError as error:
        raise UndecodableError(Status.UNSUPPORTED, defer("decode.raw_unknown")) from error
    except rawpy.LibRawIOError as error:
        raise UndecodableError(Status.DAMAGED, defer("decode.cut")) from error
    except Exception as error:  # decoders raise whatever their parsing meets
        if lacked_memory(error) or isinstance(error, rawpy.LibRawUnsufficientMemoryError):
            raise UndecodableError(Status.TOO_BIG, defer("decode.no_memory"), starved=True) from error
        raise UndecodableError(Status.DAMAGED, describe(_said_by(error))) from error


def _said_by(error: Exception) -> Exception:
    """Return an error with its text as text: LibRaw's come as bytes."""
    said = error.args[0] if error.args else b""
    return ValueError(said.decode("utf-8", "replace")) if isinstance(said, bytes) else error


def _describe(raw: Any, thumb: Any, memory: int) -> _Raw:
    sizes = raw.sizes
    size = (sizes.crop_width, sizes.crop_height)
    if not all(size):
        size = (sizes.width, sizes.height)
    width, height = size[::-1] if sizes.flip in _ON_SIDE else size
    turn = _TURNS.get(sizes.flip, 1)
    jpeg = thumb.data if isinstance(thumb.data, bytes) else _encode(thumb.data, memory)
    with open_picture(jpeg, memory) as image:
        if max(image.size) < MIN_SIDE:
            raise UndecodableError(
                Status.UNSUPPORTED, defer("decode.raw_small_preview", width=image.width, height=image.height)
            )
        if ExifTags.Base.Orientation not in read_exif(image):
            jpeg = _name_turn(jpeg, turn)
    depth = max(int(raw.white_level or 0).bit_length(), 8)
    return _Raw(jpeg, width, height, depth, _read_date(lambda: raw.other.timestamp))


def _encode(samples: Any, memory: int) -> bytes:
    """Return the JPEG of a preview that is stored as samples (height, width, 3)."""
    height, width = samples.shape[:2]
    check_size(width, height, memory, _BITMAP_BYTES)
    jpeg = io.BytesIO()
    Image.fromarray(samples).save(jpeg, "JPEG", quality=_COPY_QUALITY, subsampling=0)
    return jpeg.getvalue()


def _name_turn(jpeg: bytes, turn: int) -> bytes:
    """Return a JPEG with EXIF data that say how it is turned."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turn
    segment = exif.tobytes()
    return b"\xff\xd8\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + jpeg[2:]


def _read_date(read: Callable[[], datetime]) -> str:
    with suppress(Exception):  # a clock that was never set
        taken = read()
        return taken.strftime("%Y-%m-%d %H:%M:%S") if taken.year > 1970 else ""
    return ""
