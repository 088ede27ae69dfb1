"""What the judge says of a picture and one that was made of it, and which of both is the better."""

from __future__ import annotations

from unittest.mock import ANY

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from dpm_tui.catalog.group import Better
from dpm_tui.catalog.verdict import Alteration, Altered, Kind
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from dpm_tui.pipeline.verification.alteration_finder import weigh_altered
from tests.pipeline.drawings import portrait, scene, thumbnail

JUDGE = AlignedJudge()
SCENE = scene(2, (640, 400))


def altered(first: Image.Image, second: Image.Image, kind: Kind = Kind.CROP) -> Altered:
    verdict = JUDGE.judge(thumbnail(first), thumbnail(second), 0.9)
    assert verdict is not None
    assert verdict.kind is kind
    assert verdict.altered is not None
    return verdict.altered


def in_square(picture: Image.Image, ground: Image.Image) -> Image.Image:
    side = max(picture.size)
    square = ground.resize((side, side))
    square.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    return square


def in_bars(picture: Image.Image) -> Image.Image:
    return in_square(picture, Image.new("RGB", (8, 8), "black"))


def in_blurred_bars(picture: Image.Image) -> Image.Image:
    return in_square(picture, picture.filter(ImageFilter.GaussianBlur(40)))


def in_frame(picture: Image.Image) -> Image.Image:
    return ImageOps.expand(picture, 50, (30, 20, 90))


def with_caption(picture: Image.Image) -> Image.Image:
    page = ImageOps.expand(picture, (0, 0, 0, 70), "white")
    words = ImageDraw.Draw(page)
    words.text((12, picture.height + 12), "a caption that somebody wrote", fill="black", font_size=30)
    return page


def on_page(picture: Image.Image) -> Image.Image:
    page = Image.new("RGB", (picture.width + 200, picture.height + 260), (240, 240, 244))
    page.paste(picture, (100, 130))
    words = ImageDraw.Draw(page)
    for y in (20, 60, picture.height + 150, picture.height + 200):
        words.text((40, y), "what a page says above and below " * 2, fill="black", font_size=26)
    return page


def tilted(picture: Image.Image) -> Image.Image:
    return picture.rotate(6, Image.Resampling.BICUBIC, expand=True, fillcolor="white")


def in_collage(picture: Image.Image) -> Image.Image:
    sheet = Image.new("RGB", (picture.width * 2, picture.height * 2))
    for number, other in enumerate(
        (scene(5, picture.size), picture, scene(6, picture.size), scene(7, picture.size))
    ):
        sheet.paste(other, (number % 2 * picture.width, number // 2 * picture.height))
    return sheet


@pytest.mark.parametrize(
    ("surround", "how"),
    [
        (in_bars, Alteration.BARS),
        (in_blurred_bars, Alteration.BARS),
        (in_frame, Alteration.FRAME),
        (with_caption, Alteration.STRIP),
        (on_page, Alteration.SCREENSHOT),
        (tilted, Alteration.TILTED),
        (in_collage, Alteration.COLLAGE),
    ],
)
def test_what_was_put_around_a_picture_is_named(surround, how: Alteration) -> None:
    outer = surround(SCENE)
    for pair in ((SCENE, outer), (outer, SCENE)):
        found = altered(*pair)
        assert found.how is how
        assert pair[found.which or 0] is outer
        assert max(found.covered) == pytest.approx(1, abs=0.03)
        share = SCENE.width * SCENE.height / (outer.width * outer.height)
        assert min(found.covered) == pytest.approx(share, abs=0.03)


@pytest.mark.parametrize("picture", [SCENE, portrait(), scene(9, (480, 640))])
@pytest.mark.parametrize("box", [(0.1, 0.1, 0.8, 0.9), (0, 0.12, 1, 0.88), (0.25, 0.2, 0.9, 0.8)])
def test_a_part_is_named_a_cut(picture: Image.Image, box: tuple[float, float, float, float]) -> None:
    left, top, right, bottom = box
    edges = left * picture.width, top * picture.height, right * picture.width, bottom * picture.height
    found = altered(picture, picture.crop(tuple(map(round, edges))))
    assert (found.how, found.which) == (Alteration.CUT, 1)
    assert found.covered[0] == pytest.approx((right - left) * (bottom - top), abs=0.03)


def test_a_straightened_part_is_named_a_cut() -> None:
    width, height = SCENE.size
    turned = SCENE.rotate(5, Image.Resampling.BICUBIC)
    part = turned.crop((width // 6, height // 6, width * 5 // 6, height * 5 // 6))
    assert altered(SCENE, part).how is Alteration.CUT


def test_each_may_show_what_the_other_does_not() -> None:
    width, height = SCENE.size
    left, right = SCENE.crop((0, 0, width * 3 // 4, height)), SCENE.crop((width // 4, 0, width, height))
    assert altered(left, right) == Altered(Alteration.OVERLAP, None, ANY)


def test_a_picture_beside_its_turned_copy_has_no_crop() -> None:
    verdict = JUDGE.judge(thumbnail(SCENE), thumbnail(SCENE.rotate(90, expand=True)), 0.9)
    assert verdict is not None
    assert verdict.altered is None


def in_sepia(picture: Image.Image) -> Image.Image:
    return ImageOps.colorize(ImageOps.grayscale(picture), (30, 15, 0), (255, 240, 200))


def written_on(picture: Image.Image) -> Image.Image:
    written = picture.copy()
    words = ImageDraw.Draw(written)
    words.text((60, 280), "written over it", fill="white", stroke_fill="black", stroke_width=3, font_size=64)
    return written


def with_badge(picture: Image.Image) -> Image.Image:
    badged = picture.copy()
    draw = ImageDraw.Draw(badged)
    draw.rounded_rectangle((420, 40, 600, 110), 20, fill=(250, 240, 60), outline="black", width=4)
    draw.text((440, 50), "SOLD", fill="black", font_size=48)
    return badged


def with_round_corners(picture: Image.Image) -> Image.Image:
    mask = Image.new("L", picture.size)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, picture.width - 1, picture.height - 1), 60, fill=255)
    return Image.composite(picture, Image.new("RGB", picture.size, "white"), mask)


@pytest.mark.parametrize(
    ("edit", "how"),
    [
        (lambda p: ImageOps.grayscale(p).convert("RGB"), Alteration.GREY),
        (in_sepia, Alteration.TINTED),
        (written_on, Alteration.OVERLAID),
        (with_badge, Alteration.OVERLAID),
        (with_round_corners, Alteration.ROUNDED),
    ],
)
def test_the_edited_one_of_two_is_told(edit, how: Alteration) -> None:
    for order in (1, -1):
        pair = (SCENE, edit(SCENE))[::order]
        found = altered(*pair, Kind.EDITED)
        assert found.how is how
        assert pair[found.which or 0] is not SCENE


def test_a_grey_picture_beside_its_sepia_copy_lost_nothing() -> None:
    grey = ImageOps.grayscale(SCENE).convert("RGB")
    verdict = JUDGE.judge(thumbnail(grey), thumbnail(in_sepia(grey)), 0.9)
    assert verdict is not None
    assert verdict.altered is None


@pytest.mark.parametrize(
    ("found", "sizes", "better"),
    [
        (Altered(Alteration.CUT, 0, (1.0, 0.5)), (500, 1000), Better.SECOND),
        (Altered(Alteration.CUT, 1, (0.5, 1.0)), (1000, 500), Better.FIRST),
        (Altered(Alteration.CUT, 0, (1.0, 0.5)), (900, 1000), Better.UNTOLD),
        (Altered(Alteration.CUT, 0, (1.0, 0.5)), (100, 1000), Better.SECOND),
        (Altered(Alteration.BARS, 1, (1.0, 0.5)), (500, 1000), Better.FIRST),
        (Altered(Alteration.FRAME, 0, (0.5, 1.0)), (1000, 500), Better.SECOND),
        (Altered(Alteration.SCREENSHOT, 1, (1.0, 0.5)), (4000, 1000), Better.FIRST),
        (Altered(Alteration.BARS, 1, (1.0, 0.5)), (250, 1000), Better.UNTOLD),
        (Altered(Alteration.OVERLAP, None, (0.8, 0.8)), (500, 500), Better.UNTOLD),
        (Altered(Alteration.GREY, 0), (500, 500), Better.SECOND),
        (Altered(Alteration.GREY, 0), (2000, 500), Better.UNTOLD),
        (Altered(Alteration.OVERLAID, 1), (500, 400), Better.FIRST),
    ],
)
def test_the_better_one_was_not_altered_and_is_no_smaller(
    found: Altered, sizes: tuple[int, int], better: Better
) -> None:
    assert weigh_altered(found, *sizes) is better
    turned = {Better.FIRST: Better.SECOND, Better.SECOND: Better.FIRST}
    assert weigh_altered(found.swapped(), *sizes[::-1]) is turned.get(better, better)
