"""Checks what lies in the state folder beside the tables: lock, marker, log, leftovers and strangers."""

from __future__ import annotations

import os
import socket
from dataclasses import replace

from dpm_tui.errors import DpmError
from dpm_tui.names import display_name
from dpm_tui.state.file_places import FilePlaces
from dpm_tui.state.finding import Finding
from dpm_tui.state.layout import QUARANTINE, Layout
from dpm_tui.state.lock import is_held, read_holder
from dpm_tui.state.quarantine import Quarantine, measure_quarantine
from dpm_tui.state.regular_file import open_regular
from dpm_tui.state.root_identity import read_marker

_NAMES_SHOWN = 5
_PARTIAL = b".part"


def check_lock(layout: Layout, quarantine: Quarantine) -> Finding:
    """Say who holds the lock, or who left it behind; only what is no file needs a repair."""
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
    """Say whether the root has its marker."""
    if read_marker(layout):
        return Finding(True, "marker")
    if not os.path.lexists(layout.marker):
        return Finding(True, "marker_none")
    own = quarantine if layout.root_side == layout.folder else Quarantine(layout.root_side)
    values = {"name": display_name(os.path.basename(layout.marker))}
    return Finding(False, "marker_damaged", values, "will_remake", lambda: [own.take(layout.marker)])


def check_log(layout: Layout, quarantine: Quarantine) -> list[Finding]:
    """Say if the worker's log is no file."""
    try:
        os.close(open_regular(layout.log))
    except FileNotFoundError:
        pass
    except (DpmError, OSError) as error:
        return [quarantine.refuse(layout.log, error, "will_quarantine")]
    return []


def check_names(layout: Layout) -> list[Finding]:
    """Name what is not ours, which nobody touches, and what writes that did not end left behind."""
    table = FilePlaces(layout.files)
    ours = {
        os.path.basename(path)
        for path in (
            layout.config, layout.checkpoint, layout.lock, table.journal, table.folding, table.folder,
            layout.pairs, layout.inspections, layout.decisions, layout.decisions_before, layout.review,
            layout.thumbnails, layout.vectors, layout.log,
        )
    }  # fmt: skip
    beside = {os.path.basename(path) for path in (layout.marker, layout.recycle_bin)}
    findings: list[Finding] = []
    leftovers: list[bytes] = []
    unknown: list[bytes] = []
    for folder, known in _folders(layout, ours, beside):
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            if name in known:
                continue
            if name == b".writable" or (name.endswith(_PARTIAL) and name.removesuffix(_PARTIAL) in known):
                leftovers.append(path)
            else:
                unknown.append(path)
    if leftovers:
        values = {"name": _shown(leftovers), "count": len(leftovers)}

        def tidy() -> list[Finding]:
            return [Quarantine(os.path.dirname(path)).take(path) for path in leftovers][-1:]

        findings.append(Finding(False, "leftovers", values, "will_quarantine", tidy))
    if unknown:
        findings.append(Finding(True, "unknown", {"name": _shown(unknown), "count": len(unknown)}))
    return findings


def check_quarantine(layout: Layout, quarantine: Quarantine) -> list[Finding]:
    """Say how much lies in quarantine."""
    try:
        count, size = measure_quarantine(layout.folder)
    except FileNotFoundError:
        return []
    except (DpmError, OSError) as error:
        finding = quarantine.refuse(os.path.join(layout.folder, QUARANTINE), error, "will_set_aside")
        return [replace(finding, repair=quarantine.renew)]
    return [Finding(True, "quarantine", {"count": count, "size": size})] if count else []


def _folders(layout: Layout, ours: set[bytes], beside: set[bytes]) -> list[tuple[bytes, set[bytes]]]:
    """Return each state folder with the names that belong into it."""
    if layout.root_side == layout.folder:
        return [(layout.folder, ours | beside | {QUARANTINE})]
    folders = [(layout.folder, ours | {QUARANTINE})]
    if os.path.isdir(layout.root_side) and not os.path.islink(layout.root_side):
        folders.append((layout.root_side, beside | {QUARANTINE}))
    return folders


def _shown(paths: list[bytes]) -> str:
    names = [display_name(os.path.basename(path), 60) for path in paths[:_NAMES_SHOWN]]
    return ", ".join(names) + (" ..." if len(paths) > _NAMES_SHOWN else "")
