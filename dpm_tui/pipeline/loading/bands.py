"""Bands: a loaded picture some rows at a time, so that working on it takes little more memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PIL import Image

_PIXELS = 1 << 17
"""Pixels of a band: what is made of it on the way stays in the cache of a core."""
_OPAQUE = 255


def cut_bands(picture: Image.Image, step: int = 1) -> Iterator[tuple[int, Image.Image]]:
    """Yield each band with its top row; all but the last are some multiple of ``step`` rows high."""
    rows = max(_PIXELS // (picture.width * step), 1) * step
    if rows >= picture.height:
        yield 0, picture
        return
    for top in range(0, picture.height, rows):
        yield top, picture.crop((0, top, picture.width, min(top + rows, picture.height)))


def is_opaque(picture: Image.Image) -> bool:
    """Return whether no sample of a loaded picture is transparent."""
    return all(_lowest_alpha(band) == _OPAQUE for _, band in cut_bands(picture))


def reduce(
    picture: Image.Image, across: int, down: int, make: Callable[[Image.Image], Image.Image]
) -> Image.Image:
    """Return the result of ``make`` for a picture, so many times smaller, as if it were made at once.

    ``make`` must look at one sample at a time.
    """
    reduced: Image.Image | None = None
    for top, band in cut_bands(picture, down):
        part = make(band).reduce((across, down))
        if reduced is None:
            reduced = Image.new(part.mode, (part.width, -(-picture.height // down)))
        reduced.paste(part, (0, top // down))
    assert reduced is not None
    return reduced


def _lowest_alpha(picture: Image.Image) -> int:
    alpha = picture if picture.getbands()[-1] in ("A", "a") else picture.convert("RGBA")
    lowest, _ = alpha.getchannel(len(alpha.getbands()) - 1).getextrema()
    return int(lowest)  # type: ignore[arg-type]
