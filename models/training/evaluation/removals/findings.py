"""Findings: what the app makes of a library, asked for as a person does, by its commands."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dpm_tui.catalog.verdict import Kind

DEFAULT = (Kind.IDENTICAL, Kind.PIXELS, Kind.COPY)
KIND_SETS: tuple[tuple[Kind, ...], ...] = (
    DEFAULT,
    (*DEFAULT, Kind.CROP),
    (*DEFAULT, Kind.TURNED),
    (*DEFAULT, Kind.EDITED),
    (*DEFAULT, Kind.CROP, Kind.TURNED, Kind.EDITED),
)
"""What rules are let loose on: the kinds that they remove unless told otherwise, and wider sets."""
_DOUBT = re.compile(r"left in doubt: (.+) \(beside .+\): (.+)")


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """A group as the report has it, by paths; the members include the keeper."""

    keeper: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Removal:
    """A file that would go, and the one that is kept for it."""

    victim: str
    keeper: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Cleaning:
    """What the rule ``best`` would remove under some kinds; ``doubts`` say why it leaves a file alone."""

    kinds: tuple[Kind, ...]
    removals: tuple[Removal, ...]
    doubts: Mapping[str, str]


@dataclass(frozen=True)
class Findings:
    """Groups, kinds of pairs by their two paths, and what would be removed."""

    groups: tuple[FoundGroup, ...]
    pairs: Mapping[frozenset[str], Kind]
    cleanings: tuple[Cleaning, ...]

    @cached_property
    def group_of(self) -> dict[str, FoundGroup]:
        """The group of each file that is in one."""
        return {path: group for group in self.groups for path in group.members}


def find(library: Path, kind_sets: Sequence[tuple[Kind, ...]] = KIND_SETS) -> Findings:
    """Scan a folder and return what is found, and what would go under each set of kinds.

    Raises CalledProcessError where a command fails.
    """
    with tempfile.TemporaryDirectory(prefix="dpm") as runtime:
        environment = {**os.environ, "DPM_TUI_RUNTIME_DIR": runtime}
        _run(environment, "scan", str(library), "--json")
        report = json.loads(_run(environment, "report", str(library), "--format", "json").stdout)
        cleanings = [_clean(environment, library, kinds) for kinds in kind_sets]
    paths = {file["id"]: file["path"] for file in report["files"]}
    return Findings(
        tuple(
            FoundGroup(paths[group["keeper"]], tuple(paths[id_] for id_ in group["members"]))
            for group in report["groups"]
        ),
        {frozenset((paths[p["a"]], paths[p["b"]])): Kind(p["kind"]) for p in report["pairs"]},
        tuple(cleanings),
    )


def _clean(environment: Mapping[str, str], library: Path, kinds: Sequence[Kind]) -> Cleaning:
    done = _run(environment, "clean", str(library), "--rule", "best", "--kinds", ",".join(kinds), "--dry-run")
    rows = [line.split("\t") for line in done.stdout.splitlines() if "\t" in line]
    doubts = (_DOUBT.match(line) for line in done.stderr.splitlines())
    return Cleaning(
        tuple(kinds),
        tuple(Removal(row[0], row[1], Kind(row[2])) for row in rows),
        {match[1]: match[2] for match in doubts if match},
    )


def _run(environment: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dpm_tui", *words, "--language", "en"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr)
    done.check_returncode()
    return done
