"""The look at full size: small changes are found, copies are not suspected, and the better one is told."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from dpm_tui.catalog.group import Better
from dpm_tui.catalog.inspection import (
    REASONS,
    Inspection,
    decode_inspection,
    encode_inspection,
)
from dpm_tui.catalog.verdict import GRID, Kind, Verdict
from dpm_tui.pipeline.inspection.inspected_verdict import CHANGED, SURE, inspect_verdicts
from dpm_tui.pipeline.inspection.inspector import CopyAtFullSize, inspect_copies
from dpm_tui.pipeline.quality.common_frame import align, to_common_size
from dpm_tui.pipeline.quality.full_size import decode_full_size
from dpm_tui.pipeline.quality.jpeg_history import block_coefficients, read_history
from dpm_tui.pipeline.quality.sample_region import lightness
from dpm_tui.pipeline.quality.tone_votes import better_by
from dpm_tui.pipeline.verification.pair_schedule import SMALL
from dpm_tui.review.reasons.difference_places import describe_places

pytestmark = pytest.mark.slow
A, B, C = (letter * 64 for letter in "abc")
Edit = Callable[[Image.Image], Image.Image]


def scene(width: int = 900, height: int = 600, seed: int = 0) -> Image.Image:
    """Return a drawing with soft shades, fine texture, small figures and writing."""
    rng = np.random.default_rng(seed)
    down, across = np.mgrid[0:height, 0:width] / height
    base = np.stack([120 + 80 * np.sin(3 * across + k) * np.cos(2 * down - k) for k in range(3)], axis=2)
    fine = rng.normal(0, 9, (height, width, 1))
    picture = Image.fromarray(np.clip(base + fine, 0, 255).astype(np.uint8)).filter(
        ImageFilter.GaussianBlur(0.7)
    )
    pen = ImageDraw.Draw(picture)
    for _ in range(40):
        x, y, size = rng.integers(0, width), rng.integers(0, height), rng.integers(8, 60)
        ink = tuple(int(value) for value in rng.integers(0, 255, 3))
        pen.ellipse((x, y, x + size, y + size * 0.7), fill=ink, outline=(20, 20, 30))
    return picture


def stored(picture: Image.Image, form: str = "PNG", **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, form, **options)
    return stream.getvalue()


def look(first: bytes, second: bytes) -> Inspection:
    return inspect_copies(*(CopyAtFullSize.of(*decode_full_size(content)) for content in (first, second)))


def with_eye(picture: Image.Image) -> Image.Image:
    """Return the picture with a small thing changed: 1.5 % of its width."""
    side = round(picture.width * 0.015)
    left, top = round(picture.width * 0.85), round(picture.height * 0.3)
    changed = picture.copy()
    ImageDraw.Draw(changed).ellipse(
        (left, top, left + side, top + side), fill=(245, 240, 230), outline=(10, 10, 10)
    )
    return changed


COPIES: dict[str, Callable[[Image.Image], bytes]] = {
    "png": lambda p: stored(p),
    "jpeg 30": lambda p: stored(p, "JPEG", quality=30),
    "webp 40": lambda p: stored(p, "WEBP", quality=40),
    "half": lambda p: stored(
        p.resize((p.width // 2, p.height // 2), Image.Resampling.LANCZOS), "JPEG", quality=85
    ),
    "gif": lambda p: stored(p.quantize(128), "GIF"),
    "darker": lambda p: stored(p.point(lambda v: v * 0.92), "JPEG", quality=90),
    "cut off at white": lambda p: stored(p.point(lambda v: min(v * 1.12, 255))),
    "dithered gif": lambda p: stored(
        p.quantize(palette=p.quantize(64), dither=Image.Dither.FLOYDSTEINBERG), "GIF"
    ),
    "trimmed": lambda p: stored(p.crop((3, 2, p.width - 4, p.height - 1)), "JPEG", quality=92),
}


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_shows_no_change_and_a_small_one_is_found(name: str) -> None:
    original = stored(scene(), "JPEG", quality=94)
    assert look(original, COPIES[name](scene())).changed < CHANGED
    found = look(original, COPIES[name](with_eye(scene())))
    assert found.changed > CHANGED
    assert "upper_right" in describe_places(found.differs)


def softened(radius: float) -> Edit:
    return lambda p: p.filter(ImageFilter.GaussianBlur(radius))


def resized(factor: float, method: Image.Resampling) -> Edit:
    return lambda p: p.resize((round(p.width * factor), round(p.height * factor)), method)


def reopened(picture: Image.Image, form: str, quality: int) -> Image.Image:
    return Image.open(io.BytesIO(stored(picture, form, quality=quality))).convert("RGB")


POORER: dict[str, tuple[Callable[[Image.Image], bytes], str]] = {
    "enlarged": (lambda p: stored(resized(2, Image.Resampling.BICUBIC)(p)), "enlarged"),
    "doubled": (lambda p: stored(resized(2, Image.Resampling.NEAREST)(p)), "enlarged"),
    "thumbnail": (
        lambda p: stored(resized(0.25, Image.Resampling.LANCZOS)(p), "JPEG", quality=85),
        "smaller",
    ),
    "blurred": (lambda p: stored(softened(1.5)(p)), "softer"),
    "hidden jpeg": (lambda p: stored(reopened(p, "JPEG", 30)), "recompressed"),
    "jpeg in a finer jpeg": (
        lambda p: stored(reopened(p, "JPEG", 20), "JPEG", quality=98, subsampling=0),
        "recompressed",
    ),
    "palette": (lambda p: stored(p.quantize(32), "GIF"), "few_colours"),
    "sent": (lambda p: stored(p, "JPEG", quality=55), "recompressed"),
}


@pytest.mark.parametrize("name", POORER)
@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_the_poorer_of_two_copies_is_told_whatever_its_container(name: str, form: str) -> None:
    original = stored(scene(), form, **({"quality": 93} if form == "JPEG" else {}))
    seen = Image.open(io.BytesIO(original)).convert("RGB")
    make, reason = POORER[name]
    copy = make(seen)
    found, turned = look(original, copy), look(copy, original)
    assert found.better > SURE
    assert turned.better == pytest.approx(-found.better)
    assert found.reason == reason


def test_an_earlier_jpeg_shows_in_the_pixels() -> None:
    def history(picture: Image.Image) -> tuple[float, float]:
        return read_history(block_coefficients(lightness(np.asarray(picture))))

    picture = scene()
    assert history(picture)[0] == -3.0
    once, twice = reopened(picture, "JPEG", 30), reopened(reopened(picture, "JPEG", 30), "JPEG", 97)
    assert history(twice)[0] == pytest.approx(history(once)[0], abs=0.1)
    assert history(once)[0] > history(reopened(picture, "JPEG", 80))[0] > -3.0


def test_shifted_copies_are_laid_over_each_other() -> None:
    picture = scene()
    shifted = picture.crop((9, 6, picture.width, picture.height))
    one, other = align(*to_common_size(np.asarray(picture), np.asarray(shifted)))
    inner = np.s_[30:-30, 30:-30]
    assert np.abs(one[inner].astype(int) - other[inner]).mean() < 6


def test_an_inspection_survives_its_record() -> None:
    for reason in REASONS:
        found = Inspection(-3.25, 2.5, bytes(range(GRID * GRID)), reason, 1.5, (0.1, 0, 2.5, -1, 0))
        assert decode_inspection(encode_inspection(found)) == found
    proved = Inspection(-10.0, 2.5, proved=True)
    assert decode_inspection(encode_inspection(proved)) == proved
    for bad in ({}, {"changed": "x", "better": 0, "amount": 0, "reason": ""}, {"changed": 0, "better": 0}):
        with pytest.raises((KeyError, ValueError, TypeError)):
            decode_inspection(bad)


COPY = Verdict(Kind.COPY, 0.97)


def test_what_differs_at_full_size_is_a_variant() -> None:
    differs = bytes([255] + [0] * (GRID * GRID - 1))
    (each,) = inspect_verdicts([((A, B), COPY)], {(A, B): Inspection(3.0, 4.0, differs)})
    assert (each.verdict.kind, each.verdict.differs) == (Kind.VARIANT, differs)
    assert each.verdict.similarity <= 0.85


def test_the_better_one_leads_where_it_can_be_told() -> None:
    def better(found: Inspection | None) -> Better:
        (each,) = inspect_verdicts([((A, B), COPY)], {} if found is None else {(A, B): found})
        return each.better

    assert better(Inspection(-5, 3)) is Better.FIRST
    assert better(Inspection(-5, -3)) is Better.SECOND
    assert better(Inspection(-5, 0.5)) is Better.UNTOLD
    assert better(None) is Better.UNSEEN
    (unasked,) = inspect_verdicts([((A, B), COPY)], None)
    assert unasked.better is Better.EITHER


def test_a_coarse_copy_of_two_pictures_goes_to_the_one_that_it_is_plainly_like() -> None:
    """B is poor; A and C are two pictures that both might be its original."""
    verdicts = [((A, B), COPY), ((B, C), COPY), ((A, C), Verdict(Kind.VARIANT, 0.8))]
    plain = {(A, B): Inspection(-6, 4), (B, C): Inspection(-1, -4)}
    ab, bc, _ = inspect_verdicts(verdicts, plain)
    assert (ab.verdict.kind, ab.better) == (Kind.COPY, Better.FIRST)
    assert bc.verdict.kind is Kind.VARIANT
    doubtful = {(A, B): Inspection(-6, 4), (B, C): Inspection(-5.5, -4)}
    ab, bc, _ = inspect_verdicts(verdicts, doubtful)
    assert {ab.better, bc.better} == {Better.UNTOLD}
    assert {ab.reason, bc.reason} == {"contested"}
    same = {**doubtful, (A, C): Inspection(-4, 1)}
    ab, _, _ = inspect_verdicts(verdicts, same)
    assert ab.better is Better.FIRST


def test_pictures_that_nobody_held_against_each_other_do_not_contest_a_copy() -> None:
    """One of many copies stands for pairs of the others: that they have none tells nothing."""
    best, *copies = sorted(f"{number}" * 64 for number in range(SMALL + 2))
    verdicts = [((best, copy), COPY) for copy in copies]
    table = {pair: Inspection(-6, 0.5) for pair, _ in verdicts}
    table[best, copies[-1]] = Inspection(-1, 0.5)
    settled = inspect_verdicts(verdicts, table)
    assert {(each.verdict.kind, each.reason) for each in settled} == {(Kind.COPY, "")}
    apart = (copies[0], copies[-1])
    judged = inspect_verdicts([*verdicts, (apart, Verdict(Kind.VARIANT, 0.8))], table)
    assert [each.pair for each in judged if each.verdict.kind is Kind.VARIANT] == [(best, copies[-1]), apart]
    unlike = inspect_verdicts(verdicts, table, {apart})
    assert [each.pair for each in unlike if each.verdict.kind is Kind.VARIANT] == [(best, copies[-1])]


def test_a_look_at_full_size_does_not_undo_what_only_colours_tell_apart() -> None:
    """C is A with another dress: the look at full size sees light, and finds nothing changed."""
    dress = bytes([200 if number == 20 else 0 for number in range(GRID * GRID)])
    table = {(A, B): Inspection(-6, 4), (B, C): Inspection(-5.5, -4), (A, C): Inspection(-4, 1)}
    verdicts = [((A, B), COPY), ((B, C), COPY), ((A, C), Verdict(Kind.VARIANT, 0.8, dress))]
    ab, bc, _ = inspect_verdicts(verdicts, table)
    assert {ab.reason, bc.reason} == {"contested"}


def test_the_tone_that_most_copies_share_is_the_original_one() -> None:
    lighter = (12.0, 0.0, 0.0, 0.0, 0.0)
    darker = (-12.0, 0.0, 0.0, 0.0, 0.0)
    table = {(A, B): Inspection(-5, 0.2, tone=darker)}
    further = {f"{number}" * 64: Inspection(-5, -3, tone=darker) for number in range(2)}
    for digest, found in further.items():
        table[digest, B] = found
    assert better_by(A, B, further, table) > SURE
    assert better_by(B, A, further, table) == -better_by(A, B, further, table)
    like_b = {(A, B): Inspection(-5, 0.2, tone=darker)}
    like_b |= {(digest, B): Inspection(-5, -3, tone=(0.0,) * 5) for digest in further}
    assert better_by(A, B, further, like_b) < -SURE
    assert better_by(A, C, (), {(A, C): Inspection(-5, 2.0, tone=lighter)}) == 2.0
