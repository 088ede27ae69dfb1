"""Plans that are saved and carried out later, companions, and purging without a terminal."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from tests.support.album import dpm, files_below

pytestmark = pytest.mark.slow
KINDS = "identical,pixels,copy"
VICTIMS = {"backup/sea (1).jpg", "small/hill.jpg", "town.bmp"}


def victims_of(text: str) -> set[str]:
    """Return the first column of what a dry run printed."""
    return {line.split("\t")[0] for line in text.splitlines() if "\t" in line}


def test_a_saved_plan_is_printed_and_carried_out_later_each_file_checked_anew(
    album: Path, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.json"
    assert dpm("clean", album, "--rule", "best", "--dry-run", "-o", plan).returncode == 0
    again = dpm("clean", album, "--rule", "best", "--dry-run", "-o", plan)
    assert (again.returncode, "plan.json" in again.stderr) == (1, True)
    assert victims_of(dpm("clean", album, "--plan", plan, "--dry-run").stdout) == VICTIMS
    (album / "small/hill.jpg").write_bytes(b"drawn over since")
    os.unlink(album / "town.png")
    done = dpm("clean", album, "--plan", plan, "--kinds", KINDS, "--yes")
    assert done.returncode == 1
    assert "small/hill.jpg" in done.stderr
    assert "town.png" in done.stderr
    left = set(files_below(album))
    assert left & VICTIMS == {"small/hill.jpg", "town.bmp"}
    assert dpm("bin", album, "restore", "--all").returncode == 0
    assert set(files_below(album)) >= VICTIMS


def test_a_plan_spares_what_was_protected_since(album: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    assert dpm("clean", album, "--rule", "best", "--dry-run", "-o", plan).returncode == 0
    (album / "_image_temp/config.toml").write_text('protected = ["backup"]\n')
    done = dpm("clean", album, "--plan", plan, "--kinds", KINDS, "--yes")
    assert (done.returncode, "protected folder" in done.stderr) == (1, True)
    assert set(files_below(album)) & VICTIMS == {"backup/sea (1).jpg"}


def test_a_plan_that_is_none_or_for_another_folder_is_refused(album: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    assert dpm("clean", album, "--rule", "best", "--dry-run", "-o", plan).returncode == 0
    other = json.loads(plan.read_text()) | {"root": str(tmp_path)}
    (tmp_path / "other.json").write_text(json.dumps(other))
    (tmp_path / "nested.json").write_text("[" * 100_000)
    hostile = json.loads(plan.read_text())
    hostile["moves"][0]["victim"]["path"] = "../../etc/passwd"
    (tmp_path / "hostile.json").write_text(json.dumps(hostile))
    before = set(files_below(album))
    for name in ("other.json", "nested.json", "missing.json"):
        done = dpm("clean", album, "--plan", tmp_path / name, "--kinds", KINDS, "--yes")
        assert (done.returncode, name in done.stderr, "Traceback" in done.stderr) == (1, True, False)
    assert set(files_below(album)) == before
    done = dpm("clean", album, "--plan", tmp_path / "hostile.json", "--kinds", KINDS, "--yes")
    assert (done.returncode, "passwd" in done.stderr, "Traceback" in done.stderr) == (1, True, False)
    assert Path("/etc/passwd").exists()
    assert len(before - set(files_below(album))) == 2


def test_nobody_is_asked_so_the_kinds_must_be_named(album: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    saved = dpm("clean", album, "--rule", "best", "--kinds", f"{KINDS},turned", "--dry-run", "-o", plan)
    assert f"--kinds {KINDS},turned --yes" in saved.stderr, "the whole command is said"
    before = set(files_below(album))
    refused = dpm("clean", album, "--plan", plan, "--yes")
    assert (refused.returncode, set(files_below(album))) == (2, before)
    assert "--kinds" in refused.stderr
    done = dpm("clean", album, "--plan", plan, "--kinds", "identical", "--yes")
    assert done.returncode == 0
    assert before - set(files_below(album)) == {"backup/sea (1).jpg"}
    assert "3 files of the plan stay: 1 pixels, 1 copy, 1 turned not named" in done.stderr
    shown = dpm("clean", album, "--plan", plan, "--kinds", "turned", "--dry-run")
    assert victims_of(shown.stdout) == {"turned.jpg"}


def test_a_kind_that_a_plan_only_claims_moves_nothing(album: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    dpm("clean", album, "--rule", "best", "--kinds", "turned", "--dry-run", "-o", plan)
    forged = json.loads(plan.read_text())
    (move,) = forged["moves"]
    for kind in ("variant", "identical", "copy"):
        move["kind"] = kind
        plan.write_text(json.dumps(forged))
        dpm("clean", album, "--plan", plan, "--kinds", KINDS, "--yes")
        assert "turned.jpg" in set(files_below(album)), kind


def test_companions_without_a_twin_keep_their_picture_until_somebody_says_so(album: Path) -> None:
    """Nobody can be asked on a command line: what is nowhere else stays, the rest goes on."""
    (album / "backup/sea (1).jpg.xmp").write_text("stars")
    (album / "small/hill.CR2").write_text("raw")
    (album / "town.xmp").write_text("ambiguous: of town.png or of town.bmp")
    done = dpm("clean", album, "--rule", "best", "--dry-run")
    assert victims_of(done.stdout) == {"town.bmp"}
    assert "small/hill.CR2" in done.stderr
    assert "--companions together" in done.stderr
    shown = dpm("clean", album, "--rule", "best", "--dry-run", "--companions", "never").stdout
    assert victims_of(shown) == VICTIMS
    before = set(files_below(album))
    assert dpm("clean", album, "--rule", "best", "--yes", "--companions", "together").returncode == 0
    gone = before - set(files_below(album))
    assert gone == VICTIMS | {"backup/sea (1).jpg.xmp", "small/hill.CR2"}
    listed = [line.split("\t") for line in dpm("bin", album, "list").stdout.splitlines()]
    picture = next(line[0] for line in listed if line[4] == "small/hill.jpg")
    assert dpm("bin", album, "restore", picture).returncode == 0
    assert (album / "small/hill.CR2").read_text() == "raw"


def test_purging_without_a_terminal_spares_what_may_be_the_last_copy(album: Path) -> None:
    assert dpm("clean", album, "--rule", "best", "--yes").returncode == 0
    os.unlink(album / "town.png")
    refused = dpm("bin", album, "purge", "--all")
    assert (refused.returncode, "--count 3" in refused.stderr) == (2, True)
    assert "the kept file of 1 is gone" in refused.stderr
    assert dpm("bin", album, "purge", "--all", "--yes").returncode == 2
    assert dpm("bin", album, "purge", "--all", "--count", "2").returncode == 2
    listed = dpm("bin", album, "list").stdout
    assert listed.count("\n") == 3
    safe = [line.split("\t")[0] for line in listed.splitlines() if not line.endswith("town.bmp")]
    unasked = dpm("bin", album, "purge", *safe)
    assert (unasked.returncode, "--yes" in unasked.stderr) == (2, True), "what cannot be undone is said twice"
    assert dpm("bin", album, "purge", *safe, "--yes").returncode == 0
    assert dpm("bin", album, "purge", "--all", "--count", "1").returncode == 0
    log = [line.split("\t")[1] for line in dpm("bin", album, "log").stdout.splitlines()]
    assert log == ["recycled"] * 3 + ["purged"] * 3


def test_entries_are_chosen_by_age_and_size(album: Path) -> None:
    sizes = {path: (album / path).stat().st_size for path in VICTIMS}
    assert dpm("clean", album, "--rule", "best", "--yes").returncode == 0
    done = dpm("bin", album, "list", "--larger-than", "100K")
    large = {line.split("\t")[4] for line in done.stdout.splitlines()}
    assert large == {path for path, size in sizes.items() if size > 100_000} != set()
    assert dpm("bin", album, "list", "--older-than", "1d").stdout == ""
    began = time.monotonic()
    while not dpm("bin", album, "list", "--older-than", "1s").stdout:
        assert time.monotonic() - began < 60
    for option, value in (("--older-than", "soon"), ("--larger-than", "big")):
        done = dpm("bin", album, "purge", option, value)
        assert (done.returncode, value in done.stderr) == (2, True)
