"""The disk is full, or its power goes, at any call of a checkpoint: what was safe is there afterwards."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from dpm_tui.errors import DpmError
from dpm_tui.state.disk.layout import Layout
from dpm_tui.state.files import file_store
from tests.support.descriptors import closed_afterwards
from tests.support.power import Disk
from tests.support.state_story import Story, read_state

pytestmark = pytest.mark.soak


@pytest.fixture(autouse=True)
def _folds_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_store, "FOLD_BYTES", 600)


def layout_at(path: Path) -> Layout:
    path.mkdir()
    return Layout(os.fsencode(path), os.fsencode(path))


def calls_of(path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how many calls the story takes where nothing goes wrong."""
    layout = layout_at(path)
    disk, story = Disk(layout.folder), Story(layout)
    with disk.watched(monkeypatch):
        story.tell()
    assert not story.failures
    story.check(layout, story.safe, whole=True)
    return disk.calls


@pytest.mark.parametrize("lasting", [True, False])
def test_a_disk_that_is_full_from_any_call_on_takes_nothing_that_was_safe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lasting: bool
) -> None:
    """It stays full until the worker is gone, or a few calls later there is room again."""
    calls = calls_of(tmp_path / "whole", monkeypatch)
    assert calls > 100
    for call in range(1, calls + 1):
        with closed_afterwards():
            layout = layout_at(tmp_path / str(call))
            os.mkdir(layout.folder, 0o700)
            disk, story = Disk(layout.folder), Story(layout)
            disk.full_from, disk.full_until = call, 1 << 30 if lasting else call + 3
            with disk.watched(monkeypatch):
                opened = tells(story)
            assert opened or not story.safe
            with Disk(layout.folder).watched(monkeypatch):  # nothing is really synced
                story.check(layout, story.safe)
        if opened and not lasting:
            # What one step could not write a later one of its kind did.
            late = {key for key, values in story.told.items() if story.safe.get(key) != len(values) - 1}
            assert not {kind for kind, _ in late} & {"file", "vector", "verdict"}, (call, late)
        shutil.rmtree(tmp_path / str(call))


def tells(story: Story) -> bool:
    """Tell a story on a full disk; False if not even the state could be opened."""
    try:
        story.tell()
    except (OSError, DpmError) as error:
        return "No space" not in str(error)
    return True


@pytest.mark.parametrize(("share", "times"), [(0.0, 1), (0.5, 1), (1.0, 1)])
def test_a_power_cut_at_any_call_leaves_the_last_checkpoint_or_a_newer_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float, times: int
) -> None:
    """Nothing of what was not synced is left, or anything of it, torn and mixed, or all of it."""
    dice = random.Random(round(share * 10))
    layout = layout_at(tmp_path / "whole")
    disk = Disk(layout.folder)
    story = Story(layout, lambda: disk.calls)
    with disk.watched(monkeypatch):
        story.tell()
    assert disk.calls > 100
    for cut in [*range(1, disk.calls + 2)] * times:
        rest = layout_at(tmp_path / "rest")
        disk.leave(rest.folder, cut, dice, share)
        with Disk(rest.folder).watched(monkeypatch):
            story.check(rest, story.safe_at(cut), whole=cut > disk.calls and share == 1)
            assert read_state(rest) == read_state(rest)
        shutil.rmtree(tmp_path / "rest")
