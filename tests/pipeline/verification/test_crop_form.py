"""What the judge says of a picture and a part of it, and of a picture with something around it."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from dpm_tui.catalog.group import Better
from dpm_tui.catalog.verdict import Crop, CropForm, Kind
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from dpm_tui.pipeline.verification.crop_form import weigh_crop
from tests.pipeline.drawings import portrait, scene, thumbnail

JUDGE = AlignedJudge()
SCENE = scene(2, (640, 400))


def crop_of(first: Image.Image, second: Image.Image) -> Crop:
    verdict = JUDGE.judge(thumbnail(first), thumbnail(second), 0.9)
    assert verdict is not None
    assert verdict.kind is Kind.CROP
    assert verdict.crop is not None
    return verdict.crop


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
    ("surround", "form"),
    [
        (in_bars, CropForm.BARS),
        (in_blurred_bars, CropForm.BARS),
        (in_frame, CropForm.FRAME),
        (with_caption, CropForm.STRIP),
        (on_page, CropForm.SCREENSHOT),
        (tilted, CropForm.TILTED),
        (in_collage, CropForm.COLLAGE),
    ],
)
def test_what_was_put_around_a_picture_is_named(surround, form: CropForm) -> None:
    outer = surround(SCENE)
    for pair in ((SCENE, outer), (outer, SCENE)):
        crop = crop_of(*pair)
        assert crop.form is form
        assert (crop.covered[0] > crop.covered[1]) is (pair[0] is SCENE)
        assert max(crop.covered) == pytest.approx(1, abs=0.03)
        share = SCENE.width * SCENE.height / (outer.width * outer.height)
        assert min(crop.covered) == pytest.approx(share, abs=0.03)


@pytest.mark.parametrize("picture", [SCENE, portrait(), scene(9, (480, 640))])
@pytest.mark.parametrize("box", [(0.1, 0.1, 0.8, 0.9), (0, 0.12, 1, 0.88), (0.25, 0.2, 0.9, 0.8)])
def test_a_part_is_named_a_cut(picture: Image.Image, box: tuple[float, float, float, float]) -> None:
    left, top, right, bottom = box
    edges = left * picture.width, top * picture.height, right * picture.width, bottom * picture.height
    crop = crop_of(picture, picture.crop(tuple(map(round, edges))))
    assert crop.form is CropForm.CUT
    assert crop.covered[0] == pytest.approx((right - left) * (bottom - top), abs=0.03)


def test_a_straightened_part_is_named_a_cut() -> None:
    width, height = SCENE.size
    turned = SCENE.rotate(5, Image.Resampling.BICUBIC)
    part = turned.crop((width // 6, height // 6, width * 5 // 6, height * 5 // 6))
    assert crop_of(SCENE, part).form is CropForm.CUT


def test_each_may_show_what_the_other_does_not() -> None:
    width, height = SCENE.size
    left, right = SCENE.crop((0, 0, width * 3 // 4, height)), SCENE.crop((width // 4, 0, width, height))
    assert crop_of(left, right).form is CropForm.OVERLAP


def test_a_picture_beside_its_turned_copy_has_no_crop() -> None:
    verdict = JUDGE.judge(thumbnail(SCENE), thumbnail(SCENE.rotate(90, expand=True)), 0.9)
    assert verdict is not None
    assert verdict.crop is None


@pytest.mark.parametrize(
    ("form", "covered", "sizes", "better"),
    [
        (CropForm.CUT, (1.0, 0.5), (500, 1000), Better.SECOND),
        (CropForm.CUT, (0.5, 1.0), (1000, 500), Better.FIRST),
        (CropForm.CUT, (1.0, 0.5), (900, 1000), Better.UNTOLD),
        (CropForm.CUT, (1.0, 0.5), (100, 1000), Better.SECOND),
        (CropForm.BARS, (1.0, 0.5), (500, 1000), Better.FIRST),
        (CropForm.FRAME, (0.5, 1.0), (1000, 500), Better.SECOND),
        (CropForm.SCREENSHOT, (1.0, 0.5), (4000, 1000), Better.FIRST),
        (CropForm.BARS, (1.0, 0.5), (250, 1000), Better.UNTOLD),
        (CropForm.OVERLAP, (0.8, 0.8), (500, 500), Better.UNTOLD),
    ],
)
def test_the_better_one_shows_all_of_the_picture_and_nothing_else(
    form: CropForm, covered: tuple[float, float], sizes: tuple[int, int], better: Better
) -> None:
    found, share = weigh_crop(Crop(form, covered), *sizes)
    assert found is better
    assert share == min(covered)
