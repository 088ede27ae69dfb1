"""Cut-outs beside what programs make of them: their flattenings are copies, all else stays apart."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from dpm_tui.catalog.inspection import Inspection
from dpm_tui.catalog.verdict import Kind, Verdict, is_visible
from dpm_tui.pipeline.candidates.crop_search import COUNT, flattenings
from dpm_tui.pipeline.decoding.thumbnail import decode_thumbnail, read_stored, read_thumbnail
from dpm_tui.pipeline.inspection.inspector import CopyAtFullSize, inspect_copies
from dpm_tui.pipeline.quality.full_size import decode_full_size
from dpm_tui.pipeline.transparency.cutout import StoredPicture
from dpm_tui.pipeline.transparency.flattening import judge_stored, lay_alike
from dpm_tui.pipeline.verification.aligned_judge import AlignedJudge
from tests.pipeline.drawings import scene
from tests.support.cutouts import GROUNDS, cutout, face, flatten, tinted
from tests.support.pictures import encode

pytestmark = pytest.mark.slow
JUDGE = AlignedJudge()


def stored(picture: Image.Image, format_: str = "PNG", **options: int) -> StoredPicture:
    return read_stored(decode_thumbnail(encode(picture, format_, **options)).jpeg)


def judge(one: Image.Image, other: Image.Image) -> Verdict | None:
    first, second = stored(one), stored(other, "JPEG", quality=85) if other.mode == "RGB" else stored(other)
    found, turned = (judge_stored(JUDGE, *pair, 1.0) for pair in ((first, second), (second, first)))
    same = [each and (each.kind, round(each.similarity, 6)) for each in (found, turned)]
    assert same[0] == same[1]
    return found


def inspect(one: Image.Image, other: Image.Image) -> Inspection:
    return inspect_copies(
        CopyAtFullSize.of(*decode_full_size(encode(one, "PNG"))),
        CopyAtFullSize.of(*decode_full_size(encode(other, "JPEG", quality=85))),
    )


def is_safe(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.kind in (Kind.COPY, Kind.PIXELS, Kind.IDENTICAL)


@pytest.mark.parametrize("half", [False, True], ids=["full", "half"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_a_flattening_is_a_copy_of_its_cutout(ground: str, half: bool) -> None:
    for seed in (1, 2, 3):
        flat = flatten(cutout(seed), ground)
        if half:
            flat = flat.resize((flat.width // 2, flat.height // 2), Image.Resampling.LANCZOS)
        verdict = judge(cutout(seed), flat)
        assert verdict is not None
        assert verdict.kind is Kind.COPY


@pytest.mark.parametrize("ground", GROUNDS)
def test_at_full_size_the_cutout_is_the_better_one(ground: str) -> None:
    found = inspect(cutout(2), flatten(cutout(2), ground))
    assert found.changed < 0
    assert found.better >= 1.5
    assert found.reason == "flattened"


def test_neither_is_better_where_the_flattening_is_larger() -> None:
    small = cutout(4).resize((200, 200), Image.Resampling.LANCZOS)
    assert inspect(small, flatten(cutout(4), "black")).better == 0


def test_a_trimmed_flattening_belongs_to_its_cutout() -> None:
    picture = cutout(2)
    flat = flatten(picture, "black").crop(picture.getchannel("A").getbbox())
    verdict = judge(picture, flat)
    assert verdict is not None
    assert verdict.kind in (Kind.CROP, Kind.COPY)


def test_a_cutout_on_another_picture_is_no_copy() -> None:
    for seed in range(1, 6):
        below = scene(seed + 20, (480, 480)).convert("RGBA")
        below.alpha_composite(cutout(seed))
        assert not is_safe(judge(cutout(seed), below.convert("RGB")))


def test_what_lies_on_the_ground_besides_is_seen() -> None:
    for ground in ("black", "board 16"):
        flat = flatten(cutout(1), ground)
        ImageDraw.Draw(flat).rectangle((10, 10, 90, 60), fill=(250, 60, 60))
        verdict = judge(cutout(1), flat)
        assert not is_safe(verdict)
        assert verdict is None or is_visible(verdict.differs)


@pytest.mark.parametrize("ground", ["white", "black", "board 8"])
def test_another_expression_is_no_copy(ground: str) -> None:
    assert is_safe(judge(face(smile=True), flatten(face(smile=True), ground)))
    assert not is_safe(judge(face(smile=True), flatten(face(smile=False), ground)))
    assert not is_safe(judge(face(smile=True), face(smile=False)))


@pytest.mark.parametrize("ground", GROUNDS)
def test_other_cutouts_do_not_match(ground: str) -> None:
    assert judge(cutout(1), flatten(cutout(2), ground)) is None


@pytest.mark.parametrize(("level", "ground"), [(8, "black"), (248, "white")])
def test_what_cannot_be_seen_on_its_ground_matches_nothing(level: int, ground: str) -> None:
    for spread in (3, 7):
        figure = tinted(level, spread)
        assert judge(figure, flatten(figure, ground)) is None
        assert judge(figure, flatten(tinted(level, spread, seed=2), ground)) is None


def test_a_figure_of_which_little_shows_is_no_copy() -> None:
    figure = tinted(8, 5)
    bright = cutout(1).crop((200, 200, 290, 290))
    figure.paste(bright, (200, 200), bright)
    verdict = judge(figure, flatten(figure, "black"))
    assert not is_safe(verdict)
    assert verdict is None or is_visible(verdict.differs)


def test_cutouts_of_other_shapes_are_no_copies() -> None:
    one = cutout(1)
    whole = flatten(one, "white").convert("RGBA")
    ImageDraw.Draw(whole).rectangle((0, 0, 479, 120), fill=(0, 0, 0, 0))
    assert not is_safe(judge(one, whole))
    assert is_safe(judge(one, one.resize((300, 300), Image.Resampling.LANCZOS)))


def test_opaque_pictures_are_compared_as_they_are() -> None:
    picture = scene(1).convert("RGBA")
    one, other = stored(picture), stored(scene(1), "JPEG", quality=80)
    assert one.cutout is None
    laid = lay_alike(one, other)
    assert laid.first is one.pixels
    assert laid.second is other.pixels
    assert flattenings(one) is None


def test_a_thumbnail_keeps_how_opaque_it_is() -> None:
    noisy = scene(1, (700, 700))
    noisy.putalpha(Image.effect_noise((700, 700), 90))
    for picture in (cutout(1), noisy, cutout(3, (100, 60))):
        jpeg = decode_thumbnail(encode(picture, "PNG")).jpeg
        found = read_stored(jpeg)
        alpha = picture.getchannel("A").resize(found.pixels.shape[1::-1], Image.Resampling.LANCZOS)
        assert found.cutout is not None
        assert float(np.abs(found.cutout.alpha.astype(int) - np.asarray(alpha)).mean()) < 2
        assert np.array_equal(read_thumbnail(jpeg), found.pixels)


def test_broken_transparency_is_no_thumbnail() -> None:
    jpeg = decode_thumbnail(encode(cutout(1), "PNG")).jpeg
    at = jpeg.index(b"dpm-tui alpha") + 40
    with pytest.raises(ValueError, match="thumbnail"):
        read_stored(jpeg[:at] + bytes(8) + jpeg[at + 8 :])


def test_the_parts_of_a_cutout_are_flattenings() -> None:
    parts = flattenings(stored(cutout(1)))
    assert parts is not None
    assert len(parts) == COUNT
    black = read_thumbnail(decode_thumbnail(encode(flatten(cutout(1), "black"), "PNG")).jpeg)
    assert float(np.abs(parts[0].astype(int) - black).mean()) < 2
