"""Reasons: what is said of one file beside another, with its sign; and the places where they differ."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dpm_tui.catalog.image_file import HOLDINGS, Facts, ImageFile, Stamp
from dpm_tui.catalog.verdict import GRID, Kind, only_colours
from dpm_tui.locale import LANGUAGES, load_catalogue, set_language, translate
from dpm_tui.review.reasons.difference_places import describe_places
from dpm_tui.review.reasons.reasons import compare_files
from dpm_tui.review.rules.presets import criteria_of

DAY = 86_400 * 10**9


def a_file(path: bytes = b"a.jpg", size: int = 1000, days: float = 0, **facts: object) -> ImageFile:
    known = Facts(digest="a" * 64, format="JPEG", width=4000, height=3000, quality=92)
    return ImageFile(
        1,
        path,
        Stamp(size, round(days * DAY), 0, 1, 1),
        facts=replace(known, **facts),  # type: ignore[arg-type]
    )


def said(file: ImageFile, other: ImageFile, kind: Kind | None = Kind.COPY, *rule: str) -> list[str]:
    """Return the reasons as an English user reads them, with the words of a rule."""
    set_language("en")
    reasons = compare_files(file, other, kind, criteria_of(rule or ("best",)))
    return [f"{reason.sign} {translate(f'review.{reason.key}', **reason.values)}" for reason in reasons]


def test_a_better_file_in_every_way() -> None:
    good = a_file(size=4_400_000, taken="2019-07-14 12:30:00", has_exif=True)
    poor = a_file(b"a (1).jpg", 310_000, 40, digest="b" * 64, width=1600, height=1200, quality=71)
    assert said(good, poor) == [
        "+ 6.2 times the pixels",
        "+ JPEG quality 92 against 71",
        "+ has EXIF date 2019-07-14 (the other: none)",
        "+ more bytes, 4.4 MB against 310 KB",
        "+ original-looking name",
        "+ file older by 40 days",
    ]
    assert said(poor, good) == [
        "- 16% of the pixels",
        "- recompressed, JPEG quality 71 against 92",
        "- no EXIF date (the other: 2019-07-14)",
        "- fewer bytes, 310 KB against 4.4 MB",
        "- name looks like a copy",
        "- file younger by 40 days",
    ]


def test_what_the_rule_looks_at_comes_first_and_what_it_prefers_is_better() -> None:
    heic = a_file(b"phone/a.heic", 900, format="HEIF")
    jpeg = a_file(b"a.jpg", 1000, 40, digest="b" * 64, quality=80)
    rule = ("folder:phone", "format:heic", "-date", "-bytes", "other-folder")
    assert said(heic, jpeg, Kind.COPY, *rule)[:4] == [
        "+ in a folder that the rule prefers",
        "+ HEIF, which the rule prefers to JPEG",
        "- file older by 40 days",
        "+ fewer bytes, 900 B against 1.0 KB",
    ]
    assert said(jpeg, heic, Kind.COPY, *rule)[:4] == [
        "- the rule prefers the folder of the other",
        "- JPEG, the rule prefers HEIF",
        "+ file younger by 40 days",
        "- more bytes, 1.0 KB against 900 B",
    ]
    assert "= HEIF against JPEG" in said(heic, jpeg)
    assert "= HEIF against JPEG" not in said(heic, jpeg, Kind.COPY, *rule)
    assert "+ JPEG, which the rule prefers to HEIF" in said(jpeg, heic, Kind.COPY, "-format:heic")
    assert said(heic, jpeg, Kind.COPY, "best", "other-folder") == said(heic, jpeg)
    assert said(heic, jpeg, Kind.COPY, "newest")[0] == "- file older by 40 days"


def test_same_bytes_in_folders_of_which_a_rule_prefers_one() -> None:
    reasons = said(a_file(b"x/a.jpg"), a_file(b"y/a (1).jpg"), Kind.IDENTICAL, "name", "folder:y", "pixels")
    assert reasons == [
        "= same bytes",
        "+ original-looking name",
        "- the rule prefers the folder of the other",
    ]


def test_same_bytes_leave_only_name_and_age() -> None:
    assert said(a_file(), a_file(b"a copy.jpg", days=1), Kind.IDENTICAL) == [
        "= same bytes",
        "+ original-looking name",
        "+ file older by a day",
    ]


def test_same_pixels_of_another_format() -> None:
    png = a_file(size=2_400_000, format="PNG", quality=0)
    bmp = a_file(size=6_200_000, format="BMP", quality=0, digest="b" * 64)
    assert said(png, bmp, Kind.PIXELS) == [
        "= same pixels",
        "= same size 4000x3000",
        "= PNG against BMP",
        "+ fewer bytes, 2.4 MB against 6.2 MB",
    ]


def test_bytes_of_lossy_and_lossless_files_are_no_reason() -> None:
    png = a_file(size=9_000_000, format="PNG", quality=0)
    webp = a_file(size=900_000, format="WEBP", quality=0, digest="b" * 64)
    assert said(png, webp)[1:] == ["+ lossless PNG against WEBP", "= 9.0 MB against 900 KB"]


@pytest.mark.parametrize(
    ("spots", "places"),
    [
        ({}, []),
        ({(0, 0): 255}, ["upper_left"]),
        ({(3, 4): 200, (7, 7): 255, (6, 7): 255}, ["lower_right", "middle_middle"]),
        ({(0, 0): 255, (7, 7): 70}, ["upper_left"]),
        ({(1, 1): 40}, []),
        ({(row, column): 255 for row in range(8) for column in range(8)}, ["all_over"]),
    ],
)
def test_places_in_words(spots: dict[tuple[int, int], int], places: list[str]) -> None:
    grid = bytes(spots.get(divmod(number, GRID), 0) for number in range(GRID * GRID))
    assert describe_places(grid) == places


def test_even_levels_stand_for_colours() -> None:
    nothing, colours, content = bytes(GRID * GRID), bytearray(GRID * GRID), bytearray(GRID * GRID)
    colours[9:11], content[9:11] = (200, 101), (200, 201)
    colours[10] = 254
    assert only_colours(bytes(colours))
    assert not only_colours(bytes(content))
    assert not only_colours(nothing)


def test_a_finer_grid_says_the_same() -> None:
    fine = bytearray(32 * 32)
    fine[3 * 32 + 30] = 255
    assert describe_places(bytes(fine)) == ["upper_right"]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_place_has_a_name(language: str) -> None:
    set_language(language)
    for down in ("upper", "middle", "lower"):
        for across in ("left", "middle", "right"):
            assert translate(f"review.place_{down}_{across}")
    assert translate("review.place_all_over")
    set_language("auto")


def test_what_a_file_holds_besides_its_picture_comes_first() -> None:
    motion = a_file(holds=("movie", "edits"))
    bare = a_file(digest="b" * 64, width=8000, height=6000, holds=("gain_map",))
    assert said(motion, bare, Kind.COPY, "name")[:4] == [
        "+ holds a movie (the other: none)",
        "- holds no HDR gain map (the other does)",
        "+ holds edits that can be undone (the other: none)",
        "- 25% of the pixels",
    ]
    assert said(bare, motion, Kind.COPY, "name")[:2] == [
        "- holds no movie (the other does)",
        "+ holds an HDR gain map (the other: none)",
    ]
    assert not any("holds" in reason for reason in said(motion, motion, Kind.COPY))


def test_pages_are_counted_and_further_pictures_are_not() -> None:
    long, short = (a_file(digest=one * 64, frames=ord(one), holds=("pages",)) for one in "ba")
    assert "+ 98 frames against 97" in said(long, short)
    album = a_file(digest="b" * 64, frames=2, holds=("pictures",))
    assert [reason for reason in said(album, a_file()) if "frames" in reason or "pictures" in reason] == [
        "+ holds further pictures (the other: none)"
    ]


@pytest.mark.parametrize("word", [word for word in HOLDINGS if word not in ("pages", "frames")])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_holding_has_its_words(language: str, word: str) -> None:
    catalogue = load_catalogue(language)
    assert {f"review.holds_{word}", f"review.lacks_{word}", f"tui.held_{word}"} <= catalogue.keys()
