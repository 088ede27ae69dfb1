"""Inspections on the disk: kept by content, dropped with the version, readable after any tear."""

from __future__ import annotations

import os
from pathlib import Path

from dpm_tui.catalog.content_digest import prefixes_of
from dpm_tui.catalog.inspection import Inspection
from dpm_tui.state.verdicts.inspection_store import InspectionStore

A, B, C = (letter * 64 for letter in "abc")
FOUND = Inspection(-4.5, 2.25, reason="enlarged", amount=4.0, tone=(0.5, 0.0, 0.0, 0.0, 0.0))


def opened(folder: Path, version: str = "one", *, writable: bool = True) -> InspectionStore:
    return InspectionStore(os.fsencode(folder / "inspections.jsonl"), version, writable=writable)


def test_what_was_found_is_there_the_next_time(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.put((A, B), FOUND)
    store.put((A, C), None)
    store.close()
    again = opened(tmp_path, writable=False)
    assert again.snapshot() == {(A, B): FOUND, (A, C): None}
    assert again.get((A, B)) == FOUND
    assert (A, C) in again
    assert again.get((B, C)) is None


def test_another_version_looks_anew(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.put((A, B), FOUND)
    store.close()
    assert len(opened(tmp_path, "", writable=False)) == 1
    assert len(opened(tmp_path, "two")) == 0
    assert len(opened(tmp_path, "one")) == 0, "what was stale was dropped for good"


def test_a_torn_or_strange_line_costs_only_itself(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.put((A, B), FOUND)
    store.put((A, C), FOUND)
    store.close()
    path = tmp_path / "inspections.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"00000000 {}\n" + b"nonsense\n" + lines[1][:-9])
    store = opened(tmp_path)
    assert store.snapshot() == {(A, B): FOUND}
    assert store.rejected == 3
    store.close()
    assert path.read_bytes() == lines[0]


def test_what_left_the_library_is_forgotten(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.put((A, B), FOUND)
    store.put((A, C), FOUND)
    store.keep(prefixes_of([A, C]))
    assert list(store.snapshot()) == [(A, C)]
    store.close()
    assert len(opened(tmp_path)) == 1
    store = opened(tmp_path)
    store.clear()
    store.close()
    assert len(opened(tmp_path)) == 0
