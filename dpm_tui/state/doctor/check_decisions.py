"""Checks both generations of the decisions, which cannot be made again."""

from __future__ import annotations

from collections.abc import Callable

from dpm_tui.errors import DpmError, reason_of
from dpm_tui.file_names import display_name
from dpm_tui.state.disk.atomic_write import write_atomic
from dpm_tui.state.disk.finding import Finding
from dpm_tui.state.disk.held_folder import HeldPath
from dpm_tui.state.disk.journal import JournalRecords, encode_frames
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.quarantine import Quarantine
from dpm_tui.state.review.decision_store import merge_generations, read_generation

_REMEDY = "will_keep_decisions"


def check_decisions(layout: Layout, quarantine: Quarantine) -> list[Finding]:
    """Return a finding for each generation; one repair puts together what both hold."""
    current, refused = _read(layout.decisions)
    previous, refused_before = _read(layout.decisions_before)
    merged = merge_generations(previous.records, current.records)
    rescued = len(merged) - len(current.records)
    spoilt = bool(refused or current.rejected or rescued)
    spoilt_before = bool(refused_before or previous.rejected)

    def repair() -> list[Finding]:
        done: list[Finding] = []
        if spoilt_before:
            done.append(quarantine.take(layout.decisions_before))
        write_atomic(layout.decisions_before, encode_frames(merged))
        if spoilt:
            if layout.decisions.exists():
                done.append(quarantine.take(layout.decisions))
            write_atomic(layout.decisions, encode_frames(merged))
        return [*done, Finding(True, "decisions_kept", {"count": len(merged)})]

    values = {"kept": len(merged), "rescued": rescued}
    findings = [_judge(layout.decisions, current, refused, values, repair if spoilt else None)]
    if previous.records or spoilt_before:
        # One repair is enough for both.
        own = repair if spoilt_before and not spoilt else None
        findings.append(
            _judge(layout.decisions_before, previous, refused_before, values | {"rescued": 0}, own)
        )
    return findings


def _read(path: HeldPath) -> tuple[JournalRecords, str]:
    """Return what one generation holds, and why it could not be read at all."""
    try:
        return read_generation(path), ""
    except (DpmError, OSError) as error:
        return JournalRecords(), reason_of(error)


def _judge(
    place: HeldPath,
    frames: JournalRecords,
    refused: str,
    values: dict[str, int],
    repair: Callable[[], list[Finding]] | None,
) -> Finding:
    name, count = display_name(place.name), len(frames.records)
    if refused:
        return Finding(False, "unreadable", {"name": name, "reason": refused} | values, _REMEDY, repair)
    told = {"name": name, "count": count, "lines": count + frames.rejected} | values
    told["rejected"] = frames.rejected
    if frames.rejected or values["rescued"]:
        return Finding(False, "decisions_damaged", told, _REMEDY, repair)
    return Finding(True, "journal", told)
