"""What the command line says of arguments, terminals and disks that nothing can be done with."""

from __future__ import annotations

import os
import pty
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from dpm_tui.cli.parser import VERBS, parse
from dpm_tui.errors import ExitCode, UsageError
from tests.recycle.mount_scene import can_mount
from tests.support.album import dpm
from tests.support.pictures import encode, scene

pytestmark = pytest.mark.slow

EMPTY = [
    '""', '--state "" lib', 'scan ""', 'scan "" --json', 'scan lib --state ""', "scan lib --state=",
    'review ""', 'report "" --format json', 'report lib --format json -o ""', 'clean "" --rule best',
    'clean lib --plan ""', 'clean lib --rule best --dry-run -o ""', 'bin "" list', 'bin lib restore ""',
    'bin lib restore --all --to ""', 'bin lib purge --batch ""', 'decisions ""', 'decisions lib import ""',
    'decisions lib export -o ""', 'decisions lib revoke ""', 'status ""', 'stop ""', 'serve ""',
    'serve lib --password-file ""', 'find "" --in lib', 'find a.jpg --in ""', 'doctor ""', 'demo ""',
]  # fmt: skip


@pytest.mark.parametrize("words", EMPTY)
def test_an_empty_argument_is_a_usage_error(words: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse(shlex.split(words))
    assert raised.value.exit_code == ExitCode.USAGE


def test_every_verb_is_asked_with_an_empty_folder() -> None:
    assert set(VERBS) == {words.split()[0] for words in EMPTY} & set(VERBS)


@pytest.mark.slow
def test_an_unset_variable_touches_nothing(tmp_path: Path) -> None:
    """``dpm-tui scan "$UNSET"`` in a folder of pictures leaves it as it was, and says what is wrong."""
    (tmp_path / "a.jpg").write_bytes(encode(scene(1)))
    for verb in (["scan", ""], ["doctor", "", "--repair"], [""]):
        done = subprocess.run(
            [sys.executable, "-m", "dpm_tui", *verb], cwd=tmp_path, capture_output=True, text=True
        )
        assert (done.returncode, "empty" in done.stderr) == (2, True)
    assert os.listdir(tmp_path) == ["a.jpg"]


@pytest.mark.slow
def test_a_dumb_terminal_is_told_of_the_plain_lines(tmp_path: Path) -> None:
    pid, master = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "dumb"
        os.execv(sys.executable, [sys.executable, "-m", "dpm_tui", str(tmp_path), "--language", "en"])
    said = b""
    while True:
        try:
            chunk = os.read(master, 4096)
        except OSError:
            break
        if not chunk:
            break
        said += chunk
    _, status = os.waitpid(pid, 0)
    os.close(master)
    assert os.waitstatus_to_exitcode(status) == 2
    assert b"dpm-tui review %b --plain" % os.fsencode(shlex.quote(str(tmp_path))) in said
    assert b"\x1b" not in said


@pytest.mark.slow
def test_a_scan_says_what_it_passed_over_but_not_its_own_state(tmp_path: Path) -> None:
    for name in ("a.MP4", "b.mp4", "c.mp4", "d.pdf", "e.pdf", "README", "._a.jpg", "f.not a type"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "@eaDir").mkdir()
    assert "passed over: 3 .mp4, 2 .pdf, 3 others" in dpm("scan", tmp_path).stdout.splitlines()
    again = dpm("scan", tmp_path, "--json").stdout.splitlines()[-1]
    assert '"junk_folder": 1' in again


@pytest.mark.skipif(not can_mount(), reason="needs the right to mount")
@pytest.mark.parametrize(("full", "room"), [("root", 0), ("root", 1), ("root", 2), ("runtime", 0)])
def test_a_full_disk_says_so_though_the_worker_cannot_start(tmp_path: Path, full: str, room: int) -> None:
    """No inode is left for the state folder, or after it for what the worker makes in it one by one."""
    for name in ("root", "runtime"):
        (tmp_path / name).mkdir(mode=0o700)
    script = f"""
        set -e
        mount -t tmpfs -o size=256k,nr_inodes=30,mode=700 none {full}
        i=0; while : 2>/dev/null > {full}/fill$i; do i=$((i+1)); done
        for k in $(seq {room}); do rm {full}/fill$k; done
        dpm() {{ {sys.executable} -m dpm_tui "$@"; }}
        DPM_TUI_RUNTIME_DIR=$PWD/runtime LC_ALL=C.UTF-8 dpm scan root --language en
    """
    done = subprocess.run(
        ["unshare", "-m", "bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 1
    assert "The disk is full" in done.stderr
