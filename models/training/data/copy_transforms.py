"""The transforms that the evaluation makes copies by, and the kinds that are right for them."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageFilter, ImageOps

from dpm_tui.catalog.verdict import Kind
from models.training.data.look_edits import (
    bestickered,
    cleaned,
    cut_to,
    cut_to_palette,
    faded,
    filled_bars,
    passed_on,
    rounded,
    sepia,
    shaved,
)
from models.training.data.picture_edits import (
    Edit,
    captioned,
    chained,
    chained_four,
    covered,
    cropped,
    letterboxed,
    noisy,
    on_screen,
    paged,
    photographed,
    scaled,
    screenshot,
    stickered,
    stored,
    toned,
    watermarked,
    written,
)


@dataclass(frozen=True, slots=True)
class Transform:
    """An edit and the kinds of pair that are right for its copies.

    ``pastes`` says that parts of other pictures come into them.
    """

    edit: Edit
    kinds: frozenset[Kind]
    hard: bool = False
    pastes: bool = False


def _of(edit: Edit, *kinds: Kind, hard: bool = False, pastes: bool = False) -> Transform:
    return Transform(edit, frozenset(kinds), hard, pastes)


TRANSFORMS: dict[str, Transform] = {
    "jpeg 70": _of(lambda p, r, o: stored(p, 70), Kind.COPY),
    "jpeg 25": _of(lambda p, r, o: stored(p, 25), Kind.COPY),
    "webp 30": _of(lambda p, r, o: stored(p, 30, "WEBP"), Kind.COPY),
    "palette 128": _of(lambda p, r, o: p.quantize(128).convert("RGB"), Kind.COPY),
    "palette 32": _of(lambda p, r, o: p.quantize(32).convert("RGB"), Kind.COPY, Kind.EDITED),
    "scale 1/2": _of(lambda p, r, o: scaled(p, 0.5), Kind.COPY),
    "scale 1/4": _of(lambda p, r, o: scaled(p, 0.25), Kind.COPY),
    "crop 85 %": _of(lambda p, r, o: cropped(p, r, 0.85), Kind.CROP),
    "crop 70 %": _of(lambda p, r, o: cropped(p, r, 0.7), Kind.CROP),
    "crop 50 %": _of(lambda p, r, o: cropped(p, r, 0.5), Kind.CROP),
    "pad white": _of(lambda p, r, o: ImageOps.expand(p, round(0.12 * min(p.size)), "white"), Kind.CROP),
    "letterbox": _of(lambda p, r, o: letterboxed(p), Kind.CROP),
    "screenshot": _of(lambda p, r, o: screenshot(p, r), Kind.CROP),
    "caption": _of(lambda p, r, o: captioned(p, r), Kind.CROP),
    "text": _of(lambda p, r, o: written(p, r), Kind.EDITED),
    "watermark": _of(lambda p, r, o: watermarked(p, r), Kind.EDITED),
    "sticker": _of(stickered, Kind.EDITED, pastes=True),
    "tone 10 %": _of(lambda p, r, o: toned(p, r, 0.1), Kind.COPY),
    "tone 30 %": _of(lambda p, r, o: toned(p, r, 0.3), Kind.COPY, Kind.EDITED),
    "grey": _of(lambda p, r, o: ImageOps.grayscale(p).convert("RGB"), Kind.EDITED, Kind.COPY),
    "blur": _of(lambda p, r, o: p.filter(ImageFilter.GaussianBlur(2)), Kind.COPY, Kind.EDITED),
    "sharpen": _of(lambda p, r, o: p.filter(ImageFilter.UnsharpMask(2, 150)), Kind.COPY, Kind.EDITED),
    "noise": _of(lambda p, r, o: noisy(p, r), Kind.COPY, Kind.EDITED),
    "stretch": _of(lambda p, r, o: p.resize((round(p.width * 1.3), p.height)), Kind.COPY, Kind.EDITED),
    "rotate 5": _of(
        lambda p, r, o: p.rotate(float(r.choice([-5, 5])), Image.Resampling.BILINEAR, expand=True),
        Kind.CROP,
        Kind.EDITED,
    ),
    "turn 90": _of(lambda p, r, o: p.transpose(Image.Transpose.ROTATE_90), Kind.TURNED),
    "turn 180": _of(lambda p, r, o: p.transpose(Image.Transpose.ROTATE_180), Kind.TURNED),
    "mirror": _of(lambda p, r, o: ImageOps.mirror(p), Kind.TURNED),
    "chain": _of(lambda p, r, o: chained(p, r), Kind.EDITED, Kind.CROP),
    "crop 25 %": _of(lambda p, r, o: cropped(p, r, 0.25), Kind.CROP, hard=True),
    "collage": _of(lambda p, r, o: paged(p, r, o, 2), Kind.CROP, hard=True, pastes=True),
    "on screen": _of(lambda p, r, o: on_screen(p, r), Kind.CROP, hard=True),
    "perspective": _of(lambda p, r, o: photographed(p, r), Kind.CROP, Kind.EDITED, hard=True),
    "covered 30 %": _of(lambda p, r, o: covered(p, r), Kind.EDITED, Kind.VARIANT, hard=True),
    # Four that leave it a copy are one case in 210.
    "chain of four": _of(chained_four, Kind.CROP, Kind.EDITED, Kind.TURNED, hard=True),
    "cut to 16:9": _of(lambda p, r, o: cut_to(p, r, 16 / 9), Kind.CROP, Kind.COPY),
    "cut square": _of(lambda p, r, o: cut_to(p, r, 1.0), Kind.CROP, Kind.COPY),
    "sepia": _of(lambda p, r, o: sepia(p), Kind.EDITED, Kind.COPY),
    "auto levels": _of(lambda p, r, o: ImageOps.autocontrast(p, 1), Kind.COPY, Kind.EDITED),
    "faded": _of(lambda p, r, o: faded(p, r), Kind.EDITED, Kind.COPY, hard=True),
    "blurred bars": _of(lambda p, r, o: filled_bars(p), Kind.CROP, hard=True),
    "stickers": _of(bestickered, Kind.EDITED, Kind.VARIANT, hard=True, pastes=True),
    "gif 64": _of(lambda p, r, o: cut_to_palette(p, 64, dithered=True), Kind.COPY),
    "gif 32": _of(lambda p, r, o: cut_to_palette(p, 32, dithered=True), Kind.COPY, Kind.EDITED),
    "rounded corners": _of(lambda p, r, o: rounded(p, r), Kind.EDITED, Kind.CROP),
    "shaved": _of(lambda p, r, o: shaved(p, r), Kind.CROP, Kind.COPY),
    "cleaned, enlarged": _of(lambda p, r, o: cleaned(p, r), Kind.COPY, Kind.EDITED),
    "saved 20 times": _of(lambda p, r, o: passed_on(p, r, 20), Kind.COPY),
    "jpeg 10": _of(lambda p, r, o: stored(p, 10), Kind.COPY, Kind.EDITED),
    "mirrored crop": _of(lambda p, r, o: ImageOps.mirror(cropped(p, r, 0.7)), Kind.TURNED, Kind.CROP),
}
"""Name -> transform. ``crop N %`` keeps N % of the area; ``chain`` is crop, tone, text, scale and JPEG."""
