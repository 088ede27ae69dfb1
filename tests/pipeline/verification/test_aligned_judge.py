"""What the judge says of pairs that a person would file without hesitation."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from PIL import Image, ImageDraw, ImageEnhance, ImageFont, ImageOps

from dpm_tui.catalog.verdict import GRID, Kind, Verdict
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from tests.pipeline.drawings import encoded, portrait, resized, scene, thumbnail

JUDGE = AlignedJudge()


def judge(first: Image.Image, second: Image.Image) -> Verdict | None:
    return JUDGE.judge(thumbnail(first), thumbnail(second), 0.9)


def kind(first: Image.Image, second: Image.Image) -> Kind | None:
    verdict = judge(first, second)
    return None if verdict is None else verdict.kind


@pytest.mark.parametrize("original", [portrait(), scene(1), scene(2, (480, 640))])
@pytest.mark.parametrize(
    "derive",
    [
        lambda i: i,
        lambda i: encoded(i, 30),
        lambda i: resized(i, 0.5),
        lambda i: resized(i, 0.3),
        lambda i: encoded(resized(i, 0.6), 60),
        lambda i: ImageEnhance.Brightness(i).enhance(1.1),
        lambda i: ImageEnhance.Contrast(i).enhance(0.9),
        lambda i: i.quantize(256).convert("RGB"),
    ],
    ids=["same", "jpeg-30", "half", "third", "small-jpeg", "brighter", "flatter", "gif"],
)
def test_saved_again_is_a_copy(original: Image.Image, derive) -> None:
    verdict = judge(original, derive(original))
    assert verdict is not None
    assert verdict.kind is Kind.COPY
    assert 0.95 <= verdict.similarity < 1


def test_a_glow_without_corners_saved_again_is_found() -> None:
    rows, columns = np.mgrid[0:300, 0:400]
    glow = 90 * np.exp(-((rows - 100) ** 2 + (columns - 180) ** 2) / 9000)
    stripes = 6 * np.sin(columns / 3)
    noise = np.random.default_rng(1).normal(0, 3, (300, 400))
    shade = np.stack([40 + glow + stripes + noise, 25 + glow * 0.6 + stripes, 15 + glow * 0.3], axis=2)
    image = Image.fromarray(np.clip(shade, 0, 255).astype(np.uint8))
    for derived in (encoded(image, 90), encoded(image, 40), resized(image, 0.5), image.quantize(64)):
        assert kind(image, derived.convert("RGB")) in {Kind.COPY, Kind.VARIANT}


@pytest.mark.parametrize("quality", [60, 90])
@pytest.mark.parametrize("factor", [1.0, 0.6])
def test_another_expression_is_never_a_copy(quality: int, factor: float) -> None:
    verdict = judge(portrait(smile=True), encoded(resized(portrait(smile=False), factor), quality))
    assert verdict is not None
    assert verdict.kind is Kind.VARIANT
    assert 0.60 <= verdict.similarity <= 0.85


def test_the_difference_map_points_at_the_mouth() -> None:
    verdict = judge(portrait(smile=True), portrait(smile=False))
    assert verdict is not None
    grid = np.frombuffer(verdict.differs, np.uint8).reshape(GRID, GRID)
    row, column = np.unravel_index(int(grid.argmax()), grid.shape)
    assert (row, column) in {(4, 3), (4, 4)}
    assert grid[:3].max() < 60


def test_the_difference_map_lies_over_the_first_picture() -> None:
    upright, turned = portrait(smile=True), portrait(smile=False).rotate(180)
    verdict = judge(turned, upright)
    assert verdict is not None
    assert verdict.kind is Kind.VARIANT
    grid = np.frombuffer(verdict.differs, np.uint8).reshape(GRID, GRID)
    assert set(np.flatnonzero(grid.max(axis=1) > 200)) <= {2, 3}
    assert grid.max() > 200


@pytest.mark.parametrize("method", list(Image.Transpose))
@pytest.mark.parametrize("original", [portrait(), scene(3)])
def test_seven_orientations_are_turned(original: Image.Image, method: Image.Transpose) -> None:
    assert kind(original, original.transpose(method)) is Kind.TURNED


def test_a_turned_variant_is_a_variant() -> None:
    assert kind(portrait(smile=True), ImageOps.mirror(portrait(smile=False))) is Kind.VARIANT


@pytest.mark.parametrize("original", [portrait(), scene(4)])
@pytest.mark.parametrize(
    "derive",
    [
        lambda i: i.crop((0, 0, i.width * 3 // 4, i.height * 3 // 4)),
        lambda i: resized(i.crop((i.width // 5, i.height // 5, i.width, i.height)), 0.7),
        lambda i: ImageOps.expand(i, 40, (255, 255, 255)),
        lambda i: ImageOps.pad(i, (900, 600), color=(0, 0, 0)),
        lambda i: captioned(i),
        lambda i: i.rotate(8, Image.Resampling.BICUBIC, expand=True, fillcolor=(255, 255, 255)),
        lambda i: i.crop((i.width // 4, i.height // 4, i.width * 3 // 4, i.height * 3 // 4)),
        lambda i: on_a_page(i),
    ],
    ids=["corner", "smaller-crop", "border", "bars", "caption", "leaning", "quarter", "page"],
)
def test_less_or_more_around_it_is_a_crop(original: Image.Image, derive) -> None:
    assert kind(original, derive(original)) is Kind.CROP


def captioned(image: Image.Image) -> Image.Image:
    canvas = Image.new("RGB", (image.width, image.height + 110), (255, 255, 255))
    canvas.paste(image, (0, 110))
    ImageDraw.Draw(canvas).text((20, 20), "when you see it", (0, 0, 0), ImageFont.load_default(60))
    return canvas


def on_a_page(image: Image.Image) -> Image.Image:
    canvas = Image.new("RGB", (image.width * 2, image.height * 2), (250, 250, 250))
    for line in range(30):
        ImageDraw.Draw(canvas).text((20, 40 * line), "lorem ipsum dolor sit amet " * 4, (30, 30, 30))
    canvas.paste(image, (image.width // 3, image.height // 2))
    return canvas


def test_a_third_under_a_sticker_is_still_found() -> None:
    covered = scene(9)
    ImageDraw.Draw(covered).rounded_rectangle((150, 100, 510, 360), 30, (30, 200, 90), (255, 255, 255), 6)
    assert kind(scene(9), covered) in {Kind.EDITED, Kind.VARIANT}


def test_a_photographed_screen_is_found() -> None:
    picture = np.asarray(scene(10))
    height, width = picture.shape[:2]
    corners = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    seen = np.float32([[60, 30], [width - 15, 70], [width - 80, height - 60], [30, height - 20]])
    screen = cv2.warpPerspective(picture, cv2.getPerspectiveTransform(corners, seen), (width, height))
    assert kind(scene(10), encoded(Image.fromarray(screen), 70)) not in {None, Kind.COPY}


def test_a_difference_is_shown_where_it_lies_in_each_picture() -> None:
    """Also where the other picture is a mirrored one: then it lies on its other side."""
    original = scene(3)
    changed = original.copy()
    ImageDraw.Draw(changed).ellipse([40, 40, 110, 110], fill=(250, 240, 30))
    for derived, column in ((changed, 0), (ImageOps.mirror(changed), 1)):
        found = JUDGE.map_differences(thumbnail(original), thumbnail(encoded(derived, 85)), 32)
        assert found is not None
        first, second = found.first, found.second
        maps = [np.frombuffer(grid, np.uint8).reshape(32, 32) for grid in (first, second)]
        for grid, side in zip(maps, (0, column), strict=True):
            rows, columns = np.nonzero(grid > 128)
            assert len(rows) > 4
            assert rows.max() < 16
            assert (columns >= 16).all() if side else (columns < 16).all()


def test_pictures_that_are_not_alike_have_no_map() -> None:
    assert JUDGE.map_differences(thumbnail(scene(3)), thumbnail(portrait()), 32) is None
    sliver = np.zeros((2, 40, 3), np.uint8)
    assert JUDGE.map_differences(sliver, sliver, 32) is None


def test_an_eye_of_a_small_figure_makes_a_variant() -> None:
    def figure(closed: bool) -> Image.Image:
        image = scene(11, (768, 768), 25)
        small = portrait(smile=not closed, size=120)
        image.paste(small, (300, 300))
        return image

    assert kind(figure(True), encoded(resized(figure(False), 0.7), 80)) is Kind.VARIANT


@pytest.mark.parametrize("original", [portrait(), scene(5)])
@pytest.mark.parametrize(
    "derive",
    [
        lambda i: ImageOps.grayscale(i).convert("RGB"),
        lambda i: ImageOps.invert(i),
        lambda i: ImageOps.colorize(i.convert("L"), (30, 15, 0), (255, 235, 200)),
    ],
    ids=["grey", "negative", "sepia"],
)
def test_a_strong_tone_is_an_edit(original: Image.Image, derive) -> None:
    assert kind(original, derive(original)) is Kind.EDITED


@pytest.mark.parametrize("original", [portrait(), scene(5)])
def test_another_aspect_is_an_edit(original: Image.Image) -> None:
    assert kind(original, original.resize((original.width, round(original.height * 0.85)))) is Kind.EDITED


def test_text_over_a_picture_is_no_copy() -> None:
    lettered = scene(6)
    font = ImageFont.load_default(64)
    ImageDraw.Draw(lettered).text(
        (40, 200), "LOOK AT THIS", (255, 255, 255), font, stroke_width=5, stroke_fill=0
    )
    assert kind(scene(6), lettered) in {Kind.EDITED, Kind.VARIANT}


def sky(seed: int) -> Image.Image:
    rng = np.random.default_rng(seed)
    top, bottom = rng.integers(60, 140, 3), rng.integers(150, 250, 3)
    rows = np.linspace(0, 1, 300)[:, None, None]
    haze = rng.normal(0, 2, (300, 400, 3))
    return Image.fromarray(np.clip(top + (bottom - top) * rows + haze, 0, 255).astype(np.uint8))


def page(seed: int) -> Image.Image:
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (600, 800), (255, 255, 255))
    letters = list("abcdefghij klmnopqrstuv wxyz ")
    for line in range(26):
        text = "".join(rng.choice(letters, int(rng.integers(20, 50))))
        ImageDraw.Draw(image).text((40, 30 + 28 * line), text, (0, 0, 0), ImageFont.load_default(18))
    return image


def line_art(seed: int) -> Image.Image:
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (500, 500), (255, 255, 255))
    for _ in range(5):
        points = [tuple(int(v) for v in p) for p in rng.integers(60, 440, (4, 2))]
        ImageDraw.Draw(image).line(points, (0, 0, 0), 4)
    return image


def blank(seed: int) -> Image.Image:
    return Image.new("RGB", (400 + seed, 300), (250 - seed, 250, 248))


@pytest.mark.parametrize("draw", [scene, sky, page, line_art, blank])
def test_pictures_that_share_nothing_are_no_pair(draw) -> None:
    for seed in range(4):
        assert kind(draw(seed), draw(seed + 10)) is None


def test_two_flat_emoji_are_no_pair() -> None:
    apple, house = (Image.new("RGB", (256, 256), (255, 255, 255)) for _ in range(2))
    ImageDraw.Draw(apple).ellipse((40, 50, 216, 230), fill=(220, 40, 40))
    ImageDraw.Draw(apple).rectangle((120, 10, 136, 60), fill=(110, 70, 30))
    ImageDraw.Draw(house).polygon([(20, 120), (128, 20), (236, 120)], fill=(180, 60, 40))
    ImageDraw.Draw(house).rectangle((50, 120, 206, 240), fill=(230, 200, 120))
    assert kind(apple, house) is None


PAIRS = [
    (portrait(), portrait(smile=False)),
    (scene(7), encoded(resized(scene(7), 0.4), 50)),
    (scene(7), scene(7).crop((100, 80, 600, 440))),
    (scene(7), ImageOps.mirror(scene(7))),
    (scene(7), ImageOps.grayscale(scene(7)).convert("RGB")),
    (scene(7), scene(8)),
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_order_does_not_matter(first: Image.Image, second: Image.Image) -> None:
    one, other = judge(first, second), judge(second, first)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert one.kind is other.kind
        assert one.similarity == pytest.approx(other.similarity, abs=0.02)


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_a_new_judge_says_the_same(first: Image.Image, second: Image.Image) -> None:
    assert AlignedJudge().judge(thumbnail(first), thumbnail(second), 0.9) == judge(first, second)


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.tuples(*[st.integers(1, 256)] * 4),
    seed=st.integers(0, 3),
)
def test_any_size_gets_an_answer(sizes: tuple[int, int, int, int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    first, second = (rng.integers(0, 256, (*s, 3), np.uint8) for s in (sizes[:2], sizes[2:]))
    verdict = JUDGE.judge(first, second, 0.5)
    assert verdict is None or (0 <= verdict.similarity < 1 and len(verdict.differs) == GRID * GRID)


@pytest.mark.parametrize("size", [(1, 1), (2, 256), (256, 3), (12, 256), (13, 13)])
def test_slivers_with_themselves_do_not_crash(size: tuple[int, int]) -> None:
    sliver = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    verdict = JUDGE.judge(sliver, sliver, 1.0)
    assert verdict is None or verdict.kind is Kind.COPY
