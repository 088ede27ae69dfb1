"""Checks the rest of the state folder: lock, marker, log, leftovers and unknown files."""

from __future__ import annotations

import contextlib
import os
import socket
from dataclasses import replace

from dpm_tui.errors import DpmError
from dpm_tui.file_names import display_name
from dpm_tui.state.disk.finding import Finding
from dpm_tui.state.disk.held_folder import HeldFolder, HeldPath
from dpm_tui.state.disk.layout import QUARANTINE, Layout
from dpm_tui.state.disk.lock import is_held, read_holder
from dpm_tui.state.disk.quarantine import Quarantine, measure_quarantine
from dpm_tui.state.disk.regular_file import open_regular
from dpm_tui.state.files.file_layout import FileLayout
from dpm_tui.state.root_identity import read_marker

_NAMES_SHOWN = 5
_PARTIAL = b".part"


def check_lock(layout: Layout, quarantine: Quarantine) -> Finding:
    """Return who holds the lock, or who left it behind; only something that is no file needs a repair."""
    try:
        held = is_held(layout.lock)
    except FileNotFoundError:
        return Finding(True, "lock_free")
    except (DpmError, OSError) as error:
        return quarantine.refuse(layout.lock, error, "will_quarantine")
    holder = read_holder(layout.lock)
    if holder is None:
        return Finding(True, "lock_held_unknown" if held else "lock_free")
    values = {"pid": holder.pid, "host": display_name(holder.host, 60)}
    if held:
        return Finding(True, "lock_held", values)
    return Finding(True, "lock_left" if holder.host == socket.gethostname() else "lock_foreign", values)


def check_marker(layout: Layout, quarantine: Quarantine) -> Finding:
    """Return whether the root has its marker."""
    if read_marker(layout):
        return Finding(True, "marker")
    marker = layout.marker
    if not _exists(marker):
        return Finding(True, "marker_none")
    own = Quarantine(marker.folder)
    values = {"name": display_name(marker.name)}
    return Finding(False, "marker_damaged", values, "will_remake", lambda: [own.take(marker)])


def check_log(layout: Layout, quarantine: Quarantine) -> list[Finding]:
    """Return a finding if the worker's log is no file."""
    try:
        os.close(open_regular(layout.log))
    except FileNotFoundError:
        pass
    except (DpmError, OSError) as error:
        return [quarantine.refuse(layout.log, error, "will_quarantine")]
    return []


def check_names(layout: Layout) -> list[Finding]:
    """Return findings on files that are not ours, which stay, and on leftovers of interrupted writes."""
    table = FileLayout.of(layout.files)
    ours = {
        each.name
        for each in (
            layout.config, layout.checkpoint, layout.lock, table.journal, table.folding, table.folder,
            layout.pairs, layout.unlike_pairs, layout.inspections, layout.decisions, layout.decisions_before,
            layout.review, layout.thumbnails, layout.vectors, layout.log,
        )
    }  # fmt: skip
    beside = {layout.marker.name, os.path.basename(layout.recycle_bin)}
    findings: list[Finding] = []
    leftovers: list[HeldPath] = []
    unknown: list[HeldPath] = []
    for folder, known in _folders(layout, ours, beside):
        for name in folder.names():
            place = folder.place(name)
            if name in known:
                continue
            if name == b".writable" or (name.endswith(_PARTIAL) and name.removesuffix(_PARTIAL) in known):
                leftovers.append(place)
            else:
                unknown.append(place)
    if leftovers:
        values = {"name": _shown(leftovers), "count": len(leftovers)}

        def tidy() -> list[Finding]:
            return [Quarantine(place.folder).take(place) for place in leftovers][-1:]

        findings.append(Finding(False, "leftovers", values, "will_quarantine", tidy))
    if unknown:
        findings.append(Finding(True, "unknown", {"name": _shown(unknown), "count": len(unknown)}))
    return findings


def check_quarantine(layout: Layout, quarantine: Quarantine) -> list[Finding]:
    """Return findings on how much lies in quarantine."""
    try:
        count, size = measure_quarantine(layout.home)
    except FileNotFoundError:
        return []
    except (DpmError, OSError) as error:
        finding = quarantine.refuse(layout.home.below(QUARANTINE), error, "will_set_aside")
        return [replace(finding, repair=quarantine.renew)]
    return [Finding(True, "quarantine", {"count": count, "size": size})] if count else []


def _folders(layout: Layout, ours: set[bytes], beside: set[bytes]) -> list[tuple[HeldFolder, set[bytes]]]:
    """Return each state folder with the names that belong into it."""
    if layout.root_side == layout.folder:
        return [(layout.home, ours | beside | {QUARANTINE})]
    folders = [(layout.home, ours | {QUARANTINE})]
    with contextlib.suppress(OSError, DpmError):
        other = HeldFolder(layout.root_side)
        other.check()
        # State from before ``--state`` was given is ours as well, although nothing reads it now.
        folders.append((other, ours | beside | {QUARANTINE}))
    return folders


def _exists(place: HeldPath) -> bool:
    """Return whether anything lies at a place, whose folder may be missing or none."""
    try:
        return place.exists()
    except (OSError, DpmError):
        return False


def _shown(places: list[HeldPath]) -> str:
    names = [display_name(place.name, 60) for place in places[:_NAMES_SHOWN]]
    return ", ".join(names) + (" ..." if len(places) > _NAMES_SHOWN else "")
