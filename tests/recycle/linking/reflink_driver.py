"""Scenes with reflinks, each as root in a mount namespace of its own: SCENE FILE_SYSTEM FOLDER."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from dpm_tui.recycle.filesystem import file_clone
from dpm_tui.recycle.filesystem.file_clone import share_all_data
from dpm_tui.review.marks.link import Link
from dpm_tui.review.marks.plan import Move, Plan
from tests.recycle.library import Library
from tests.recycle.linking.disks import MAKERS, mount_disk
from tests.recycle.linking.link_scene import content

VICTIM, KEEPER = b"a/victim.jpg", b"b/keeper.jpg"
RESTORED = b"a/victim (restored 1).jpg"


def planned(library: Library, victim: bytes = VICTIM, text: bytes = content(1)) -> Move:
    """Write two files of the same bytes and return the move that puts a reflink in place of one."""
    return replace(library.move(victim, KEEPER, text), link=Link.REFLINK)


def apply(library: Library, move: Move) -> list[str]:
    """Apply a move as it stands now; return why its file was left, which looking first says as well."""
    move = replace(library.move_of(move.victim.path, move.keeper.path), link=move.link)
    _, foreseen = library.bin.check(Plan((move,)))
    left = [skipped.key for skipped in library.bin.apply(Plan((move,))).skipped]
    assert [skipped.key for skipped in foreseen] == left
    return left


def shared(library: Library, first: bytes, second: bytes) -> bool:
    """Return whether two files share their data."""
    with open(library.at(first), "rb") as one, open(library.at(second), "rb") as other:
        return share_all_data(one.fileno(), other.fileno()) is True


def all_metadata_stay(library: Library) -> None:
    """The link looks as its victim did, not as the kept file does, and the victim comes back itself."""
    move = planned(library)
    os.chown(library.at(VICTIM), 1234, 4321)
    os.chmod(library.at(VICTIM), 0o604)
    os.setxattr(library.at(VICTIM), "user.rating", b"5")
    os.setxattr(library.at(KEEPER), "user.rating", b"1")
    subprocess.run(["setfacl", "-m", "u:54321:r", library.at(VICTIM)], check=True)
    os.utime(library.at(VICTIM), ns=(10**18, 10**18 + 123456789))
    before, own = os.stat(library.at(VICTIM)), attributes(library, VICTIM)
    assert not shared(library, VICTIM, KEEPER)
    assert apply(library, move) == []
    after = os.stat(library.at(VICTIM))
    assert shared(library, VICTIM, KEEPER)
    assert after.st_ino != before.st_ino
    for field in ("st_uid", "st_gid", "st_mode", "st_mtime_ns", "st_nlink", "st_size"):
        assert getattr(after, field) == getattr(before, field), field
    assert attributes(library, VICTIM) == own
    assert "user.rating" in own
    assert "system.posix_acl_access" in own
    assert library.bin.undo().restored[0].now == VICTIM
    assert os.path.samestat(os.stat(library.at(VICTIM)), before)
    assert attributes(library, VICTIM) == own


def attributes(library: Library, path: bytes) -> dict[str, bytes]:
    """Return the extended attributes of a file."""
    at = library.at(path)
    return {name: os.getxattr(at, name) for name in os.listxattr(at)}


def not_twice(library: Library) -> None:
    """What shares its data is passed over, until one of both is written anew."""
    move = planned(library)
    assert apply(library, move) == []
    assert apply(library, move) == ["already_linked"]
    library.write(VICTIM, content(1))
    assert apply(library, move) == []


def not_twice_where_nothing_tells_what_is_shared(library: Library) -> None:
    """Then the record tells, for as long as the link looks as its victim did."""
    file_clone._EXTENTS = 0
    move = planned(library)
    assert apply(library, move) == []
    assert apply(library, move) == ["already_linked"]
    library.bin.undo()
    assert apply(library, move) == []
    os.utime(library.at(VICTIM))
    assert apply(library, move) == []


def a_tiny_file_has_nothing_to_share(library: Library) -> None:
    """What btrfs keeps among its metadata cannot be shared; on xfs every file has blocks."""
    move = planned(library, text=b"tiny")
    first = apply(library, move)
    assert first in ([], ["already_linked"])
    assert apply(library, move) == ["already_linked"]


def an_edit_of_the_link_keeps_both(library: Library) -> None:
    """A clone is a file of its own: an edit, another tag or date of it stays beside what comes back."""
    changes = (
        lambda at: Path(os.fsdecode(at)).write_bytes(b"edited"),
        lambda at: os.setxattr(at, "user.tags", b"holiday"),
        lambda at: os.utime(at),
        lambda at: os.chmod(at, 0o600),
        lambda at: os.link(at, library.at(b"a/another name")),
    )
    for change in changes:
        assert apply(library, planned(library)) == []
        change(library.at(VICTIM))
        changed = library.read(VICTIM)
        assert library.bin.undo().restored[0].now == RESTORED
        assert library.read(VICTIM) == changed
        assert library.read(RESTORED) == library.read(KEEPER) == content(1)
        for path in (VICTIM, RESTORED):
            os.unlink(library.at(path))


def the_kept_file_may_be_edited(library: Library) -> None:
    """Whoever edits the kept file changes no link, and what comes back is whole."""
    assert apply(library, planned(library)) == []
    library.write(KEEPER, b"edited")
    assert library.read(VICTIM) == content(1)
    assert library.bin.undo().restored[0].now == VICTIM
    assert library.pictures() == {VICTIM: content(1), KEEPER: b"edited"}


def an_inherited_list_of_access_is_taken_away(library: Library) -> None:
    """A folder whose new files inherit an access list gives none to the link of a file without one."""
    move = planned(library)
    subprocess.run(["setfacl", "-d", "-m", "u:54321:rwx", library.root], check=True)
    before = attributes(library, VICTIM)
    assert apply(library, move) == []
    assert attributes(library, VICTIM) == before
    assert library.bin.undo().restored[0].now == VICTIM


def another_disk_is_out_of_reach(library: Library) -> None:
    """No link spans two file systems, and a file on another disk is never copied to be linked."""
    os.mkdir(library.at(b"a"))
    subprocess.run(["mount", "-t", "tmpfs", "none", library.at(b"a")], check=True)
    move = planned(library)
    for link in (Link.REFLINK, Link.HARD):
        assert apply(library, replace(move, link=link)) == ["link_elsewhere"]
    assert library.read(VICTIM) == content(1)
    assert library.in_bin() == {}


def no_reflinks_here(library: Library) -> None:
    """Where the file system has none, that is said before and after, and a hard link is possible."""
    move = planned(library)
    assert apply(library, move) == ["no_reflinks"]
    assert library.in_bin() == {}
    assert apply(library, replace(move, link=Link.HARD)) == []


def main(scene: str, file_system: str, base: Path) -> None:
    """Play a scene on a new disk, or in memory."""
    place = base / "place"
    if file_system in MAKERS:
        mount_disk(file_system, base / "disk", place)
    elif file_system == "tmpfs":
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "none", place], check=True)
    else:
        with (base / "disk").open("wb") as image:
            image.truncate(16 << 20)
        subprocess.run(["mkfs.ext4", "-q", base / "disk"], check=True)
        place.mkdir()
        subprocess.run(["mount", "-o", "loop", base / "disk", place], check=True)
    (place / "library").mkdir()
    globals()[scene](Library(place / "library"))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
