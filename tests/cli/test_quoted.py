"""What a message tells people to run does what the message says, when it is pasted as it stands."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.album import dpm
from tests.support.pictures import encode, scene

pytestmark = pytest.mark.slow


def paste(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command at the end of ``text`` in ``folder``, by a shell."""
    command = text.strip().splitlines()[-1].partition("dpm-tui ")[2]
    line = f"exec {shlex.quote(sys.executable)} -m dpm_tui {command}"
    return subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        check=False,
    )


def test_quoted_commands_run_as_written(tmp_path: Path) -> None:
    """With a folder whose name needs quotes, and a state that lies elsewhere."""
    album, state = tmp_path / "my 'best' pics", tmp_path / "my state"
    album.mkdir()
    state.mkdir()
    for number, name in enumerate(("a.jpg", "b.jpg")):
        (album / name).write_bytes(encode(scene(number // 2, 400, 300), quality=90))
    (album / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    where = (album, "--state", state)
    advice = paste(dpm("report", *where, "--format", "json").stderr, tmp_path)
    assert (advice.returncode, advice.stdout.split(",")[0]) == (0, "2 pictures"), advice.stderr
    reasons = paste(advice.stderr, tmp_path)
    assert [error["path"] for error in json.loads(reasons.stdout)["errors"]] == ["broken.jpg"]
    plan = tmp_path / "my plan.json"
    saved = dpm("clean", *where, "--rule", "best", "--dry-run", "-o", plan)
    cleaned = paste(saved.stderr, tmp_path)
    assert (cleaned.returncode, "Moved 1 file" in cleaned.stdout) == (0, True), cleaned.stderr
    target = tmp_path / "elsewhere"
    target.mkdir()
    restored = dpm("bin", *where, "restore", "--all", "--to", target)
    assert restored.returncode == 0, restored.stderr
    assert "is now" in restored.stderr
    assert "taken" not in restored.stderr
    assert len(list(target.iterdir())) == 1
