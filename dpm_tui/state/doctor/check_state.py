"""Checks every file of a state folder and says what a repair would do; checking changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dpm_tui.errors import DamagedError, DpmError, reason_of
from dpm_tui.file_names import display_name
from dpm_tui.state.checkpoint import load_checkpoint
from dpm_tui.state.config import load_settings
from dpm_tui.state.disk.atomic_write import write_atomic
from dpm_tui.state.disk.finding import Finding
from dpm_tui.state.disk.held_folder import HeldPath
from dpm_tui.state.disk.journal import encode_frame, read_frames
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.lock import Lock
from dpm_tui.state.disk.private_folder import check_folder
from dpm_tui.state.disk.quarantine import Quarantine
from dpm_tui.state.doctor.check_decisions import check_decisions
from dpm_tui.state.doctor.check_files import check_files
from dpm_tui.state.doctor.check_folder import (
    check_lock,
    check_log,
    check_marker,
    check_names,
    check_quarantine,
)
from dpm_tui.state.doctor.check_thumbnails import check_thumbnails
from dpm_tui.state.doctor.check_vectors import check_arrays
from dpm_tui.state.review.review_journal import read_review
from dpm_tui.state.verdicts.inspection_store import decode_record
from dpm_tui.state.verdicts.unlike_table import open_table
from dpm_tui.state.verdicts.verdict_reader import read_lines

_Read = Callable[[], tuple[int, int, Iterable[bytes]]]
"""Returns how many records a journal has, how many lines are damaged, and the lines to keep."""


def check_state(layout: Layout) -> list[Finding]:
    """Return what is found in the state folder; changes nothing.

    Raises DamagedError for a folder that is a link or belongs to somebody else, and for state of a newer
    version, which cannot be judged.
    """
    check_folder(layout)
    quarantine = Quarantine(layout.home)
    return [
        _check_table(quarantine, layout.checkpoint, load_checkpoint, "will_remake"),
        _check_table(quarantine, layout.config, load_settings, "will_set_default"),
        check_lock(layout, quarantine),
        check_marker(layout, quarantine),
        *check_files(layout, quarantine),
        *_check_journal(quarantine, layout.pairs, lambda: _read_verdicts(layout.pairs)),
        *_check_unlike(quarantine, layout.unlike_pairs),
        *_check_journal(quarantine, layout.inspections, lambda: _read_inspections(layout.inspections)),
        *check_decisions(layout, quarantine),
        *_check_journal(quarantine, layout.review, lambda: _read_review(layout.review)),
        *check_arrays(layout, quarantine),
        *check_thumbnails(layout, quarantine),
        *check_log(layout, quarantine),
        *check_names(layout),
        *check_quarantine(layout, quarantine),
    ]


def lock_for_repair(layout: Layout) -> Lock:
    """Return the lock; if something else than a file lies there it goes to quarantine first.

    Raises HeldError, DamagedError, OSError.
    """
    check_folder(layout)
    try:
        return Lock(layout.lock)
    except DamagedError:
        Quarantine(layout.home).take(layout.lock)
        return Lock(layout.lock)


def repair_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Carry out the repairs of the findings that are not good; return what was done.

    The caller holds the lock of the state folder. What fails is a finding that is not good.
    """
    done: list[Finding] = []
    for finding in findings:
        if finding.good or finding.repair is None:
            continue
        try:
            done += finding.repair()
        except (OSError, DpmError) as error:
            reason = reason_of(error)
            name = finding.values.get("name", "")
            done.append(Finding(False, "repair_failed", {"name": name, "reason": reason}))
    return done


def _check_table(
    quarantine: Quarantine, place: HeldPath, load: Callable[[HeldPath], object], remedy: str
) -> Finding:
    name = display_name(place.name)
    try:
        load(place)
    except DpmError as error:
        if error.key == "schema_newer":
            raise
        return quarantine.refuse(place, error, remedy)
    except OSError as error:
        return quarantine.refuse(place, error, remedy)
    return Finding(True, "table", {"name": name})


def _check_journal(quarantine: Quarantine, place: HeldPath, read: _Read) -> list[Finding]:
    name = display_name(place.name)
    try:
        count, rejected, lines = read()
    except (DpmError, OSError) as error:
        return [quarantine.refuse(place, error, "will_remake")]
    values: dict[str, object] = {"name": name, "count": count, "rejected": rejected}
    if not rejected:
        return [Finding(True, "journal", values)]

    def repair() -> list[Finding]:
        content = b"".join(lines)
        moved = quarantine.take(place)
        write_atomic(place, content)
        return [moved, Finding(True, "rewritten", values)]

    return [Finding(False, "journal_damaged", values, "will_keep_readable", repair)]


def _check_unlike(quarantine: Quarantine, place: HeldPath) -> list[Finding]:
    try:
        table = open_table(place)
        if table is None:
            return []
        table.read()
    except ValueError:
        values: dict[str, object] = {"name": display_name(place.name)}
        return [Finding(False, "shard_damaged", values, "will_remake", lambda: [quarantine.take(place)])]
    except (DpmError, OSError) as error:
        return [quarantine.refuse(place, error, "will_remake")]
    return [Finding(True, "journal", {"name": display_name(place.name), "count": table.pairs, "rejected": 0})]


def _read_review(path: HeldPath) -> tuple[int, int, Iterable[bytes]]:
    count, rejected, records = read_review(path)
    return count, rejected, map(encode_frame, records)


def _read_inspections(path: HeldPath) -> tuple[int, int, Iterable[bytes]]:
    frames = read_frames(path)
    valid = [record for record in frames.records if _is_inspection(record)]
    return len(valid), frames.rejected + len(frames.records) - len(valid), map(encode_frame, valid)


def _is_inspection(record: object) -> bool:
    try:
        decode_record(record)
    except ValueError:
        return False
    return True


def _read_verdicts(path: HeldPath) -> tuple[int, int, Iterable[bytes]]:
    count = rejected = 0
    for lines in read_lines(path, ""):
        count += int(lines.valid.sum())
        rejected += lines.rejected
    return count, rejected, (lines.pick(lines.valid) for lines in read_lines(path, ""))
