"""Quick scans with real decoders: what they say, and that they find what a scan in full finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dpm_tui.state.root_state import RootState
from tests.pipeline.decoding.test_quick_thumbnail import retouched
from tests.support.album import dpm, kinds_by_path, report_of
from tests.support.camera_files import camera_exif, mpo, photo, smaller
from tests.support.kill_lab import KillLab
from tests.support.memory import folder_in_memory
from tests.support.pictures import encode
from tests.support.workers import layout_of

ALONE = 12


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    with folder_in_memory() as folder:
        yield folder


def fill(folder: Path) -> Path:
    """Write pictures of two cameras, one of which has another preview; of the other some have copies."""
    folder.mkdir()
    for seed in range(ALONE):
        (folder / f"{seed:02}.jpg").write_bytes(mpo(photo(seed)))
    original, stale = photo(51), photo(52)
    (folder / "original.jpg").write_bytes(mpo(original))
    (folder / "copy.jpg").write_bytes(encode(smaller(original), quality=85))
    (folder / "stale.jpg").write_bytes(mpo(retouched(stale), smaller(stale), camera_exif("M2")))
    (folder / "stale copy.jpg").write_bytes(encode(smaller(retouched(stale)), quality=85))
    return folder


def count_quick(folder: Path) -> int:
    """Return how many pictures were read by their previews."""
    return RootState(layout_of(folder), writable=False).files.files.count_preview("read")


@pytest.mark.slow
def test_a_quick_scan_says_what_it_did_and_a_scan_without_it_undoes_that(tmp_path: Path) -> None:
    folder = fill(tmp_path / "pictures")
    said = dpm("scan", folder, "--quick")
    read = count_quick(folder)
    words = f"Read by their preview: {read} picture{'' if read == 1 else 's'}; 1 camera refused"
    assert 0 < read < ALONE
    assert (said.returncode, said.stderr) == (0, "")
    assert words in said.stdout
    assert words in dpm("status", folder).stdout
    quick = report_of(folder)
    assert set(kinds_by_path(quick)) == {
        frozenset({"original.jpg", "copy.jpg"}), frozenset({"stale.jpg", "stale copy.jpg"}),
    }  # fmt: skip
    said = dpm("scan", folder)
    assert (said.returncode, count_quick(folder)) == (0, 0)
    assert "preview" not in said.stdout + dpm("status", folder).stdout
    full = report_of(folder)
    assert [full[key] for key in ("files", "pairs", "groups")] == [
        quick[key] for key in ("files", "pairs", "groups")
    ]


@pytest.mark.slow
def test_the_setting_makes_every_scan_a_quick_one(tmp_path: Path) -> None:
    folder = fill(tmp_path / "pictures")
    dpm("scan", folder, "--quick")
    read = count_quick(folder)
    (folder / "_image_temp/config.toml").write_text("quick = true\n")
    assert dpm("scan", folder).returncode == 0
    assert count_quick(folder) == read > 0


@pytest.mark.soak
@pytest.mark.timeout(240)
def test_killed_quick_scans_end_with_the_report_of_an_undisturbed_one(tmp_path: Path) -> None:
    (tmp_path / "states").mkdir()
    lab = KillLab(fill(tmp_path / "pictures"), tmp_path / "states", seed=5, options=("--quick",))
    lab.series(4)
    assert lab.tally.finished == 1
    assert lab.tally.trouble == []
