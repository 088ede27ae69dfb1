"""Random libraries to review, files that do not fit into columns among them, and random rules."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from hypothesis import strategies as st

from dpm_tui.catalog.group import Better, Pair
from dpm_tui.catalog.image_file import Facts, ImageFile, Stamp
from dpm_tui.catalog.verdict import ALTERED_KINDS, GRID, Kind
from dpm_tui.pipeline.clustering import group_pairs
from dpm_tui.review.library.library import Library
from dpm_tui.review.rules.keeper_ranking_columns import rank_best_rows
from dpm_tui.review.rules.rule import DEFAULT_KINDS


def file_of(id_: int, path: str, width: int, form: str = "JPEG", day: int = 1) -> ImageFile:
    stamp = Stamp(width * 10, day * 10**15, 0, 1, id_)
    return ImageFile(id_, path.encode(), stamp, facts=Facts(f"{id_:064x}", form, width, 100))


FOLDERS = ("safe", "one", "one/deep", "two")
WORDS = (
    "best", "detail", "intact", "holds", "alpha", "colours", "depth",
    "pixels", "-pixels", "bytes", "-bytes", "date", "-date", "lossless", "name", "folder:two",
    "-folder:one", "format:png", "smallest", "newest", "other-folder", "other-top", "same-folder",
    "mark-in:one", "keep-in:two",
)  # fmt: skip


def group_library(files: dict[int, ImageFile], pairs: dict[tuple[int, int], Pair]) -> Library:
    """Return the library of files with pairs, grouped as a run groups them."""
    return Library(files, group_pairs(files, pairs.values(), 0.6, rank_best_rows), pairs)


@st.composite
def libraries(draw: st.DrawFn) -> Library:
    """Return files in a few folders with any pairs between them, grouped as a run groups them."""
    count = draw(st.integers(2, 9))
    # Where every file differs in something, what a pair or the bytes say is seldom what decides.
    calm = draw(st.booleans())
    files = {
        id_: file_of(
            id_,
            f"{draw(st.sampled_from(FOLDERS))}/{id_}.jpg",
            draw(st.sampled_from([100, 101, 200, 400])),
            draw(st.sampled_from(["JPEG", "PNG"])),
            draw(st.integers(1, 3)),
        )
        for id_ in range(1, count + 1)
    }
    for id_, file in files.items():
        facts = replace(
            file.facts,
            damaged=not calm and not draw(st.integers(0, 5)),
            holds=() if calm else draw(st.sampled_from([(), (), (), ("movie",), ("gain_map", "pages")])),
            frames=draw(st.sampled_from([1, 1, 2])),
            alpha=not calm and not draw(st.integers(0, 4)),
            colours=draw(st.sampled_from([0, 0, 16])),
            depth=draw(st.sampled_from([0, 8, 16])),
            lossy=draw(st.booleans()),
            taken=draw(st.sampled_from(["", "2020-01-01 10:00:00"])),
            has_exif=draw(st.booleans()),
            quality=draw(st.sampled_from([0, 55, 56, 92])),
        )
        files[id_] = replace(file, facts=facts)
        if id_ > 1 and not draw(st.integers(0, 3)):
            # The bytes of another one, and all that follows from them.
            first = files[draw(st.integers(1, id_ - 1))]
            files[id_] = replace(
                files[id_], facts=first.facts, stamp=replace(file.stamp, size=first.stamp.size)
            )
        if not draw(st.integers(0, 9 if calm else 4)):
            files[id_] = make_odd(draw, files[id_])
    apart = draw(st.integers(1, 3))
    pairs = {}
    for a, b in combinations(files, 2):
        if files[a].facts.digest == files[b].facts.digest:
            pairs[a, b] = Pair(a, b, Kind.IDENTICAL, 1.0)
        elif a % apart == b % apart and draw(st.integers(0, 3)):
            kind = Kind.COPY if calm else draw(st.sampled_from([*KIND_CHOICES, Kind.COPY]))
            similarity = draw(st.sampled_from([0.7, 0.9, 1.0]))
            better = Better.EITHER
            if kind is Kind.COPY:
                better = draw(st.sampled_from([*Better, *calm * DOUBTS]))
            elif kind in ALTERED_KINDS:
                better = draw(st.sampled_from([one for one in Better if one is not Better.UNSEEN]))
            reason = draw(st.sampled_from(["", "contested", "enlarged"]))
            differs = bytes([draw(st.sampled_from([0, 63] if calm else [0, 0, 63, 64, 200]))]) * (GRID * GRID)
            pairs[a, b] = Pair(a, b, kind, similarity, differs, better, reason)
    return group_library(files, pairs)


def make_odd(draw: st.DrawFn, file: ImageFile) -> ImageFile:
    """Return the file with something that does not fit into columns."""
    facts, stamp = file.facts, file.stamp
    odd: ImageFile = draw(
        st.sampled_from(
            [
                replace(file, reason="cannot be read"),
                replace(file, stamp=replace(stamp, mtime_ns=1 << 64)),
                replace(file, path=file.folder + b"/" + b"copy" * 20_000 + b"%d" % file.id),
                *(
                    replace(file, facts=replace(facts, **values))
                    for values in (
                        {"width": 1 << 33},
                        {"quality": 300},
                        {"depth": 300},
                        {"colours": 1 << 17},
                        {"frames": 1 << 33},
                        {"digest": "0" * 64},
                        {"digest": "none"},
                        {"format": "\u00e9"},
                        {"taken": "2020-01-01 10:00:00+02:00"},
                        {"holds": ("unheard of",)},
                        {"holds": ("movie", "unheard of")},
                    )
                ),
            ]
        )
    )
    return odd


DOUBTS = (Better.UNTOLD, Better.UNTOLD, Better.SECOND)
KIND_CHOICES = (Kind.IDENTICAL, Kind.PIXELS, Kind.COPY, Kind.CROP, Kind.VARIANT)
RULE_WORDS = st.lists(
    st.sampled_from(WORDS), min_size=1, max_size=5, unique_by=lambda word: word.removeprefix("-")
)
KINDS = st.one_of(st.just(set(DEFAULT_KINDS)), st.sets(st.sampled_from(Kind), min_size=1))
