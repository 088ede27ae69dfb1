"""The same drawing in other colours is no copy; what saving and a light tone do to colours is one."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from dpm_tui.catalog.verdict import GRID, Kind, Verdict, is_visible, only_colours
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from dpm_tui.review.reasons.difference_places import describe_places
from tests.pipeline.drawings import encoded, portrait, resized, scene, thumbnail

JUDGE = AlignedJudge()
Colour = tuple[int, int, int]
SKINS: tuple[Colour, ...] = ((255, 204, 77), (247, 222, 206), (213, 171, 136), (175, 126, 87), (124, 83, 62))
TEAMS: tuple[Colour, ...] = ((200, 40, 50), (40, 80, 200), (50, 150, 60), (190, 160, 40))


def judged(first: Image.Image, second: Image.Image) -> Verdict:
    verdict = JUDGE.judge(thumbnail(first), thumbnail(second), 0.9)
    assert verdict is not None
    return verdict


def emoji(skin: Colour, size: int = 512) -> Image.Image:
    """Return a flat face on white: skin, hair, eyes and a mouth."""
    image = Image.new("RGB", (size, size), (255, 255, 255))
    draw, u = ImageDraw.Draw(image), size / 100
    draw.ellipse((12 * u, 8 * u, 88 * u, 80 * u), fill=(60, 40, 30))
    draw.ellipse((18 * u, 16 * u, 82 * u, 92 * u), fill=skin)
    for x in (38, 62):
        draw.ellipse(((x - 5) * u, 44 * u, (x + 5) * u, 56 * u), fill=(50, 30, 20))
    draw.arc((36 * u, 54 * u, 64 * u, 78 * u), 20, 160, (120, 30, 30), round(3 * u))
    return image


def sprites(team: Colour, size: int = 384) -> Image.Image:
    """Return a sheet of little soldiers on white with shields and plumes in the team's colour."""
    image = Image.new("RGB", (size, size), (255, 255, 255))
    draw, cell = ImageDraw.Draw(image), size // 4
    dark: Colour = (team[0] // 2, team[1] // 2, team[2] // 2)
    for number in range(16):
        x, y = number % 4 * cell, number // 4 * cell + number % 3 * 3
        lean = number % 5 * 3
        draw.ellipse(
            (x + 34 + lean, y + 14, x + 58 + lean, y + 38), fill=(230, 190, 150), outline=(60, 40, 30)
        )
        draw.polygon([(x + 40 + lean, y + 14), (x + 52 + lean, y + 14), (x + 46, y + 2)], fill=team)
        draw.rectangle((x + 34, y + 38, x + 60, y + 70), fill=(150, 150, 160), outline=(60, 60, 70))
        draw.ellipse((x + 20, y + 40, x + 44, y + 66), fill=team, outline=dark, width=3)
        draw.line((x + 64, y + 20, x + 64 + lean, y + 86), fill=(110, 80, 40), width=4)
        draw.rectangle((x + 38, y + 70, x + 46, y + 88), fill=(90, 70, 50))
        draw.rectangle((x + 50, y + 70, x + 58, y + 88), fill=(90, 70, 50))
    return image


def framed(frame: Colour) -> Image.Image:
    inside = scene(21, (520, 390))
    return ImageOps.expand(inside, 36, frame)


def flag(left: Colour, right: Colour) -> Image.Image:
    """Return flat art of three colours."""
    image = Image.new("RGB", (480, 320), (250, 250, 245))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 160, 320), fill=left)
    draw.polygon([(480, 0), (480, 320), (300, 160)], fill=right)
    draw.ellipse((200, 110, 280, 190), fill=left)
    return image


def patched(fill: Colour) -> Image.Image:
    """Return a scene with a scarf of 2 % of its area."""
    image = scene(23)
    ImageDraw.Draw(image).rounded_rectangle((280, 200, 280 + 86, 200 + 72), 12, fill=fill)
    return image


def turned_hue(image: Image.Image, turn: int) -> Image.Image:
    """Return the picture with its reds turned into another hue."""
    hsv = cv2.cvtColor(np.asarray(image), cv2.COLOR_RGB2HSV_FULL)
    near = (np.abs((hsv[..., 0].astype(int) + 128) % 256 - 128) < 30) & (hsv[..., 1] > 60)
    hsv[..., 0] = np.where(near, (hsv[..., 0].astype(int) + turn) % 256, hsv[..., 0])
    return Image.fromarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB_FULL))


RECOLOURED = [
    *((f"team {k}", sprites(TEAMS[0]), sprites(team)) for k, team in enumerate(TEAMS[1:])),
    *((f"skin {k}", emoji(SKINS[k]), emoji(skin)) for k, skin in enumerate(SKINS[1:])),
    ("skin far", emoji(SKINS[0]), emoji(SKINS[-1])),
    ("frame", framed((170, 30, 30)), framed((110, 70, 40))),
    ("three colours", flag((200, 30, 40), (30, 60, 150)), flag((200, 30, 40), (30, 130, 60))),
    ("two of three", flag((200, 30, 40), (30, 60, 150)), flag((230, 130, 30), (30, 60, 150))),
    ("patch", patched((190, 40, 40)), patched((40, 90, 180))),
    ("darker patch", patched((230, 190, 160)), patched((130, 90, 65))),
    ("hue", scene(25), turned_hue(scene(25), 100)),
]


@pytest.mark.parametrize(("first", "second"), [c[1:] for c in RECOLOURED], ids=[c[0] for c in RECOLOURED])
@pytest.mark.parametrize(
    "save", [lambda i: i, lambda i: encoded(resized(i, 0.7), 70)], ids=["as is", "again"]
)
def test_parts_in_other_colours_make_a_variant(
    first: Image.Image, second: Image.Image, save: Callable[[Image.Image], Image.Image]
) -> None:
    verdict = judged(first, save(second))
    assert verdict.kind is Kind.VARIANT
    assert describe_places(verdict.differs)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (patched((190, 40, 40)), patched((40, 90, 180))),
        (emoji(SKINS[0]), emoji(SKINS[3])),
        (sprites(TEAMS[0]), sprites(TEAMS[1])),
    ],
    ids=["patch", "skin", "team"],
)
def test_the_map_shows_the_colours_and_says_that_it_is_them(first: Image.Image, second: Image.Image) -> None:
    verdict = judged(first, second)
    assert only_colours(verdict.differs)
    grid = cv2.resize(
        cv2.absdiff(thumbnail(first), thumbnail(second)).max(axis=2),
        (GRID, GRID),
        interpolation=cv2.INTER_AREA,
    )
    seen = np.frombuffer(verdict.differs, np.uint8).reshape(GRID, GRID)
    assert seen[np.unravel_index(int(grid.argmax()), grid.shape)] > 128
    assert seen[grid < 0.3].size == 0 or seen[grid < 0.3].mean() < 48


def test_another_expression_is_more_than_colour() -> None:
    verdict = judged(portrait(), portrait(smile=False))
    assert verdict.kind is Kind.VARIANT
    assert not only_colours(verdict.differs)


def dithered(image: Image.Image, colours: int) -> Image.Image:
    return image.quantize(palette=image.quantize(colours), dither=Image.Dither.FLOYDSTEINBERG).convert("RGB")


def gained(image: Image.Image, gains: tuple[float, float, float]) -> Image.Image:
    return Image.fromarray(np.clip(np.asarray(image) * np.array(gains), 0, 255).astype(np.uint8))


KEPT: dict[str, Callable[[Image.Image], Image.Image]] = {
    "jpeg 30": lambda i: encoded(i, 30),
    "half": lambda i: resized(i, 0.5),
    "palette": lambda i: i.quantize(64).convert("RGB"),
    "dithered": lambda i: dithered(i, 64),
    "brighter": lambda i: ImageEnhance.Brightness(i).enhance(1.1),
    "darker": lambda i: ImageEnhance.Brightness(i).enhance(0.9),
    "contrast": lambda i: ImageEnhance.Contrast(i).enhance(1.1),
    "flatter": lambda i: ImageEnhance.Contrast(i).enhance(0.9),
    "livelier": lambda i: ImageEnhance.Color(i).enhance(1.1),
    "duller": lambda i: ImageEnhance.Color(i).enhance(0.9),
    "warmer": lambda i: gained(i, (1.05, 1.0, 0.95)),
}
DRAWN = {
    "portrait": portrait(),
    "scene": scene(5),
    "emoji": emoji(SKINS[2]),
    "sprites": sprites(TEAMS[1]),
    "frame": framed((170, 30, 30)),
    "patch": patched((190, 40, 40)),
}


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("change", KEPT)
def test_saving_again_and_a_light_tone_stay_a_copy(name: str, change: str) -> None:
    verdict = judged(DRAWN[name], KEPT[change](DRAWN[name]))
    assert verdict.kind is Kind.COPY
    assert 0.95 <= verdict.similarity < 1
    assert not is_visible(verdict.differs)


@pytest.mark.parametrize("change", ["jpeg 30", "half", "palette", "dithered"])
def test_flat_art_saved_again_stays_a_copy(change: str) -> None:
    art = flag((200, 30, 40), (30, 60, 150))
    assert judged(art, KEPT[change](art)).kind is Kind.COPY


STRONG: dict[str, Callable[[Image.Image], Image.Image]] = {
    "grey": lambda i: ImageOps.grayscale(i).convert("RGB"),
    "sepia": lambda i: ImageOps.colorize(i.convert("L"), (30, 15, 0), (255, 235, 200)),
    "filter": lambda i: ImageEnhance.Color(ImageEnhance.Contrast(i).enhance(1.5)).enhance(2.2),
}


@pytest.mark.parametrize("change", STRONG)
@pytest.mark.parametrize("name", ["portrait", "scene", "sprites", "emoji"])
def test_a_strong_tone_of_the_whole_is_an_edit(name: str, change: str) -> None:
    kind = judged(DRAWN[name], STRONG[change](DRAWN[name])).kind
    # A tone moves each of a few flat colours in its own way, as other colours of parts do.
    flat = name in {"sprites", "emoji"}
    assert kind in ({Kind.EDITED, Kind.VARIANT} if flat else {Kind.EDITED})


def test_a_turned_recolour_is_a_variant() -> None:
    assert judged(sprites(TEAMS[0]), ImageOps.mirror(sprites(TEAMS[1]))).kind is Kind.VARIANT


def test_what_differs_strongly_at_a_place_is_no_copy() -> None:
    """Covered areas are seen however much of the rest is the same."""
    covered = [scene(27), scene(27)]
    for number, image in enumerate(covered):
        ImageDraw.Draw(image).rectangle((0, 0, 640, 40), fill=(30, 30, 30) if number else (240, 240, 240))
        ImageDraw.Draw(image).rectangle((260, 200, 380, 290), fill=(200, 30, 30) if number else (30, 30, 200))
    verdict = judged(covered[0], encoded(covered[1], 80))
    assert verdict.kind not in {Kind.COPY, Kind.PIXELS, Kind.IDENTICAL}
    assert max(verdict.differs) > 200


def screen(clock: str) -> Image.Image:
    """Return a screenshot of a chat with the time in its corner."""
    image = Image.new("RGB", (1080, 2340), (236, 229, 221))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 1080, 80), fill=(7, 94, 84))
    draw.text((40, 14), clock, (255, 255, 255), font_size=44)
    for line in range(9):
        left = 60 if line % 2 else 340
        draw.rounded_rectangle(
            (left, 220 + 220 * line, left + 680, 370 + 220 * line), 24, fill=(255, 255, 255)
        )
        draw.text((left + 30, 260 + 220 * line), f"message number {line * 37}", (20, 20, 20), font_size=44)
    return image


def test_a_variant_always_names_where_it_differs() -> None:
    verdict = judged(screen("09:41"), screen("18:26"))
    if verdict.kind is Kind.VARIANT:
        assert "upper_left" in describe_places(verdict.differs)
    found = JUDGE.map_differences(thumbnail(screen("09:41")), thumbnail(screen("18:26")), 32)
    assert found is not None
    one, other = found.first, found.second
    assert verdict.kind is Kind.COPY or (describe_places(one) and describe_places(other))
