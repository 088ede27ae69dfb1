"""Other roots: walked with the first, missed while they are away, forgotten when compared no more."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from dpm_tui.catalog.image_file import Status
from dpm_tui.pipeline.reporter import Reporter
from dpm_tui.pipeline.scan.inventory import scan_inventory
from dpm_tui.pipeline.scan.mount_guard import Cause
from dpm_tui.pipeline.scan.root_folder import RootFolder
from tests.support.pictures import encode, scene
from tests.support.scan_lab import ScanLab


@pytest.fixture
def other(tmp_path: Path) -> bytes:
    folder = tmp_path / "other"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.jpg").write_bytes(encode(scene(number, 64, 48)))
    return bytes(folder)


@pytest.fixture
def lab(tmp_path: Path, other: bytes) -> ScanLab:
    lab = ScanLab(tmp_path)
    lab.others = (other,)
    for number in range(2, 12):
        lab.write(b"sub/%d.jpg" % number, encode(scene(number, 64, 48)))
    return lab


def statuses(lab: ScanLab) -> dict[bytes, Status]:
    return {file.path: file.status for file in lab.state().files.files.values()}


def test_pictures_of_all_roots_are_compared(lab: ScanLab, other: bytes) -> None:
    lab.run()
    assert {path for path in statuses(lab) if path.startswith(b"/")} == {
        os.path.join(other, b"%d.jpg" % number) for number in range(3)
    }
    assert lab.pairs() == {(other + b"/2.jpg", b"sub/2.jpg", "identical", 1.0)}
    costs = lab.run()
    assert not costs.decoded


def test_a_root_that_is_away_is_missing_and_comes_back(lab: ScanLab, other: bytes) -> None:
    lab.run()
    os.rename(other, other + b"-away")
    for accept in (False, True):
        costs = lab.run(accept_missing=accept)
        assert costs.survey is not None
        assert costs.survey.alarm is None
        assert costs.survey.inventory.away == {other: "No such file or directory"}
        found = statuses(lab)
        assert all((found[path] is Status.MISSING) == path.startswith(b"/") for path in found)
        assert lab.pairs() == set()
    os.rename(other + b"-away", other)
    assert not lab.run().decoded
    assert len(lab.pairs()) == 1


def test_a_root_that_is_suddenly_empty_is_not_believed(lab: ScanLab, other: bytes) -> None:
    lab.run()
    os.rename(other, other + b"-away")
    os.mkdir(other)
    costs = lab.run()
    assert costs.survey is not None
    assert costs.survey.alarm is not None
    assert costs.survey.alarm.cause is Cause.EMPTY
    assert statuses(lab)[other + b"/0.jpg"] is Status.MISSING
    lab.run(accept_missing=True)
    assert other + b"/0.jpg" not in statuses(lab)


def test_a_root_that_is_compared_no_more_is_forgotten_without_alarm(lab: ScanLab, other: bytes) -> None:
    shutil.rmtree(lab.at(b"sub"))
    lab.write(b"one.jpg", encode(scene(1, 64, 48)))
    lab.run()
    lab.others = ()
    costs = lab.run()
    assert costs.survey is not None
    assert costs.survey.alarm is None
    assert set(statuses(lab)) == {b"one.jpg"}


def test_a_file_that_all_roots_show_counts_in_the_first(lab: ScanLab, other: bytes) -> None:
    os.link(lab.at(b"sub/5.jpg"), other + b"/linked.jpg")
    os.mkdir(other + b"/_image_temp")
    inventory = scan_inventory(RootFolder(lab.root, (other,)), ["jpg"], Reporter())
    paths = [file.path for file in inventory.found]
    assert b"sub/5.jpg" in paths
    assert other + b"/linked.jpg" not in paths
    assert dict(+inventory.skipped) == {"hard_link": 1}
