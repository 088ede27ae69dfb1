"""Checks every state file of a root and repairs what can be made again."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dpm_tui.errors import DpmError
from dpm_tui.names import display_name
from dpm_tui.state.atomic import sync_folder, write_atomic
from dpm_tui.state.checkpoint import load_checkpoint
from dpm_tui.state.config import load_settings
from dpm_tui.state.decision_store import DecisionStore
from dpm_tui.state.file_store import FileStore
from dpm_tui.state.frames import encode_frame, read_frames
from dpm_tui.state.layout import Layout
from dpm_tui.state.state_folder import check_folder
from dpm_tui.state.verdict_store import VerdictStore


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a check: a sentence ``cli.<key>`` with its values."""

    good: bool
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


def check_state(layout: Layout) -> list[Finding]:
    """Return what is found in the state folder; changes nothing."""
    try:
        check_folder(layout)
    except DpmError as error:
        return [Finding(False, "doctor_state_refused", {"reason": error.message})]
    findings = [_check_table(layout.config, load_settings), _check_table(layout.checkpoint, load_checkpoint)]
    files = FileStore(layout.files, writable=False)
    verdicts = VerdictStore(layout.pairs, "", writable=False)
    decisions = DecisionStore(layout.decisions, layout.decisions_before, writable=False)
    findings += [
        _check_journal(layout.files, len(files.files), files.rejected),
        _check_journal(layout.pairs, len(verdicts), verdicts.rejected),
        _check_journal(layout.decisions, len(decisions), decisions.rejected),
    ]
    return findings


def repair_state(layout: Layout) -> list[Finding]:
    """Repair what can be made again; what cannot be read is moved to ``quarantine``, never deleted.

    The caller holds the lock of the state folder.
    """
    check_folder(layout)
    findings: list[Finding] = []
    tables: tuple[tuple[bytes, Callable[[bytes], object]], ...] = (
        (layout.config, load_settings),
        (layout.checkpoint, load_checkpoint),
    )
    for path, load in tables:
        if not _check_table(path, load).good:
            findings.append(_quarantine(layout, path))
    for path in (layout.files, layout.pairs, layout.decisions):
        frames = read_frames(path)
        if frames.rejected:
            findings.append(_quarantine(layout, path))
            write_atomic(path, b"".join(map(encode_frame, frames.records)))
    return findings


def _check_table(path: bytes, load: Callable[[bytes], object]) -> Finding:
    name = display_name(os.path.basename(path))
    try:
        load(path)
    except (DpmError, OSError) as error:
        reason = error.message if isinstance(error, DpmError) else str(error)
        return Finding(False, "doctor_table_damaged", {"name": name, "reason": reason})
    return Finding(True, "doctor_table", {"name": name})


def _check_journal(path: bytes, count: int, rejected: int) -> Finding:
    values = {"name": display_name(os.path.basename(path)), "count": count, "rejected": rejected}
    return Finding(not rejected, "doctor_journal_damaged" if rejected else "doctor_journal", values)


def _quarantine(layout: Layout, path: bytes) -> Finding:
    now = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%S%f")
    folder = os.path.join(layout.folder, b"quarantine", now.encode("ascii"))
    os.makedirs(folder, mode=0o700)
    os.rename(path, os.path.join(folder, os.path.basename(path)))
    sync_folder(layout.folder)
    name = display_name(os.path.basename(path))
    return Finding(True, "doctor_quarantined", {"name": name, "path": display_name(folder)})
