"""A disk that is away costs nothing but time: what is known of it waits until it is back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.image_file import Facts, ImageFile, Stamp, Status
from dpm_tui.pipeline.checkpointing import Checkpointer
from dpm_tui.pipeline.decoding.decoder import Decoded, DecodeOrder, Known
from dpm_tui.pipeline.reporter import Reporter
from dpm_tui.pipeline.scan.change_detection import compare_inventory
from dpm_tui.pipeline.scan.found_files import FoundFile, FoundFiles
from dpm_tui.pipeline.scan.ingest import Ingest
from dpm_tui.pipeline.scan.inventory import Inventory
from dpm_tui.pipeline.scan.mount_guard import Alarm, Cause, notice_missing
from tests.support.image_files import image_file
from tests.support.pictures import encode, scene
from tests.support.scan_lab import Costs, ScanLab

OWN, OTHER = 1, 2


def library(count: int, device: int = OWN, first: int = 1) -> dict[int, ImageFile]:
    """Return files that lie on one device."""
    made = (image_file(id_, mtime_ns=id_) for id_ in range(first, first + count))
    return {file.id: replace(file, stamp=replace(file.stamp, device=device)) for file in made}


def notice(
    known: dict[int, ImageFile],
    gone: Iterable[int],
    *added: FoundFile,
    moved: bool = False,
) -> Alarm | None:
    """Return the alarm when some of the known files are gone and others came."""
    away = set(gone)
    there = [FoundFile(file.path, file.stamp) for id_, file in known.items() if id_ not in away]
    inventory = Inventory(FoundFiles([*there, *added]))
    changes = compare_inventory(inventory, known.values())
    return notice_missing(inventory, changes, known, moved=moved, root_devices=(OWN,))


def cause(alarm: Alarm | None) -> Cause | None:
    return alarm.cause if alarm else None


def test_nothing_is_noticed_where_nothing_is_gone() -> None:
    assert notice(library(50), ()) is None
    assert notice(library(50), (), moved=True) is None
    assert notice({}, ()) is None


@pytest.mark.parametrize(
    ("known", "gone", "expected"),
    [
        (100, 20, None), (100, 21, Cause.MANY), (12, 4, None), (12, 5, Cause.MANY), (5, 4, None),
        (1000, 999, Cause.MANY),
    ],
)  # fmt: skip
def test_more_than_a_fifth_gone_at_once_is_noticed(known: int, gone: int, expected: Cause | None) -> None:
    alarm = notice(library(known), range(1, gone + 1))
    assert cause(alarm) == expected
    if alarm is not None:
        assert (alarm.gone, alarm.known, alarm.missing) == (gone, known, frozenset(range(1, gone + 1)))


@pytest.mark.parametrize("known", [1, 5, 50])
def test_a_folder_without_any_picture_is_noticed(known: int) -> None:
    assert cause(notice(library(known), range(1, known + 1))) is Cause.EMPTY


def test_another_folder_is_noticed_from_the_first_file_that_is_gone() -> None:
    assert cause(notice(library(100), [1], moved=True)) is Cause.MOVED
    assert notice(library(100), [1]) is None


def test_a_disk_below_the_root_is_noticed_when_all_its_files_are_gone() -> None:
    known = library(100) | library(3, OTHER, first=101)
    assert cause(notice(known, [101, 102, 103])) is Cause.DEVICE
    assert notice(known, [101, 102]) is None
    assert notice(library(3) | library(100, OTHER, first=4), [1, 2, 3]) is None


def test_renamed_and_moved_files_are_not_gone() -> None:
    known = library(30)
    renamed = [FoundFile(b"new/" + file.path, file.stamp) for file in known.values()]
    assert notice(known, known, *renamed) is None
    copied = [replace(file, stamp=replace(file.stamp, inode=file.stamp.inode + 99)) for file in renamed]
    assert notice(known, known, *copied) is None
    assert notice(known, known, *copied, moved=True) is None


def test_other_files_that_came_do_not_hide_a_missing_disk() -> None:
    others = [FoundFile(b"new/%d.jpg" % n, Stamp(5, n, n, OWN, 1000 + n)) for n in range(500)]
    assert cause(notice(library(100), range(1, 60), *others)) is Cause.MANY


def test_of_renamed_and_missing_files_only_the_missing_are_kept() -> None:
    known = library(40)
    renamed = [FoundFile(b"new.jpg", known[1].stamp)]
    alarm = notice(known, range(1, 20), *renamed)
    assert alarm is not None
    assert alarm.missing == frozenset(range(2, 20))


def test_files_that_were_missing_wait_until_somebody_says_that_they_are_gone() -> None:
    known = library(100)
    known[1] = replace(known[1], status=Status.MISSING)
    assert cause(notice(known, [1])) is Cause.STILL
    assert cause(notice(known, [1, 2])) is Cause.STILL
    assert notice(known, [2]) is None


class Table:
    """Image files in memory, as ``pipeline.store`` wants them."""

    def __init__(self) -> None:
        self.files = FileColumns()
        self._next = 0

    def new_id(self) -> int:
        self._next += 1
        return self._next

    def put(self, file: ImageFile) -> None:
        self.files.put(file)

    def remove(self, id_: int) -> None:
        self.files.remove(id_)


class World:
    """A library of files without contents, scanned again and again."""

    def __init__(self) -> None:
        self.table = Table()
        self.there: dict[bytes, Stamp] = {}
        self.read: list[bytes] = []

    @property
    def files(self) -> Table:
        return self.table

    def known(self) -> dict[bytes, int]:
        return {file.path: id_ for id_, file in self.table.files.items()}

    def missing(self) -> set[int]:
        return {id_ for id_, file in self.table.files.items() if file.status is Status.MISSING}

    def decode(
        self, orders: Iterable[DecodeOrder], cancelled: Callable[[], bool]
    ) -> Iterator[tuple[DecodeOrder, Decoded]]:
        for order in orders:
            self.read.append(order.path)
            yield order, Known(f"{self.there[order.path].inode:064x}")

    def scan(self) -> Alarm | None:
        """Bring the table up to date; every content's facts are known by now."""
        inventory = Inventory(
            FoundFiles(FoundFile(path, stamp) for path, stamp in sorted(self.there.items()))
        )
        changes = compare_inventory(inventory, self.table.files.values())
        alarm = notice_missing(inventory, changes, dict(self.table.files), root_devices=(OWN,))
        intake = Ingest(self, self, Reporter(), Checkpointer(lambda: None, Reporter()))  # type: ignore[arg-type]
        for found in changes.added:
            id_ = self.table.new_id()
            facts = Facts(f"{found.stamp.inode:064x}", "JPEG", 4, 3)
            self.table.put(ImageFile(id_, found.path, found.stamp, facts=facts))
        intake.take(replace(changes, added=()), alarm.missing if alarm else ())
        return alarm


@st.composite
def libraries(draw: st.DrawFn) -> dict[bytes, Stamp]:
    """Return a library: paths in some folders, each folder on one of three devices."""
    there: dict[bytes, Stamp] = {}
    for folder in range(draw(st.integers(1, 4))):
        device = draw(st.sampled_from([OWN, OTHER, 3]))
        for number in range(draw(st.integers(1, 40))):
            inode = len(there) + 1
            there[b"%d/%03d.jpg" % (folder, number)] = Stamp(1000, inode, inode * 7 + 1, device, inode)
    return there


@given(there=libraries(), data=st.data())
def test_whatever_vanishes_under_the_guard_is_back_without_being_read(
    there: dict[bytes, Stamp], data: st.DataObject
) -> None:
    world = World()
    world.there = dict(there)
    assert world.scan() is None
    folders = sorted({path.split(b"/")[0] for path in there})
    for _ in range(data.draw(st.integers(1, 4))):
        away = data.draw(st.sets(st.sampled_from(folders)))
        lost = data.draw(st.sets(st.sampled_from(sorted(there)), max_size=12))
        world.there = {p: s for p, s in there.items() if p.split(b"/")[0] not in away and p not in lost}
        known = world.known()
        alarm = world.scan()
        kept = world.known()
        if alarm is not None:
            assert kept == known | kept
            assert alarm.missing == world.missing()
        assert world.missing() == {id_ for path, id_ in kept.items() if path not in world.there}
    kept = world.known()
    world.there = dict(there)
    world.read.clear()
    assert world.scan() is None
    assert world.read == []
    assert world.missing() == set()
    assert set(world.known()) == set(there)
    assert kept.items() <= world.known().items()


@pytest.fixture
def lab(tmp_path: Path) -> ScanLab:
    lab = ScanLab(tmp_path)
    for seed in range(24):
        lab.write(b"disk/%02d.png" % seed, encode(scene(seed, 64, 48), "PNG"))
    lab.write(b"own/00.png", encode(scene(0, 64, 48), "PNG"))
    lab.run()
    return lab


def alarm_of(costs: Costs) -> Cause | None:
    assert costs.survey is not None
    return cause(costs.survey.alarm)


def work(costs: Costs) -> tuple[int, int, int, int]:
    return len(costs.decoded), len(costs.digested), costs.embedded, costs.judged


def test_a_folder_that_is_away_and_back_costs_no_work_at_all(lab: ScanLab) -> None:
    pairs, groups = lab.pairs(), lab.groups()
    files = dict(lab.state().files.files)
    assert groups
    os.rename(lab.at(b"disk"), lab.at(b"../away"))
    for _ in range(3):
        assert alarm_of(lab.run()) is Cause.MANY
        statuses = lab.statuses()
        assert len(statuses) == 25
        assert sum(status is Status.MISSING for status in statuses.values()) == 24
        assert (lab.pairs(), lab.groups()) == (set(), set())
    os.rename(lab.at(b"../away"), lab.at(b"disk"))
    costs = lab.run()
    assert alarm_of(costs) is None
    assert (work(costs), costs.embedders) == ((0, 0, 0, 0), 0)
    assert (lab.pairs(), lab.groups()) == (pairs, groups)
    assert lab.state().files.files == files


def test_a_root_that_is_empty_for_a_while_costs_no_work_at_all(tmp_path: Path) -> None:
    lab = ScanLab(tmp_path, state_elsewhere=True)
    for seed in (1, 2, 1):
        lab.write(b"%d.png" % len(os.listdir(lab.root)), encode(scene(seed, 64, 48), "PNG"))
    lab.run()
    pairs = lab.pairs()
    assert pairs
    os.rename(lab.root, lab.root + b" away")
    os.mkdir(lab.root)
    assert alarm_of(lab.run()) is Cause.EMPTY
    assert (lab.pairs(), set(lab.statuses().values())) == (set(), {Status.MISSING})
    os.rmdir(lab.root)
    os.rename(lab.root + b" away", lab.root)
    assert work(lab.run()) == (0, 0, 0, 0)
    assert lab.pairs() == pairs


def test_another_folder_under_the_same_name_changes_nothing(tmp_path: Path) -> None:
    lab = ScanLab(tmp_path, state_elsewhere=True)
    for seed in range(4):
        lab.write(b"%d.png" % seed, encode(scene(seed, 64, 48), "PNG"))
    lab.run()
    os.unlink(lab.at(b"0.png"))
    assert alarm_of(lab.run(root_moved=True)) is Cause.MOVED
    assert lab.statuses()[b"0.png"] is Status.MISSING


def test_a_folder_that_changed_while_away_costs_only_its_changes(lab: ScanLab) -> None:
    os.rename(lab.at(b"disk"), lab.at(b"../away"))
    lab.run()
    os.rename(lab.at(b"../away"), lab.at(b"disk"))
    lab.write(b"disk/03.png", encode(scene(77, 64, 48), "PNG"))
    os.unlink(lab.at(b"disk/04.png"))
    costs = lab.run()
    assert costs.decoded == [b"disk/03.png"]
    assert costs.digested == []
    assert alarm_of(costs) is Cause.STILL
    assert lab.statuses()[b"disk/04.png"] is Status.MISSING
    lab.run(accept_missing=True)
    assert b"disk/04.png" not in lab.statuses()


def test_a_damaged_file_that_was_away_is_read_again(lab: ScanLab) -> None:
    lab.write(b"disk/broken.png", encode(scene(99), "PNG")[:700])
    lab.run()
    os.rename(lab.at(b"disk"), lab.at(b"../away"))
    lab.run()
    os.rename(lab.at(b"../away"), lab.at(b"disk"))
    assert lab.run().decoded == [b"disk/broken.png"]
    assert lab.statuses()[b"disk/broken.png"] is Status.DAMAGED


def test_a_renamed_folder_is_no_missing_disk(lab: ScanLab) -> None:
    before = len(lab.pairs())
    os.rename(lab.at(b"disk"), lab.at(b"drive"))
    costs = lab.run()
    assert alarm_of(costs) is None
    assert costs.decoded == []
    assert len(lab.statuses()) == 25
    assert len(lab.pairs()) == before


def test_missing_files_are_forgotten_when_the_user_says_so(lab: ScanLab) -> None:
    shutil.rmtree(lab.at(b"disk"))
    lab.run()
    lab.run(accept_missing=True)
    assert list(lab.statuses()) == [b"own/00.png"]
    assert alarm_of(lab.run()) is None


def test_a_few_files_less_are_no_missing_disk(lab: ScanLab) -> None:
    for seed in range(4):
        os.unlink(lab.at(b"disk/%02d.png" % seed))
    assert alarm_of(lab.run()) is None
    assert len(lab.statuses()) == 21
