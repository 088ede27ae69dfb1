"""Decisions for another root: a JSON file that ``export`` writes and that is not trusted."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from dpm_tui.errors import DpmError, reason_of
from dpm_tui.file_names import display_name, to_json
from dpm_tui.review.decisions.decision import VERDICTS, Decision
from dpm_tui.state.review.decision_store import read_decision

SCHEMA = "dpm-tui/decisions/1"
MAX_BYTES = 1 << 28


def encode_decisions(decisions: Iterable[Decision], paths_of: Callable[[str], Sequence[bytes]]) -> str:
    """Return the text of the file; ``paths_of`` tells where a content lies now, for people who read it."""
    listed = [
        {
            "digests": list(decision.digests),
            "verdict": decision.verdict,
            "time": decision.time,
            "paths": [to_json(path) for digest in decision.digests for path in paths_of(digest)],
        }
        for decision in decisions
    ]
    return json.dumps({"schema": SCHEMA, "decisions": listed}, indent=1) + "\n"


def load_decisions(path: bytes) -> list[Decision]:
    """Return the decisions in the file at ``path``; the paths in it mean nothing here.

    Raises DpmError naming the file if it cannot be read, is too large, is of another or a newer schema,
    or holds anything that is no decision.
    """
    shown = display_name(path)
    try:
        table = json.loads(_read(path))
    except (ValueError, RecursionError) as error:
        raise DpmError("decisions_not_ours", path=shown) from error
    listed = _check_schema(table, shown)
    decisions = [read_decision(value) for value in listed]
    for number, decision in enumerate(decisions, 1):
        if decision is None or decision.verdict not in VERDICTS:
            raise DpmError("decisions_entry", path=shown, number=number)
    return [decision for decision in decisions if decision is not None]


def _check_schema(table: Any, shown: str) -> list[Any]:
    match table:
        case {"schema": "dpm-tui/decisions/1", "decisions": [*listed]}:
            return listed
        case {"schema": str(schema)} if schema.startswith("dpm-tui/decisions/") and schema != SCHEMA:
            raise DpmError("decisions_newer", path=shown, found=display_name(schema, 40))
    raise DpmError("decisions_not_ours", path=shown)


def _read(path: bytes) -> bytes:
    try:
        # Opening a pipe without a writer would block forever.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            content = file.read(MAX_BYTES + 1) if regular else b""
    except OSError as error:
        reason = reason_of(error)
        raise DpmError("decisions_unreadable", path=display_name(path), reason=reason) from error
    if not regular:
        raise DpmError("decisions_not_ours", path=display_name(path))
    if len(content) > MAX_BYTES:
        raise DpmError("decisions_huge", path=display_name(path))
    return content
