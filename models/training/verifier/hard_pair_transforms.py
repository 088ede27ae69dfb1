"""Transforms that hide a picture: small parts, pages and collages around it, screens seen askew, chains."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from dpm_tui.catalog.verdict import Kind
from models.training.data.picture_edits import scaled, stored
from models.training.verifier.pair_transforms import TRUE_PAIRS, Transform, crop, font, tone

ANY = tuple(kind for kind in Kind if kind not in (Kind.IDENTICAL, Kind.PIXELS, Kind.COPY))
"""Kinds that are no promise that nothing differs."""
CROP, CROP_OR_EDITED = (Kind.CROP,), (Kind.CROP, Kind.EDITED)
LINKS = ("jpeg-30", "resize-50", "tone-12", "crop-80", "crop-60", "border", "caption", "text", "palette-64")
"""What a chain is made of."""


def _page(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A post on a screen: the picture takes 40 to 60 % of the page's longer side, between lines of text."""
    share = rng.uniform(0.4, 0.6)
    side = round(max(image.size) / share)
    size = (side, round(side * 0.6)) if image.width > image.height * 1.2 else (round(side * 0.8), side)
    dark = rng.random() < 0.4
    canvas = Image.new("RGB", size, (21, 24, 28) if dark else (250, 250, 250))
    draw = ImageDraw.Draw(canvas)
    ink = (220, 220, 220) if dark else (30, 30, 30)
    line = max(9, side // 45)
    for top in range(line, size[1] - line, line * 2):
        words = "".join(rng.choice(list("aeion rstl mdu "), int(rng.integers(10, 60))))
        draw.text((line, top), words, ink, font(line))
    draw.rectangle((0, 0, size[0], line * 2), fill=(40, 90, 180))
    left = int(rng.integers(0, max(size[0] - image.width, 1)))
    top = int(rng.integers(0, max(size[1] - image.height, 1)))
    canvas.paste(image, (left, top))
    return canvas


def _askew(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A photographed screen: corners off by up to 12 % of the sides, a dark room around."""
    width, height = image.size
    pad = 0.12
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    inward = rng.uniform(0, 0.12, (4, 2)) * np.where(corners < 0.5, 1, -1)
    goal = (corners + inward + pad) / (1 + 2 * pad)
    size = (round(width * (1 + 2 * pad)), round(height * (1 + 2 * pad)))
    matrix = cv2.getPerspectiveTransform(
        corners * np.array([width, height], np.float32), (goal * np.array(size)).astype(np.float32)
    )
    room = (int(rng.integers(10, 50)),) * 3
    seen = cv2.warpPerspective(
        np.asarray(image),
        matrix,
        size,
        flags=cv2.INTER_AREA,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=room,
    )
    left, right = rng.uniform(0.8, 1.05, 2).tolist()
    fall = np.linspace(left, right, size[0], dtype=np.float32)[None, :, None]
    return stored(Image.fromarray(np.clip(seen * fall, 0, 255).astype(np.uint8)), 70)


def _covered(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A sticker over 30 % of the picture."""
    out = image.copy()
    side = 0.3**0.5
    width, height = int(image.width * side), int(image.height * side)
    left, top = int(rng.integers(0, image.width - width)), int(rng.integers(0, image.height - height))
    fill = tuple(int(v) for v in rng.integers(0, 256, 3))
    draw = ImageDraw.Draw(out)
    draw.rounded_rectangle((left, top, left + width, top + height), width // 8, fill, (255, 255, 255), 4)
    draw.text((left + width // 8, top + height // 3), "SOLD OUT", (255, 255, 255), font(width / 6))
    return out


def _chain(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    links = [t for t in TRUE_PAIRS if t.name in LINKS]
    for k in rng.choice(len(links), 4, replace=False):
        image = links[k].make(image, rng)
    return image


def _lean(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    angle = float(rng.choice([-1, 1])) * rng.uniform(5, 12)
    return image.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=(255, 255, 255))


def collage(others: Sequence[Image.Image]) -> Transform:
    """Return the transform that pastes a picture between others, at 45 to 60 % of the page's side."""

    def make(image: Image.Image, rng: np.random.Generator) -> Image.Image:
        share = rng.uniform(0.45, 0.6)
        side = round(max(image.size) / share)
        canvas = Image.new("RGB", (side, side), (255, 255, 255))
        cells = [(0, 0), (1, 0), (0, 1), (1, 1)]
        own = int(rng.integers(4))
        for k, (column, row) in enumerate(cells):
            inside = image if k == own else others[int(rng.integers(len(others)))]
            wide = round(side * (share if k == own else 1 - share))
            piece = inside if k == own else ImageOps.fit(inside, (wide, wide))
            left, top = column * (side - piece.width), row * (side - piece.height)
            if k != own:
                canvas.paste(piece, (left, top))
        column, row = cells[own]
        canvas.paste(image, (column * (side - image.width), row * (side - image.height)))
        return canvas

    return Transform("hard: collage", (*CROP, Kind.EDITED, Kind.VARIANT), make)


def picture_stickers(others: Sequence[Image.Image]) -> Transform:
    """Return the transform that puts one to three cut-outs of other pictures on a picture, rimmed or not."""

    def make(image: Image.Image, rng: np.random.Generator) -> Image.Image:
        out = image.copy()
        for _ in range(int(rng.choice([1, 1, 2, 3]))):
            side = max(12, round(min(image.size) * rng.uniform(0.15, 0.42)))
            size = side, max(12, round(side * rng.uniform(0.6, 1.0)))
            rim = max(1, side // 18) if rng.random() < 0.5 else 0
            piece = ImageOps.fit(others[int(rng.integers(len(others)))], size)
            mask = _cutout_mask(size, rng)
            left, top = (int(rng.integers(0, max(n - s, 1))) for n, s in zip(image.size, size, strict=True))
            if rim:
                wide = ImageOps.expand(mask, rim, 0).filter(ImageFilter.MaxFilter(2 * rim + 1))
                ink = (255, 255, 255) if rng.random() < 0.8 else (20, 20, 20)
                out.paste(ink, (left - rim, top - rim), wide)
            out.paste(piece, (left, top), mask)
        return out

    return Transform("picture-stickers", (Kind.EDITED,), make)


def _cutout_mask(size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    """Return a disc, a rounded box or a blob of a size."""
    mask = Image.new("L", size)
    draw = ImageDraw.Draw(mask)
    box = (0, 0, size[0] - 1, size[1] - 1)
    shape = int(rng.integers(3))
    if shape == 0:
        draw.ellipse(box, fill=255)
    elif shape == 1:
        draw.rounded_rectangle(box, int(min(size) * rng.uniform(0, 0.3)), fill=255)
    else:
        turns = np.sort(rng.uniform(0, 2 * np.pi, 14))
        reach = rng.uniform(0.55, 1.0, 14)
        points = [
            (size[0] / 2 * (1 + r * np.cos(t)), size[1] / 2 * (1 + r * np.sin(t)))
            for t, r in zip(turns, reach, strict=True)
        ]
        draw.polygon(points, fill=255)
    return mask


def _grey_crop(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    return ImageOps.grayscale(crop(0.5)(image, rng)).convert("RGB")


HARD: tuple[Transform, ...] = (
    Transform("crop-70", CROP, crop(0.7)),
    Transform("crop-30", CROP, crop(0.3)),
    Transform("grey-crop", CROP_OR_EDITED, _grey_crop),
    Transform("bars-tone", CROP_OR_EDITED, lambda i, r: tone(0.15)(_named("bars", i, r), r)),
    Transform("caption-tone", CROP_OR_EDITED, lambda i, r: tone(0.15)(_named("caption", i, r), r)),
    Transform("mirror-crop", (Kind.CROP, Kind.TURNED), lambda i, r: ImageOps.mirror(crop(0.7)(i, r))),
    Transform("turn-crop", (Kind.CROP, Kind.TURNED), lambda i, r: crop(0.7)(i, r).rotate(90, expand=True)),
    Transform("hard: crop-25", CROP, crop(0.25)),
    Transform("hard: crop-25-jpeg", CROP, lambda i, r: stored(scaled(crop(0.25)(i, r), 0.8), 50)),
    Transform("hard: page", CROP, _page),
    Transform("hard: askew", ANY, _askew),
    Transform("hard: covered", (Kind.EDITED, Kind.VARIANT), _covered),
    Transform("hard: lean", CROP, _lean),
    Transform("hard: chain", ANY, _chain),
)
"""Those without ``hard`` in their name should come back as surely as the ordinary ones."""


def _named(name: str, image: Image.Image, rng: np.random.Generator) -> Image.Image:
    return next(t for t in TRUE_PAIRS if t.name == name).make(image, rng)
