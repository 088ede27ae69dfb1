"""Plans that somebody wrote by hand: nothing moves that was not judged here, and a dry run says so before."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from dpm_tui.catalog.verdict import Kind
from tests.support.album import dpm, files_below

pytestmark = pytest.mark.slow
Move = dict[str, Any]
KINDS = ",".join(Kind)


def witness(album: Path, name: str, **values: Any) -> dict[str, Any]:
    """Return what a plan says of a file as it is, with some of it forged."""
    status, content = (album / name).stat(), (album / name).read_bytes()
    stamp = {
        "size": status.st_size,
        "mtime_ns": status.st_mtime_ns,
        "ctime_ns": status.st_ctime_ns,
        "device": status.st_dev,
        "inode": status.st_ino,
    }
    return {"path": name, "stamp": stamp, "digest": hashlib.sha256(content).hexdigest(), **values}


def plan_with(album: Path, saved: Path, *moves: Move) -> Path:
    """Write the plan of the rule ``best`` with more moves by hand; return its file."""
    assert dpm("clean", album, "--rule", "best", "--dry-run", "-o", saved).returncode == 0
    plan = json.loads(saved.read_text())
    pattern = plan["moves"][0]
    for move in moves:
        plan["moves"].append(pattern | {"companions": []} | move)
    saved.write_text(json.dumps(plan))
    return saved


def refusals(text: str) -> list[str]:
    return sorted(line for line in text.splitlines() if ": " in line)


def check_and_apply(album: Path, plan: Path) -> tuple[set[str], str]:
    """Check a plan and carry it out; return what went and what was said, which both have to say alike."""
    before = set(files_below(album))
    checked = dpm("clean", album, "--plan", plan, "--dry-run", "--companions", "together")
    assert set(files_below(album)) == before
    done = dpm("clean", album, "--plan", plan, "--kinds", KINDS, "--yes", "--companions", "together")
    assert checked.returncode == done.returncode
    assert refusals(checked.stderr) == refusals(done.stderr)
    gone = before - set(files_below(album))
    planned = {line.split("\t")[0] for line in checked.stdout.splitlines() if "\t" in line}
    assert planned == gone
    return gone, done.stderr


VICTIMS = {"backup/sea (1).jpg", "small/hill.jpg", "town.bmp"}


@pytest.mark.timeout(300)
def test_what_was_never_judged_stays_and_the_rest_goes_on(album: Path, tmp_path: Path) -> None:
    """Unrelated pictures, a letter, another kind, a borrowed digest: each is refused with its reason."""
    (album / "letter.txt").write_text("dear diary")
    (album / "letter2.txt").write_text("dear diary")
    (album / "lonely.jpg").write_bytes((album / "alone.jpg").read_bytes() + b"\0")
    (album / "late.jpg").write_bytes((album / "sea.jpg").read_bytes())
    sea, hill = witness(album, "sea.jpg"), witness(album, "hill.jpg")
    letter = witness(album, "letter.txt")
    borrowed = witness(album, "alone2.png", digest=witness(album, "turned.jpg")["digest"])
    plan = plan_with(
        album,
        tmp_path / "plan.json",
        {"victim": witness(album, "alone.jpg"), "keeper": sea, "kind": "copy", "similarity": 0.99},
        {"victim": witness(album, "turned.jpg"), "keeper": hill, "kind": "copy", "similarity": 0.99},
        {"victim": borrowed, "keeper": hill, "kind": "turned", "similarity": 0.99},
        {
            "victim": letter,
            "keeper": witness(album, "letter2.txt"),
            "kind": "identical",
        },
        {"victim": witness(album, "lonely.jpg"), "keeper": sea, "kind": "identical", "similarity": 1.0},
        {"victim": witness(album, "late.jpg"), "keeper": sea, "kind": "copy", "similarity": 0.9},
    )
    gone, said = check_and_apply(album, plan)
    assert gone == VICTIMS | {"late.jpg"}, "the same bytes are judged now"
    for name, words in (
        ("alone.jpg", "never judged"),
        ("turned.jpg", "the plan calls it copy of hill.jpg, here it was judged to be turned"),
        ("alone2.png", "changed"),
        ("letter.txt", "not that of a picture"),
        ("lonely.jpg", "contents differ"),
    ):
        assert any(name in line and words in line for line in said.splitlines()), (name, said)


@pytest.mark.timeout(300)
def test_only_its_own_companions_go_with_a_picture(album: Path, tmp_path: Path) -> None:
    """A file that is named as a companion and is none keeps its picture in place; so does a false twin."""
    (album / "letter.txt").write_text("dear diary")
    shutil.copy2(album / "sea.jpg", album / "sea2.jpg")
    stranger = {"file": witness(album, "letter.txt"), "twin": None}
    plan = plan_with(
        album,
        tmp_path / "plan.json",
        {"victim": witness(album, "sea2.jpg"), "keeper": witness(album, "sea.jpg"), "kind": "identical",
         "companions": [stranger]},
    )  # fmt: skip
    (album / "town.bmp.xmp").write_text("stars")
    (album / "town.png.xmp").write_text("no stars")
    false_twin = {"file": witness(album, "town.bmp.xmp"), "twin": witness(album, "town.png.xmp")}
    moves = json.loads(plan.read_text())
    for move in moves["moves"]:
        if move["victim"]["path"] == "town.bmp":
            move["companions"] = [false_twin]
    plan.write_text(json.dumps(moves))
    gone, said = check_and_apply(album, plan)
    assert gone == VICTIMS - {"town.bmp"}
    assert "letter.txt is not a companion of it" in said
    assert "its companion town.bmp.xmp" in said


@pytest.mark.timeout(300)
def test_a_dry_run_leaves_out_what_changed_since(album: Path, tmp_path: Path) -> None:
    plan = plan_with(album, tmp_path / "plan.json")
    (album / "small/hill.jpg").write_bytes(b"drawn over since")
    os.unlink(album / "town.png")
    gone, said = check_and_apply(album, plan)
    assert gone == {"backup/sea (1).jpg"}
    assert "small/hill.jpg: it changed since it was compared" in said.replace("'", "")
    ruled = dpm("clean", album, "--rule", "best", "--dry-run")
    assert (ruled.returncode, "small/hill.jpg" in ruled.stderr) == (1, True)


@pytest.mark.timeout(300)
def test_what_was_decided_since_counts_more_than_a_plan(album: Path, tmp_path: Path) -> None:
    plan = plan_with(album, tmp_path / "plan.json")
    digests = sorted(witness(album, name)["digest"] for name in ("hill.jpg", "small/hill.jpg"))
    decisions = tmp_path / "decisions.jsonl"
    decided = {
        "schema": "dpm-tui/decisions/1",
        "decisions": [{"digests": digests, "verdict": "not_duplicates"}],
    }
    decisions.write_text(json.dumps(decided))
    imported = dpm("decisions", album, "import", decisions)
    assert imported.returncode == 0, imported.stderr
    gone, said = check_and_apply(album, plan)
    assert gone == VICTIMS - {"small/hill.jpg"}
    assert "small/hill.jpg" in said
