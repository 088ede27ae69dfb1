"""Checks the thumbnails: beginning and end of every one, and a sample decoded as a whole.

Reading all of them would take minutes for 100,000; what is torn, empty or something else shows at its
ends.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field, replace

from dpm_tui.catalog.content_digest import is_digest
from dpm_tui.catalog.image_file import ImageFile, Stamp, Status
from dpm_tui.errors import DpmError
from dpm_tui.file_names import display_name
from dpm_tui.pipeline.decoding.thumbnail import read_thumbnail
from dpm_tui.state.disk.finding import Finding
from dpm_tui.state.disk.held_folder import HeldFolder, HeldPath
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.quarantine import Quarantine
from dpm_tui.state.disk.regular_file import open_regular, read_regular
from dpm_tui.state.files.file_store import FileStore
from dpm_tui.state.thumbnail_store import MAX_BYTES, ThumbnailStore

_SAMPLE = 256
_UNREAD = Stamp(0, 0, 0, 0, 0)


@dataclass(slots=True)
class _Shelf:
    """What lies among the thumbnails: by digest, broken, and what is none of ours."""

    good: set[str] = field(default_factory=set)
    bad: list[HeldPath] = field(default_factory=list)
    leftovers: list[HeldPath] = field(default_factory=list)
    unknown: int = 0


def check_thumbnails(layout: Layout, quarantine: Quarantine) -> list[Finding]:
    """Return what is found among the thumbnails, and whether a picture lacks its own.

    A repair lets the next scan read the pictures again whose thumbnail is broken or gone.
    """
    name = display_name(layout.thumbnails.name)
    try:
        layout.thumbnails.check()
    except FileNotFoundError:
        pass
    except (DpmError, OSError) as error:
        finding = quarantine.refuse(layout.thumbnails, error, "will_remake")

        def begin_anew() -> list[Finding]:
            return [quarantine.take(layout.thumbnails), *_read_again(layout, set())]

        return [replace(finding, repair=begin_anew)]
    shelf = _look(layout.thumbnails)
    decoded = _decode_some(layout.thumbnails, shelf)
    wanted = _wanted(layout)
    lacking = len(wanted - shelf.good)
    values: dict[str, object] = {"name": name, "count": len(shelf.good), "decoded": decoded}
    values |= {"bad": len(shelf.bad), "lacking": lacking}
    findings = [Finding(True, "thumbnails", values)]
    if shelf.bad or lacking:

        def repair_all() -> list[Finding]:
            return [*_take(quarantine, shelf.bad), *_read_again(layout, shelf.good)]

        findings = [Finding(False, "thumbnails_damaged", values, "will_remake", repair_all)]
    if shelf.leftovers:
        values = {"name": name, "count": len(shelf.leftovers)}

        def tidy() -> list[Finding]:
            return _take(quarantine, shelf.leftovers)

        findings.append(Finding(False, "leftovers", values, "will_quarantine", tidy))
    if shelf.unknown:
        findings.append(Finding(True, "unknown", {"name": name, "count": shelf.unknown}))
    return findings


def _look(folder: HeldFolder) -> _Shelf:
    shelf = _Shelf()
    for prefix in _names(folder):
        if len(prefix) != 2 or not is_digest(os.fsdecode(prefix) * 32):
            shelf.unknown += 1
        elif not stat.S_ISDIR(folder.status(prefix).st_mode):
            shelf.bad.append(folder.place(prefix))
        else:
            below = folder.below(prefix)
            for name in _names(below):
                _sort_in(shelf, folder, below, name)
    return shelf


def _sort_in(shelf: _Shelf, folder: HeldFolder, below: HeldFolder, name: bytes) -> None:
    # What is noted has a folder of its own, not open yet: many are noted, and few may be open at once.
    place = folder.below(below.name).place(name)
    digest, ending = os.fsdecode(name[:64]), name[64:]
    ours = is_digest(digest) and name.startswith(below.name)
    if ours and ending == b".jpg.part":
        shelf.leftovers.append(place)
    elif not ours or ending != b".jpg":
        shelf.unknown += 1
    elif _has_both_ends(below.place(name)):
        shelf.good.add(digest)
    else:
        shelf.bad.append(place)


def _take(quarantine: Quarantine, places: list[HeldPath]) -> list[Finding]:
    """Move what lies at these places, which are used up, to the quarantine; return the last finding."""
    findings: list[Finding] = []
    while places:
        findings = [quarantine.take(places.pop())]
    return findings


def _has_both_ends(path: HeldPath) -> bool:
    """Return whether a file begins and ends as a JPEG does and is no larger than a thumbnail may be."""
    try:
        descriptor = open_regular(path)
    except (DpmError, OSError):
        return False
    try:
        size = os.fstat(descriptor).st_size
        start, end = os.pread(descriptor, 3, 0), os.pread(descriptor, 2, max(size - 2, 0))
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return 4 < size <= MAX_BYTES and start == b"\xff\xd8\xff" and end == b"\xff\xd9"


def _decode_some(folder: HeldFolder, shelf: _Shelf) -> int:
    """Decode a sample, spread evenly; move those that cannot be decoded to the bad ones."""
    store = ThumbnailStore(folder)
    digests = sorted(shelf.good)
    sample = digests[:: max(len(digests) // _SAMPLE, 1)][:_SAMPLE]
    for digest in sample:
        try:
            read_thumbnail(read_regular(store.place(digest), MAX_BYTES))
        except (ValueError, DpmError, OSError):
            shelf.good.remove(digest)
            shelf.bad.append(store.place(digest))
    return len(sample)


def _wanted(layout: Layout) -> set[str]:
    """Return the contents that should have a thumbnail, but for those that the next scan reads anyway."""
    try:
        files = FileStore(layout.files, writable=False).files.values()
    except (DpmError, OSError):
        return set()
    return {file.facts.digest for file in files if _is_read(file)}


def _is_read(file: ImageFile) -> bool:
    """Return whether the picture was read and needs not be read again."""
    return bool(file.facts.format) and file.status is Status.OK and file.stamp != _UNREAD


def _read_again(layout: Layout, there: set[str]) -> list[Finding]:
    """Let the next scan read the pictures again whose thumbnail is not ``there``."""
    files = FileStore(layout.files)
    count = 0
    for file in list(files.files.values()):
        if _is_read(file) and file.facts.digest not in there:
            files.put(replace(file, stamp=_UNREAD))
            count += 1
    files.sync()
    files.close()
    return [Finding(True, "will_be_read", {"count": count})]


def _names(folder: HeldFolder) -> list[bytes]:
    try:
        return folder.names()
    except (OSError, DpmError):
        return []
