"""A picture at full size: all its pixels upright in sRGB, what of it is transparent, and how it is coded."""

from __future__ import annotations

import numpy as np

from dpm_tui.catalog.image_file import Status
from dpm_tui.deferred_text import defer
from dpm_tui.pipeline.decoding.exif import read_orientation, turn_samples
from dpm_tui.pipeline.decoding.icc_profile import changes_colours, to_srgb
from dpm_tui.pipeline.decoding.jpeg_quality import estimate_quality
from dpm_tui.pipeline.decoding.mode_conversion import find_level, normaliser, take_alpha
from dpm_tui.pipeline.decoding.sample_facts import is_lossy
from dpm_tui.pipeline.loading.bands import cut_bands
from dpm_tui.pipeline.loading.decoder_failure import describe, lacked_memory
from dpm_tui.pipeline.loading.jpeg_stream import read_samples
from dpm_tui.pipeline.loading.pixel_bytes import JPEG_FORMATS, bytes_a_pixel
from dpm_tui.pipeline.loading.safe_open import MEMORY_BYTES, UndecodableError, check_size, open_picture
from dpm_tui.pipeline.loading.strict_loading import load_as_far
from dpm_tui.pipeline.quality.picture_traits import FileTraits
from dpm_tui.pipeline.transparency.cutout import StoredPicture, find_cutout

_SAMPLE_BYTES = 3
"""Of a pixel: what its samples take besides the picture that they are of."""


def decode_full_size(content: bytes, memory: int = MEMORY_BYTES) -> tuple[StoredPicture, FileTraits]:
    """Return the RGB array (height, width, 3) of the picture in ``content``, and what its file says of it.

    With it comes what of the picture is transparent. Raises UndecodableError, also for a picture that may
    take more than ``memory`` bytes.
    """
    try:
        with open_picture(content, memory) as image:
            profile = image.info.get("icc_profile") or b""
            orientation = read_orientation(image) if image.format in JPEG_FORMATS else 1
            straight = image.format in JPEG_FORMATS and orientation == 1 and not changes_colours(profile)
            check_size(*image.size, memory, bytes_a_pixel(image) + (0 if straight else _SAMPLE_BYTES))
            quality = estimate_quality(getattr(image, "quantization", None))
            file = FileTraits(len(content), is_lossy(content, image), quality)
            samples = None if changes_colours(profile) else read_samples(content, image)
            if samples is not None:
                return StoredPicture(turn_samples(samples, orientation)), file
            picture = load_as_far(content, image, memory)
            level = find_level(picture)
            make = normaliser(picture, level)
            samples = np.empty((picture.height, picture.width, 3), np.uint8)
            alpha = None if level is None else np.empty((picture.height, picture.width), np.uint8)
            for top, band in cut_bands(picture):
                samples[top : top + band.height] = np.asarray(to_srgb(make(band), profile))
                if alpha is not None:
                    alpha[top : top + band.height] = np.asarray(take_alpha(band))
            orientation = read_orientation(picture)
        del picture, make, image, band  # of which the samples are a copy
        cutout = None
        if alpha is not None and level is not None:
            cutout = find_cutout(turn_samples(alpha, orientation), level)
        return StoredPicture(turn_samples(samples, orientation), cutout), file
    except UndecodableError:
        raise
    except Exception as error:  # decoders raise whatever their parsing meets
        if lacked_memory(error):
            raise UndecodableError(Status.TOO_BIG, defer("decode.no_memory"), starved=True) from error
        raise UndecodableError(Status.DAMAGED, describe(error)) from error
