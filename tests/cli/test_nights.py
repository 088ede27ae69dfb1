"""What the page on nights tells cron and systemd is what they and the command line understand."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from dpm_tui.cli.parser import parse
from tests.support.pages import blocks

_CRON = re.compile(r"((?:[0-9*,/-]+ ){5})(.+)")
_PROGRAM = "dpm/bin/dpm-tui"
UNITS = {re.findall(r"^# .*/(\S+)$", text, re.MULTILINE)[0]: text for text in blocks("ini")}


def commands(line: str) -> list[list[str]]:
    """Return the words behind each call of the program in a line for the shell."""
    calls = [shlex.split(part) for part in line.split("&&")]
    return [words[1:] for words in calls if words[0].endswith(_PROGRAM)]


@pytest.mark.parametrize("line", [line for text in blocks("cron") for line in text.splitlines()])
def test_each_line_for_cron_is_a_time_and_a_command(line: str) -> None:
    if line.startswith("MAILTO="):
        return
    found = _CRON.fullmatch(line)
    assert found, line
    assert "%" not in found[2], "cron takes it for the end of the line"
    (words,) = commands(found[2])
    assert callable(parse(words).run)


def test_the_service_calls_what_there_is() -> None:
    (line,) = re.findall(r"^ExecStart=(.+)$", UNITS["dpm-tui.service"], re.MULTILINE)
    ((*words,),) = commands(line)
    assert parse(words).since == "last"
    assert UNITS.keys() == {"dpm-tui.service", "dpm-tui.timer"}


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here to ask")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    program = tmp_path / _PROGRAM
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for name, text in UNITS.items():
        (tmp_path / name).write_text(text.replace("%h", str(tmp_path)))
    done = subprocess.run(
        ["systemd-analyze", "--user", "verify", *(str(tmp_path / name) for name in UNITS)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if str(tmp_path) in line or "dpm-tui" in line]
    assert (done.returncode, said) == (0, [])
