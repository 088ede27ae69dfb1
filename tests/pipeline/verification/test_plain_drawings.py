"""Drawings with hardly any features: written on, cut or covered they are found, and others are not."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageEnhance

from dpm_tui.catalog.verdict import Alteration, Kind, Verdict
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from tests.pipeline.drawings import encoded, thumbnail


def sign(shape: str = "triangle", rim: tuple[int, int, int] = (200, 30, 30)) -> Image.Image:
    """Return a road sign; of another shape it shows something else inside the same rim."""
    image = Image.new("RGB", (400, 360), (242, 240, 236))
    draw = ImageDraw.Draw(image)
    draw.polygon([(200, 20), (380, 335), (20, 335)], fill=rim)
    draw.polygon([(200, 80), (330, 305), (70, 305)], fill="white")
    draw.rectangle((300, 150, 380, 200), fill=(40, 60, 150))
    if shape == "triangle":
        draw.polygon([(150, 290), (200, 170), (250, 290)], fill="black")
    else:
        draw.ellipse((160, 180, 240, 290), outline="black", width=16)
        draw.rectangle((190, 120, 210, 180), fill="black")
    return image


def judge(first: Image.Image, second: Image.Image) -> Verdict | None:
    return AlignedJudge().judge(thumbnail(first), thumbnail(second), 0.6)


def written(picture: Image.Image, place: tuple[int, int]) -> Image.Image:
    copy = picture.copy()
    draw = ImageDraw.Draw(copy)
    draw.text(place, "Hello World", fill="white", stroke_fill="black", stroke_width=2, font_size=34)
    return copy


def test_a_cut_and_toned_drawing_with_a_line_of_text_is_found() -> None:
    toned = ImageEnhance.Brightness(sign()).enhance(0.85)
    copy = encoded(written(toned, (60, 220)).crop((40, 30, 370, 345)), 60)
    verdict = judge(sign(), copy)
    assert verdict is not None
    assert verdict.kind is Kind.EDITED


def test_a_quarter_of_a_plain_drawing_is_found() -> None:
    verdict = judge(sign(), sign().crop((150, 130, 400, 345)))
    assert verdict is not None
    assert verdict.kind is Kind.CROP
    assert verdict.altered is not None
    assert verdict.altered.how is Alteration.CUT


@pytest.mark.parametrize("crop", [(0, 0, 400, 360), (40, 30, 370, 345)])
def test_another_sign_of_the_same_shape_is_no_edited_copy(crop: tuple[int, int, int, int]) -> None:
    verdict = judge(sign(), encoded(sign("key").crop(crop), 70))
    assert verdict is None or verdict.kind is Kind.VARIANT


def test_another_sign_with_text_on_it_is_no_edited_copy() -> None:
    verdict = judge(sign(), encoded(written(sign("key"), (100, 100)), 70))
    assert verdict is None or verdict.kind is Kind.VARIANT
