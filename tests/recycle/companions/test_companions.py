"""Sidecars, RAW twins and Live Photo movies go and return with their picture, or both stay."""

from __future__ import annotations

import errno
import os
from collections.abc import Collection
from dataclasses import replace

import pytest

from dpm_tui.recycle.bin.removal_log import Action
from dpm_tui.recycle.companions.companions import MAX_MOVIE_BYTES, MAX_SOUND_BYTES, pair_companions
from dpm_tui.recycle.companions.side_files import follow_picture
from dpm_tui.recycle.moving import batch_moves
from dpm_tui.review.marks.plan import Plan
from tests.recycle.library import Library

PICTURES = {b"jpg", b"png", b"webp"}
VICTIM, KEEPER = b"trip/IMG_1.jpg", b"all/IMG_1.jpg"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({b"IMG_1.xmp"}, [b"IMG_1.xmp"]),
        ({b"IMG_1.AAE", b"IMG_1.MOV"}, [b"IMG_1.AAE", b"IMG_1.MOV"]),
        ({b"IMG_1.CR2", b"IMG_1.xmp"}, [b"IMG_1.CR2", b"IMG_1.xmp"]),
        ({b"IMG_1.jpg.xmp", b"IMG_1.jpg.json", b"IMG_1.jpg.txt"},
         [b"IMG_1.jpg.json", b"IMG_1.jpg.txt", b"IMG_1.jpg.xmp"]),
        # Another picture of that stem: whose the rest is cannot be told; what has the full name can.
        ({b"IMG_1.png", b"IMG_1.xmp", b"IMG_1.jpg.xmp"}, [b"IMG_1.jpg.xmp"]),
        ({b"IMG_1.HEIC", b"IMG_1.MOV"}, []),
        # Two RAW files or two movies: neither.
        ({b"IMG_1.CR2", b"IMG_1.DNG", b"IMG_1.xmp"}, [b"IMG_1.xmp"]),
        ({b"IMG_1.MOV", b"IMG_1.mp4"}, []),
        ({b"IMG_10.xmp", b"img_1.xmp", b"IMG_1.doc", b"IMG_1"}, []),
        ({b"IMG_1.acr", b"IMG_1.on1", b"IMG_1.cos"}, [b"IMG_1.acr", b"IMG_1.cos", b"IMG_1.on1"]),
        ({b"IMG_1.THM", b"IMG_1.WAV", b"IMG_1.txt"}, [b"IMG_1.THM", b"IMG_1.WAV", b"IMG_1.txt"]),
        # The small picture of a film is that film's.
        ({b"IMG_1.THM", b"IMG_1.AVI"}, []),
        ({b"IMG_1.png.xmp"}, []),
    ],
)  # fmt: skip
def test_names_that_belong_together(names: Collection[bytes], expected: list[bytes]) -> None:
    assert pair_companions(b"IMG_1.jpg", {b"IMG_1.jpg", *names}, PICTURES) == expected


NAMED = [
    # The export cuts the last word off wherever the name gets too long.
    (b"X.jpg", {b"X.jpg.supplemental-metadata.json"}, [b"X.jpg.supplemental-metadata.json"]),
    (b"X.jpg", {b"X.jpg.supplemental-metad.json"}, [b"X.jpg.supplemental-metad.json"]),
    (b"X.jpg", {b"X.jpg.suppl.json"}, [b"X.jpg.suppl.json"]),
    (b"X.jpg", {b"X.jpg.s.json"}, [b"X.jpg.s.json"]),
    (b"X.jpg", {b"X.jpg..json"}, [b"X.jpg..json"]),
    (b"X.jpg", {b"X.json"}, [b"X.json"]),
    (b"X.jpg", {b"X.jpg.supplement-of-mine.json", b"X.png.s.json", b"metadata.json"}, []),
    (b"X.jpg", {b"X.png", b"X.json"}, []),
    (b"L" * 47 + b".jpg", {b"L" * 46 + b".json"}, [b"L" * 46 + b".json"]),
    (b"L" * 47 + b".jpg", {b"L" * 46 + b".json", b"L" * 48 + b".jpg"}, []),
    (b"L" * 41 + b".jpg", {b"L" * 41 + b".json"}, [b"L" * 41 + b".json"]),
    # The number of the second of a name stands at the end of its text.
    (b"X(1).jpg", {b"X.jpg(1).json"}, [b"X.jpg(1).json"]),
    (b"X(1).jpg", {b"X.jpg.supplemental-metadata(1).json"}, [b"X.jpg.supplemental-metadata(1).json"]),
    (b"X(1).jpg", {b"X.jpg.supplem(1).json"}, [b"X.jpg.supplem(1).json"]),
    (b"X(1).jpg", {b"X(1).jpg.json"}, [b"X(1).jpg.json"]),
    (b"X(1).jpg", {b"X.jpg", b"X.jpg.json", b"X.jpg(2).json"}, []),
    (b"X.jpg", {b"X(1).jpg", b"X.jpg(1).json", b"X.jpg.supplemental-metadata(1).json"}, []),
    # The text of an original speaks of what was edited from it, too.
    (b"X-edited.jpg", {b"X.jpg.json"}, [b"X.jpg.json"]),
    (b"X-edited.jpg", {b"X.HEIC.supplemental-metadata.json"}, [b"X.HEIC.supplemental-metadata.json"]),
    (b"X-edited.jpg", {b"X.jpg.json", b"X.jpg"}, []),
    (b"X-edited.jpg", {b"X.jpg.json", b"X.HEIC"}, []),
    (b"X.jpg", {b"X.jpg.json", b"X-edited.jpg"}, []),
    (b"X.jpg", {b"X.jpg.xmp", b"X-edited.jpg"}, [b"X.jpg.xmp"]),
    (b"X(1).jpg", {b"X.jpg(1).json", b"X-edited(1).jpg"}, []),
    (b"X.jpg", {b"X.jpg.json", b"X-edited(1).jpg"}, [b"X.jpg.json"]),
    (b"X-bearbeitet.jpg", {b"X.jpg.json"}, [b"X.jpg.json"]),
    (b"P.MP.jpg", {b"P.MP.jpg.json", b"P.MP-edited.jpg"}, []),
    # Phones.
    (b"IMG_1.HEIC", {b"IMG_1_HEVC.MOV"}, [b"IMG_1_HEVC.MOV"]),
    (b"IMG_1.HEIC", {b"IMG_1_HEVC.MOV", b"IMG_1.MOV"}, [b"IMG_1.MOV", b"IMG_1_HEVC.MOV"]),
    (b"IMG_1.HEIC", {b"IMG_1_HEVC.MOV", b"IMG_1_HEVC.jpg"}, []),
    (b"PXL_6.jpg", {b"PXL_6.MP"}, [b"PXL_6.MP"]),
    (b"PXL_6.MP.jpg", {b"PXL_6.MP"}, [b"PXL_6.MP"]),
    (b"PXL_6.MP.jpg", {b"PXL_6.MP", b"PXL_6.jpg"}, []),
    (b"PXL_6.jpg", {b"PXL_6.MP", b"PXL_6.MP.jpg"}, []),
    (b"PXL_6.jpg", {b"PXL_6.MP", b"PXL_6.mp4"}, []),
    (b"IMG_E12.jpg", {b"IMG_O12.AAE"}, [b"IMG_O12.AAE"]),
    (b"IMG_12.jpg", {b"IMG_O12.AAE", b"IMG_12.AAE"}, [b"IMG_12.AAE", b"IMG_O12.AAE"]),
    (b"IMG_E12.jpg", {b"IMG_O12.AAE", b"IMG_12.HEIC"}, []),
    (b"IMG_12.jpg", {b"IMG_O12.AAE", b"IMG_E12.jpg"}, []),
    (b"IMG_12.jpg", {b"IMG_O120.AAE", b"IMG_O1.AAE"}, []),
]


@pytest.mark.parametrize(("picture", "names", "expected"), NAMED)
def test_names_that_exports_and_phones_give(
    picture: bytes, names: Collection[bytes], expected: list[bytes]
) -> None:
    assert pair_companions(picture, {picture, *names}, PICTURES) == expected


@pytest.mark.parametrize(
    ("picture", "other", "shared"),
    [
        (b"X.jpg", b"X-edited.jpg", b"X.jpg.json"),
        (b"IMG_12.jpg", b"IMG_E12.jpg", b"IMG_O12.AAE"),
        (b"IMG_E12.jpg", b"IMG_12.jpg", b"IMG_O12.AAE"),
    ],
)
def test_what_belongs_to_two_pictures_goes_with_the_last(picture: bytes, other: bytes, shared: bytes) -> None:
    names = {picture, other, shared}
    assert pair_companions(picture, names, PICTURES, removed=frozenset({picture})) == []
    assert pair_companions(picture, names, PICTURES, removed=frozenset({picture, other})) == [shared]


@pytest.mark.parametrize(
    ("companion", "picture", "other", "expected"),
    [
        (b"X.jpg.suppl.json", b"X.jpg", b"X (restored 1).jpg", b"X (restored 1).jpg.suppl.json"),
        (b"X.jpg.s(1).json", b"X(1).jpg", b"Y(2).jpg", b"Y.jpg.s(2).json"),
        (b"X.jpg(1).json", b"X(1).jpg", b"Y.jpg", b"Y.jpg.json"),
        (b"X.jpg.json", b"X-edited.jpg", b"Y-edited.jpg", b"Y.jpg.json"),
        (b"IMG_1_HEVC.MOV", b"IMG_1.HEIC", b"a.HEIC", b"a_HEVC.MOV"),
        (b"IMG_O12.AAE", b"IMG_E12.jpg", b"IMG_7.jpg", b"IMG_O7.AAE"),
        (b"IMG_O12.AAE", b"IMG_E12.jpg", b"a.jpg", b"IMG_O12.AAE"),
        (b"PXL_6.MP", b"PXL_6.jpg", b"a.jpg", b"a.MP"),
    ],
)
def test_names_follow_their_picture(companion: bytes, picture: bytes, other: bytes, expected: bytes) -> None:
    assert follow_picture(companion, picture, other) == expected


def test_the_text_of_two_pictures_goes_once_when_both_go(library: Library) -> None:
    first = library.move(b"trip/X.jpg", b"all/X.jpg", b"as it was taken")
    second = library.move(b"trip/X-edited.jpg", b"all/X-edited.jpg", b"as it was made")
    library.write(b"trip/X.jpg.supplemental-metadata.json", b"{}")
    assert library.bin.find_companions(Plan((first,)), ["jpg"]).companions == 0
    assert library.bin.find_companions(Plan((second,)), ["jpg"]).companions == 0
    plan = library.bin.find_companions(Plan((first, second)), ["jpg"])
    assert plan.companions == 1
    before = library.pictures()
    assert len(library.bin.apply(plan).companions) == 1
    library.bin.undo()
    assert library.pictures() == before


def test_a_shared_text_beside_the_keeper_is_a_twin(library: Library) -> None:
    move = library.move(b"trip/X.jpg", b"all/X.jpg")
    library.write(b"all/X-edited.jpg", b"as it was made")
    for folder in (b"trip/", b"all/"):
        library.write(folder + b"X.jpg.json", b"{}")
    plan = library.bin.find_companions(Plan((move,)), ["jpg"])
    assert (plan.companions, plan.orphans) == (1, 0)


def test_music_with_a_cover_stays(library: Library) -> None:
    move = library.move(VICTIM, KEEPER)
    library.write(b"trip/IMG_1.wav", b"spoken note")
    assert library.bin.find_companions(Plan((move,)), ["jpg"]).companions == 1
    os.truncate(library.at(b"trip/IMG_1.wav"), MAX_SOUND_BYTES + 1)
    assert library.bin.find_companions(Plan((move,)), ["jpg"]).companions == 0


def plan_with(library: Library, *endings: bytes, twins: bool = False) -> Plan:
    """Return a plan of one move whose victim has companions with these endings."""
    move = library.move(VICTIM, KEEPER)
    for ending in endings:
        library.write(b"trip/IMG_1" + ending, b"companion" + ending)
        if twins:
            library.write(b"all/IMG_1" + ending, b"companion" + ending)
    return library.bin.find_companions(Plan((move,)), ["jpg", "png"])


def test_companions_go_and_return_with_their_picture(library: Library) -> None:
    plan = plan_with(library, b".xmp", b".CR2", b".mov")
    before = library.pictures()
    assert plan.companions == plan.orphans == 3
    result = library.bin.apply(plan)
    assert result.moved == (VICTIM,)
    assert sorted(result.companions) == [b"trip/IMG_1.CR2", b"trip/IMG_1.mov", b"trip/IMG_1.xmp"]
    assert set(library.pictures()) == {KEEPER}
    assert result.size == plan.size == sum(map(len, library.in_bin().values()))
    entries = {entry.path: entry for entry in library.bin.entries()}
    assert entries[b"trip/IMG_1.CR2"].companion_of == VICTIM
    assert entries[VICTIM].kind == "identical"
    assert not library.bin.recover()
    assert len(library.bin.undo().restored) == 4
    assert library.pictures() == before
    redone = library.bin.redo()
    assert (redone.moved, len(redone.companions)) == ((VICTIM,), 3)
    library.bin.undo()
    assert library.pictures() == before


def test_restoring_a_picture_brings_its_companions(library: Library) -> None:
    library.bin.apply(plan_with(library, b".xmp", b".mov"))
    (picture,) = (entry for entry in library.bin.entries() if entry.kind)
    assert len(library.bin.restore([picture.id]).restored) == 3
    assert library.bin.entries() == []


def test_companions_follow_the_new_name_of_their_picture(library: Library) -> None:
    library.bin.apply(plan_with(library, b".xmp", b".jpg.json"))
    library.write(VICTIM, b"new work")
    library.bin.undo()
    assert set(library.pictures()) == {
        KEEPER, VICTIM, b"trip/IMG_1 (restored 1).jpg", b"trip/IMG_1 (restored 1).xmp",
        b"trip/IMG_1 (restored 1).jpg.json",
    }  # fmt: skip


def test_purging_a_picture_purges_its_companions_and_says_what_is_lost(library: Library) -> None:
    library.bin.apply(plan_with(library, b".xmp", b".CR2"))
    (picture,) = (entry for entry in library.bin.entries() if entry.kind)
    check = library.bin.check_purge([picture.id])
    assert (check.count, check.without_keeper) == (3, 2)
    assert len(library.bin.purge([picture.id]).purged) == 3
    assert library.in_bin() == {}


def test_twins_beside_the_keeper_are_recognised(library: Library) -> None:
    plan = plan_with(library, b".xmp", b".mov", twins=True)
    assert (plan.companions, plan.orphans) == (2, 0)
    library.bin.apply(plan)
    ids = [entry.id for entry in library.bin.entries()]
    assert all(entry.keeper_present for entry in library.bin.entries())
    assert library.bin.check_purge(ids).without_keeper == 0
    library.write(b"all/IMG_1.mov", b"edited meanwhile")
    assert library.bin.check_purge(ids).without_keeper == 1


def test_a_twin_with_other_content_is_none(library: Library) -> None:
    library.write(b"all/IMG_1.xmp", b"COMPANION.xmp")
    assert plan_with(library, b".xmp").orphans == 1


def test_a_long_film_of_the_same_name_stays(library: Library) -> None:
    move = library.move(VICTIM, KEEPER)
    library.write(b"trip/IMG_1.mov", b"film")
    os.truncate(library.at(b"trip/IMG_1.mov"), MAX_MOVIE_BYTES + 1)
    assert library.bin.find_companions(Plan((move,)), ["jpg"]).companions == 0


@pytest.mark.parametrize("how", ["changed", "gone", "twin changed", "twin gone", "a folder"])
def test_a_doubtful_companion_keeps_both_in_place(library: Library, how: str) -> None:
    plan = plan_with(library, b".mov", b".xmp", twins=True)
    other = library.move(b"other/v.jpg", b"other/k.jpg", b"another picture")
    side = b"all/" if how.startswith("twin") else b"trip/"
    if how.endswith("changed"):
        library.write(side + b"IMG_1.xmp", b"edited meanwhile")
    else:
        os.unlink(library.at(side + b"IMG_1.xmp"))
    if how == "a folder":
        os.mkdir(library.at(side + b"IMG_1.xmp"))
    before = library.pictures()
    result = library.bin.apply(Plan((*plan.moves, other)))
    assert [(skipped.path, skipped.key) for skipped in result.skipped] == [(VICTIM, "companion_doubtful")]
    assert result.moved == (b"other/v.jpg",)
    library.bin.undo()
    assert library.pictures() == before


def test_a_companion_that_cannot_move_brings_its_picture_back(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_with(library, b".mov", b".xmp")
    before = library.pictures()
    real = batch_moves.move_in

    def failing(source: int, name: bytes, target: int, new_name: bytes) -> None:
        if name.endswith(b".xmp"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(source, name, target, new_name)

    monkeypatch.setattr(batch_moves, "move_in", failing)
    result = library.bin.apply(plan)
    assert [skipped.key for skipped in result.skipped] == ["system_error"]
    assert library.pictures() == before
    assert library.batches_on_disk() == set()


def test_a_companion_that_two_moves_claim_stays(library: Library) -> None:
    plan = plan_with(library, b".xmp")
    second = library.move(b"trip/IMG_2.jpg", b"all/IMG_2.jpg", b"another picture")
    shared = replace(second, companions=plan.moves[0].companions)
    result = library.bin.apply(Plan((*plan.moves, shared)))
    assert len(result.moved) == 2
    assert result.companions == ()
    assert library.exists(b"trip/IMG_1.xmp")


def test_pictures_are_never_companions(library: Library) -> None:
    """A picture of another format makes the set ambiguous."""
    move = library.move(VICTIM, KEEPER)
    library.write(b"trip/IMG_1.png", b"another picture")
    library.write(b"trip/IMG_1.dng", b"raw")
    library.write(b"trip/IMG_1.xmp", b"sidecar")
    assert library.bin.find_companions(Plan((move,)), ["jpg", "png", "dng"]).companions == 0


def test_a_raw_twin_goes_with_its_picture_though_raw_files_are_scanned(library: Library) -> None:
    move = library.move(VICTIM, KEEPER)
    library.write(b"trip/IMG_1.dng", b"raw")
    library.write(b"trip/IMG_1.xmp", b"sidecar")
    assert library.bin.find_companions(Plan((move,)), ["jpg", "dng"]).companions == 2


def test_a_raw_file_that_is_a_picture_takes_its_sidecar_along(library: Library) -> None:
    move = library.move(b"trip/IMG_7.cr2", b"all/IMG_7.cr2")
    library.write(b"trip/IMG_7.xmp", b"sidecar")
    library.write(b"trip/IMG_7.cr2.pp3", b"sidecar")
    library.write(b"trip/IMG_8.cr2", b"another")
    found = library.bin.find_companions(Plan((move,)), ["jpg", "cr2"])
    assert {each.file.path for each in found.moves[0].companions} == {
        b"trip/IMG_7.xmp",
        b"trip/IMG_7.cr2.pp3",
    }


def test_the_record_tells_of_companions_too(library: Library) -> None:
    library.bin.apply(plan_with(library, b".xmp"))
    library.bin.undo()
    told = [(removal.action, removal.path) for removal in library.bin.removals(10)]
    assert told[:2] == [(Action.RESTORED, b"trip/IMG_1.xmp"), (Action.RESTORED, VICTIM)]
    assert told[2:] == [(Action.RECYCLED, b"trip/IMG_1.xmp"), (Action.RECYCLED, VICTIM)]


def test_without_its_index_a_batch_still_returns_whole(library: Library) -> None:
    plan = plan_with(library, b".xmp", b".mov")
    before = library.pictures()
    batch = library.bin.apply(plan).batch
    os.unlink(library.at(b"_image_temp/recycle_bin/" + batch.encode() + b"/index.json"))
    assert len(library.bin.undo().restored) == 3
    assert library.pictures() == before
