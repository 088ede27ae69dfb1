"""What others rely on: messages and state files stay as they are unless a version says so.

``UPDATE_CONTRACTS=1 python -m pytest tests/test_contracts.py`` writes them anew: look at the difference, and
raise the version of what changed.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import re
from pathlib import Path

from dpm_tui.state.disk.layout import Layout
from dpm_tui.worker.protocol import messages
from tests.support.state_story import Story

FOLDER = Path(__file__).parent / "contracts"
CHANGING = re.compile(r'"(store|time)":"[^"]*"')
"""Values of state files that are random, or the time of day; the checksum of their line changes with them."""


def check(name: str, text: str) -> None:
    """Compare with what is stored."""
    path = FOLDER / name
    if os.environ.get("UPDATE_CONTRACTS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_messages_are_called_and_made_as_before() -> None:
    lines = [f"version {messages.PROTOCOL_VERSION}"]
    for name, kind in sorted(messages.TYPES.items()):
        lines.append(name)
        lines += [f"  {field.name}" for field in dataclasses.fields(kind)]
    check("protocol.txt", "\n".join(lines) + "\n")


def settled(line: str) -> str:
    """Return a line of a state file without what is another one each time."""
    masked = CHANGING.sub(r'"\1":"*"', line)
    return f"*{masked[8:]}" if masked != line else line


def test_state_files_hold_the_same_bytes(tmp_path: Path) -> None:
    root = os.fsencode(tmp_path)
    Story(Layout(root, root)).tell()
    parts = []
    for path in sorted(each for each in tmp_path.rglob("*") if each.is_file()):
        parts.append(f"== {path.relative_to(tmp_path)}")
        content = path.read_bytes()
        if path.suffix == ".f16":
            parts.append(hashlib.sha256(content).hexdigest())
        elif path.suffix == ".bin":
            line, _, columns = content.partition(b"\n")
            parts += [settled(line.decode()), hashlib.sha256(columns).hexdigest()]
        else:
            parts += map(settled, content.decode().splitlines())
    check("state.txt", "\n".join(parts) + "\n")
