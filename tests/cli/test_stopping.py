"""A scan that somebody else stops, and the state folder that somebody removes under a worker."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from tests.support.album import COPIES, dpm, files_below, kinds_by_path, make_album, report_of
from tests.support.paused_scan import paused_scan
from tests.support.workers import has_ended, until

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["text", "json"])
def test_a_scan_that_is_stopped_from_elsewhere_exits_with_3(tmp_path: Path, options: tuple[str, ...]) -> None:
    """The scan says that it was stopped, does not begin again, and goes on when it is asked to."""
    album = make_album(tmp_path / "album")
    with paused_scan(album, *options) as scan:
        stopped = dpm("stop", album)
        out, err = scan.communicate(timeout=100)
    assert (stopped.returncode, stopped.stdout) == (0, "The worker saved its work and stopped.\n")
    assert scan.returncode == 3, err
    if options:
        assert json.loads(out.splitlines()[-1])["phase"] == "stopped"
        assert err == ""
    else:
        assert err.splitlines() == ["Stopped before the end; the same command continues."]
    status = json.loads(dpm("status", album, "--json").stdout)
    assert (status["pid"], status["phase"]) == (0, "stopped")
    assert dpm("scan", album).returncode == 0
    kinds = kinds_by_path(report_of(album))
    assert all(kinds[frozenset(pair)] == kind for kind, pair in COPIES.items())


def start_over(album: Path) -> None:
    """Remove the state as the README says it: all but the recycle bin and the decisions."""
    for path in (album / "_image_temp").iterdir():
        if path.name not in ("recycle_bin", "decisions.jsonl"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def test_state_removed_under_a_worker_that_waits_is_made_anew(album: Path) -> None:
    """The worker that a clean-up left ends by itself, and the next scan finds all that lies there."""
    assert dpm("clean", album, "--rule", "best", "--yes").returncode == 0
    before = sorted(files_below(album))
    pid = json.loads(dpm("status", album, "--json").stdout)["pid"]
    start_over(album)
    done = dpm("scan", album)
    assert (done.returncode, done.stdout.split(",")[0]) == (0, f"{len(before)} pictures"), done.stderr
    assert sorted(file["path"] for file in report_of(album)["files"]) == before
    asyncio.run(until(lambda: not pid or has_ended(pid)))
    assert dpm("doctor", album).returncode != 5


def test_state_removed_under_a_scan_ends_it_with_the_reason(tmp_path: Path) -> None:
    """The scan says why it has failed; the next one is right."""
    album = make_album(tmp_path / "album")
    with paused_scan(album) as scan:
        start_over(album)
        _, err = scan.communicate(timeout=100)
    assert scan.returncode == 1
    assert "_image_temp was removed or replaced" in err
    assert dpm("scan", album).returncode == 0
    kinds = kinds_by_path(report_of(album))
    assert all(kinds[frozenset(pair)] == kind for kind, pair in COPIES.items())
