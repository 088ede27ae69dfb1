"""Checks the thumbnails: beginning and end of every one, and a sample decoded as a whole.

Reading all of them would take minutes for 100,000. A torn, empty or foreign file shows at its ends.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from dpm_tui.catalog.content_digest import is_digest
from dpm_tui.catalog.file_chunk import STATUSES
from dpm_tui.catalog.image_file import DIGEST_BYTES, STAMP_FIELDS, ImageFile, Stamp, Status
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
class _Thumbnails:
    """The thumbnails: good ones by digest, broken ones, and files that are not ours."""

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
    found = _look(layout.thumbnails)
    decoded = _decode_some(layout.thumbnails, found)
    lacking = _count_lacking(layout, found.good)
    values: dict[str, object] = {"name": name, "count": len(found.good), "decoded": decoded}
    values |= {"bad": len(found.bad), "lacking": lacking}
    findings = [Finding(True, "thumbnails", values)]
    if found.bad or lacking:

        def repair_all() -> list[Finding]:
            return [*_take(quarantine, found.bad), *_read_again(layout, found.good)]

        findings = [Finding(False, "thumbnails_damaged", values, "will_remake", repair_all)]
    if found.leftovers:
        values = {"name": name, "count": len(found.leftovers)}

        def tidy() -> list[Finding]:
            return _take(quarantine, found.leftovers)

        findings.append(Finding(False, "leftovers", values, "will_quarantine", tidy))
    if found.unknown:
        findings.append(Finding(True, "unknown", {"name": name, "count": found.unknown}))
    return findings


def _look(folder: HeldFolder) -> _Thumbnails:
    found = _Thumbnails()
    for prefix in _names(folder):
        if len(prefix) != 2 or not is_digest(os.fsdecode(prefix) * 32):
            found.unknown += 1
        elif not stat.S_ISDIR(folder.status(prefix).st_mode):
            found.bad.append(folder.place(prefix))
        else:
            below = folder.below(prefix)
            for name in _names(below):
                _sort_in(found, folder, below, name)
    return found


def _sort_in(found: _Thumbnails, folder: HeldFolder, below: HeldFolder, name: bytes) -> None:
    # Each noted place has its own folder, not open yet: there may be many, and few can be open at once.
    place = folder.below(below.name).place(name)
    digest, ending = os.fsdecode(name[:64]), name[64:]
    ours = is_digest(digest) and name.startswith(below.name)
    if ours and ending == b".jpg.part":
        found.leftovers.append(place)
    elif not ours or ending != b".jpg":
        found.unknown += 1
    elif _has_both_ends(below.place(name)):
        found.good.add(digest)
    else:
        found.bad.append(place)


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


def _decode_some(folder: HeldFolder, found: _Thumbnails) -> int:
    """Decode an evenly spread sample and move broken ones to the bad ones; return how many were decoded."""
    store = ThumbnailStore(folder)
    digests = sorted(found.good)
    sample = digests[:: max(len(digests) // _SAMPLE, 1)][:_SAMPLE]
    for digest in sample:
        try:
            read_thumbnail(read_regular(store.place(digest), MAX_BYTES))
        except (ValueError, DpmError, OSError):
            found.good.remove(digest)
            found.bad.append(store.place(digest))
    return len(sample)


def _count_lacking(layout: Layout, there: set[str]) -> int:
    """Return how many contents should have a thumbnail and have none, but for those that are read anyway."""
    try:
        files = FileStore(layout.files, writable=False).files
    except (DpmError, OSError):
        return 0
    ids, digests, status, formats = files.gather("id", "digest", "status", "format")
    named = np.array([bool(word) for word in files.formats] or [False])
    read = named[formats] & (status == STATUSES.index(Status.OK))
    unread = np.ones(len(ids), np.bool_)
    for name, value in zip(STAMP_FIELDS, _UNREAD.numbers, strict=True):
        unread &= files.gather(name)[0] == value
    odd = [file for _, chunk in files.chunks() for file in chunk.odd.values()]
    read &= ~unread & ~np.isin(ids, [file.id for file in odd])
    of_odd = _raw(file.facts.digest for file in odd if _is_read(file))
    wanted = np.unique(np.concatenate((digests[read], of_odd)))
    return int(np.isin(wanted, _raw(there), invert=True).sum())


def _raw(digests: Iterable[str]) -> NDArray[np.bytes_]:
    """Return digests as the column of the image files has them."""
    return np.array([bytes.fromhex(digest) for digest in digests], f"S{DIGEST_BYTES}")


def _is_read(file: ImageFile) -> bool:
    """Return whether the picture was read and needs not be read again."""
    return bool(file.facts.format) and file.status is Status.OK and file.stamp != _UNREAD


def _read_again(layout: Layout, there: set[str]) -> list[Finding]:
    """Make the next scan read pictures again whose thumbnail is not ``there``; return the findings."""
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
