"""Checks the table of image files: journals, manifest and every shard."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace

from dpm_tui.catalog.file_chunk import FILES_PER_CHUNK
from dpm_tui.errors import DamagedError, DpmError
from dpm_tui.file_names import display_name
from dpm_tui.state.disk.finding import Finding
from dpm_tui.state.disk.held_folder import HeldPath
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.disk.quarantine import Quarantine
from dpm_tui.state.files.compaction import write_table
from dpm_tui.state.files.file_layout import FileLayout
from dpm_tui.state.files.file_table import FileTable, highest_generation, read_table
from dpm_tui.state.files.shard_manifest import COPY, MANIFEST, Manifest, is_shard_name, read_manifest

_REMEDY = "will_keep_readable"


def check_files(layout: Layout, quarantine: Quarantine) -> list[Finding]:
    """Return what is found; one repair writes all that could be read anew and puts the rest aside.

    Raises DamagedError for a newer version.
    """
    places = FileLayout.of(layout.files)
    try:
        places.check()
    except DamagedError as error:
        finding = quarantine.refuse(places.folder, error, "will_remake")
        return [replace(finding, repair=lambda: _begin_anew(places, quarantine))]
    refused: dict[HeldPath, DamagedError] = {}
    try:
        table = read_table(places, refused)
        bad = [*_check_manifests(places, quarantine), *_check_shards(places, table)]
    except OSError as error:
        return [quarantine.refuse(places.journal, error, _REMEDY)]
    bad += [(place, quarantine.refuse(place, error, _REMEDY)) for place, error in refused.items()]
    bad += _check_journals(table)
    findings = [finding for _, finding in bad]
    if findings:
        spoilt = [place for place, _ in bad]
        findings[0] = replace(findings[0], repair=lambda: _rewrite(places, table, spoilt, quarantine))
        findings[1:] = [replace(finding, repair=None) for finding in findings[1:]]
    else:
        values = {"name": display_name(places.journal.name), "count": len(table.columns), "rejected": 0}
        findings = [Finding(True, "journal", values)]
    return [*findings, *_check_names(places, table, quarantine)]


_Bad = list[tuple[HeldPath, Finding]]
"""Findings that are not good with the place of what goes to quarantine."""


def _check_manifests(places: FileLayout, quarantine: Quarantine) -> _Bad:
    bad: _Bad = []
    for name in (MANIFEST, COPY):
        place = places.folder.place(name)
        try:
            read_manifest(place)
        except FileNotFoundError:
            continue
        except DpmError as error:
            if error.key == "schema_newer":
                raise
            bad.append((place, quarantine.refuse(place, error, _REMEDY)))
    return bad


def _check_shards(places: FileLayout, table: FileTable) -> _Bad:
    bad: _Bad = []
    for name in table.lost:
        place = places.folder.place(name)
        shown = display_name(os.path.join(places.folder.name, name))
        values = {"name": shown, "files": FILES_PER_CHUNK}
        bad.append((place, Finding(False, "shard_damaged", values, "will_scan_again")))
    return bad


def _check_journals(table: FileTable) -> _Bad:
    bad: _Bad = []
    for place, rejected in table.spoilt.items():
        if rejected:
            name = display_name(place.name)
            values = {"name": name, "count": len(table.columns), "rejected": rejected}
            bad.append((place, Finding(False, "journal_damaged", values, _REMEDY)))
    return bad


def _check_names(places: FileLayout, table: FileTable, quarantine: Quarantine) -> list[Finding]:
    """Return findings on leftovers of interrupted compactions, and on files that are not ours."""
    known = {MANIFEST, COPY, *(table.manifest.names if table.manifest is not None else ())}
    parts = {MANIFEST + b".part", COPY + b".part"}
    names = [name for name in places.names() if name not in known]
    left = [name for name in names if is_shard_name(name) or name in parts]
    findings: list[Finding] = []
    if left and not table.has_folding:
        values = {"name": display_name(places.folder.name), "count": len(left)}

        def tidy() -> list[Finding]:
            there = (place for place in map(places.folder.place, left) if place.exists())
            return [quarantine.take(place) for place in there][-1:]

        findings.append(Finding(False, "leftovers", values, "will_quarantine", tidy))
    unknown = len(names) - len(left)
    if unknown:
        shown = display_name(places.folder.name)
        findings.append(Finding(True, "unknown", {"name": shown, "count": unknown}))
    return findings


def _begin_anew(places: FileLayout, quarantine: Quarantine) -> list[Finding]:
    """Move aside what lies in place of the folder; return the findings. The journal stays."""
    moved = quarantine.take(places.folder)
    places.folder.make()
    refused: dict[HeldPath, DamagedError] = {}
    table = read_table(places, refused)
    bad = [place for place in (*refused, *table.spoilt) if place in refused or table.spoilt[place]]
    return [moved, *(_rewrite(places, table, bad, quarantine) if bad else [])]


def _rewrite(
    places: FileLayout, table: FileTable, spoilt: list[HeldPath], quarantine: Quarantine
) -> list[Finding]:
    generation = highest_generation(places, table.manifest) + 1
    store = table.store or secrets.token_hex(6)
    manifest = Manifest(store, generation, table.number, table.next_id)
    done = [quarantine.take(place) for place in spoilt if place.exists()]
    write_table(places, table.columns, manifest)
    values = {"name": display_name(places.journal.name), "count": len(table.columns)}
    return [*done, Finding(True, "rewritten", values)]
