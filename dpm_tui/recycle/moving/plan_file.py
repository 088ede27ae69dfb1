"""Plan files: a plan on the disk, to be read by people, carried out later and proven anew then."""

from __future__ import annotations

import contextlib
import json
import math
import os
import stat
from collections.abc import Mapping
from datetime import UTC, datetime

from dpm_tui.dataclass_json import from_plain, to_plain
from dpm_tui.errors import DpmError, reason_of
from dpm_tui.file_names import display_name, from_json, to_json
from dpm_tui.locale import translate
from dpm_tui.pipeline.metadata.picture_notes import NOTE_WORDS
from dpm_tui.recycle.filesystem.nofollow import create_file
from dpm_tui.review.marks.plan import MOVE_DOUBTS, MOVE_REASONS, Plan
from dpm_tui.state.disk.atomic_write import fill_and_close
from dpm_tui.state.disk.held_folder import place_of

SCHEMA = "dpm-tui/plan/1"
MAX_BYTES = 1 << 28


def encode_plan(root: bytes, plan: Plan) -> bytes:
    """Return the content of the file for ``plan``, made for the folder ``root``."""
    head = {
        "schema": SCHEMA,
        "root": to_json(root),
        "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "files": len(plan.moves),
        "bytes": plan.size,
        "weakest": plan.weakest,
    }
    return json.dumps({**head, **to_plain(plan)}, indent=1).encode("ascii") + b"\n"


def decode_plan(content: bytes) -> tuple[bytes, Plan]:
    """Return root and plan of a plan file's content; raises ValueError with a sentence for anything else."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _unfit("plan_no_json") from error
    if not isinstance(value, Mapping) or value.get("schema") != SCHEMA:
        raise _unfit("plan_schema", schema=SCHEMA)
    try:
        plan: Plan = from_plain(Plan, {"moves": value.get("moves")})
        if not all(move.reason in MOVE_REASONS and math.isfinite(move.amount) for move in plan.moves):
            raise ValueError("reason")
        if not all(move.doubt in MOVE_DOUBTS for move in plan.moves):
            raise ValueError("doubt")
        if not all(NOTE_WORDS.issuperset(move.adds) for move in plan.moves):
            raise ValueError("adds")
        return from_json(value.get("root")), plan
    except (ValueError, RecursionError) as error:
        raise _unfit("plan_content", detail=display_name(str(error))) from error


def save_plan(path: bytes, root: bytes, plan: Plan) -> None:
    """Write ``plan`` to the new file at ``path``; nothing is ever replaced.

    Raises DpmError naming the file if it is there already or cannot be written; no half file stays.
    """
    content = encode_plan(root, plan)
    try:
        descriptor = create_file(path)
        try:
            fill_and_close(descriptor, [content])
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(path)
            raise
        place_of(os.path.abspath(path)).folder.sync()
    except FileExistsError as error:
        raise DpmError("plan_exists", path=display_name(path)) from error
    except OSError as error:
        raise DpmError("cannot_write", path=display_name(path), reason=reason_of(error)) from error


def load_plan(path: bytes, root: bytes) -> Plan:
    """Return the plan in the file at ``path``; raises DpmError if it is no plan, or not for ``root``.

    The file is untrusted: nothing in it is believed before the proof of each move.
    """
    shown = display_name(path)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise _unfit("plan_no_file")
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise _unfit("plan_huge")
        made_for, plan = decode_plan(content)
    except OSError as error:
        raise DpmError("plan_unreadable", path=shown, reason=reason_of(error)) from error
    except ValueError as error:
        raise DpmError("plan_damaged", path=shown, reason=str(error)) from error
    if not _same_folder(made_for, root):
        raise DpmError("plan_of_other_root", path=shown, root=display_name(made_for), here=display_name(root))
    return plan


def _unfit(key: str, **values: object) -> ValueError:
    return ValueError(translate(f"errors.{key}", **values))


def _same_folder(first: bytes, second: bytes) -> bool:
    with contextlib.suppress(OSError, ValueError):
        return os.path.samefile(first, second)
    return first == second
