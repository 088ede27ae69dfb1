"""What a rule leaves alone: the better copy, what is whole, what holds more, and what nobody looked at."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dpm_tui.catalog.group import Better, Group, Pair
from dpm_tui.catalog.image_file import Facts, ImageFile, Stamp
from dpm_tui.catalog.verdict import GRID, Alteration, Kind
from dpm_tui.locale import translate
from dpm_tui.pipeline.clustering import group_pairs
from dpm_tui.review.library.folder_set import FolderSet
from dpm_tui.review.library.library import Library
from dpm_tui.review.reasons.quality_reasons import quality_reason
from dpm_tui.review.reasons.reasons import compare_files
from dpm_tui.review.rules.keeper_ranking_columns import rank_best_rows
from dpm_tui.review.rules.rule import DEFAULT_KINDS, RULES, Spared, protect_folders, read_rule
from dpm_tui.review.rules.weighing import weigh


def a_file(id_: int, name: str = "", **facts: object) -> ImageFile:
    known = Facts(f"{id_:064x}", "JPEG", 400, 300, depth=8, lossy=True)
    return ImageFile(
        id_,
        (name or f"{id_}.jpg").encode(),
        Stamp(1000, id_ * 10**15, 0, 1, id_),
        facts=replace(known, **facts),
    )


def marked(*files: ImageFile, rule: str = "best", **pair: object) -> tuple[int, set[int]]:
    """Return the keeper of the group of these files, all copies of each other, and what a rule marks."""
    known = {file.id: file for file in files}
    ids = sorted(known)
    pairs = {
        (a, b): Pair(a, b, Kind.COPY, 0.98, **pair)  # type: ignore[arg-type]
        for place, a in enumerate(ids)
        for b in ids[place + 1 :]
    }
    (group,) = group_pairs(known, pairs.values(), 0.6, rank_best_rows)
    library = Library(known, [group], pairs)
    return group.keeper, set(weigh(library, [0], RULES[rule], DEFAULT_KINDS, FolderSet(())).marked)


def weighed(file: ImageFile, kept: ImageFile, pair: Pair, protected: str = "") -> Spared | None:
    """Return why a rule that is not careful spares a file beside the one that a group keeps."""
    group = Group("g", kept.id, (kept.id, file.id), pair.similarity, 0)
    library = Library({each.id: each for each in (file, kept)}, [group], {(pair.a, pair.b): pair})
    rule = read_rule("mine", ["pixels"]).settled
    found = weigh(library, [0], rule, set(Kind), protect_folders([protected]))
    assert found.files.tolist() == [file.id]
    return next((why for _, _, why in found.spared), None)


def test_the_better_copy_stays_though_it_has_fewer_pixels() -> None:
    """An enlargement holds no more than its source."""
    enlarged, original = a_file(1, width=800, height=600), a_file(2)
    assert marked(enlarged, original, better=Better.SECOND, reason="enlarged", amount=4.0) == (2, {1})
    assert marked(enlarged, original, better=Better.FIRST) == (1, {2})


@pytest.mark.parametrize("better", [Better.UNTOLD, Better.UNSEEN])
def test_in_doubt_nothing_is_marked(better: Better) -> None:
    assert marked(a_file(1), a_file(2), better=better)[1] == set()
    assert Library({}, [], {}).groups == []


def test_other_orders_decide_for_themselves_once_both_were_looked_at() -> None:
    files = a_file(1, width=800, height=600), a_file(2)
    assert marked(*files, rule="largest", better=Better.UNTOLD)[1] == {2}
    assert marked(*files, rule="largest", better=Better.UNSEEN)[1] == set()
    assert not read_rule("mine", ("pixels",)).careful
    assert read_rule("mine", ("folder:a", "detail", "pixels")).careful
    assert read_rule("mine", ("best", "other-folder")).careful


def test_exif_and_names_decide_where_pixels_do_not() -> None:
    dated = a_file(2, taken="2020-01-01 10:00:00", has_exif=True)
    assert marked(a_file(1), dated, better=Better.UNTOLD) == (2, {1})
    assert marked(a_file(1, "a (1).jpg"), a_file(2, "a.jpg"), better=Better.UNTOLD) == (2, {1})
    assert (
        marked(a_file(1), replace(dated, facts=replace(dated.facts, width=200)), better=Better.UNTOLD)[1]
        == set()
    )


@pytest.mark.parametrize(
    ("first", "second", "key"),
    [
        (a_file(1), a_file(2, taken="2020-01-01 10:00:00", has_exif=True), "told_by_exif"),
        (a_file(1, "a (1).jpg"), a_file(2, "a.jpg"), "told_by_name"),
        (a_file(1), a_file(2), "cannot_tell"),
        (a_file(1), a_file(2, width=200, taken="2020-01-01 10:00:00"), "cannot_tell"),
    ],
)
def test_the_panel_names_what_decides(first: ImageFile, second: ImageFile, key: str) -> None:
    """Where a rule marks one of two files, nobody reads that it cannot be told which is better."""
    pair = Pair(1, 2, Kind.COPY, 0.98, better=Better.UNTOLD)
    for file, other in ((first, second), (second, first)):
        reason = compare_files(file, other, Kind.COPY, pair=pair)[0]
        assert (reason.sign, reason.key) == ("=", key)
        assert translate(f"review.{key}")
    assert bool(marked(first, second, better=Better.UNTOLD)[1]) is (key != "cannot_tell")


def test_a_whole_file_never_goes_for_a_damaged_one() -> None:
    damaged, whole = a_file(1, damaged=True, width=800, height=600), a_file(2)
    assert marked(damaged, whole) == (2, {1})
    assert marked(damaged, whole, rule="largest")[1] == set()


def test_what_holds_more_never_goes_for_what_holds_less() -> None:
    movie, bare = a_file(1, holds=("movie",)), a_file(2)
    assert marked(movie, bare) == (1, {2})
    assert marked(movie, bare, rule="newest")[1] == set()


def test_a_contested_copy_is_left_to_a_person_whatever_its_name() -> None:
    files = a_file(1, "a (1).jpg"), a_file(2, "a.jpg")
    assert marked(*files, better=Better.UNTOLD, reason="contested")[1] == set()


@pytest.mark.parametrize("rule", RULES)
def test_what_is_seen_to_differ_is_no_plain_copy(rule: str) -> None:
    """A sheet of letters with a caption below: the caption is in one place of the grid."""
    caption = bytes([*[0] * (GRID * GRID - 1), 90])
    noise = bytes([*[0] * (GRID * GRID - 1), 40])
    files = a_file(1, width=800, height=600), a_file(2)
    assert marked(*files, rule=rule, differs=caption)[1] == set()
    assert len(marked(*files, rule=rule, differs=noise)[1]) == 1


@pytest.mark.parametrize(
    ("better", "poorer", "pair", "why"),
    [
        ({"width": 800}, {}, {}, Spared.PIXELS),
        ({}, {}, {"better": Better.FIRST, "reason": "softer"}, Spared.DETAIL),
        ({}, {"colours": 16}, {}, Spared.COLOURS),
        ({"depth": 16}, {}, {}, Spared.DEPTH),
        ({"lossy": False}, {}, {}, Spared.LOSSLESS),
        ({"quality": 92}, {"quality": 55}, {}, Spared.QUALITY),
        ({"quality": 92}, {"quality": 55}, {"better": Better.UNTOLD}, Spared.QUALITY),
        ({"has_exif": True}, {}, {}, Spared.EXIF),
        ({"has_exif": True}, {}, {"kind": Kind.PIXELS}, Spared.EXIF),
        ({"quality": 92}, {"quality": 90}, {}, None),
        ({"quality": 98}, {"quality": 80}, {"better": Better.SECOND, "reason": "recompressed"}, None),
        ({"lossy": False}, {}, {"kind": Kind.PIXELS}, None),
        ({"quality": 92}, {"quality": 55}, {"kind": Kind.CROP, "better": Better.SECOND}, Spared.QUALITY),
        ({"lossy": False}, {}, {"kind": Kind.EDITED, "better": Better.SECOND}, Spared.LOSSLESS),
        ({}, {}, {"kind": Kind.CROP, "better": Better.FIRST}, Spared.ALTERED),
        ({}, {}, {"kind": Kind.CROP, "better": Better.UNTOLD}, Spared.ALTERED),
        ({}, {}, {"kind": Kind.CROP, "better": Better.SECOND}, None),
        ({"lossy": False, "has_exif": True}, {}, {"kind": Kind.IDENTICAL}, None),
        ({}, {}, {}, None),
    ],
)
def test_what_is_clearly_better_does_not_go_for_a_protected_file(
    better: dict[str, object], poorer: dict[str, object], pair: dict[str, object], why: Spared | None
) -> None:
    """Whoever protects the pictures that a messenger made small does not want to lose the originals by it."""
    file, kept = a_file(1, **better), a_file(2, "safe/2.jpg", **poorer)
    known = replace(Pair(1, 2, Kind.COPY, 0.98), **pair)
    assert weighed(file, kept, known, "safe") is why
    if why is not Spared.DETAIL:
        assert weighed(file, kept, known, "elsewhere") is None


@pytest.mark.parametrize(
    ("better", "reason", "keys"),
    [
        (Better.FIRST, "enlarged", ("better_enlarged", "poorer_enlarged")),
        (Better.SECOND, "recompressed", ("poorer_recompressed", "better_recompressed")),
        (Better.UNTOLD, "", ("cannot_tell", "cannot_tell")),
        (Better.UNTOLD, "contested", ("contested", "contested")),
        (Better.UNSEEN, "", ("not_inspected", "not_inspected")),
    ],
)
def test_every_answer_has_words(better: Better, reason: str, keys: tuple[str, str]) -> None:
    pair = Pair(1, 2, Kind.COPY, 0.98, better=better, reason=reason, amount=2.0)
    assert tuple(each.key for file in (1, 2) if (each := quality_reason(file, pair))) == keys
    reasons = compare_files(a_file(1), a_file(2), Kind.COPY, pair=pair)
    assert reasons[0].key == keys[0]
    assert quality_reason(1, replace(pair, kind=Kind.VARIANT)) is None
    assert quality_reason(1, replace(pair, better=Better.EITHER)) is None


@pytest.mark.parametrize(
    ("better", "reason", "keys"),
    [
        (Better.FIRST, "cut", ("better_cut", "poorer_cut")),
        (Better.SECOND, "bars", ("poorer_bars", "better_bars")),
        (Better.UNTOLD, "cut", ("larger_part", "larger_part")),
        (Better.UNTOLD, "frame", ("larger_altered", "larger_altered")),
        (Better.UNTOLD, "overlap", ("overlapping", "overlapping")),
        (Better.SECOND, "grey", ("poorer_grey", "better_grey")),
    ],
)
def test_of_a_picture_and_a_part_is_said_what_each_is(
    better: Better, reason: str, keys: tuple[str, str]
) -> None:
    pair = Pair(1, 2, Kind.CROP, 0.9, better=better, reason=reason, amount=0.56)
    assert tuple(each.key for file in (1, 2) if (each := quality_reason(file, pair))) == keys


def test_every_alteration_has_words() -> None:
    for how in set(Alteration) - {Alteration.OVERLAP}:
        for better in (Better.FIRST, Better.SECOND):
            reason = quality_reason(1, Pair(1, 2, Kind.CROP, 0.9, better=better, reason=how, amount=0.5))
            assert reason is not None
            assert translate(f"review.{reason.key}", **reason.values)


def test_the_panel_names_the_shape_that_a_picture_was_cut_to() -> None:
    whole, cut = a_file(1, width=4000, height=3000), a_file(2, width=3840, height=2160)
    pair = Pair(1, 2, Kind.CROP, 0.9, better=Better.FIRST, reason="cut", amount=0.75)
    assert compare_files(cut, whole, Kind.CROP, pair=pair)[0].values == {"percent": "75", "shape": "16:9"}
    assert compare_files(whole, cut, Kind.CROP, pair=pair)[0].key == "better_cut"
    upright = replace(cut, facts=replace(cut.facts, width=1080, height=1920))
    assert compare_files(upright, whole, Kind.CROP, pair=pair)[0].values["shape"] == "9:16"
    same = replace(cut, facts=replace(cut.facts, width=2000, height=1500))
    assert compare_files(same, whole, Kind.CROP, pair=pair)[0].key == "poorer_cut"


def test_a_picture_does_not_go_for_what_does_not_replace_it() -> None:
    """An enlarged part has more pixels; a careful rule that names crops leaves both, another one decides."""
    part, whole = a_file(1, width=4000, height=3000), a_file(2, width=2000, height=1500)
    pair = Pair(1, 2, Kind.CROP, 0.9, better=Better.UNTOLD, reason="cut", amount=0.5)
    for kept, file in ((part, whole), (whole, part)):
        library = Library(
            {1: part, 2: whole}, [Group("g", kept.id, (kept.id, file.id), 0.9, 0)], {(1, 2): pair}
        )
        found = weigh(library, [0], RULES["best"], {Kind.CROP}, FolderSet(()))
        assert not len(found.marked)
        assert [why for _, _, why in found.spared] == [Spared.ALTERED]


def test_a_picture_is_kept_before_one_with_bars_though_that_has_more_pixels() -> None:
    barred, plain = a_file(1, width=1920, height=1920), a_file(2, width=1920, height=1080)
    pair = {"better": Better.SECOND, "reason": "bars", "amount": 0.56}
    known = {1: barred, 2: plain}
    pairs = {(1, 2): Pair(1, 2, Kind.CROP, 0.9, **pair)}
    (group,) = group_pairs(known, pairs.values(), 0.6, rank_best_rows)
    assert group.keeper == 2
    library = Library(known, [group], pairs)
    assert set(weigh(library, [0], RULES["best"], {Kind.CROP}, FolderSet(())).marked) == {1}
    assert not len(weigh(library, [0], RULES["best"], DEFAULT_KINDS, FolderSet(())).marked)


@pytest.mark.parametrize("rule", ["best", "newest", "oldest", "smallest", "largest"])
def test_a_cutout_never_goes_for_a_flattened_picture(rule: str) -> None:
    for flat, cut in ((1, 2), (2, 1)):
        one, other = a_file(flat, depth=8), a_file(cut, alpha=True, lossy=False, format="PNG")
        for better in (Better.FIRST, Better.SECOND, Better.UNTOLD):
            assert cut not in marked(one, other, rule=rule, better=better)[1]


def test_the_best_of_equal_size_is_the_cutout() -> None:
    flat, cut = a_file(1), a_file(2, alpha=True, colours=200)
    assert marked(flat, cut, better=Better.SECOND, reason="flattened") == (2, {1})
    pair = Pair(1, 2, Kind.COPY, 0.98, better=Better.SECOND, reason="flattened")
    assert weighed(cut, flat, pair) is Spared.ALPHA
    assert ("+", "transparent") in [(reason.sign, reason.key) for reason in compare_files(cut, flat)]
    said = quality_reason(1, pair)
    assert said is not None
    assert (said.sign, said.key) == ("-", "poorer_flattened")
