from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from dpm_tui.demo.original_pictures import ORIGINALS
from models.training.data.held_out_copies import HeldOutCopies
from models.training.evaluation.removals.evaluate import evaluate
from models.training.evaluation.removals.family_library import FamilyLibrary
from models.training.evaluation.removals.findings import DEFAULT
from models.training.evaluation.removals.truth import Truth


@pytest.fixture(scope="module")
def trial() -> HeldOutCopies:
    """Return the trial of five painted pictures; one of them is pasted into copies of the others."""
    pictures = []
    for original in ORIGINALS[:5]:
        picture = original.paint().convert("RGB")
        picture.thumbnail((240, 240), Image.Resampling.LANCZOS)
        pictures.append(picture)
    return HeldOutCopies(pictures)


def write(folder: Path, trial: HeldOutCopies) -> Truth:
    library = FamilyLibrary(folder, trial, seed=3)
    library.fill(families=1, relatives=4)
    return Truth.of(library.files)


def test_a_library_is_the_same_every_time_and_its_names_tell_nothing(
    tmp_path: Path, trial: HeldOutCopies
) -> None:
    truth = write(tmp_path / "one", trial)
    assert write(tmp_path / "other", trial) == truth
    files = [path for path in (tmp_path / "one").rglob("*") if path.is_file()]
    assert {path.relative_to(tmp_path / "one").as_posix() for path in files} == set(truth.files)
    assert all(path.stem.isdecimal() for path in files)
    assert len(truth.relatives()) >= 4


@pytest.mark.slow
def test_the_app_is_tried_on_a_library_from_the_scan_to_what_it_would_remove(
    tmp_path: Path, trial: HeldOutCopies
) -> None:
    lines: list[str] = []
    faults = evaluate(tmp_path, write(tmp_path, trial), lines.append, [DEFAULT])
    text = "\n".join(lines)
    for heading in ("Grouping", "Kind beside the original", "Keeper", "Removals", "default kinds"):
        assert heading in text
    assert not [fault for fault in faults if fault["fault"] == "for another picture"]
