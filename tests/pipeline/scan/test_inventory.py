from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from dpm_tui.catalog.file_columns import FileColumns
from dpm_tui.catalog.image_file import FAILED, NO_FACTS, ImageFile, Status
from dpm_tui.pipeline.reporter import Reporter
from dpm_tui.pipeline.scan import inventory
from dpm_tui.pipeline.scan.change_detection import Changes, compare_inventory
from dpm_tui.pipeline.scan.inventory import Inventory, scan_inventory, set_aside
from dpm_tui.pipeline.scan.mount_guard import notice_missing
from dpm_tui.pipeline.scan.root_folder import RootFolder
from tests.support.hostile import HOSTILE_NAMES

READ = replace(NO_FACTS, digest="aa" * 32, format="JPEG")


class Tree:
    """A folder of real files."""

    def __init__(self, base: Path) -> None:
        self.root = os.fsencode(base / "root")
        os.mkdir(self.root)

    def at(self, path: bytes) -> bytes:
        return os.path.join(self.root, path)

    def write(self, path: bytes, content: bytes = b"x") -> None:
        os.makedirs(os.path.dirname(self.at(path)), exist_ok=True)
        with open(self.at(path), "wb") as file:
            file.write(content)

    def scan(self) -> Inventory:
        return scan_inventory(RootFolder(self.root), ("jpg", "png"), Reporter())

    def paths(self) -> list[bytes]:
        return [file.path for file in self.scan().found]

    def known(self) -> list[ImageFile]:
        return [
            ImageFile(id_, found.path, found.stamp, facts=NO_FACTS)
            for id_, found in enumerate(self.scan().found, 1)
        ]

    def changes(self, known: list[ImageFile]) -> Changes:
        return compare_inventory(self.scan(), known)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> set[bytes]:
    """Names of folders that refuse to be listed, as they would to anybody but root."""
    refused: set[bytes] = set()
    real = inventory.open_beneath

    def open_beneath(folder: int, path: bytes, flags: int) -> int:
        if os.path.basename(path or b"root") in refused:
            raise PermissionError(13, "Permission denied", path)
        return real(folder, path, flags)

    monkeypatch.setattr(inventory, "open_beneath", open_beneath)
    return refused


def test_nested_pictures_are_found_sorted_by_path(tree: Tree) -> None:
    for path in (
        b"b/c/d/e.jpg",
        b"a.PNG",
        b"b/A.JpG",
        b"b/note.txt",
        b"c/.jpg",
        b"no extension",
        b"x.jpg.bak",
    ):
        tree.write(path)
    assert tree.paths() == [b"a.PNG", b"b/A.JpG", b"b/c/d/e.jpg", b"c/.jpg"]
    assert tree.scan().skipped["other_type"] == 3


def test_hostile_names_are_found_as_they_are(tree: Tree) -> None:
    for name in HOSTILE_NAMES:
        tree.write(b"d/" + name)
    pictures = [name for name in HOSTILE_NAMES if name.endswith(b".jpg")]
    assert tree.paths() == sorted(b"d/" + name for name in pictures)


@pytest.mark.parametrize(
    "folder",
    [b"_image_temp", b"@eaDir", b"#Recycle", b".SNAPSHOT", b"$RECYCLE.BIN", b".Trash-1000", b".Trashes"],
)
def test_bins_snapshots_and_indexes_are_not_entered(tree: Tree, folder: bytes) -> None:
    tree.write(b"deep/" + folder + b"/copy.jpg")
    tree.write(b"deep/" + folder + b" of mine/real.jpg")
    scan = tree.scan()
    assert [file.path for file in scan.found if b"of mine" not in file.path] == []
    assert scan.skipped["junk_folder"] >= 1


def test_finder_shadows_are_no_pictures(tree: Tree) -> None:
    tree.write(b"._a.jpg")
    assert tree.paths() == []


def test_links_are_never_followed(tree: Tree, tmp_path: Path) -> None:
    tree.write(b"real/a.jpg")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "b.jpg").write_bytes(b"x")
    os.symlink(b"real/a.jpg", tree.at(b"to file.jpg"))
    os.symlink(os.fsencode(tmp_path / "outside"), tree.at(b"to folder"))
    os.symlink(b"..", tree.at(b"real/loop"))
    os.symlink(b"nowhere", tree.at(b"dangling.jpg"))
    scan = tree.scan()
    assert [file.path for file in scan.found] == [b"real/a.jpg"]
    assert scan.skipped["symlink"] == 4


def test_a_pipe_is_passed_over_without_waiting_for_it(tree: Tree) -> None:
    os.mkfifo(tree.at(b"pipe.jpg"))
    scan = tree.scan()
    assert not scan.found
    assert scan.skipped["special"] == 1


def test_names_of_one_file_count_once(tree: Tree) -> None:
    tree.write(b"b.jpg")
    os.link(tree.at(b"b.jpg"), tree.at(b"a.jpg"))
    os.link(tree.at(b"b.jpg"), tree.at(b"c.jpg"))
    scan = tree.scan()
    assert [file.path for file in scan.found] == [b"a.jpg"]
    assert scan.skipped["hard_link"] == 2


def test_folders_nested_without_end_are_left(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dpm_tui.pipeline.scan.inventory.DEEPEST", 3)
    tree.write(b"1/2/3/in.jpg")
    tree.write(b"1/2/3/4/out.jpg")
    assert tree.paths() == [b"1/2/3/in.jpg"]


def test_a_root_that_cannot_be_read_is_an_error(tree: Tree, closed: set[bytes]) -> None:
    closed.add(b"root")
    with pytest.raises(PermissionError):
        tree.scan()
    with pytest.raises(FileNotFoundError):
        scan_inventory(RootFolder(tree.at(b"nowhere")), ("jpg",), Reporter())


def test_what_lies_in_an_unreadable_folder_is_unknown_and_not_gone(tree: Tree, closed: set[bytes]) -> None:
    for path in (b"shut/a.jpg", b"shut/deeper/b.jpg", b"shut too/c.jpg", b"open/d.jpg"):
        tree.write(path)
    known = tree.known()
    closed.add(b"shut")
    os.unlink(tree.at(b"open/d.jpg"))
    scan = tree.scan()
    assert scan.unreadable == {b"shut": "Permission denied"}
    gone = compare_inventory(scan, known).gone
    assert [file.path for file in known if file.id in gone] == [b"open/d.jpg"]


def test_nothing_changes_where_nothing_happened(tree: Tree) -> None:
    tree.write(b"a.jpg")
    assert tree.changes(tree.known()) == Changes((), {}, ())


def test_added_and_gone_files_are_named(tree: Tree) -> None:
    tree.write(b"old.jpg")
    known = tree.known()
    os.rename(tree.at(b"old.jpg"), tree.at(b"new.jpg"))
    changes = tree.changes(known)
    assert [found.path for found in changes.added] == [b"new.jpg"]
    assert changes.gone == (known[0].id,)


def _grow(path: bytes) -> None:
    before = os.stat(path)
    with open(path, "ab") as file:
        file.write(b"y")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _touch(path: bytes) -> None:
    os.utime(path, ns=(1, 1))


def _chmod(path: bytes) -> None:
    os.chmod(path, 0o600)


def _replace(path: bytes) -> None:
    before = os.stat(path)
    with open(path + b".part", "wb") as file:
        file.write(b"x")
    os.utime(path + b".part", ns=(before.st_atime_ns, before.st_mtime_ns))
    os.rename(path + b".part", path)


@pytest.mark.parametrize("change", [_grow, _touch, _chmod, _replace])
def test_a_file_that_may_hold_something_else_is_changed(tree: Tree, change: object) -> None:
    tree.write(b"a.jpg")
    tree.write(b"b.jpg")
    known = tree.known()
    assert callable(change)
    change(tree.at(b"a.jpg"))
    changes = tree.changes(known)
    assert {id_: found.path for id_, found in changes.changed.items()} == {known[0].id: b"a.jpg"}
    assert (changes.added, changes.gone) == ((), ())


def test_a_missing_file_that_is_back_is_read_again_only_if_it_never_was(tree: Tree) -> None:
    tree.write(b"a.jpg")
    (file,) = tree.known()
    missing = replace(file, status=Status.MISSING)
    assert list(tree.changes([missing]).changed) == [file.id]
    read = replace(missing, facts=READ)
    changes = tree.changes([read])
    assert (list(changes.same), changes.changed) == ([file.id], {})
    touched = replace(read, stamp=replace(read.stamp, mtime_ns=1))
    assert list(tree.changes([touched]).changed) == [file.id]


def test_a_disk_under_another_number_holds_what_it_held(tree: Tree) -> None:
    tree.write(b"a.jpg")
    (file,) = tree.known()
    stamp = replace(file.stamp, device=file.stamp.device + 1)
    renumbered = replace(file, facts=READ, stamp=stamp)
    changes = tree.changes([renumbered])
    assert (list(changes.same), changes.changed) == ([file.id], {})
    assert changes.same[file.id].stamp == file.stamp
    for name in ("inode", "size", "mtime_ns", "ctime_ns"):
        other = replace(renumbered, stamp=replace(stamp, **{name: 7}))
        assert list(tree.changes([other]).changed) == [file.id]


@pytest.mark.parametrize("status", sorted(FAILED))
def test_a_file_that_failed_is_tried_again_only_by_another_reader(tree: Tree, status: Status) -> None:
    """A file that could not even be opened is worth a try by any: nothing is known of its content."""
    tree.write(b"a.jpg")
    tree.write(b"b.jpg")
    known = [replace(tree.known()[0], status=status), replace(tree.known()[1], facts=READ)]
    assert set(tree.changes(known).changed) == ({1} if status is Status.UNREADABLE else set())
    assert set(compare_inventory(tree.scan(), known, FAILED).changed) == {1}


def test_a_raw_file_beside_its_picture_is_no_picture_and_one_alone_is(tree: Tree) -> None:
    for path in (
        b"a/1.jpg",
        b"a/1.CR2",
        b"a/2.cr2",
        b"a/2.dng",
        b"b/1.cr2",
        b"a/3.png",
        b"a/3.dng",
        b"a/3.nef",
    ):
        tree.write(path)
    found = scan_inventory(RootFolder(tree.root), ("jpg", "png", "cr2", "dng", "nef"), Reporter())
    assert [file.path for file in found.found] == [b"a/1.jpg", b"a/2.cr2", b"a/2.dng", b"a/3.png", b"b/1.cr2"]
    assert found.twins == {b"a/1.CR2", b"a/3.dng", b"a/3.nef"}
    assert found.skipped["raw_twin"] == 3


def test_what_nothing_can_read_is_counted_unless_it_was_read_once(tree: Tree) -> None:
    for path in (b"1.jpg", b"1.jxl", b"2.JXL", b"3.cr2"):
        tree.write(path)
    found = scan_inventory(RootFolder(tree.root), ("jpg", "jxl", "cr2"), Reporter())
    known = FileColumns.of([ImageFile(1, b"2.JXL", found.found[2].stamp, facts=READ)])
    set_aside(found, known, {"jxl": "jxl", "cr2": "raw", "dng": "raw"})
    assert [file.path for file in found.found] == [b"1.jpg", b"2.JXL"]
    assert found.lacking == {"jxl": 1, "raw": 1}


def test_a_picture_beside_every_raw_file_is_no_lost_disk(tree: Tree) -> None:
    for number in range(20):
        tree.write(b"%d.cr2" % number)
    alone = scan_inventory(RootFolder(tree.root), ("jpg", "cr2"), Reporter())
    known = {
        number: ImageFile(number, file.path, file.stamp, facts=READ)
        for number, file in enumerate(alone.found, 1)
    }
    for number in range(20):
        tree.write(b"%d.jpg" % number)
    beside = scan_inventory(RootFolder(tree.root), ("jpg", "cr2"), Reporter())
    changes = compare_inventory(beside, known)
    assert len(changes.gone) == 20
    assert notice_missing(beside, changes, known) is None
