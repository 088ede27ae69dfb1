"""Cleaning up and getting back, without the app."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.support.album import dpm, files_below, report_of

pytestmark = pytest.mark.slow


def test_dry_run_prints_the_plan_and_moves_nothing(album: Path) -> None:
    """The plan names each victim with its keeper."""
    before = list(files_below(album))
    done = dpm("clean", album, "--rule", "best", "--dry-run")
    assert done.returncode == 0
    victims = {line.split("\t")[0] for line in done.stdout.splitlines() if "\t" in line}
    assert victims == {"backup/sea (1).jpg", "small/hill.jpg", "town.bmp"}
    assert list(files_below(album)) == before


def test_clean_moves_only_the_default_kinds_and_restore_brings_all_back(album: Path) -> None:
    """A rule removes copies, never the turned picture; every file can come back as it was."""
    before = {path: (album / path).read_bytes() for path in files_below(album)}
    done = dpm("clean", album, "--rule", "best", "--yes")
    assert done.returncode == 0, done.stderr
    left = set(files_below(album))
    assert set(before) - left == {"backup/sea (1).jpg", "small/hill.jpg", "town.bmp"}
    listed = dpm("bin", album, "list").stdout.splitlines()
    assert len(listed) == 3
    assert dpm("clean", album, "--rule", "best", "--yes").returncode == 0
    assert set(files_below(album)) == left
    one = listed[0].split("\t")[0]
    assert dpm("bin", album, "restore", one).returncode == 0
    assert dpm("bin", album, "restore", "--all").returncode == 0
    assert {path: (album / path).read_bytes() for path in files_below(album)} == before


def test_another_kind_must_be_named(album: Path) -> None:
    """The turned picture goes only when the rule names its kind."""
    done = dpm("clean", album, "--rule", "best", "--kinds", "turned", "--yes")
    assert done.returncode == 0
    assert "turned.jpg" not in files_below(album)
    assert "small/hill.jpg" in files_below(album)


def test_changed_keeper_saves_the_victim(album: Path) -> None:
    """A file whose keeper is another picture by now stays, and the rest goes on."""
    (album / "sea.jpg").write_bytes((album / "alone.jpg").read_bytes())
    done = dpm("clean", album, "--rule", "best", "--yes")
    assert done.returncode == 1
    assert {"sea.jpg", "backup/sea (1).jpg"} <= set(files_below(album))
    assert "sea" in done.stderr
    assert "small/hill.jpg" not in files_below(album)


def test_restore_never_overwrites(album: Path) -> None:
    """A file that took the place of a removed one stays; the restored one gets another name."""
    assert dpm("clean", album, "--rule", "best", "--yes").returncode == 0
    (album / "town.bmp").write_bytes(b"new work")
    done = dpm("bin", album, "restore", "--all")
    assert done.returncode == 0
    assert (album / "town.bmp").read_bytes() == b"new work"
    assert (album / "town (restored 1).bmp").exists()


def test_restore_elsewhere_and_purge(album: Path, tmp_path: Path) -> None:
    """Entries go below another folder, and purged ones are gone for good."""
    assert dpm("clean", album, "--rule", "best", "--yes").returncode == 0
    entries = dpm("bin", album, "list").stdout.splitlines()
    chosen = next(line.split("\t")[0] for line in entries if line.endswith("small/hill.jpg"))
    assert dpm("bin", album, "restore", chosen, "--to", tmp_path / "out").returncode == 0
    assert (tmp_path / "out/small/hill.jpg").exists()
    assert dpm("bin", album, "purge", "--all", "--yes").returncode == 0
    assert dpm("bin", album, "list").stdout == ""
    assert dpm("bin", album, "log").stdout.count("\n") >= 5


def victims_of(album: Path, *options: str) -> set[str]:
    """Return what a dry run would move."""
    done = dpm("clean", album, *options, "--dry-run")
    assert done.returncode == 0, done.stderr
    return {line.split("\t")[0] for line in done.stdout.splitlines() if "\t" in line}


def configure(album: Path, text: str) -> None:
    """Write the settings by hand, as a user may."""
    (album / "_image_temp/config.toml").write_text(text)


def test_a_saved_rule_and_the_one_in_force_join_the_fixed_ones(album: Path) -> None:
    """The fixed rules do what they always do, whatever rule the app uses."""
    usual = victims_of(album, "--rule", "best")
    configure(
        album, 'keeper = ["-bytes"]\n[presets]\nfrugal = ["-pixels"]\nspare = ["best", "mark-in:small"]\n'
    )
    assert victims_of(album, "--rule", "best") == usual
    assert "hill.jpg" in victims_of(album, "--rule", "frugal")
    assert "small/hill.jpg" not in victims_of(album, "--rule", "frugal")
    assert victims_of(album, "--rule", "spare") == {"small/hill.jpg"}
    assert "small/hill.jpg" not in victims_of(album, "--rule", "keeper")
    done = dpm("clean", album, "--rule", "frugl", "--dry-run")
    assert (done.returncode, "frugal" in done.stderr) == (2, True)


def test_the_report_names_the_keepers_of_the_rule_in_force(album: Path) -> None:
    """Members and ids of the groups stay; only who is kept follows the settings."""
    before = report_of(album)
    configure(album, 'keeper = ["-pixels"]\n')
    after = report_of(album)
    assert [(group["id"], sorted(group["members"])) for group in before["groups"]] == [
        (group["id"], sorted(group["members"])) for group in after["groups"]
    ]
    paths = {file["id"]: file["path"] for file in after["files"]}
    assert "small/hill.jpg" in {paths[group["keeper"]] for group in after["groups"]}
    assert "small/hill.jpg" not in {paths[group["keeper"]] for group in before["groups"]}


def test_settings_that_cannot_be_are_named_with_their_key(album: Path) -> None:
    """Nothing is cleaned by a rule that was meant otherwise."""
    configure(album, 'keeper = ["pixles"]\n')
    done = dpm("clean", album, "--rule", "best", "--yes")
    assert done.returncode == 2
    assert all(word in done.stderr for word in ("config.toml", "keeper", "pixles"))


def test_wrong_words_are_named(album: Path) -> None:
    """Unknown rules, kinds and entries, and a clean-up that says neither yes nor no, are wrong usage."""
    wrong = (
        ("clean", album, "--rule", "prettiest", "--dry-run"),
        ("clean", album, "--rule", "best", "--kinds", "twins", "--dry-run"),
        ("clean", album, "--rule", "best"),
        ("bin", album, "restore", "no/such"),
        ("bin", album, "purge"),
        ("bin", album, "restore", "--batch", "never"),
    )
    for arguments in wrong:
        done = dpm(*arguments)
        assert (done.returncode, "Traceback" in done.stderr, bool(done.stderr)) == (2, False, True), arguments


def test_verbs_ask_for_a_scan_first(tmp_path: Path) -> None:
    """Without a scan there is nothing to report or clean; the message says so."""
    for verb, *options in (("report", "--format", "json"), ("clean", "--rule", "best", "--yes")):
        done = dpm(verb, tmp_path, *options)
        assert (done.returncode, "dpm-tui scan" in done.stderr) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_csv_report_has_a_row_for_each_member(album: Path) -> None:
    """The CSV agrees with the JSON report."""
    rows = list(csv.DictReader(io.StringIO(dpm("report", album, "--format", "csv").stdout)))
    report = report_of(album)
    assert len(rows) == sum(len(group["members"]) for group in report["groups"])
    assert [row["role"] for row in rows].count("keeper") == len(report["groups"])


def test_report_into_a_file(album: Path, tmp_path: Path) -> None:
    """-o writes the same text; a folder that cannot take it is named."""
    target = tmp_path / "report.json"
    assert dpm("report", album, "--format", "json", "-o", target).returncode == 0
    assert target.read_text() == dpm("report", album, "--format", "json").stdout
    done = dpm("report", album, "--format", "json", "-o", tmp_path / "no" / "such.json")
    assert (done.returncode, "such.json" in done.stderr) == (1, True)


def test_messages_in_chinese(album: Path) -> None:
    """The language follows the environment."""
    done = dpm("clean", album, "--rule", "best", "--dry-run", LC_ALL="zh_CN.UTF-8")
    assert "回收站" in done.stdout
