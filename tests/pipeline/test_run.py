from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from PIL import Image

from dpm_tui.catalog.image_file import Status
from dpm_tui.catalog.verdict import Kind
from tests.support.holding_files import album, motion_photo
from tests.support.pictures import decoded, encode, scene, with_segment
from tests.support.scan_lab import Costs, ScanLab

pytestmark = pytest.mark.slow


def fill(lab: ScanLab) -> None:
    """Write a library with one of each relation that a scan must find without doubt."""
    original = encode(scene(1), "JPEG", quality=92)
    lab.write(b"a/original.jpg", original)
    lab.write(b"a/same bytes.jpg", original)
    lab.write(b"b/tagged.jpg", with_segment(original, 0xFE, b"a comment"))
    lab.write(b"b/lossless.png", encode(decoded(original), "PNG"))
    lab.write(
        b"b/smaller.jpg", encode(scene(1).resize((144, 108), Image.Resampling.LANCZOS), "JPEG", quality=80)
    )
    lab.write(b"c/other.jpg", encode(scene(2), "JPEG"))
    lab.write(b"c/third.png", encode(scene(3), "PNG"))
    lab.write(b"c/broken.jpg", encode(scene(4), "JPEG")[:700])


@pytest.fixture
def lab(tmp_path: Path) -> ScanLab:
    lab = ScanLab(tmp_path)
    fill(lab)
    return lab


def kinds(lab: ScanLab) -> dict[tuple[bytes, bytes], str]:
    return {(one, other): kind for one, other, kind, _ in lab.pairs()}


def work(costs: Costs) -> tuple[int, int, int, int]:
    return len(costs.decoded), len(costs.digested), costs.embedded, costs.judged


def test_a_scan_finds_what_belongs_together(lab: ScanLab) -> None:
    lab.run()
    found = kinds(lab)
    assert found[b"a/original.jpg", b"a/same bytes.jpg"] == "identical"
    assert found[b"a/original.jpg", b"b/tagged.jpg"] == "pixels"
    assert found[b"a/original.jpg", b"b/lossless.png"] == "pixels"
    assert found[b"b/lossless.png", b"b/tagged.jpg"] == "pixels"
    assert found[b"a/original.jpg", b"b/smaller.jpg"] == "copy"
    assert not any(b"c/" in one + other for one, other in found)
    (group,) = lab.groups()
    assert len(group) == 5
    assert lab.statuses()[b"c/broken.jpg"] is Status.DAMAGED


def test_a_second_run_does_nothing(lab: ScanLab) -> None:
    lab.run()
    before = lab.pairs()
    again = lab.run()
    assert work(again) == (0, 0, 0, 0)
    assert (again.embedders, again.pixels) == (0, [])
    assert lab.pairs() == before


def test_an_added_file_costs_only_its_own_work(lab: ScanLab) -> None:
    lab.run()
    lab.write(b"d/new.jpg", encode(scene(2), "JPEG", quality=60))
    costs = lab.run()
    assert costs.decoded == [b"d/new.jpg"]
    assert work(costs) == (1, 0, 1, 1)
    assert kinds(lab)[b"c/other.jpg", b"d/new.jpg"] == "copy"


def test_a_changed_file_costs_only_its_own_work(lab: ScanLab) -> None:
    lab.run()
    lab.write(b"c/third.png", encode(scene(2), "PNG"))
    costs = lab.run()
    assert costs.decoded == [b"c/third.png"]
    assert work(costs) == (1, 0, 1, 1)
    assert (b"c/other.jpg", b"c/third.png") in kinds(lab)


def test_a_moved_file_is_digested_and_not_decoded_again(lab: ScanLab) -> None:
    lab.run()
    before = {(kind, similarity) for *_, kind, similarity in lab.pairs()}
    os.rename(lab.at(b"b"), lab.at(b"z"))
    costs = lab.run()
    assert sorted(costs.digested) == [b"z/lossless.png", b"z/smaller.jpg", b"z/tagged.jpg"]
    assert work(costs) == (0, 3, 0, 0)
    assert {(kind, similarity) for *_, kind, similarity in lab.pairs()} == before
    assert kinds(lab)[b"a/original.jpg", b"z/smaller.jpg"] == "copy"


def test_a_removed_file_costs_nothing_and_takes_its_pairs_along(lab: ScanLab) -> None:
    lab.run()
    os.unlink(lab.at(b"a/same bytes.jpg"))
    assert work(lab.run()) == (0, 0, 0, 0)
    assert not any(b"a/same bytes.jpg" in pair for pair in kinds(lab))
    assert b"a/same bytes.jpg" not in lab.statuses()


def test_a_touched_file_is_digested_and_keeps_its_pairs(lab: ScanLab) -> None:
    lab.run()
    before = lab.pairs()
    os.utime(lab.at(b"a/original.jpg"), ns=(1, 1))
    assert work(lab.run()) == (0, 1, 0, 0)
    assert lab.pairs() == before


def test_a_mended_file_is_read_again(lab: ScanLab) -> None:
    lab.run()
    lab.write(b"c/broken.jpg", encode(scene(4), "JPEG"))
    lab.run()
    assert lab.statuses()[b"c/broken.jpg"] is Status.OK


def test_frames_beside_the_first_keep_a_picture_from_being_a_copy(lab: ScanLab) -> None:
    still = scene(7).quantize(64)
    lab.write(b"d/still.gif", encode(still, "GIF"))
    lab.write(b"d/moving.gif", encode(still, "GIF", save_all=True, append_images=[scene(8).quantize(64)]))
    lab.run()
    assert kinds(lab).get((b"d/moving.gif", b"d/still.gif"), "variant") == "variant"


def test_an_animation_is_no_better_than_a_grey_picture_of_its_first_frame(lab: ScanLab) -> None:
    moving, other = scene(7), scene(8)
    lab.write(b"d/grey.png", encode(moving.convert("L"), "PNG"))
    lab.write(b"d/moving.gif", encode(moving, "GIF", save_all=True, append_images=[other]))
    lab.run()
    assert kinds(lab)[(b"d/grey.png", b"d/moving.gif")] == "variant"
    variants = (verdict for _, verdict in lab.state().verdicts.alike() if verdict.kind is Kind.VARIANT)
    assert [verdict.altered for verdict in variants] == [None]


def test_animations_are_the_same_pixels_only_if_all_their_frames_are(lab: ScanLab) -> None:
    """Another container and other durations change nothing; one other frame, or one more, does."""
    frames = [scene(seed).quantize(64) for seed in (30, 31, 32)]
    colours = [frame.convert("RGB") for frame in frames]
    other = [*colours[:2], scene(33)]
    for name, pictures, duration in (("a.gif", frames, 100), ("b.gif", frames, 40)):
        content = encode(pictures[0], "GIF", save_all=True, append_images=pictures[1:], duration=duration)
        lab.write(b"e/" + name.encode(), content)
    for name, pictures in (("c.png", colours), ("d.png", other), ("e.png", colours[:2])):
        content = encode(pictures[0], "PNG", save_all=True, append_images=pictures[1:], duration=50)
        lab.write(b"e/" + name.encode(), content)
    lab.write(b"e/still.png", encode(colours[0], "PNG"))
    lab.run()
    found = {
        (one[2:3] + other[2:3]).decode(): kind
        for (one, other), kind in kinds(lab).items()
        if one.startswith(b"e/") and other.startswith(b"e/")
    }
    same = {pair: kind for pair, kind in found.items() if kind != "variant"}
    assert same == {"ab": "pixels", "ac": "pixels", "bc": "pixels"}
    # The others are of the same pixels as the best, so that they need no pair with its variants.
    assert set(found) >= {"ad", "ae", "as"}
    assert work(lab.run()) == (0, 0, 0, 0)


def test_a_lost_thumbnail_is_made_again_and_costs_no_pair(lab: ScanLab) -> None:
    lab.run()
    shutil.rmtree(lab.layout.thumbnails.path)
    lab.write(b"d/new.jpg", encode(scene(2), "JPEG", quality=60))
    lab.run()
    lab.run()
    assert kinds(lab)[b"c/other.jpg", b"d/new.jpg"] == "copy"
    assert lab.statuses()[b"c/other.jpg"] is Status.OK


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_vectors_that_were_lost_are_made_again_and_cost_no_pair(
    lab: ScanLab, tmp_path: Path, share: float
) -> None:
    lab.write(b"0/unlike all.jpg", encode(scene(9), "JPEG"))
    lab.run()
    os.unlink(lab.at(b"0/unlike all.jpg"))
    before = {pair for pair in lab.pairs() if b"0/unlike all.jpg" not in pair}
    os.unlink(lab.layout.pairs)
    for name in os.listdir(lab.layout.vectors):
        path = os.path.join(lab.layout.vectors, name)
        if name.endswith(b".f16"):
            os.truncate(path, int(os.path.getsize(path) * share))
    lab.run()
    assert lab.pairs() == before


@pytest.mark.parametrize("collage_first", [False, True])
def test_a_picture_inside_a_collage_is_found(tmp_path: Path, collage_first: bool) -> None:
    """A quarter of a page is a part of it, whichever of both was there first."""
    page = Image.new("RGB", (480, 360))
    for place in range(4):
        page.paste(scene(20 + place, 240, 180), (place % 2 * 240, place // 2 * 180))
    files = [(b"page.png", encode(page, "PNG")), (b"own.jpg", encode(scene(22, 240, 180), quality=90))]
    lab = ScanLab(tmp_path)
    for path, content in files if collage_first else reversed(files):
        lab.write(path, content)
        lab.run()
    assert kinds(lab) == {(b"own.jpg", b"page.png"): "crop"}


def test_what_holds_more_than_its_picture_is_a_copy_at_most(lab: ScanLab) -> None:
    jpeg = encode(scene(41), "JPEG", quality=90)
    for name, content in (
        ("bare.jpg", jpeg),
        ("lossless.png", encode(decoded(jpeg), "PNG")),
        ("motion.jpg", motion_photo(jpeg)),
        ("motion too.jpg", with_segment(motion_photo(jpeg), 0xFE, b"a comment")),
        ("same motion.jpg", motion_photo(jpeg)),
    ):
        lab.write(b"f/" + name.encode(), content)
    lab.run()
    found = {pair: kind for pair, kind in kinds(lab).items() if pair[0].startswith(b"f/")}
    assert {pair for pair, kind in found.items() if kind in ("identical", "pixels")} == {
        (b"f/bare.jpg", b"f/lossless.png"),
        (b"f/motion too.jpg", b"f/motion.jpg"),
        (b"f/motion too.jpg", b"f/same motion.jpg"),
        (b"f/motion.jpg", b"f/same motion.jpg"),
    }
    copies = [pair for pair, kind in found.items() if kind == "copy"]
    assert len(copies) == len(found) - 4 == 6
    assert all(similarity < 1 for one, other, _, similarity in lab.pairs() if (one, other) in copies)


def test_a_heif_file_of_several_pictures_is_a_copy_of_its_primary_one(lab: ScanLab) -> None:
    primary = scene(43, 240, 160)
    lab.write(b"g/album.heic", album(scene(42, 240, 160), primary, primary=1))
    lab.write(b"g/other.heic", album(scene(44, 240, 160), primary, primary=1))
    lab.write(b"g/single.png", encode(primary, "PNG"))
    lab.write(b"g/first.png", encode(scene(42, 240, 160), "PNG"))
    lab.run()
    found = {pair: kind for pair, kind in kinds(lab).items() if b"g/" in pair[0]}
    assert found[b"g/album.heic", b"g/single.png"] == "copy"
    assert found[b"g/album.heic", b"g/other.heic"] == "variant"
    assert (b"g/album.heic", b"g/first.png") not in found
