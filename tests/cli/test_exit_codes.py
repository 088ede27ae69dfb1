"""Exit codes by which a machine tells trouble: of damaged state, and of a folder that is not what it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from dpm_tui.cli import main
from dpm_tui.state.review.decision_store import DecisionStore
from tests.support.album import dpm, report_of
from tests.support.workers import layout_of

pytestmark = pytest.mark.slow
A, B = "a" * 64, "b" * 64


def garble(path: Path) -> None:
    """Spoil some bytes in the middle, as a dying disk does."""
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 40] = b"\xfe" * 40
    path.write_bytes(content)


def tear(path: Path) -> None:
    """Leave the end unwritten, as a power cut does."""
    path.write_bytes(path.read_bytes()[:-5])


def run(*words: object) -> int:
    """Run a verb that needs no process of its own; return its exit code."""
    return main([str(word) for word in words])


@pytest.mark.parametrize("name", ["files.jsonl", "pairs.jsonl", "inspections.jsonl"])
def test_a_damaged_table_is_told_and_made_again(album: Path, name: str) -> None:
    """Who reads says 5; the scan that makes it again says so once, and then all is well."""
    groups = report_of(album)["groups"]
    garble(album / "_image_temp" / name)
    assert run("clean", album, "--rule", "best", "--dry-run") == 5
    assert run("report", album, "--format", "csv") == 5
    assert run("doctor", album) == 5
    mended = dpm("scan", album)
    assert (mended.returncode, f"{name} was damaged" in mended.stderr) == (5, True), mended.stderr
    assert [group["members"] for group in report_of(album)["groups"]]
    assert len(report_of(album)["groups"]) == len(groups)
    assert dpm("scan", album, "--quiet").returncode == 0


def test_damaged_decisions_are_told_until_they_are_repaired(album: Path) -> None:
    """They cannot be made again, and a rule must not act without them."""
    layout = layout_of(album)
    store = DecisionStore(layout.decisions, layout.decisions_before)
    store.decide((A, B), "variants")
    store.close()
    garble(album / "_image_temp/decisions.jsonl")
    (album / "_image_temp/decisions.prev.jsonl").unlink(missing_ok=True)
    assert run("clean", album, "--rule", "best", "--yes") == 5
    assert run("decisions", album, "list") == 5
    for _ in range(2):
        scan = dpm("scan", album, "--quiet")
        assert (scan.returncode, "decisions.jsonl is damaged" in scan.stderr) == (5, True)
    assert run("doctor", album, "--repair") == 0
    assert run("decisions", album, "list") == 0
    assert dpm("scan", album, "--quiet").returncode == 0


def test_a_power_cut_is_no_damage(album: Path) -> None:
    """A line that was not written to its end is what a crash leaves: nothing that was saved is lost."""
    for name in ("files.jsonl", "pairs.jsonl", "inspections.jsonl"):
        tear(album / "_image_temp" / name)
    assert run("report", album, "--format", "csv") == 0
    assert dpm("scan", album, "--quiet").returncode == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [("threshold = = 0.7", 5), ("\x00", 5), ("threshold = 'high'", 2), ("theme = 'pink'", 2)],
)
def test_settings_that_are_no_toml_are_damaged_and_a_wrong_value_is_wrong_usage(
    album: Path, text: str, code: int
) -> None:
    """The folder is left alone until somebody has mended them."""
    (album / "_image_temp/config.toml").write_text(text)
    assert run("report", album, "--format", "csv") == code
    assert dpm("scan", album).returncode == code
