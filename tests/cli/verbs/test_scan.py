"""Scanning without the app."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dpm_tui.units import long_size
from tests.support.album import COPIES, LONELY, dpm, files_below, kinds_by_path, make_album, report_of
from tests.support.hostile import HOSTILE_NAMES
from tests.support.pictures import encode, scene

pytestmark = pytest.mark.slow


def test_finds_the_copies_and_nothing_else(album: Path) -> None:
    """Every known copy is reported with its kind; pictures without a copy are in no group."""
    report = report_of(album)
    kinds = kinds_by_path(report)
    assert {kind: kinds.get(frozenset(pair)) for kind, pair in COPIES.items()} == {k: k for k in COPIES}
    paths = {file["id"]: file["path"] for file in report["files"]}
    grouped = {paths[id_] for group in report["groups"] for id_ in group["members"]}
    assert grouped.isdisjoint(LONELY)
    assert all(group["members"][0] == group["keeper"] for group in report["groups"])


def test_second_scan_has_nothing_to_do_and_changes_no_result(album: Path) -> None:
    """A rescan leaves the report as it is, ids included."""
    before = report_of(album)
    done = dpm("scan", album)
    assert (done.returncode, report_of(album)) == (0, before)


def test_progress_as_json_lines(album: Path) -> None:
    """Every line of standard output is a JSON object; the last one is the result."""
    (album / "new.jpg").write_bytes(encode(scene(9)))
    done = dpm("scan", album, "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert lines[-1]["type"] == "result"
    assert lines[-1]["phase"] == "finished"


def test_in_a_pipe_it_tells_no_progress_unless_asked(album: Path) -> None:
    """A scheduled scan says what it found; --progress says how far it is, --quiet nothing at all."""
    assert dpm("scan", album).stderr == ""
    (album / "new.jpg").write_bytes(encode(scene(9)))
    assert " of 1" in dpm("scan", album, "--progress").stderr
    quiet = dpm("scan", album, "--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")


def test_threshold_regroups_without_comparing_again(album: Path) -> None:
    """A threshold of 1 leaves only pairs of the same bytes or pixels."""
    assert dpm("scan", album, "--threshold", "1").returncode == 0
    assert {pair["kind"] for pair in report_of(album)["pairs"]} == {"identical", "pixels"}


def test_empty_folder(tmp_path: Path) -> None:
    """A folder without pictures is scanned in peace and reported as empty."""
    assert dpm("scan", tmp_path).returncode == 0
    report = report_of(tmp_path)
    assert (report["files"], report["groups"], report["errors"]) == ([], [], [])


def test_missing_folder_is_named(tmp_path: Path) -> None:
    """The message names the folder and what to do; there is no traceback."""
    done = dpm("scan", tmp_path / "nowhere")
    assert done.returncode == 1
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr


def test_file_instead_of_folder(tmp_path: Path) -> None:
    """A file is no folder."""
    (tmp_path / "a.jpg").write_bytes(b"x")
    done = dpm("scan", tmp_path / "a.jpg")
    assert (done.returncode, "not a folder" in done.stderr) == (1, True)


def test_wrong_usage_exits_with_2(tmp_path: Path) -> None:
    """Options that do not exist or cannot be are wrong usage."""
    assert dpm("scan", tmp_path, "--no-such-option").returncode == 2
    assert dpm("scan", tmp_path, "--threshold", "7").returncode == 2
    assert dpm("scan", tmp_path, "--model", "nothing").returncode == 2
    assert dpm("scan").returncode == 2


def test_the_app_refuses_without_a_terminal_and_names_the_verbs(tmp_path: Path) -> None:
    """The bare command does not hang in a pipe."""
    done = dpm(tmp_path)
    assert done.returncode == 2
    assert "dpm-tui scan" in done.stderr


def test_damaged_and_hostile_files_cost_only_themselves(tmp_path: Path) -> None:
    """Broken pictures are listed with a reason, hostile names survive, copies are still found."""
    good = encode(scene(1, 400, 300), quality=90)
    broken = {
        b"zero.jpg": b"",
        b"half.jpg": good[: len(good) // 2],
        b"text.png": b"<html>not a picture</html>",
        b"noise.gif": bytes(range(256)) * 20,
    }
    root = os.fsencode(tmp_path)
    for name, content in broken.items():
        Path(os.fsdecode(root + b"/" + name)).write_bytes(content)
    pictures = [name for name in HOSTILE_NAMES if name.endswith(b".jpg")]
    for name in pictures:
        Path(os.fsdecode(root + b"/" + name)).write_bytes(good)
    done = dpm("scan", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stderr
    report = report_of(tmp_path)
    assert {error["path"] for error in report["errors"]} == {name.decode() for name in broken}
    assert all(error["reason"] for error in report["errors"])
    assert len(report["files"]) == len(pictures)
    assert [len(group["members"]) for group in report["groups"]] == [len(pictures)]


def test_state_elsewhere_leaves_only_the_marker_in_the_folder(tmp_path: Path) -> None:
    """With --state nothing is written below the root but what tells it from an empty mount point."""
    album, state = make_album(tmp_path / "album"), tmp_path / "state"
    state.mkdir()
    before = sorted(album.rglob("*"))
    assert dpm("scan", album, "--state", state).returncode == 0
    marker = album / "_image_temp/marker"
    assert sorted(album.rglob("*")) == sorted([*before, marker, marker.parent])
    done = dpm("report", album, "--state", state, "--format", "csv")
    assert "town.bmp" in done.stdout


def test_symlinked_state_folder_is_refused(tmp_path: Path) -> None:
    """A link in place of the state folder is damaged state, and nothing is written through it."""
    album, trap = make_album(tmp_path / "album"), tmp_path / "trap"
    trap.mkdir()
    (album / "_image_temp").symlink_to(trap)
    done = dpm("scan", album)
    assert (done.returncode, list(trap.iterdir())) == (5, [])


def test_damaged_checkpoint_exits_with_5_and_doctor_repairs_it(album: Path) -> None:
    """State that cannot be trusted is named; after a repair the scan goes on and nothing was lost."""
    groups = report_of(album)["groups"]
    (album / "_image_temp/checkpoint.toml").write_bytes(b"\x00\xff not toml")
    assert dpm("scan", album).returncode == 5
    assert dpm("doctor", album).returncode == 5
    assert dpm("doctor", album, "--repair").returncode == 0
    assert dpm("scan", album).returncode == 0
    assert report_of(album)["groups"] == groups


def test_newer_state_is_refused_and_left_alone(album: Path) -> None:
    """State of a newer version is not touched."""
    path = album / "_image_temp/checkpoint.toml"
    path.write_text(re.sub(r"schema = \d+", "schema = 99", path.read_text()))
    before = path.read_bytes()
    done = dpm("scan", album)
    assert (done.returncode, path.read_bytes()) == (5, before)
    assert "99" in done.stderr


def test_interrupted_by_ctrl_c_exits_with_3_and_continues(tmp_path: Path) -> None:
    """Ctrl-C checkpoints; the next scan finishes with the same result as an undisturbed one."""
    album = make_album(tmp_path / "album")
    command = [sys.executable, "-m", "dpm_tui", "scan", str(album), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.stdout.read()
    assert process.returncode in (0, 3)
    assert dpm("scan", album).returncode == 0
    kinds = kinds_by_path(report_of(album))
    assert all(kinds[frozenset(pair)] == kind for kind, pair in COPIES.items())


def test_status_says_what_could_be_freed_as_the_scan_did(album: Path) -> None:
    told = json.loads(dpm("scan", album, "--json").stdout.splitlines()[-1])
    assert 0 < told["suggested_bytes"] < told["reclaimable_bytes"]
    status = json.loads(dpm("status", album, "--json").stdout)
    assert {key: status[key] for key in ("suggested_bytes", "reclaimable_bytes")} == {
        key: told[key] for key in ("suggested_bytes", "reclaimable_bytes")
    }
    words = dpm("status", album).stdout
    for size in (told["suggested_bytes"], told["reclaimable_bytes"]):
        assert long_size(size) in words
    assert "by the rule" in words


def test_detached_scan_can_be_watched_and_stopped(tmp_path: Path) -> None:
    """A detached scan goes on by itself; status knows it, stop ends it, and ending nothing is no error."""
    album = make_album(tmp_path / "album")
    assert dpm("scan", album, "--detach").returncode == 0
    status = json.loads(dpm("status", album, "--json").stdout)
    assert status["pid"] > 0
    assert dpm("stop", album).returncode == 0
    assert json.loads(dpm("status", album, "--json").stdout)["pid"] == 0
    assert dpm("stop", album).returncode == 0
    assert list(files_below(album)) == list(files_below(make_album(tmp_path / "other")))


def test_a_worker_of_another_version_can_be_stopped(tmp_path: Path) -> None:
    """It refuses to talk, and what to do about it is to stop it: that must work."""
    album = make_album(tmp_path / "album")
    assert dpm("scan", album, "--detach").returncode == 0
    later = (
        "import sys, dpm_tui.worker.client as client; client.PROTOCOL_VERSION += 1; "
        "from dpm_tui.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    for verb, code, words in (
        ("status", 1, "another protocol version"),
        ("stop", 0, "stopped"),
        ("stop", 0, "No worker"),
    ):
        command = [sys.executable, "-c", later, verb, str(album)]
        told = subprocess.run(command, capture_output=True, text=True, timeout=100)
        assert told.returncode == code
        assert words in told.stdout + told.stderr
    assert json.loads(dpm("status", album, "--json").stdout)["pid"] == 0
